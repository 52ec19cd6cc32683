"""Held-out failures whose cause lies in the names of headers, and in how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.corpus.rare.base import NOW, Sent, sent

__all__ = ["failures"]


def unsigned() -> Iterator[Failure]:
    for scheme in (
        "github",
        "stripe",
        "svix",
        "slack",
        "shopify",
        "hubspot",
        "twilio",
        "square",
        "emporix",
        "telegram",
        "discord",
    ):
        one = sent(scheme)
        yield one.arrives(
            "unsigned", "a proxy strips unknown headers", headers={"content-type": "application/json"}
        )
    one = sent("github")
    yield one.arrives(
        "unsigned header_missing",
        "curl by hand",
        headers={"x-github-event": "push", "x-github-delivery": "72d3162e"},
    )
    yield one.arrives(
        "unsigned", "no secret set at GitHub", headers={"x-github-event": "ping", "x-github-hook-id": "42"}
    )
    yield sent("stripe").arrives("unsigned", "the handler passes an empty dict", headers=[])


def missing() -> Iterator[Failure]:
    for scheme, name in (
        ("slack", "x-slack-request-timestamp"),
        ("svix", "svix-id"),
        ("svix", "svix-timestamp"),
        ("standard-webhooks", "webhook-id"),
        ("standard-webhooks", "webhook-timestamp"),
        ("standard-webhooks", "webhook-signature"),
        ("discord", "x-signature-timestamp"),
        ("discord", "x-signature-ed25519"),
        ("hubspot", "x-hubspot-request-timestamp"),
        ("zoom", "x-zm-request-timestamp"),
        ("sendgrid", "x-twilio-email-event-webhook-timestamp"),
        ("twitch", "twitch-eventsub-message-id"),
        ("slack", "x-slack-signature"),
    ):
        one = sent(scheme)
        lost = {key: value for key, value in one.headers.items() if key != name}
        if len(lost) == len(one.headers):
            lost = {
                key: value for key, value in one.headers.items() if not key.endswith(name.rpartition("-")[2])
            }
        assert len(lost) < len(one.headers), (scheme, one.headers)
        truths = (
            "header_missing unsigned" if "signature" in name and "timestamp" not in name else "header_missing"
        )
        yield one.arrives(truths, f"{name} lost", headers=lost)
    one = sent("slack")
    yield one.arrives(
        "header_missing", "an empty timestamp", headers=one.header("", "x-slack-request-timestamp")
    )
    yield one.arrives(
        "header_missing header_unreadable unsigned", "an empty signature", headers=one.header("")
    )


def renamed() -> Iterator[Failure]:
    def under(one: Sent, name: Any) -> dict[str, str]:
        return {name(key): value for key, value in one.headers.items()}

    for scheme, how, name in (
        ("github", "HTTP_ of CGI, as a dict of its own", lambda key: "HTTP_" + key.upper().replace("-", "_")),
        ("svix", "underscores", lambda key: key.replace("-", "_")),
        ("slack", "underscores", lambda key: key.replace("-", "_")),
        ("stripe", "X- in front", lambda key: "x-" + key),
        ("shopify", "X-Original-", lambda key: "x-original-" + key),
        ("github", "API Gateway remaps", lambda key: "x-amzn-remapped-" + key),
        ("stripe", "camel case of a template", lambda key: "stripeSignature"),
        ("svix", "camel case of a template", lambda key: re.sub("-(.)", lambda at: at[1].upper(), key)),
        ("slack", "X-Forwarded-", lambda key: "x-forwarded-" + key),
        ("zoom", "x- lost", lambda key: key.removeprefix("x-")),
        ("discord", "x- lost", lambda key: key.removeprefix("x-")),
        ("hubspot", "no hyphens", lambda key: key.replace("-", "")),
        ("standard-webhooks", "x- in front", lambda key: "x-" + key),
        ("shopify", "REDIRECT_HTTP_", lambda key: "REDIRECT_HTTP_" + key.upper().replace("-", "_")),
        ("square", "dots", lambda key: key.replace("-", ".")),
        ("paddle", "blanks", lambda key: key.replace("-", " ")),
    ):
        one = sent(scheme)
        truths = "header_renamed header_brand" if scheme == "standard-webhooks" else "header_renamed"
        yield one.arrives(truths, how, headers=under(one, name))


def brands() -> Iterator[Failure]:
    for scheme in ("standard-webhooks", "svix", "clerk", "resend"):
        one = sent(scheme)
        for names in (
            ("svix", "webhook", "webhook"),
            ("webhook", "svix", "svix"),
            ("webhook", "webhook", "svix"),
        ):
            parts = {
                part: value
                for key, value in one.headers.items()
                for part in ("id", "timestamp", "signature")
                if key.endswith(part)
            }
            mixed = {
                f"{brand}-{part}": parts[part]
                for brand, part in zip(names, ("id", "timestamp", "signature"), strict=True)
            }
            yield one.arrives("header_brand", "/".join(names), headers=mixed)
        for brand in ("acme", "x-acme-webhook"):
            yield one.arrives(
                "header_brand header_renamed",
                f"white-labelled as {brand}",
                headers={f"{brand}-{part}": value for part, value in parts.items()},
            )


def duplicated() -> Iterator[Failure]:
    for scheme in ("svix", "standard-webhooks", "slack", "github", "stripe", "discord", "shopify", "zoom"):
        one = sent(scheme)
        twice = [*one.headers.items(), (one.one.title(), one.signature)]
        yield one.arrives("header_duplicated", "the signature twice", headers=twice)
    for scheme in ("svix", "standard-webhooks"):
        one = sent(scheme)
        name = next(key for key in one.headers if key.endswith("-id"))
        yield one.arrives(
            "header_duplicated", "a middleware sets the id", headers=[*one.headers.items(), (name, "req_1")]
        )
    one = sent("slack")
    yield one.arrives(
        "header_duplicated",
        "the timestamp twice",
        headers=[("X-Slack-Request-Timestamp", str(NOW)), *one.headers.items()],
    )
    yield one.arrives(
        "header_duplicated",
        "an unsigned one first",
        headers=[("X-Slack-Signature", "v0=" + 64 * "0"), *one.headers.items()],
    )


def joined() -> Iterator[Failure]:
    for scheme in ("slack", "github", "shopify", "zoom", "hubspot", "discord", "square"):
        one = sent(scheme)
        value = one.signature
        yield one.arrives("header_joined", "a proxy joins two", headers=one.header(f"{value}, {value}"))
        if scheme in ("github", "shopify"):
            yield one.arrives(
                "header_joined", "joined without a blank", headers=one.header(f"{value},{value}")
            )
    one = sent("slack")
    stamp = str(NOW)
    yield one.arrives(
        "header_joined",
        "two timestamps",
        headers=one.header(f"{stamp}, {stamp}", "x-slack-request-timestamp"),
    )
    one = sent("svix")
    for name, value in one.headers.items():
        if not name.endswith("signature"):
            yield one.arrives(
                "header_joined", f"two of {name}", headers=one.header(f"{value}, {value}", name)
            )
    one = sent("stripe")
    t, v1 = one.signature.split(",")
    yield one.arrives(
        "header_joined header_duplicated", "split at its comma", headers=[(one.one, t), (one.one, v1)]
    )
    yield one.arrives(
        "header_joined header_unreadable signature_truncated", "the second half lost", headers=one.header(t)
    )
    yield one.arrives(
        "header_joined header_unreadable", "joined by semicolons", headers=one.header(f"{t};{v1}")
    )
    yield one.arrives("header_joined header_unreadable", "joined by a blank", headers=one.header(f"{t} {v1}"))
    yield one.arrives(
        "header_joined header_unreadable", "as a JSON list of parts", headers=one.header(f'["{t}","{v1}"]')
    )
    for scheme in ("slack", "shopify"):
        one = sent(scheme)
        yield one.arrives(
            "header_joined header_unreadable signature_form",
            "repr of a list",
            headers=one.header(f"['{one.signature}']"),
        )
    paddle = sent("paddle")
    yield paddle.arrives(
        "header_joined header_unreadable",
        "; became ,",
        headers=paddle.header(paddle.signature.replace(";", ",")),
    )


def unreadable() -> Iterator[Failure]:
    for scheme, value in (
        ("stripe", "undefined"),
        ("stripe", "[object Object]"),
        ("github", "null"),
        ("svix", "None"),
        ("slack", "[Filtered]"),
        ("shopify", "REDACTED"),
        ("zoom", "********"),
        ("hubspot", "{{signature}}"),
        ("paddle", "$PADDLE_SIGNATURE"),
        ("discord", "test"),
        ("standard-webhooks", "v1,"),
        ("linear", "(empty)"),
        ("sendgrid", "not a signature"),
        ("square", "<nil>"),
        ("stripe", "t=,v1="),
    ):
        one = sent(scheme)
        yield one.arrives("header_unreadable", f"signature is {value}", headers=one.header(value))
    for scheme in ("slack", "svix", "zoom"):
        one = sent(scheme)
        name = next(key for key in one.headers if key.endswith("timestamp"))
        yield one.arrives(
            "header_unreadable timestamp_form", "timestamp is NaN", headers=one.header("NaN", name)
        )
    one = sent("stripe")
    yield one.arrives(
        "header_unreadable signature_form signature_encoded_otherwise",
        "percent-encoded",
        headers=one.header(quote(one.signature, safe="")),
    )


def failures() -> Iterator[Failure]:
    for make in (unsigned, missing, renamed, brands, duplicated, joined, unreadable):
        yield from make()
