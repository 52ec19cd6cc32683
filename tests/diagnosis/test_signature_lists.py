"""Several signatures in one header are not blamed on a proxy if the provider sends them so."""

from __future__ import annotations

import hmac

from tests.rows import rows
from webhook_verify import Verifier
from webhook_verify.diagnosis import Confidence, explain
from webhook_verify.schemes import HeaderScheme

NOW = 1_785_600_000
SENT, ARRIVED = b'{"a":1}', b'{"a": 1}'
KEY, OLD_KEY = "the secret of the webhook", "the older secret of it"
PERSONA = HeaderScheme(
    "persona",
    signature_header="persona-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
)


def group(key: str, timestamp: str = "t", signature: str = "v1", glue: str = ",", dot: str = ".") -> str:
    tag = hmac.digest(key.encode(), f"{NOW}{dot}".encode() + SENT, "sha256").hex()
    return f"{timestamp}={NOW}{glue}{signature}={tag}"


LISTS: dict[str, tuple[HeaderScheme | str, dict[str, str]]] = {
    "stripe": ("stripe", {"Stripe-Signature": f"{group(OLD_KEY)},{group(KEY).partition(',')[2]}"}),
    "paddle": (
        "paddle",
        {
            "Paddle-Signature": group(OLD_KEY, "ts", "h1", ";", ":")
            + ";"
            + group(KEY, "ts", "h1", ";", ":").partition(";")[2]
        },
    ),
    "persona": (PERSONA, {"Persona-Signature": f"{group(KEY)} {group(OLD_KEY)}"}),
}


@rows("name", LISTS)
def test_a_list_of_signatures_is_not_called_joined(name: str) -> None:
    scheme, headers = LISTS[name]
    verifier = Verifier(KEY, scheme=scheme, clock=lambda: NOW)
    for body in (SENT, ARRIVED):
        names = [cause.name for cause in explain(verifier, body, headers).causes]
        assert "header_joined" not in names


def test_groups_that_are_separated_by_spaces_are_named_as_such() -> None:
    """Unless the scheme reads them itself."""
    scheme, headers = LISTS["persona"]
    diagnosis = explain(Verifier(KEY, scheme=scheme, clock=lambda: NOW), SENT, headers)
    assert diagnosis.verified or diagnosis.cause.confidence is Confidence.CERTAIN
    assert diagnosis.verified or "several signatures" in diagnosis.cause.evidence
