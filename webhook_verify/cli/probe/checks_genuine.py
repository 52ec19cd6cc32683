"""The rows of what a receiver must accept, however it is written."""

from __future__ import annotations

from collections.abc import Iterator

from webhook_verify.cli.probe.check import ACCEPTED, ACCEPTED_OR_UNREADABLE, Case, Grade, Group, Severity
from webhook_verify.cli.probe.payload import respelled
from webhook_verify.cli.probe.sender import LeftOut, Sender
from webhook_verify.cli.probe.signatures import written

__all__ = ["GENUINE", "GRADES"]


def _genuine(sender: Sender) -> Iterator[Case]:
    yield Case("a genuine delivery", sender.delivery())


def _raw_body(sender: Sender) -> Iterator[Case]:
    if sender.scheme.has_signature_in_body:
        raise LeftOut("the scheme signs a few fields, not the bytes")
    spellings = respelled(sender.delivery().body)
    if not spellings:
        raise LeftOut("the body is no JSON object")
    for label, body in spellings.items():
        # A strict parser may refuse the key that stands twice, but then it has verified the body before.
        must = ACCEPTED_OR_UNREADABLE if "twice" in label else None
        yield Case(f"JSON {label}", sender.delivery(body=body), must=must)


def _clock_skew(sender: Sender) -> Iterator[Case]:
    if not sender.scheme.signs_timestamp:
        raise LeftOut("the scheme signs no timestamp")
    late = min(60, sender.tolerance // 2)
    yield Case(f"{late} s old", sender.delivery(age=late))
    if sender.scheme.accept_future_timestamps or sender.tolerance >= 30:
        yield Case("10 s ahead", sender.delivery(age=-10))


def _signature_list(sender: Sender) -> Iterator[Case]:
    several = sender.delivery([sender.stranger(), *sender.keys])
    if len(written(sender, several)) <= len(sender.keys):
        raise LeftOut("the scheme sends one signature")
    yield Case("the right signature behind another", several)


def _old_secret(sender: Sender) -> Iterator[Case]:
    if not sender.old_keys:
        raise LeftOut("no --old-secret is given")
    for number, key in enumerate(sender.old_keys, 1):
        yield Case(f"old secret {number}", sender.delivery([key]))
    both = sender.delivery([*sender.old_keys, *sender.keys])
    if len(written(sender, both)) > len(sender.old_keys):
        yield Case("both signatures", both)


def _header_names(sender: Sender) -> Iterator[Case]:
    request = sender.delivery()
    swapped = ((name.title().swapcase(), value) for name, value in request.headers)
    yield Case("header names in odd case", request.with_headers(swapped))


GENUINE = Grade(
    "genuine",
    Group.GENUINE,
    Severity.SERIOUS,
    "a genuine delivery",
    ACCEPTED,
    "a receiver that refuses what is genuine loses it, and no other row would say anything",
    _genuine,
)

GRADES = (
    GENUINE,
    Grade(
        "raw-body",
        Group.GENUINE,
        Severity.SERIOUS,
        "genuine JSON in odd spelling",
        ACCEPTED,
        "the signature is over the bytes: who parses and writes them anew refuses what is genuine",
        _raw_body,
    ),
    Grade(
        "clock-skew",
        Group.GENUINE,
        Severity.MINOR,
        "timestamps a little off",
        ACCEPTED,
        "clocks differ and networks are slow, in both directions",
        _clock_skew,
    ),
    Grade(
        "signature-list",
        Group.GENUINE,
        Severity.SERIOUS,
        "the right signature behind another",
        ACCEPTED,
        "during a rotation a sender signs with both secrets, in any order",
        _signature_list,
    ),
    Grade(
        "old-secret",
        Group.GENUINE,
        Severity.SERIOUS,
        "signed with the old secret",
        ACCEPTED,
        "until a rotation is over, deliveries of both secrets arrive",
        _old_secret,
    ),
    Grade(
        "header-names",
        Group.GENUINE,
        Severity.MINOR,
        "header names in odd case",
        ACCEPTED,
        "names of headers have no case (RFC 9110 section 5.1), and proxies change it",
        _header_names,
    ),
)
