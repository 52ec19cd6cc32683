"""Contentful: signatures by its library for Node, `@contentful/node-apps-toolkit` 3.16.1, recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.providers.interop import interop
from tests.rows import rows
from webhook_verify import RejectedDelivery, Verifier

DATA: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "contentful-signatures.json").read_text("utf-8")
)


def _verify(case: dict[str, Any], **changed: Any) -> Any:
    headers = {**case["headers"], **changed.pop("headers", {})}
    parts = {"body": case["body"].encode(), "url": case["url"], "method": case["method"], **changed}
    verifier = Verifier(DATA["secret"], scheme="contentful", clock=lambda: DATA["now"])
    return verifier.verify(parts["body"], headers, url=parts["url"], method=parts["method"])


@interop("contentful", by="@contentful/node-apps-toolkit (npm, recorded)")
@rows("case", DATA["signed"], ids=[case["name"] for case in DATA["signed"]])
def test_we_accept_what_its_library_signs(case: dict[str, Any]) -> None:
    assert _verify(case).timestamp_is_signed
    topic = {"headers": {"x-contentful-topic": "ContentManagement.Entry.delete"}}
    for changed in ({"body": b"{}x"}, {"method": "PUT"}, {"method": ""}, {"url": case["url"] + "x"}, topic):
        with pytest.raises(RejectedDelivery):
            _verify(case, **changed)
