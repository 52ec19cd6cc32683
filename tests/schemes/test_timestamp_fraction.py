"""`timestamp_fraction="unsigned"`: the header contains a fraction, and the whole part is signed."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify import RejectedDelivery, Verifier
from webhook_verify.schemes import HeaderScheme, StandardWebhooks

SECRET, NOW, BODY = "a secret of thirty-two characters", 1_790_000_000, '{"name": "Zoë"}'.encode()
OPTIONS: dict[str, Any] = {"signature_header": "x-signature", "timestamp_header": "x-time"}
CONTENTS = ("{timestamp}.{body}", "{timestamp}{body}", "{body}{timestamp}", "v0:{timestamp}:{body}")


@rows("content", CONTENTS)
@rows("unit", ["s", "ms"])
def test_the_whole_part_is_signed(content: str, unit: str) -> None:
    row = HeaderScheme(
        "x", **OPTIONS, signed_content=content, timestamp_unit=unit, timestamp_fraction="unsigned"
    )
    whole = str(NOW if unit == "s" else NOW * 1000)
    before, after = content.replace("{timestamp}", whole).encode().split(b"{body}")
    signature = hmac.new(SECRET.encode(), before + BODY + after, "sha256").hexdigest()
    verifier = Verifier(SECRET, scheme=row, clock=lambda: NOW)
    for text in (whole, f"{whole}.5", f"{whole}.123456789"):
        assert verifier.verify(BODY, {"x-signature": signature, "x-time": text}).timestamp.timestamp() == NOW
    for text in (f"{whole}.", f"{whole}.1234567890", f"{whole}.1.1", f"{int(whole) + 1}.5", "", ".5", "."):
        with pytest.raises(RejectedDelivery):
            verifier.verify(BODY, {"x-signature": signature, "x-time": text})


MISUSE: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"timestamp_fraction": "signed"}, ValueError, "timestamp_fraction must be"),
    ({"timestamp_fraction": 1}, TypeError, "timestamp_fraction must be a str"),
    (
        {"timestamp_fraction": "unsigned", "signed_content": "{body}"},
        ValueError,
        "requires a",
    ),
    (
        {"timestamp_fraction": "unsigned", "timestamp_unit": "rfc3339"},
        ValueError,
        "requires a",
    ),
]


@rows(("options", "error", "message"), MISUSE)
def test_misuse(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        HeaderScheme("x", **{**OPTIONS, "signed_content": "{timestamp}.{body}", **options})


def test_misuse_of_standard_webhooks() -> None:
    for wrong in ({"timestamp_fraction": "signed"}, {"brand": "acme"}, {"secret_encoding": "hex"}):
        options: dict[str, Any] = {"brand": "webhook", **wrong}
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be"):
            StandardWebhooks("x", **options)
