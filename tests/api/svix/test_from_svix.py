"""The page for users of the official SDK: its code before and after has the same result and requests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.api.fake_server import Asked, StandIn
from webhook_verify import Signer

PAGE = Path(__file__).parents[3] / "docs" / "apis" / "from_svix.md"
SECTION = re.compile(r"^## (.+)\n(?:.*\n)*?```python title=\"before.py\"\n((?:.*\n)*?)```\n\n```python title=\"after.py\"\n((?:.*\n)*?)```$", re.MULTILINE)  # fmt: skip # noqa: E501
SECTIONS = {title: (before, after) for title, before, after in SECTION.findall(PAGE.read_text("utf-8"))}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"type": "endpoint.disabled", "data": {"appId": "app_1", "endpointId": "ep_1", "failSince": null}}'


class Server(StandIn):
    """Two endpoints on two pages, and every message is accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[Any, ...]] = []

    def answer(self, asked: Asked) -> tuple[int, object]:
        body = asked.json() if asked.body else None
        key = asked.headers.get("idempotency-key", "")
        own_key = "" if key.startswith("auto_") or re.fullmatch(r"[\w-]{30,}", key) else key
        self.requests.append((asked.method, asked.path, body, own_key))
        times = {"createdAt": "2026-11-21T08:00:00Z", "updatedAt": "2026-11-21T08:00:00Z"}
        endpoint = {"url": "https://a.example", "description": "", "metadata": {}, **times}
        if "ep_unknown" in asked.path:
            return 404, {"code": "not_found", "detail": "Entity not found"}
        if asked.path.endswith("/endpoint"):
            return 201, {"id": "ep_1", **endpoint}
        if "/endpoint?" in asked.path:
            last = "iterator=" in asked.path
            number = "ep_2" if last else "ep_1"
            return 200, {"data": [{"id": number, **endpoint}], "done": last, "iterator": number}
        return 202, {"id": "msg_1", "eventType": "a", "payload": {}, "timestamp": times["createdAt"]}


@pytest.mark.parametrize("title", SECTIONS)
def test_before_and_after_are_equal(title: str) -> None:
    outcomes = []
    for code in SECTIONS[title]:
        with Server() as server:
            headers = Signer(SECRET).sign(BODY, id="msg_1")
            given = {
                "token": "sk_token",
                "server_url": server.url,
                "secret": SECRET,
                "body": BODY,
                "headers": headers,
            }
            exec(compile(code, title, "exec"), given)
            outcomes.append((given["result"], server.requests))
            if "svix" in given and hasattr(given["svix"], "_httpx_client"):
                given["svix"]._httpx_client.close()
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0]


def test_every_section_with_code_is_tested() -> None:
    assert len(SECTIONS) == PAGE.read_text("utf-8").count('title="before.py"') == 6
