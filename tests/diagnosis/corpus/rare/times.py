"""Held-out failures whose cause lies in the time or the address."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle

from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.corpus.rare.base import BODIES, HOOK, NOW, SECRETS, Sent, b64, by_hand, mac, sent

__all__ = ["failures"]


STAMPED = (
    "stripe",
    "slack",
    "standard-webhooks",
    "svix",
    "zoom",
    "paddle",
    "hubspot",
    "discord",
    "mux",
    "sendgrid",
)


def _at(scheme: str, stamp: str) -> Sent:
    """Signed by hand with a timestamp as it must not be."""
    body, t = BODIES["svix"], stamp.encode()
    key = SECRETS[scheme]
    if scheme == "stripe":
        return by_hand(scheme, {"stripe-signature": f"t={stamp},v1={mac(key, t + b'.' + body).hex()}"}, body)
    if scheme == "slack":
        return by_hand(
            scheme,
            {
                "x-slack-signature": "v0=" + mac(key, b"v0:" + t + b":" + body).hex(),
                "x-slack-request-timestamp": stamp,
            },
            body,
        )
    if scheme == "zoom":
        return by_hand(
            scheme,
            {
                "x-zm-signature": "v0=" + mac(key, b"v0:" + t + b":" + body).hex(),
                "x-zm-request-timestamp": stamp,
            },
            body,
        )
    if scheme == "paddle":
        return by_hand(scheme, {"paddle-signature": f"ts={stamp};h1={mac(key, t + b':' + body).hex()}"}, body)
    if scheme == "hubspot":
        return by_hand(
            scheme,
            {
                "x-hubspot-signature-v3": b64(mac(key, b"POST" + HOOK.encode() + body + t)),
                "x-hubspot-request-timestamp": stamp,
            },
            body,
        )
    raw = b64decode(key[6:])
    return by_hand(
        scheme,
        {
            "webhook-id": "m",
            "webhook-timestamp": stamp,
            "webhook-signature": "v1," + b64(mac(raw, b"m." + t + b"." + body)),
        },
        body,
    )


def stamps() -> Iterator[Failure]:
    for scheme in ("stripe", "slack", "zoom", "paddle", "standard-webhooks", "svix"):
        for how, stamp in (("Date.now()", f"{NOW}123"), ("a late one", f"{NOW - 40}007")):
            yield _at(scheme, stamp).arrives("timestamp_in_milliseconds", how)
    for scheme in ("stripe", "standard-webhooks"):
        yield _at(scheme, f"{NOW}123456").arrives("timestamp_form timestamp_in_milliseconds", "microseconds")
        yield _at(scheme, f"{NOW}123456789").arrives(
            "timestamp_form timestamp_in_milliseconds", "nanoseconds"
        )
    when = datetime.fromtimestamp(NOW, UTC)
    for scheme in ("slack", "standard-webhooks", "zoom"):
        for stamp in (
            when.isoformat(),
            when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            f"{NOW}.123456",
            f"{NOW}.0",
            when.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            f"+{NOW}",
            f"0{NOW}",
            when.strftime("%Y-%m-%d %H:%M:%S"),
        ):
            yield _at(scheme, stamp).arrives("timestamp_form header_unreadable", stamp)
    yield _at("hubspot", str(NOW)).arrives("timestamp_form", "seconds where milliseconds are due")


def clocks() -> Iterator[Failure]:
    turn = cycle(STAMPED)
    for seconds in (-6 * 60 - 10, -17 * 60, -11 * 60, -38 * 60, -25 * 60 - 13, -333, -48 * 60):
        yield sent(next(turn), at=NOW + seconds).arrives("delivery_too_old", f"{seconds} s")
    future = cycle(name for name in STAMPED if name not in ("stripe", "hubspot", "mux"))
    for seconds in (
        6 * 60 + 1,
        17 * 60,
        22 * 60 + 7,
        42 * 60,
        400,
        8 * 60,
        95 * 60 + 20,
        3 * 86400 + 5000,
        12 * 60,
    ):
        yield sent(next(future), at=NOW + seconds).arrives("clock_skew", f"+{seconds} s")
    for hours, late in ((1, 0), (2, 1), (8, 3), (5.5, 0), (9, 2), (12, 0), (10.5, 1), (5.75, 2), (13, 4)):
        yield sent(next(future), at=NOW + int(hours * 3600) - late).arrives(
            "time_zone clock_skew", f"+{hours} h, {late} s under way"
        )
    for hours, late in ((1, 0), (7, 2), (5, 1), (3, 0), (2, 5)):
        yield sent(next(turn), at=NOW - int(hours * 3600) - late).arrives(
            "time_zone delivery_too_old", f"-{hours} h, {late} s under way"
        )
    for seconds in (
        3 * 86400 + 77,
        86400 + 4000,
        45 * 86400 + 9,
        7 * 86400 + 1234,
        400 * 86400 + 11,
        5 * 3600 + 17 * 60,
        29 * 3600 + 1111,
        11 * 3600 + 1300,
    ):
        how = f"{seconds} s ago: a queue, a replay"
        yield sent(next(turn), at=NOW - seconds).arrives("delivery_too_old", how)
    yield sent("paddle", at=NOW - 309).arrives("delivery_too_old", "309 s, its tolerance is 300")
    yield sent("linear", at=NOW - 150).arrives("provider_retry", "150 s, its tolerance is 60")
    yield sent("mailgun", at=NOW - 86400 * 2 - 99).arrives("delivery_too_old", "two days")


def addresses() -> Iterator[Failure]:
    for scheme in ("hubspot", "square", "twilio"):
        one = sent(scheme, "form") if scheme == "twilio" else sent(scheme)
        url = str(one.url)
        for how, seen in (
            ("http behind a TLS proxy", url.replace("https:", "http:")),
            ("the port of the application", url.replace(".example/", ".example:8000/")),
            ("an internal host", url.replace("https://hooks.acme.example", "http://app-7f9c.internal:8080")),
            ("localhost", url.replace("https://hooks.acme.example", "http://127.0.0.1:5000")),
            ("a prefix stripped", url.replace("/in/", "/")),
            ("a prefix added", url.replace("/in/", "/prod/in/")),
            ("a slash at the end of the path", url.replace("payments?", "payments/?")),
            ("the query lost", url.partition("?")[0]),
            ("the query reordered", url.partition("?")[0] + "?mode=live%20now&shop=7"),
            ("the query decoded", url.replace("%20", " ")),
            ("the query encoded anew", url.replace("%20", "+")),
            ("www", url.replace("//hooks", "//www.hooks")),
            ("upper case", url.replace("hooks.acme", "Hooks.Acme")),
            ("the default port", url.replace(".example/", ".example:443/")),
            ("another host", url.replace("hooks.acme.example", "a1b2.ngrok-free.app")),
            ("a parameter more", url + "&utm_source=x"),
            ("double slash", url.replace("/in/", "//in/")),
        ):
            yield one.arrives("url_differs", how, url=seen)
        yield one.arrives("url_missing", "no address", url=None)
    bare = sent("square", url="https://hooks.acme.example/")
    yield bare.arrives("url_differs", "the slash of the root", url="https://hooks.acme.example")
    deep = sent("twilio", "form", url="https://hooks.acme.example/api/v1/twilio/sms")
    yield deep.arrives(
        "url_differs", "two path segments stripped", url="https://hooks.acme.example/twilio/sms"
    )
    yield deep.arrives("url_missing", "none", url=None)


def failures() -> Iterator[Failure]:
    for make in (stamps, clocks, addresses):
        yield from make()
