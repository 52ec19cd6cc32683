"""Everyday failures of senders that sign in a way of their own."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

from tests.diagnosis.corpus.everyday.changes import b64, set_header, signed_by_hand, without_prefix
from tests.diagnosis.corpus.everyday.senders import SENDERS, Headers, failure, mac
from tests.diagnosis.corpus.failure import Failure
from webhook_verify import Signer

__all__ = ["failures"]


def failures() -> Iterator[Failure]:
    github, shopify, stripe, slack = (
        SENDERS["github"],
        SENDERS["shopify"],
        SENDERS["stripe"],
        SENDERS["slack"],
    )
    hub, order, paid, talk = (
        "x-hub-signature-256",
        "x-shopify-hmac-sha256",
        "stripe-signature",
        "x-slack-signature",
    )
    encoded = "signature_encoded_otherwise"
    yield failure(
        "base64 for hex",
        encoded,
        github,
        headers=signed_by_hand("github", hub, lambda key, at, body: "sha256=" + b64(mac(key, body))),
    )
    yield failure(
        "hex for base64",
        encoded,
        shopify,
        headers=signed_by_hand("shopify", order, lambda key, at, body: mac(key, body).hex()),
    )
    yield failure(
        "base64 of hex",
        encoded,
        shopify,
        headers=signed_by_hand("shopify", order, lambda key, at, body: b64(mac(key, body).hex().encode())),
    )
    yield failure(
        "base64 for hex",
        encoded,
        stripe,
        headers=signed_by_hand(
            "stripe", paid, lambda key, at, body: f"t={at},v1={b64(mac(key, f'{at}.'.encode() + body))}"
        ),
    )
    yield failure(
        "hex of a list of bytes",
        f"{encoded} signature_form header_unreadable",
        github,
        headers=signed_by_hand(
            "github", hub, lambda key, at, body: "sha256=" + mac(key, body).hex("-").upper()
        ),
    )
    yield failure(
        "base64url",
        encoded,
        shopify,
        sent=b'{"n":2}',
        headers=set_header(
            order,
            lambda value: b64(mac(shopify.secret, b'{"n":2}')).translate({43: "-", 47: "_"}).rstrip("="),
        ),
    )
    yield failure(
        "hex for base64",
        encoded,
        SENDERS["hubspot"],
        headers=set_header("x-hubspot-signature-v3", lambda value: base64.b64decode(value).hex()),
    )
    yield failure(
        "hex for base64",
        encoded,
        SENDERS["svix"],
        headers=set_header("svix-signature", lambda value: "v1," + base64.b64decode(value[3:]).hex()),
    )
    yield failure(
        "base64 for hex",
        encoded,
        SENDERS["discord"],
        headers=set_header("x-signature-ed25519", lambda value: b64(bytes.fromhex(value))),
    )
    digest = "digest_differs"
    yield failure(
        "SHA-1",
        digest,
        github,
        headers=signed_by_hand("github", hub, lambda key, at, body: "sha1=" + mac(key, body, "sha1").hex()),
    )
    yield failure(
        "SHA-1 under the name of SHA-256",
        digest,
        github,
        headers=signed_by_hand("github", hub, lambda key, at, body: "sha256=" + mac(key, body, "sha1").hex()),
    )
    yield failure(
        "SHA-512",
        digest,
        SENDERS["linear"],
        headers=signed_by_hand(
            "linear", "linear-signature", lambda key, at, body: mac(key, body, "sha512").hex()
        ),
    )
    yield failure(
        "SHA-256 for SHA-1",
        f"{digest} other_scheme",
        SENDERS["twilio"],
        headers=lambda heads: _twilio_sha256(),
    )
    signed_content = "content_differs"
    yield failure(
        "without the time",
        signed_content,
        stripe,
        headers=signed_by_hand("stripe", paid, lambda key, at, body: f"t={at},v1={mac(key, body).hex()}"),
    )
    yield failure(
        "without v0:",
        signed_content,
        slack,
        headers=signed_by_hand(
            "slack", talk, lambda key, at, body: "v0=" + mac(key, f"{at}:".encode() + body).hex()
        ),
    )
    yield failure(
        "the body alone",
        signed_content,
        slack,
        headers=signed_by_hand("slack", talk, lambda key, at, body: "v0=" + mac(key, body).hex()),
    )
    yield failure(
        "the body alone", signed_content, SENDERS["standard"], headers=_raw_key(lambda at, msg, body: body)
    )
    yield failure(
        "without the id",
        signed_content,
        SENDERS["standard"],
        headers=_raw_key(lambda at, msg, body: f"{at}.".encode() + body),
    )
    yield failure(
        "time before id",
        signed_content,
        SENDERS["standard"],
        headers=_raw_key(lambda at, msg, body: f"{at}.{msg}.".encode() + body),
    )
    yield failure(
        "a dot for the colon",
        signed_content,
        SENDERS["paddle"],
        headers=signed_by_hand(
            "paddle",
            "paddle-signature",
            lambda key, at, body: f"ts={at};h1={mac(key, f'{at}.'.encode() + body).hex()}",
        ),
    )
    yield failure(
        "the body alone",
        signed_content,
        SENDERS["square"],
        headers=signed_by_hand(
            "square", "x-square-hmacsha256-signature", lambda key, at, body: b64(mac(key, body))
        ),
    )
    yield failure(
        "the time, in a header, is signed too",
        signed_content,
        github,
        headers=signed_by_hand(
            "github", hub, lambda key, at, body: "sha256=" + mac(key, f"{at}.".encode() + body).hex()
        ),
    )


def _twilio_sha256() -> Headers:
    one = SENDERS["twilio"]
    return Signer(one.secret, scheme="twilio-sha256").sign(one.body, url=one.url)


def _raw_key(content: Callable[[str, str, bytes], bytes]) -> Callable[[Headers], Headers]:
    one = SENDERS["standard"]
    key = base64.b64decode(without_prefix(one.secret))
    return lambda heads: {
        **heads,
        "webhook-signature": "v1,"
        + b64(mac(key, content(heads["webhook-timestamp"], heads["webhook-id"], one.body))),
    }
