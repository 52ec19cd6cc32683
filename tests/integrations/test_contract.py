"""Every row of the contract, for every application of ``integrations/`` under each of its servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations.contract import ROWS
from tests.integrations.expected import ACCEPTED, REFUSALS, But, Expected, Row
from tests.integrations.sender import SECRET, post
from tests.integrations.servers import SERVERS, Running, Server, running
from tests.integrations.wire import Seen, exchange
from tests.rows import rows

pytestmark = pytest.mark.server


QUICK = {"fastapi", "flask", "django"}


def _each_server() -> Iterator[object]:
    apps: set[str] = set()
    for server in SERVERS:
        marks: list[pytest.MarkDecorator] = [pytest.mark.xdist_group(str(server))]
        if server.app in apps or server.app not in QUICK:  # the same app under another server, or like it
            marks.append(pytest.mark.slow)
        apps.add(server.app)
        if not server.is_there:
            marks.append(pytest.mark.skip(reason=f"integrations/{server.app}/app.py is not written yet"))
        yield pytest.param(server, marks=marks, id=str(server))


EVERY_SERVER = pytest.mark.parametrize("served", list(_each_server()), indirect=True, scope="session")


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server: Server = request.param
    with running(server, tmp_path_factory.mktemp(str(server))) as served:
        yield served


@rows("row", ROWS, ids=lambda row: row.name)
@EVERY_SERVER
def test_the_contract(served: Running, row: Row) -> None:
    expected = row.expected_of(served.server.traits)
    if isinstance(expected, But):
        return  # which says why
    before = len(served.handled_ids())
    seen = exchange(served.port, row.sending())
    # Whatever was sent, the server lives, and serves what comes next.
    assert exchange(served.port, post()).status == ACCEPTED.status
    assert_as_expected(seen, expected)
    assert len(served.handled_ids()) - before == expected.handled + 1, "how often the handler has run"


def assert_as_expected(seen: Seen, expected: Expected) -> None:
    assert seen.status == expected.status, seen.body[:500]
    if expected.body is not None:
        assert seen.body == expected.body
    if expected.body:
        assert seen.values("content-type") == ["application/json"]
        assert seen.values("content-length") in ([str(len(expected.body))], [])
    if expected.allow:
        allowed = {each.strip() for each in ",".join(seen.values("allow")).split(",")}
        # A framework that answers OPTIONS by itself says so.
        assert allowed - {"OPTIONS"} == {expected.allow}


@EVERY_SERVER
def test_all_refusals_of_a_status_are_the_same(served: Running) -> None:
    by_status: dict[int, set[object]] = {}
    for row in ROWS:
        if row.expected in REFUSALS and not row.buts:
            seen = exchange(served.port, row.sending())
            headers = [pair for pair in seen.headers.items() if pair[0].lower() not in ("date", "connection")]
            by_status.setdefault(seen.status, set()).add((tuple(headers), seen.body))
    assert {status: len(answers) for status, answers in by_status.items()} == {400: 1, 401: 1, 413: 1}


@EVERY_SERVER
def test_the_log_tells_no_secret(served: Running) -> None:
    exchange(served.port, post([]))
    log = served.log.read_text("utf-8", "replace")
    assert SECRET.removeprefix("whsec_") not in log
    assert "v1," not in log


def test_the_contract_is_large_and_its_rows_have_names_of_their_own() -> None:
    names = [row.name for row in ROWS]
    assert len(names) >= 40
    assert len(set(names)) == len(names)
