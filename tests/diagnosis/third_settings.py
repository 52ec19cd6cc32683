"""The third held-out batch, settings: secrets, headers, times, schemes and addresses that are wrong."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tests.diagnosis.third_senders import NOW, SENDERS, Failure, Headers, failure, mac
from webhook_verify import Secret, Signer

__all__ = ["failures"]

_S = SENDERS
_HOUR = 3600


def _bare(secret: str) -> str:
    return secret.removeprefix("whsec_")


def _when(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _secrets() -> Iterator[Failure]:
    stripe, svix, standard, github = _S["stripe"], _S["svix"], _S["standard"], _S["github"]
    for one in (svix, standard):
        bare, raw = _bare(one.secret), base64.b64decode(_bare(one.secret))
        yield failure("the base64 itself as the key", "secret_is_encoded", one, secret=bare.encode())
        yield failure("sender's key is the base64 itself", "secret_is_text", one, signed_with=bare.encode())
        yield failure("key in hex, as text", "secret_is_encoded", one, secret=raw.hex().encode())
        yield failure(
            "sender's key has its whsec_", "secret_is_text secret_prefix", one, headers=_resigned(one.secret)
        )
    yield failure("without its whsec_", "secret_prefix", stripe, secret=_bare(stripe.secret))
    yield failure(
        "decoded", "secret_is_text secret_prefix", stripe, secret=base64.b64decode(_bare(stripe.secret))
    )
    form = _S["github-form"]
    yield failure("hex, decoded", "secret_is_text", form, secret=bytes.fromhex(form.secret))
    for name in ("github", "stripe", "slack", "paddle", "telegram"):
        one = _S[name]
        yield failure(
            "in base64, from Kubernetes",
            "secret_is_encoded",
            one,
            secret=base64.b64encode(one.secret.encode()).decode(),
        )
    for name in ("github", "slack", "shopify", "square", "twilio", "hubspot", "mailgun", "zoom"):
        one = _S[name]
        yield failure("a newline after it", "secret_has_blanks", one, secret=one.secret.encode() + b"\n")
    for name in ("stripe", "paddle", "linear"):
        one = _S[name]
        yield failure("in quotes", "secret_has_blanks", one, secret=f'"{one.secret}"'.encode())
    yield failure(
        "in single quotes", "secret_has_blanks", _S["slack"], secret=f"'{_S['slack'].secret}'".encode()
    )
    yield failure(
        "a blank before it", "secret_has_blanks", _S["zoom"], secret=f" {_S['zoom'].secret}".encode()
    )
    yield failure(
        "\\r after it", "secret_has_blanks", _S["shopify"], secret=_S["shopify"].secret.encode() + b"\r"
    )
    yield failure(
        "a no-break space after it", "secret_has_blanks", stripe, secret=f"{stripe.secret}\u00a0".encode()
    )
    yield failure(
        "a newline at the sender", "secret_has_blanks", github, signed_with=github.secret.encode() + b"\n"
    )
    yield failure(
        "a newline in base64, by echo",
        "secret_has_blanks secret_is_encoded",
        github,
        secret=base64.b64encode(github.secret.encode() + b"\n").decode(),
    )
    yield failure(
        "the line of an .env file",
        "secret_has_blanks secret_prefix",
        _S["slack"],
        secret=f"SLACK_SIGNING_SECRET={_S['slack'].secret}",
    )
    wrong = "wrong_secret_or_forgery"
    for name, other in (
        ("stripe", "whsec_AAq8m0c1yRkZ3tXw7nB5pL2sD9fG4hJ6K"),
        ("github", "another secret of ours"),
        ("slack", "z26uFbvR1xHJEdHE1OQiO6t8"),
        ("shopify", "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"),
        ("svix", "whsec_AAAAAAAAKYqrTwjUPD8ILPZIo2LaLaSw"),
        ("twilio", "SK11c2d3e4f5a6b7c8d9e0f1a2b3c4d5ff"),
        ("square", "EAAAEOuLQObrVwJvCvoio3H13b8Ssqz1"),
        ("hubspot", "11111111-2d4e-4f60-9182-a3b4c5d6e7f8"),
        ("mailgun", "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"),
        ("paddle", "pdl_ntfset_01aaaaabcdefghjkmnpqrstvwx_Qm9vYmFyQmF6UXV4"),
        ("telegram", "another-token"),
        ("discord", hashlib.sha256(b"x").hexdigest()),
        ("zoom", "aaaaaLrTzB2mXw7nYp5sDf"),
        ("linear", "lin_wh_aaaaaaaa0VbN4mXc7Lz1"),
        ("large", "whsec_AAAAAAAAKYqrTwjUPD8ILPZIo2LaLaSw"),
    ):
        yield failure("another secret", wrong, _S[name], secret=other)
    for name in ("svix", "github", "stripe"):
        one = _S[name]
        old = Secret(one.secret, label="old", expires_at=_when(NOW - _HOUR))
        new = Secret(
            one.secret[:-6] + "aaaaaa" if name != "svix" else "whsec_AAAAAAAAKYqrTwjUPD8ILPZIo2LaLaSw",
            label="new",
        )
        yield failure("expired", "secret_expired", one, secret=[new, old])
    soon = Secret(_S["paddle"].secret, not_before=_when(NOW + _HOUR))
    yield failure("not yet valid", "secret_not_yet_valid", _S["paddle"], secret=soon)


def _resigned(secret: str, content: Callable[[Headers], bytes] | None = None) -> Callable[[Headers], Headers]:
    def sign(headers: Headers) -> Headers:
        body = next(one.body for one in _S.values() if one.secret == secret)
        start = next(iter(headers)).rpartition("-")[0]
        signed = f"{headers[start + '-id']}.{headers[start + '-timestamp']}.".encode() + body
        return {**headers, start + "-signature": "v1," + base64.b64encode(mac(secret, signed)).decode()}

    return sign


def _set(name: str, change: Callable[[str], Any]) -> Callable[[Headers], Headers]:
    def changed(headers: Headers) -> Headers:
        return {key: change(value) if key.lower() == name else value for key, value in headers.items()}

    return changed


def _without(*names: str) -> Callable[[Headers], Headers]:
    return lambda headers: {key: value for key, value in headers.items() if key.lower() not in names}


def _wsgi(headers: Headers) -> Headers:
    return {"HTTP_" + key.upper().replace("-", "_"): value for key, value in headers.items()}


def _underscores(headers: Headers) -> Headers:
    return {key.replace("-", "_"): value for key, value in headers.items()}


def _named(old: str, new: str) -> Callable[[Headers], Headers]:
    return lambda headers: {key.lower().replace(old, new): value for key, value in headers.items()}


def _headers() -> Iterator[Failure]:
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
        yield failure(f"no {header}", missing, _S[name], headers=_without(header))
    yield failure(
        "the name alone, no value",
        f"{missing} header_unreadable",
        _S["github"],
        headers=_set("x-hub-signature-256", lambda value: ""),
    )
    yield failure("underscores", "header_renamed", _S["shopify"], headers=_underscores)
    yield failure("underscores", "header_renamed", _S["paddle"], headers=_underscores)
    yield failure(
        "X-Forwarded in front",
        "header_renamed",
        _S["linear"],
        headers=_named("linear-", "x-original-linear-"),
    )
    yield failure("two brands mixed", "header_brand", _S["standard"], headers=_named("webhook-id", "svix-id"))
    stripe, github, svix = _S["stripe"], _S["github"], _S["svix"]
    joined = "header_joined header_duplicated"
    yield failure(
        "signature twice, joined",
        joined,
        github,
        headers=_set("x-hub-signature-256", lambda value: f"{value}, {value}"),
    )
    yield failure(
        "signature twice, joined",
        joined,
        _S["shopify"],
        headers=_set("x-shopify-hmac-sha256", lambda value: f"{value},{value}"),
    )
    yield failure(
        "timestamp twice, joined",
        joined,
        _S["slack"],
        headers=_set("x-slack-request-timestamp", lambda value: f"{value}, {value}"),
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
        headers=_set("stripe-signature", lambda value: value.split(",")[0]),
    )
    yield failure(
        "list of one, printed",
        "header_unreadable signature_form header_joined",
        github,
        headers=_set("x-hub-signature-256", lambda value: str([value])),
    )
    yield failure(
        "list of one, printed",
        "header_unreadable signature_form header_joined",
        stripe,
        headers=_set("stripe-signature", lambda value: str([value])),
    )
    yield failure(
        "in quotes",
        "signature_form header_unreadable",
        github,
        headers=_set("x-hub-signature-256", lambda value: f'"{value}"'),
    )
    yield failure(
        "in quotes",
        "signature_form header_unreadable",
        _S["shopify"],
        headers=_set("x-shopify-hmac-sha256", lambda value: f'"{value}"'),
    )
    yield failure(
        "cut to 64",
        "signature_truncated",
        github,
        headers=_set("x-hub-signature-256", lambda value: value[:64]),
    )
    yield failure(
        "cut to 32", "signature_truncated", svix, headers=_set("svix-signature", lambda value: value[:32])
    )
    yield failure(
        "cut to 64", "signature_truncated", stripe, headers=_set("stripe-signature", lambda value: value[:64])
    )
    yield failure(
        "without padding",
        "signature_truncated signature_form signature_encoded_otherwise",
        _S["shopify"],
        headers=_set("x-shopify-hmac-sha256", lambda value: value.rstrip("=")),
    )
    yield failure(
        "without sha256=",
        "signature_form",
        github,
        headers=_set("x-hub-signature-256", lambda value: value[7:]),
    )
    yield failure(
        "without v0=",
        "signature_form",
        _S["slack"],
        headers=_set("x-slack-signature", lambda value: value[3:]),
    )
    yield failure(
        "without v1,", "signature_form", svix, headers=_set("svix-signature", lambda value: value[3:])
    )
    yield failure(
        "with sha256=",
        "signature_form",
        _S["linear"],
        headers=_set("linear-signature", lambda value: "sha256=" + value),
    )
    yield failure(
        "percent-encoded",
        "header_unreadable signature_form signature_encoded_otherwise",
        stripe,
        headers=_set("stripe-signature", quote),
    )
    yield failure(
        "percent-encoded",
        "header_unreadable signature_form signature_encoded_otherwise",
        _S["square"],
        headers=_set("x-square-hmacsha256-signature", lambda value: quote(value, safe="")),
    )
    yield failure(
        "+ became a blank",
        "header_unreadable signature_form signature_encoded_otherwise",
        _S["twilio"],
        sent=_with_plus(),
        headers=_set("x-twilio-signature", lambda value: value.replace("+", " ")),
    )


def _with_plus() -> bytes:
    """A form whose signature has a +."""
    one = _S["twilio"]
    return next(
        body
        for body in (one.body + b"&N=%d" % n for n in range(99))
        if "+" in one.signed(body, one.secret, NOW)[1]["x-twilio-signature"]
    )


def _script(
    name: str, header: str, written: Callable[[str, str, bytes], str]
) -> Callable[[Headers], Headers]:
    """The headers of a hand-written test script: (secret, time, body) to the text of the signature."""
    one = _S[name]
    return _set(header, lambda value: written(one.secret, str(NOW), one.body))


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _signatures() -> Iterator[Failure]:
    github, shopify, stripe, slack = _S["github"], _S["shopify"], _S["stripe"], _S["slack"]
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
        headers=_script("github", hub, lambda key, at, body: "sha256=" + _b64(mac(key, body))),
    )
    yield failure(
        "hex for base64",
        encoded,
        shopify,
        headers=_script("shopify", order, lambda key, at, body: mac(key, body).hex()),
    )
    yield failure(
        "base64 of hex",
        encoded,
        shopify,
        headers=_script("shopify", order, lambda key, at, body: _b64(mac(key, body).hex().encode())),
    )
    yield failure(
        "base64 for hex",
        encoded,
        stripe,
        headers=_script(
            "stripe", paid, lambda key, at, body: f"t={at},v1={_b64(mac(key, f'{at}.'.encode() + body))}"
        ),
    )
    yield failure(
        "hex of a list of bytes",
        f"{encoded} signature_form header_unreadable",
        github,
        headers=_script("github", hub, lambda key, at, body: "sha256=" + mac(key, body).hex("-").upper()),
    )
    yield failure(
        "base64url",
        encoded,
        shopify,
        sent=b'{"n":2}',
        headers=_set(
            order,
            lambda value: _b64(mac(shopify.secret, b'{"n":2}')).translate({43: "-", 47: "_"}).rstrip("="),
        ),
    )
    yield failure(
        "hex for base64",
        encoded,
        _S["hubspot"],
        headers=_set("x-hubspot-signature-v3", lambda value: base64.b64decode(value).hex()),
    )
    yield failure(
        "hex for base64",
        encoded,
        _S["svix"],
        headers=_set("svix-signature", lambda value: "v1," + base64.b64decode(value[3:]).hex()),
    )
    yield failure(
        "base64 for hex",
        encoded,
        _S["discord"],
        headers=_set("x-signature-ed25519", lambda value: _b64(bytes.fromhex(value))),
    )
    digest = "digest_differs"
    yield failure(
        "SHA-1",
        digest,
        github,
        headers=_script("github", hub, lambda key, at, body: "sha1=" + mac(key, body, "sha1").hex()),
    )
    yield failure(
        "SHA-1 under the name of SHA-256",
        digest,
        github,
        headers=_script("github", hub, lambda key, at, body: "sha256=" + mac(key, body, "sha1").hex()),
    )
    yield failure(
        "SHA-512",
        digest,
        _S["linear"],
        headers=_script("linear", "linear-signature", lambda key, at, body: mac(key, body, "sha512").hex()),
    )
    yield failure(
        "SHA-256 for SHA-1",
        f"{digest} other_scheme",
        _S["twilio"],
        headers=lambda heads: _twilio_sha256(),
    )
    signed_content = "content_differs"
    yield failure(
        "without the time",
        signed_content,
        stripe,
        headers=_script("stripe", paid, lambda key, at, body: f"t={at},v1={mac(key, body).hex()}"),
    )
    yield failure(
        "without v0:",
        signed_content,
        slack,
        headers=_script(
            "slack", talk, lambda key, at, body: "v0=" + mac(key, f"{at}:".encode() + body).hex()
        ),
    )
    yield failure(
        "the body alone",
        signed_content,
        slack,
        headers=_script("slack", talk, lambda key, at, body: "v0=" + mac(key, body).hex()),
    )
    yield failure(
        "the body alone", signed_content, _S["standard"], headers=_raw_key(lambda at, msg, body: body)
    )
    yield failure(
        "without the id",
        signed_content,
        _S["standard"],
        headers=_raw_key(lambda at, msg, body: f"{at}.".encode() + body),
    )
    yield failure(
        "time before id",
        signed_content,
        _S["standard"],
        headers=_raw_key(lambda at, msg, body: f"{at}.{msg}.".encode() + body),
    )
    yield failure(
        "a dot for the colon",
        signed_content,
        _S["paddle"],
        headers=_script(
            "paddle",
            "paddle-signature",
            lambda key, at, body: f"ts={at};h1={mac(key, f'{at}.'.encode() + body).hex()}",
        ),
    )
    yield failure(
        "the body alone",
        signed_content,
        _S["square"],
        headers=_script(
            "square", "x-square-hmacsha256-signature", lambda key, at, body: _b64(mac(key, body))
        ),
    )
    yield failure(
        "the time, in a header, is signed too",
        signed_content,
        github,
        headers=_script(
            "github", hub, lambda key, at, body: "sha256=" + mac(key, f"{at}.".encode() + body).hex()
        ),
    )


def _twilio_sha256() -> Headers:
    one = _S["twilio"]
    return Signer(one.secret, scheme="twilio-sha256").sign(one.body, url=one.url)


def _raw_key(content: Callable[[str, str, bytes], bytes]) -> Callable[[Headers], Headers]:
    one = _S["standard"]
    key = base64.b64decode(_bare(one.secret))
    return lambda heads: {
        **heads,
        "webhook-signature": "v1,"
        + _b64(mac(key, content(heads["webhook-timestamp"], heads["webhook-id"], one.body))),
    }


def _times() -> Iterator[Failure]:
    skew = "clock_skew"
    for name, seconds in (
        ("stripe", 420),
        ("slack", 600),
        ("svix", -400),
        ("standard", -900),
        ("discord", 360),
        ("hubspot", 500),
        ("zoom", -700),
    ):
        yield failure(
            f"{seconds} s off",
            f"{skew} delivery_too_old" if seconds > 0 else skew,
            _S[name],
            now=NOW + seconds,
        )
    yield failure("20 s late", f"{skew} delivery_too_old", _S["paddle"], now=NOW + 20)
    yield failure("90 s late", f"{skew} delivery_too_old", _S["linear"], now=NOW + 90)
    yield failure("20 minutes late", f"{skew} delivery_too_old", _S["mailgun"], now=NOW + 1200)
    for name, hours in (("slack", -2), ("svix", 1), ("standard", 5.5), ("zoom", -7)):
        yield failure(f"{hours} hours off", "time_zone", _S[name], now=NOW + int(hours * _HOUR))
    for name, days in (
        ("stripe", 3),
        ("slack", 1.3),
        ("svix", 30),
        ("discord", 400),
        ("mailgun", 12.1),
        ("paddle", 2.2),
    ):
        yield failure(f"{days} days old", "delivery_too_old", _S[name], now=NOW + int(days * 86400))
    milli = "timestamp_in_milliseconds"
    yield failure("milliseconds", milli, _S["standard"], headers=_timed(f"{NOW}123"))
    yield failure("milliseconds", milli, _S["slack"], headers=_slack_timed(f"{NOW}123"))
    yield failure("milliseconds", milli, _S["stripe"], headers=_stripe_timed(f"{NOW}123"))
    yield failure(
        "seconds for milliseconds",
        "timestamp_form header_unreadable content_differs",
        _S["hubspot"],
        headers=_hubspot_timed(str(NOW)),
    )
    form = "timestamp_form"
    yield failure("ISO 8601", form, _S["standard"], headers=_timed("2026-09-21T14:13:20Z"))
    yield failure("ISO 8601", form, _S["slack"], headers=_slack_timed("2026-09-21T14:13:20.000Z"))
    yield failure("time.time()", form, _S["standard"], headers=_timed(f"{NOW}.482913"))
    yield failure("time.time()", form, _S["stripe"], headers=_stripe_timed(f"{NOW}.482913"))


def _timed(text: str) -> Callable[[Headers], Headers]:
    def sign(heads: Headers) -> Headers:
        one = _S["standard"]
        content = f"{heads['webhook-id']}.{text}.".encode() + one.body
        signature = "v1," + _b64(mac(base64.b64decode(_bare(one.secret)), content))
        return {**heads, "webhook-timestamp": text, "webhook-signature": signature}

    return sign


def _slack_timed(text: str) -> Callable[[Headers], Headers]:
    one = _S["slack"]
    signature = "v0=" + mac(one.secret, f"v0:{text}:".encode() + one.body).hex()
    return lambda heads: {"X-Slack-Request-Timestamp": text, "X-Slack-Signature": signature}


def _stripe_timed(text: str) -> Callable[[Headers], Headers]:
    one = _S["stripe"]
    return lambda heads: {
        "Stripe-Signature": f"t={text},v1={mac(one.secret, f'{text}.'.encode() + one.body).hex()}"
    }


def _hubspot_timed(text: str) -> Callable[[Headers], Headers]:
    one = _S["hubspot"]
    signature = _b64(mac(one.secret, f"POST{one.url}".encode() + one.body + text.encode()))
    return lambda heads: {"X-HubSpot-Request-Timestamp": text, "X-HubSpot-Signature-v3": signature}


def _schemes() -> Iterator[Failure]:
    for name, scheme in (
        ("github", "bitbucket"),
        ("zoom", "slack"),
        ("paddle", "stripe"),
        ("shopify", "shopify-events"),
        ("linear", "github"),
        ("slack", "github"),
        ("stripe", "calendly"),
        ("github", "standard-webhooks"),
        ("twilio", "twilio-sha256"),
        ("stripe", "paddle"),
        ("square", "shopify"),
        ("telegram", "gitlab-token"),
    ):
        one = _S[name]
        secret = one.secret if not scheme.startswith("standard") else one.secret.encode()
        yield failure(f"read as {scheme}", "other_scheme header_brand", one, scheme=scheme, secret=secret)
    github, hubspot = _S["github"], _S["hubspot"]
    old = "sha1=" + mac(github.secret, github.body, "sha1").hex()
    yield failure(
        "X-Hub-Signature alone",
        "header_missing unsigned digest_differs other_scheme",
        github,
        headers=lambda heads: {"X-Hub-Signature": old},
    )
    v1 = hashlib.sha256(hubspot.secret.encode() + hubspot.body).hexdigest()
    yield failure(
        "signature v1 alone",
        "header_missing unsigned other_scheme digest_differs content_differs",
        hubspot,
        headers=lambda heads: {"X-HubSpot-Signature": v1, "X-HubSpot-Signature-Version": "v1"},
    )


def _addresses() -> Iterator[Failure]:
    differs = "url_differs"
    for name in ("twilio", "square", "hubspot"):
        one = _S[name]
        url = str(one.url)
        yield failure("http behind a proxy", differs, one, url=url.replace("https:", "http:"))
        yield failure(
            "with a port", differs, one, url=url.replace("https://hooks.acme.io", "http://hooks.acme.io:8080")
        )
        yield failure(
            "the host inside", differs, one, url=url.replace("https://hooks.acme.io", "http://10.0.3.7:8000")
        )
        yield failure(
            "localhost behind ngrok",
            differs,
            one,
            url=url.replace("https://hooks.acme.io", "http://localhost:3000"),
        )
        path = url.split("?")[0]
        yield failure("a slash at the end", differs, one, url=url.replace(path, path + "/"))
    for name in ("twilio", "hubspot"):
        one = _S[name]
        url = str(one.url)
        yield failure("without the query", differs, one, url=url.split("?")[0])
        yield failure("a parameter more", differs, one, url=url + "&utm_source=x")
        yield failure("only the path", differs, one, url=url.removeprefix("https://hooks.acme.io"))
    yield failure(
        "first folder cut by the ingress",
        differs,
        _S["twilio"],
        url=str(_S["twilio"].url).replace("/in/", "/"),
    )
    yield failure(
        "query sorted", differs, _S["twilio"], url="https://hooks.acme.io/in/webhooks?lang=de&shop=17"
    )
    yield failure("a folder in front", differs, _S["square"], url="https://hooks.acme.io/api/square")
    yield failure("www.", differs, _S["square"], url="https://www.hooks.acme.io/square")


def failures() -> Iterator[Failure]:
    for part in (_secrets, _headers, _signatures, _times, _schemes, _addresses):
        yield from part()
