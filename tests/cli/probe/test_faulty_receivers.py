"""Every faulty receiver is detected by the checks for its fault, and by no other checks."""

from __future__ import annotations

import time

import pytest

from tests.cli.probe.faulty_handling import DedupesBeforeHandling, NoDedupe, Redirects, TellsTheReason
from tests.cli.probe.faulty_receivers import BROKEN, Broken
from tests.cli.probe.faulty_verification import AcceptsEverything, ParsesFirst, VerifiesPythonsJson
from tests.cli.probe.helpers import faults_of, probe, rows_of, verdicts_of
from tests.cli.probe.reference_receiver import HOOK, LIMIT, Receiver, serving
from webhook_verify.cli import exit_codes
from webhook_verify.cli.probe import checks_transport as transport
from webhook_verify.cli.probe.check import Group
from webhook_verify.cli.probe.checks import CHECKS

pytestmark = pytest.mark.server

OPTIONS = ("--json", "--oversize", str(LIMIT + 1), "--old-secret", "OLD_SECRET")


@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_a_fault_is_found_by_the_rows_that_name_it(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    if "dripped-body" in broken.rows:
        monkeypatch.setattr(transport, "DRIP_SECONDS", 0.1)  # a busy machine may read several at once
    with serving(broken.receiver()) as url:
        counting = ("--count-url", f"{url}/count") if broken.counts else ()
        only = [word for row in broken.only or _fitting(broken.rows) for word in ("--only", row)]
        slow = ["--slow"] * ("slow-body" in broken.rows)
        result = probe(url + HOOK, *OPTIONS, *counting, *only, *slow, "--timeout", str(broken.timeout))
    assert set(faults_of(result)) == broken.rows, faults_of(result)
    assert result.exit_code == exit_codes.RECEIVER_HAS_FAULTS == 4


def _fitting(rows: frozenset[str]) -> list[str]:
    """All rows but those of which there are many requests and that have nothing to do with the fault."""
    groups = {check.group for check in CHECKS if check.name in rows}
    left_out = set[Group]()
    if not groups & {Group.FORGED, Group.MALFORMED}:
        left_out.add(Group.MALFORMED)
    if not groups & {Group.GENUINE, Group.MALFORMED, Group.TRANSPORT}:
        left_out.add(Group.TRANSPORT)
    return [check.name for check in CHECKS if check.group not in left_out and not check.slow]


def test_every_row_has_a_receiver_that_it_finds() -> None:
    found = {row for broken in BROKEN for row in broken.rows}
    assert found == {check.name for check in CHECKS}
    assert len(BROKEN) >= 50


def test_no_dedupe_is_not_claimed_where_nobody_counts() -> None:
    rows = ("duplicate", "retry", "in-flight", "not-handled")
    only = [word for row in rows for word in ("--only", row)]
    with serving(NoDedupe()) as url:
        result = probe(url + HOOK, *OPTIONS, *only)
    assert verdicts_of(result) == {"genuine": "pass", **dict.fromkeys(rows, "not seen")}
    assert result.exit_code == 0


def test_how_sure_a_verdict_is_is_said() -> None:
    def sure(receiver: Receiver, row: str, *options: str) -> dict[str, str]:
        with serving(receiver) as url:
            options = tuple(option.replace("URL", url) for option in options)
            found = rows_of(probe(url + HOOK, "--only", row, "--json", *options))[-1]
        return {"verdict": found["verdict"], "sure": found["sure"]}

    counting = ("--count-url", "URL/count")
    assert sure(DedupesBeforeHandling(), "after-failure") == {"verdict": "fault", "sure": "likely"}
    assert sure(DedupesBeforeHandling(), "after-failure", *counting) == {
        "verdict": "fault",
        "sure": "certain",
    }
    assert sure(Receiver(), "duplicate") == {"verdict": "not seen", "sure": ""}
    assert sure(Receiver(), "duplicate", *counting) == {"verdict": "pass", "sure": "certain"}
    assert sure(_TellsDuplicates(), "duplicate") == {"verdict": "pass", "sure": "likely"}
    assert sure(_SaysAlready(), "duplicate") == {"verdict": "pass", "sure": "likely"}
    assert sure(_SaysItInAHeader(), "duplicate") == {"verdict": "pass", "sure": "certain"}
    assert sure(_SlowHandler(), "in-flight") == {"verdict": "pass", "sure": "likely"}


class _TellsDuplicates(Receiver):
    def handle(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        status, answer = super().handle(msg_id, body)
        return (202, answer) if status == 200 else (status, answer)


class _SaysAlready(Receiver):
    """Each answer to a new message is another, so that only the word tells."""

    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        known = self.states.get(msg_id) == "done"
        status, _ = super().once(msg_id, body)
        return status, b"already handled" if known else msg_id.encode()


class _SaysItInAHeader(Receiver):
    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        self.extra_header = "Idempotent-Replayed" if self.states.get(msg_id) == "done" else ""
        return super().once(msg_id, body)


class _SlowHandler(Receiver):
    def handle(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        time.sleep(0.15)
        return super().handle(msg_id, body)


def test_after_a_genuine_delivery_is_refused_nothing_else_is_sent() -> None:
    with serving(Redirects()) as url:
        result = probe(url + HOOK, "--json")
    assert [row["row"] for row in rows_of(result)] == ["genuine"]
    assert faults_of(result) == {
        "genuine": "responded 308, a redirect, which senders do not follow: pass the URL that it redirects to"
    }


def test_the_spelling_that_is_accepted_is_kept() -> None:
    with serving(VerifiesPythonsJson()) as url:
        genuine = rows_of(probe(url + HOOK, "--json", "--only", "genuine"))[0]
    assert (genuine["verdict"], genuine["found"]) == (
        "pass",
        "responded 200, but only to JSON in Python's default format",
    )


def test_what_fails_on_a_forgery_is_less_bad_than_what_lets_it_in() -> None:
    severities = list[tuple[str, str]]()
    for receiver in (ParsesFirst(), AcceptsEverything()):
        with serving(receiver) as url:
            rows = rows_of(probe(url + HOOK, "--json", "--only", "tampered-body", "--only", "forged-garbage"))
        severities.append((rows[1]["severity"], rows[2]["severity"]))
    assert severities == [("serious", "serious"), ("critical", "critical")]


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 4), (("--fail-on", "minor"), 4), (("--fail-on", "serious"), 0), (("--skip", "one-refusal"), 0)],
    ids=str,
)
def test_who_takes_a_fault_for_none_says_so(options: tuple[str, ...], code: int) -> None:
    rows = ("--only", "stale", "--only", "wrong-secret", "--only", "one-refusal")
    with serving(TellsTheReason()) as url:
        assert probe(url + HOOK, *rows, *options).exit_code == code
