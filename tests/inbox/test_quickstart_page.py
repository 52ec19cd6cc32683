"""The quickstart of docs/inbox/README.md works: a request is answered with 202, and a worker handles it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.signing import SECRET
from webhook_verify import Signer

PAGE = (Path(__file__).parents[2] / "docs" / "inbox" / "README.md").read_text("utf-8")
BODY = b'{"type": "invoice.paid"}'


def test_the_quickstart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    (code,) = re.findall(r"^```python title=\"receiver.py\"\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {"__name__": "receiver"}
    exec(compile(code, "receiver.py", "exec"), names)
    client = names["app"].test_client()
    headers = Signer(SECRET).sign(BODY, id="msg_1")
    statuses = [client.post("/webhooks", data=BODY, headers=headers).status_code for _ in range(2)]
    assert statuses == [202, 200]
    assert client.post("/webhooks", data=b"{}", headers=headers).status_code == 401
    assert names["inbox"].drain() == 1
    assert capsys.readouterr().out == "handled msg_1 {'type': 'invoice.paid'}\n"
