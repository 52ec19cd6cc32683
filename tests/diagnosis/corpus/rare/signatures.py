"""Held-out failures whose cause lies in the signature: how it is written, and what it is of."""

from __future__ import annotations

import hashlib
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote, unquote_plus

from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.corpus.rare.base import BODIES, HOOK, NOW, SECRETS, b64, by_hand, mac, sent

__all__ = ["failures"]


def altered() -> Iterator[Failure]:
    """As a provider does that tests whether an endpoint verifies at all."""
    for number, scheme in enumerate(("github", "stripe", "shopify", "slack", "svix", "typeform", "square")):
        one = sent(scheme)
        signature = list(one.signature)
        for place in range(len(signature) - 12, len(signature) - 11 + number % 4):
            signature[place] = "7" if signature[place] != "7" else "8"
        changed = one.header("".join(signature))
        yield one.arrives("signature_altered", f"{1 + number % 4} characters are others", headers=changed)


def encoded_otherwise() -> Iterator[Failure]:
    for scheme in ("github", "slack", "zoom", "typeform", "meta"):
        one = sent(scheme)
        prefix, _, rest = (
            one.signature.rpartition("=") if scheme != "typeform" else ("sha256", "", one.signature[7:])
        )
        raw = b64decode(rest) if scheme == "typeform" else bytes.fromhex(rest)
        other = raw.hex() if scheme == "typeform" else b64(raw)
        yield one.arrives(
            "signature_encoded_otherwise",
            "hex for base64 or the reverse",
            headers=one.header(f"{prefix}={other}"),
        )
        yield one.arrives(
            "signature_encoded_otherwise", "base64 of the text", headers=one.header(f"{prefix}={b64(rest)}")
        )
    for scheme in ("shopify", "square", "hubspot", "zendesk", "sendgrid"):
        one = sent(scheme, "github")
        raw = b64decode(one.signature)
        yield one.arrives("signature_encoded_otherwise", "hex", headers=one.header(raw.hex()))
        yield one.arrives(
            "signature_encoded_otherwise" + " signature_form" * (not {"+", "/"} & set(one.signature)),
            "base64url",
            headers=one.header(urlsafe_b64encode(raw).decode().rstrip("=")),
        )
        yield one.arrives(
            "signature_encoded_otherwise signature_form",
            "padding stripped",
            headers=one.header(one.signature.rstrip("=")),
        )
        yield one.arrives(
            "signature_encoded_otherwise", "base64 of the hex digits", headers=one.header(b64(raw.hex()))
        )
        yield one.arrives(
            "signature_encoded_otherwise signature_form",
            "percent-encoded",
            headers=one.header(quote(one.signature, safe="")),
        )
    one = sent("standard-webhooks")
    raw = b64decode(one.signature[3:])
    for how, text in (
        ("hex", raw.hex()),
        ("HEX", raw.hex().upper()),
        ("base64url", urlsafe_b64encode(raw).decode()),
        ("padding stripped", one.signature[3:].rstrip("=")),
    ):
        truths = "signature_encoded_otherwise" + " signature_form" * ("padding" in how)
        yield one.arrives(truths, how, headers=one.header("v1," + text))
    one = sent("discord")
    yield one.arrives(
        "signature_encoded_otherwise", "base64", headers=one.header(b64(bytes.fromhex(one.signature)))
    )
    plus = sent(
        "shopify",
        b'{"plus": %d}' % next(n for n in range(99) if "+" in sent("shopify", b'{"plus": %d}' % n).signature),
    )
    yield plus.arrives(
        "signature_encoded_otherwise signature_form",
        "+ became a blank",
        headers=plus.header(unquote_plus(plus.signature)),
    )
    yield plus.arrives(
        "signature_encoded_otherwise signature_form",
        "lower case",
        headers=plus.header(plus.signature.lower()),
    )
    one = sent("stripe")
    stamp, v1 = one.signature.split(",v1=")
    yield one.arrives(
        "signature_encoded_otherwise",
        "base64 in v1",
        headers=one.header(f"{stamp},v1={b64(bytes.fromhex(v1))}"),
    )


def form() -> Iterator[Failure]:
    for scheme, how, change in (
        ("github", "sha256= cut", lambda text: text[7:]),
        ("github", "SHA256=", lambda text: "SHA256=" + text[7:]),
        ("github", "sha256:", lambda text: "sha256:" + text[7:]),
        ("github", "sha1= before it", lambda text: "sha1=" + text[7:]),
        ("github", "quoted", lambda text: f'"{text}"'),
        ("slack", "v0= cut", lambda text: text[3:]),
        ("slack", "v1=", lambda text: "v1=" + text[3:]),
        ("zoom", "v0: for v0=", lambda text: "v0:" + text[3:]),
        ("zoom", "v0= twice", lambda text: "v0=" + text),
        ("shopify", "sha256= before it", lambda text: "sha256=" + text),
        ("shopify", "a bytes' repr", lambda text: f"b'{text}'"),
        ("typeform", "sha256= cut", lambda text: text[7:]),
        ("standard-webhooks", "v1, cut", lambda text: text[3:]),
        ("standard-webhooks", "v1=", lambda text: "v1=" + text[3:]),
        ("svix", "v2,", lambda text: "v2" + text[2:]),
        ("svix", "V1,", lambda text: "V1" + text[2:]),
        ("linear", "sha256=", lambda text: "sha256=" + text),
        ("hubspot", "Bearer", lambda text: "Bearer " + text),
        ("discord", "0x", lambda text: "0x" + text),
        ("stripe", "v0 for v1", lambda text: text.replace("v1=", "v0=")),
        ("stripe", "V1, T", lambda text: text.replace("v1=", "V1=").replace("t=", "T=")),
        ("square", "quoted", lambda text: f'"{text}"'),
    ):
        one = sent(scheme)
        truths = (
            "signature_form header_unreadable"
            if scheme in ("stripe",) or "repr" in how or how == "quoted"
            else "signature_form"
        )
        yield one.arrives(truths, how, headers=one.header(change(one.signature)))


def truncated() -> Iterator[Failure]:
    for scheme, size in (
        ("github", 64),
        ("github", 70),
        ("slack", 40),
        ("zoom", 66),
        ("shopify", 32),
        ("shopify", 40),
        ("square", 43 - 3),
        ("hubspot", 20),
        ("discord", 64),
        ("discord", 100),
        ("stripe", 64),
        ("stripe", 70),
        ("standard-webhooks", 32),
        ("svix", 40),
        ("linear", 63),
        ("linear", 32),
        ("sendgrid", 64),
        ("meta", 71 - 2),
    ):
        one = sent(scheme)
        if len(one.signature) > size:
            yield one.arrives(
                "signature_truncated", f"cut to {size}", headers=one.header(one.signature[:size])
            )
    one = sent("github")
    yield one.arrives(
        "signature_truncated", "with an ellipsis, from a log", headers=one.header(one.signature[:30] + "...")
    )
    yield one.arrives(
        "signature_truncated", "its beginning lost", headers=one.header("sha256=" + one.signature[17:])
    )


def digests() -> Iterator[Failure]:
    for name in ("sha1", "sha512", "sha384", "md5", "sha3_256", "sha224"):
        body = BODIES["github"]
        yield by_hand(
            "github", {"x-hub-signature-256": "sha256=" + mac(SECRETS["github"], body, name).hex()}, body
        ).arrives("digest_differs", name)
        body = BODIES["shopify"]
        yield by_hand(
            "shopify", {"x-shopify-hmac-sha256": b64(mac(SECRETS["shopify"], body, name))}, body
        ).arrives("digest_differs", name)
    for name in ("sha1", "sha512"):
        body, stamp = BODIES["stripe"], str(NOW)
        v1 = mac(SECRETS["stripe"], f"{stamp}.".encode() + body, name).hex()
        yield by_hand("stripe", {"stripe-signature": f"t={stamp},v1={v1}"}, body).arrives(
            "digest_differs", name
        )
        tag = mac(SECRETS["slack"], f"v0:{stamp}:".encode() + body, name).hex()
        yield by_hand(
            "slack", {"x-slack-signature": "v0=" + tag, "x-slack-request-timestamp": stamp}, body
        ).arrives("digest_differs", name)
    body = BODIES["github"]
    for how, content in (
        ("SHA-256 of key and body", SECRETS["github"].encode() + body),
        ("SHA-256 of body and key", body + SECRETS["github"].encode()),
        ("SHA-256 of the body", body),
    ):
        yield by_hand(
            "github", {"x-hub-signature-256": "sha256=" + hashlib.sha256(content).hexdigest()}, body
        ).arrives("digest_differs content_differs", how)


def contents() -> Iterator[Failure]:
    body, stamp = BODIES["stripe"], str(NOW)
    t, key = stamp.encode(), SECRETS["stripe"]
    for how, content in (
        ("the body alone", body),
        ("t, body", t + body),
        ("t:body", t + b":" + body),
        ("body.t", body + b"." + t),
        ("v1:t:body", b"v1:" + t + b":" + body),
        ("body, t", body + t),
        ("t LF body", t + b"\n" + body),
        ("t|body", t + b"|" + body),
    ):
        yield by_hand(
            "stripe", {"stripe-signature": f"t={stamp},v1={mac(key, content).hex()}"}, body
        ).arrives("content_differs", how)
    key = SECRETS["slack"]
    for how, content in (
        ("v0.t.body", b"v0." + t + b"." + body),
        ("t.body", t + b"." + body),
        ("t:body", t + b":" + body),
        ("the body alone", body),
        ("v1:t:body", b"v1:" + t + b":" + body),
    ):
        yield by_hand(
            "slack",
            {"x-slack-signature": "v0=" + mac(key, content).hex(), "x-slack-request-timestamp": stamp},
            body,
        ).arrives("content_differs", how)
    raw = b64decode(SECRETS["standard-webhooks"][6:])
    for how, content in (
        ("without the id", t + b"." + body),
        ("the body alone", body),
        ("t.id.body", t + b".msg_7." + body),
        ("no dots", b"msg_7" + t + body),
        ("colons", b"msg_7:" + t + b":" + body),
        ("id.body", b"msg_7." + body),
    ):
        yield by_hand(
            "standard-webhooks",
            {
                "webhook-id": "msg_7",
                "webhook-timestamp": stamp,
                "webhook-signature": "v1," + b64(mac(raw, content)),
            },
            body,
        ).arrives("content_differs", how)
    key, body = SECRETS["github"], BODIES["github"]
    for how, content in (
        ("the digest in hex", hashlib.sha256(body).hexdigest().encode()),
        ("the digest", hashlib.sha256(body).digest()),
        ("base64 of the body", b64(body).encode()),
        ("POST and body", b"POST" + body),
        ("the path and body", b"/in/payments" + body),
    ):
        yield by_hand("github", {"x-hub-signature-256": "sha256=" + mac(key, content).hex()}, body).arrives(
            "content_differs body_in_base64", how
        )
    key = SECRETS["square"]
    for how, content in (("the body alone", body), ("body, address", body + HOOK.encode())):
        yield by_hand("square", {"x-square-hmacsha256-signature": b64(mac(key, content))}, body).arrives(
            "content_differs url_differs", how
        )
    key, ms = SECRETS["hubspot"], f"{NOW}000"
    for how, content in (
        ("no time", b"POST" + HOOK.encode() + body),
        ("no method", HOOK.encode() + body + ms.encode()),
    ):
        yield by_hand(
            "hubspot",
            {"x-hubspot-signature-v3": b64(mac(key, content)), "x-hubspot-request-timestamp": ms},
            body,
        ).arrives("content_differs", how)


def failures() -> Iterator[Failure]:
    for make in (encoded_otherwise, form, truncated, altered, digests, contents):
        yield from make()
