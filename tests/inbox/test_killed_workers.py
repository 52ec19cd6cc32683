"""An entry that kills its process ends as a dead letter, and the other entries are processed."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests import processes
from tests.inbox.inboxes import new_entry
from tests.inbox.killed_workers import EXIT_CODE, MAX_ATTEMPTS
from tests.inbox.stores import new_table
from tests.replay.helpers import Servers
from tests.replay.stores_sql import database_url
from webhook_verify.inbox import EntryState, Inbox
from webhook_verify.inbox.sql import SQLInboxStore

pytestmark = [pytest.mark.slow, pytest.mark.server]

ROOT = Path(__file__).parents[2]
DRIVERS = [
    pytest.param("sqlite", marks=pytest.mark.xdist_group("sqlite")),
    pytest.param("postgresql+psycopg", marks=pytest.mark.xdist_group("postgres")),
]


@pytest.mark.parametrize("driver", DRIVERS)
def test_entries_that_kill_their_process_are_dead_after_the_last_attempt(
    servers: Servers, driver: str
) -> None:
    table = new_table()
    with database_url(servers, driver) as url, closing(Inbox(SQLInboxStore(url, table=table))) as inbox:
        inbox.create_table()
        put = inbox.store.put
        killing = [put(new_entry("kill", lane=lane)).id for lane in ("", "a")]
        others = [put(new_entry("other", lane=lane)).id for lane in ("", "a", "b") * 10]

        command = [sys.executable, "-m", "tests.inbox.killed_workers", url, table]
        ran = processes.run(command, cwd=ROOT, text=True)

        # Two entries may end one process, and the same process runs others, whose attempts are lost, too.
        codes = json.loads(ran.stdout)
        assert set(codes) == {EXIT_CODE}
        assert MAX_ATTEMPTS <= len(codes) <= 2 * MAX_ATTEMPTS
        dead = inbox.list(state=EntryState.DEAD)
        assert [entry.id for entry in dead] == killing
        assert all("3 attempts ended without a result" in entry.error for entry in dead)
        assert [entry.id for entry in inbox.list(state=EntryState.DONE)] == others

        assert inbox.prune(done_older_than=1e-9).entries == len(others)
        assert [entry.id for entry in inbox.list()] == killing, "a dead letter survives"
        assert inbox.redrive(killing[0]) == 1
