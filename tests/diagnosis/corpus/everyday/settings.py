"""Everyday failures of settings: clocks, schemes and addresses that are wrong."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator

from tests.diagnosis.corpus.everyday.changes import b64, without_prefix
from tests.diagnosis.corpus.everyday.senders import NOW, SENDERS, Headers, failure, mac
from tests.diagnosis.corpus.failure import Failure

__all__ = ["failures"]

_HOUR = 3600


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
            "delivery_too_old" if seconds > 0 else skew,
            SENDERS[name],
            now=NOW + seconds,
        )
    yield failure("6 minutes late", "delivery_too_old", SENDERS["paddle"], now=NOW + 360)
    yield failure("90 s late", "provider_retry", SENDERS["linear"], now=NOW + 90)
    yield failure("20 minutes late", "provider_retry", SENDERS["mailgun"], now=NOW + 1200)
    for name, hours in (("slack", -2), ("svix", 1), ("standard", 5.5), ("zoom", -7)):
        # An old delivery may be a retry as well.
        first = "delivery_too_old" if hours > 0 else "time_zone"
        yield failure(f"{hours} hours off", first, SENDERS[name], now=NOW + int(hours * _HOUR))
    for name, days in (
        ("stripe", 3),
        ("slack", 1.3),
        ("svix", 30),
        ("discord", 400),
        ("mailgun", 12.1),
        ("paddle", 2.2),
    ):
        yield failure(f"{days} days old", "delivery_too_old", SENDERS[name], now=NOW + int(days * 86400))
    milli = "timestamp_in_milliseconds"
    yield failure("milliseconds", milli, SENDERS["standard"], headers=_timed(f"{NOW}123"))
    yield failure("milliseconds", milli, SENDERS["slack"], headers=_slack_timed(f"{NOW}123"))
    yield failure("milliseconds", milli, SENDERS["stripe"], headers=_stripe_timed(f"{NOW}123"))
    yield failure(
        "seconds for milliseconds",
        "timestamp_form header_unreadable content_differs",
        SENDERS["hubspot"],
        headers=_hubspot_timed(str(NOW)),
    )
    form = "timestamp_form"
    yield failure("ISO 8601", form, SENDERS["standard"], headers=_timed("2026-09-21T14:13:20Z"))
    yield failure("ISO 8601", form, SENDERS["slack"], headers=_slack_timed("2026-09-21T14:13:20.000Z"))
    yield failure("time.time()", form, SENDERS["standard"], headers=_timed(f"{NOW}.482913"))
    yield failure("time.time()", form, SENDERS["stripe"], headers=_stripe_timed(f"{NOW}.482913"))


def _timed(text: str) -> Callable[[Headers], Headers]:
    def sign(heads: Headers) -> Headers:
        one = SENDERS["standard"]
        content = f"{heads['webhook-id']}.{text}.".encode() + one.body
        signature = "v1," + b64(mac(base64.b64decode(without_prefix(one.secret)), content))
        return {**heads, "webhook-timestamp": text, "webhook-signature": signature}

    return sign


def _slack_timed(text: str) -> Callable[[Headers], Headers]:
    one = SENDERS["slack"]
    signature = "v0=" + mac(one.secret, f"v0:{text}:".encode() + one.body).hex()
    return lambda heads: {"X-Slack-Request-Timestamp": text, "X-Slack-Signature": signature}


def _stripe_timed(text: str) -> Callable[[Headers], Headers]:
    one = SENDERS["stripe"]
    return lambda heads: {
        "Stripe-Signature": f"t={text},v1={mac(one.secret, f'{text}.'.encode() + one.body).hex()}"
    }


def _hubspot_timed(text: str) -> Callable[[Headers], Headers]:
    one = SENDERS["hubspot"]
    signature = b64(mac(one.secret, f"POST{one.url}".encode() + one.body + text.encode()))
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
        one = SENDERS[name]
        secret = one.secret if not scheme.startswith("standard") else one.secret.encode()
        yield failure(f"read as {scheme}", "other_scheme header_brand", one, scheme=scheme, secret=secret)
    github, hubspot = SENDERS["github"], SENDERS["hubspot"]
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
        one = SENDERS[name]
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
        one = SENDERS[name]
        url = str(one.url)
        yield failure("without the query", differs, one, url=url.split("?")[0])
        yield failure("a parameter more", differs, one, url=url + "&utm_source=x")
        yield failure("only the path", differs, one, url=url.removeprefix("https://hooks.acme.io"))
    yield failure(
        "first folder cut by the ingress",
        differs,
        SENDERS["twilio"],
        url=str(SENDERS["twilio"].url).replace("/in/", "/"),
    )
    yield failure(
        "query sorted", differs, SENDERS["twilio"], url="https://hooks.acme.io/in/webhooks?lang=de&shop=17"
    )
    yield failure("a folder in front", differs, SENDERS["square"], url="https://hooks.acme.io/api/square")
    yield failure("www.", differs, SENDERS["square"], url="https://www.hooks.acme.io/square")


def failures() -> Iterator[Failure]:
    for part in (_times, _schemes, _addresses):
        yield from part()
