"""Everyday failures of the headers: lost, renamed, joined, changed on their way."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from tests.diagnosis.corpus.everyday.changes import named, set_header, underscores, without
from tests.diagnosis.corpus.everyday.senders import NOW, SENDERS, failure
from tests.diagnosis.corpus.failure import Failure

__all__ = ["failures"]


def failures() -> Iterator[Failure]:
    missing = "header_missing unsigned"
    for name, header in (
        ("stripe", "stripe-signature"),
        ("github", "x-hub-signature-256"),
        ("shopify", "x-shopify-hmac-sha256"),
        ("telegram", "x-telegram-bot-api-secret-token"),
        ("slack", "x-slack-request-timestamp"),
        ("discord", "x-signature-timestamp"),
        ("svix", "svix-id"),
        ("standard", "webhook-timestamp"),
        ("hubspot", "x-hubspot-request-timestamp"),
    ):
        yield failure(f"no {header}", missing, SENDERS[name], headers=without(header))
    yield failure(
        "the name alone, no value",
        f"{missing} header_unreadable",
        SENDERS["github"],
        headers=set_header("x-hub-signature-256", lambda value: ""),
    )
    yield failure("underscores", "header_renamed", SENDERS["shopify"], headers=underscores)
    yield failure("underscores", "header_renamed", SENDERS["paddle"], headers=underscores)
    yield failure(
        "X-Forwarded in front",
        "header_renamed",
        SENDERS["linear"],
        headers=named("linear-", "x-original-linear-"),
    )
    yield failure(
        "two brands mixed", "header_brand", SENDERS["standard"], headers=named("webhook-id", "svix-id")
    )
    stripe, github, svix = SENDERS["stripe"], SENDERS["github"], SENDERS["svix"]
    joined = "header_joined header_duplicated"
    yield failure(
        "signature twice, joined",
        joined,
        github,
        headers=set_header("x-hub-signature-256", lambda value: f"{value}, {value}"),
    )
    yield failure(
        "signature twice, joined",
        joined,
        SENDERS["shopify"],
        headers=set_header("x-shopify-hmac-sha256", lambda value: f"{value},{value}"),
    )
    yield failure(
        "timestamp twice, joined",
        joined,
        SENDERS["slack"],
        headers=set_header("x-slack-request-timestamp", lambda value: f"{value}, {value}"),
    )
    yield failure(
        "split at the comma",
        "header_joined",
        stripe,
        headers=lambda heads: [("Stripe-Signature", part) for part in heads["stripe-signature"].split(",")],
    )
    yield failure(
        "only up to the comma",
        "header_joined signature_truncated header_unreadable",
        stripe,
        headers=set_header("stripe-signature", lambda value: value.split(",")[0]),
    )
    yield failure(
        "list of one, printed",
        "header_unreadable signature_form header_joined",
        github,
        headers=set_header("x-hub-signature-256", lambda value: str([value])),
    )
    yield failure(
        "list of one, printed",
        "header_unreadable signature_form header_joined",
        stripe,
        headers=set_header("stripe-signature", lambda value: str([value])),
    )
    yield failure(
        "in quotes",
        "signature_form header_unreadable",
        github,
        headers=set_header("x-hub-signature-256", lambda value: f'"{value}"'),
    )
    yield failure(
        "in quotes",
        "signature_form header_unreadable",
        SENDERS["shopify"],
        headers=set_header("x-shopify-hmac-sha256", lambda value: f'"{value}"'),
    )
    yield failure(
        "cut to 64",
        "signature_truncated",
        github,
        headers=set_header("x-hub-signature-256", lambda value: value[:64]),
    )
    yield failure(
        "cut to 32",
        "signature_truncated",
        svix,
        headers=set_header("svix-signature", lambda value: value[:32]),
    )
    yield failure(
        "cut to 64",
        "signature_truncated",
        stripe,
        headers=set_header("stripe-signature", lambda value: value[:64]),
    )
    yield failure(
        "without padding",
        "signature_truncated signature_form signature_encoded_otherwise",
        SENDERS["shopify"],
        headers=set_header("x-shopify-hmac-sha256", lambda value: value.rstrip("=")),
    )
    yield failure(
        "without sha256=",
        "signature_form",
        github,
        headers=set_header("x-hub-signature-256", lambda value: value[7:]),
    )
    yield failure(
        "without v0=",
        "signature_form",
        SENDERS["slack"],
        headers=set_header("x-slack-signature", lambda value: value[3:]),
    )
    yield failure(
        "without v1,", "signature_form", svix, headers=set_header("svix-signature", lambda value: value[3:])
    )
    yield failure(
        "with sha256=",
        "signature_form",
        SENDERS["linear"],
        headers=set_header("linear-signature", lambda value: "sha256=" + value),
    )
    yield failure(
        "percent-encoded",
        "header_unreadable signature_form signature_encoded_otherwise",
        stripe,
        headers=set_header("stripe-signature", quote),
    )
    yield failure(
        "percent-encoded",
        "header_unreadable signature_form signature_encoded_otherwise",
        SENDERS["square"],
        headers=set_header("x-square-hmacsha256-signature", lambda value: quote(value, safe="")),
    )
    yield failure(
        "+ became a blank",
        "header_unreadable signature_form signature_encoded_otherwise",
        SENDERS["twilio"],
        sent=_with_plus(),
        headers=set_header("x-twilio-signature", lambda value: value.replace("+", " ")),
    )


def _with_plus() -> bytes:
    """A form whose signature has a +."""
    one = SENDERS["twilio"]
    return next(
        body
        for body in (one.body + b"&N=%d" % n for n in range(99))
        if "+" in one.signed(body, one.secret, NOW)[1]["x-twilio-signature"]
    )
