"""Names that users and dashboards depend on: they may be extended, but never changed.

`tests/data/stable-names.json` contains the names. A commit that adds a name also adds it to this file. A
removed or changed name is a breaking change.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from tests.rows import rows
from tests.signing import SECRET, stopped_clock
from webhook_verify import Reason, Signer, Verifier, schemes
from webhook_verify.cli import exit_codes
from webhook_verify.cli.main import run
from webhook_verify.delivery import Delivery
from webhook_verify.diagnosis.model import ADVICE
from webhook_verify.otel import OpenTelemetryObserver
from webhook_verify.receiver import Receiver, RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.replay.redis import DEFAULT_PREFIX
from webhook_verify.replay.sql.statements import statements_for

EXPECTED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "stable-names.json").read_text("utf-8")
)
BODY = b'{"type": "invoice.paid"}'


def test_reasons() -> None:
    assert [str(reason) for reason in Reason] == EXPECTED["reasons"]


def test_causes_of_the_diagnosis() -> None:
    assert sorted(ADVICE) == EXPECTED["causes"]


def test_providers() -> None:
    assert set(EXPECTED["providers"]) <= set(schemes.names())


def test_exit_codes() -> None:
    assert {str(reason): exit_codes.of_reason(reason) for reason in Reason} == EXPECTED["exit codes"][
        "reasons"
    ]
    names = ("VERIFIED", "NOT_AS_IT_MUST_BE", "USAGE", "NO_ANSWER", "RECEIVER_HAS_FAULTS", "FAULT")
    others = {name: getattr(exit_codes, name) for name in (*names, "INTERRUPTED", "CLOSED_PIPE")}
    assert others == EXPECTED["exit codes"]["others"]


def test_the_key_of_a_record() -> None:
    """By which every store finds it: a worker with an older release must find it, too."""
    guard = ReplayGuard(MemoryStore())
    keys = {
        namespace: guard.storage_key(namespace, delivery)
        for namespace in ("", "a", "/hook")
        for delivery in [Verifier(SECRET, clock=stopped_clock()).verify(BODY, _headers())]
    }
    assert keys == EXPECTED["storage keys"]


def test_the_tables() -> None:
    assert EXPECTED["redis prefix"] == DEFAULT_PREFIX
    for dialect in ("postgresql", "sqlite", "mariadb"):
        statements = statements_for(dialect, "webhook_verify_replay", "webhook_verify_kept_until")
        assert [statements.table, statements.index] == EXPECTED["tables"][dialect]


def test_the_extra_keys_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    plain = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
    receiver = Receiver(Verifier(SECRET, clock=stopped_clock()), replay=ReplayGuard(MemoryStore()))

    def fail(delivery: Delivery) -> int:
        raise RuntimeError

    with caplog.at_level("INFO", logger="webhook_verify"):
        for body in (BODY, b"changed"):
            _post(receiver, body, lambda delivery: 200)
        with pytest.raises(RuntimeError):
            _post(receiver, BODY, fail, id="msg_2")
    keys = {f"{record.levelname} {key}" for record in caplog.records for key in set(vars(record)) - plain}
    assert sorted(keys) == EXPECTED["log extra"]


def test_the_names_of_the_metrics() -> None:
    reader = InMemoryMetricReader()
    observer = OpenTelemetryObserver(MeterProvider([reader]))
    receiver = Receiver(
        Verifier(SECRET, clock=stopped_clock()), replay=ReplayGuard(MemoryStore()), observer=observer
    )
    for body in (BODY, BODY, b"changed"):
        _post(receiver, body, lambda delivery: 200)
    data: Any = reader.get_metrics_data()
    found = {
        metric.name: sorted({key for point in metric.data.data_points for key in point.attributes})
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert found == EXPECTED["metrics"]


@rows("name", EXPECTED["json"])
def test_the_keys_of_the_commands_json(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    for kind, body in (("genuine", BODY), ("changed", BODY + b" ")):
        record = {"headers": [list(pair) for pair in _headers().items()], "body": body.decode()}
        Path(f"{kind}.jsonl").write_text(json.dumps(record) + "\n")
    Path("event.json").write_bytes(BODY)
    expected = EXPECTED["json"][name]
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        code = run(expected["arguments"])
    lines = [json.loads(line) for line in printed.getvalue().splitlines() if line.startswith("{")]
    assert sorted({path for line in lines for path in _paths(line)}) == expected["keys"]
    assert code == expected["code"]


def _paths(value: object, above: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{above}.{key}".lstrip(".")
            yield from _paths(inner, f"{above}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, f"{above}[]")


def _headers(id: str = "msg_1") -> dict[str, str]:
    return Signer(SECRET, clock=stopped_clock()).sign(BODY, id=id)


def _post(receiver: Any, body: bytes, handler: Any, id: str = "msg_1") -> object:
    return receiver.handle_request(RequestHead("POST", "/hook", _headers(id)), [body], handler, int)
