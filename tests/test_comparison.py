"""The comparison page is correct for its versions: the results of other libraries for hostile input."""

from __future__ import annotations

import importlib.metadata
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import standardwebhooks.webhooks
import stripe
import svix.webhooks

from webhook_verify import RejectedDelivery, Signer, Verifier

PAGE = (Path(__file__).parents[1] / "docs" / "explanation" / "comparison.md").read_text("utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LIBRARIES = ("webhook_verify", "svix", "standardwebhooks", "stripe")
DOCUMENTED = {
    "svix": svix.webhooks.WebhookVerificationError,
    "standardwebhooks": standardwebhooks.webhooks.WebhookVerificationError,
    "stripe": stripe.SignatureVerificationError,
}
FUTURE = 100_000

# The request, and how each library is called with it: the body, what happens to the signature, and the time.
REQUESTS: dict[str, tuple[bytes, Callable[[str], str], int]] = {
    "Signature header without a comma": (b"{}", lambda _: "garbage", 0),
    "Signature with characters outside of ASCII": (
        b"{}",
        lambda value: re.sub(r"(v1[,=]).*", r"\1é", value),
        0,
    ),
    "An unknown entry before a valid signature": (
        b"{}",
        lambda value: "x " + value if "," in value[:3] else value.replace("v1=", "v9=x,v1="),
        0,
    ),
    "Body that is not UTF-8, correctly signed": (b"\xff\xfe", lambda value: value, 0),
    "Body that is not JSON, correctly signed": (b"x", lambda value: value, 0),
    "Timestamp far in the future, correctly signed": (b"{}", lambda value: value, FUTURE),
}


def outcome_of(library: str, request: str) -> str:
    body, change, ahead = REQUESTS[request]
    scheme = "stripe" if library == "stripe" else "standard-webhooks"
    headers = dict(Signer(SECRET, scheme=scheme).sign(body, timestamp=int(time.time()) + ahead))
    (name,) = (name for name in headers if name.lower().endswith("signature"))
    headers[name] = change(headers[name])
    try:
        if library == "webhook_verify":
            Verifier(SECRET).verify(body, headers)
        elif library == "stripe":
            stripe.Webhook.construct_event(body, headers[name], SECRET)
        else:
            module = svix.webhooks if library == "svix" else standardwebhooks.webhooks
            module.Webhook(SECRET).verify(body, headers)
    except RejectedDelivery as rejected:
        return str(rejected.status_hint)
    except Exception as error:
        return "documented error" if isinstance(error, DOCUMENTED[library]) else f"`{type(error).__name__}`"
    return "accepted as bytes" if library == "webhook_verify" and body != b"{}" else "accepted"


def is_on_the_page(library: str) -> bool:
    """Return whether the installed version is the one that the page compares; a newer one may differ."""
    return f"`{library}` {importlib.metadata.version(library)}" in PAGE


@pytest.mark.parametrize("request_", REQUESTS)
def test_the_table_of_hostile_input_is_what_happens(request_: str) -> None:
    compared = [name for name in LIBRARIES if name == "webhook_verify" or is_on_the_page(name)]
    (row,) = re.findall(rf"^\| {re.escape(request_)} \| (.+) \|$", PAGE, re.MULTILINE)
    said = dict(zip(LIBRARIES, row.split(" | "), strict=True))
    assert {name: said[name] for name in compared} == {name: outcome_of(name, request_) for name in compared}
