"""The code of docs/inbox/processing.md runs from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import webhook_verify.inbox
from tests.inbox.inboxes import MemoryInbox

PAGE = (Path(__file__).parents[2] / "docs" / "inbox" / "processing.md").read_text("utf-8")
CODE = "\n".join(re.findall(r"^```python.*?\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))


def test_the_code_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = MemoryInbox()
    monkeypatch.setattr(webhook_verify.inbox, "Inbox", lambda path: inbox, raising=False)
    names: dict[str, Any] = {"__name__": "jobs"}
    exec(compile(CODE, "processing.md", "exec"), names)
    types = ["invoice.paid", "invoice.voided", "message.sent", "customer.created"]
    ids = [inbox.put(event_type) for event_type in types]
    inbox.put("customer.created", data="rate limited")
    assert inbox.drain() == 5
    assert [inbox.state(number) for number in ids] == ["done", "done", "done", "dead"]
    assert inbox.state(5) == "ready"
