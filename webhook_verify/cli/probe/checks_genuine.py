"""The rows of what a receiver must accept, however it is written."""

from __future__ import annotations

from collections.abc import Iterator

from webhook_verify.cli.probe.check import (
    ACCEPTED,
    ACCEPTED_OR_UNREADABLE,
    CheckCase,
    Group,
    ProbeCheck,
    Severity,
)
from webhook_verify.cli.probe.payload import respell_json
from webhook_verify.cli.probe.sender import NotApplicable, Sender
from webhook_verify.cli.probe.signatures import locate_signatures

__all__ = ["CHECKS", "GENUINE"]


def _genuine(sender: Sender) -> Iterator[CheckCase]:
    yield CheckCase("a genuine delivery", sender.delivery())


def _raw_body(sender: Sender) -> Iterator[CheckCase]:
    if sender.scheme.has_signature_in_body:
        raise NotApplicable("the scheme signs a few fields, not the bytes")
    variants = respell_json(sender.delivery().body)
    if not variants:
        raise NotApplicable("the body is no JSON object")
    for label, body in variants.items():
        # A strict parser may refuse the key that stands twice, but then it has verified the body before.
        expected = ACCEPTED_OR_UNREADABLE if "twice" in label else None
        yield CheckCase(f"JSON {label}", sender.delivery(body=body), expected=expected)


def _clock_skew(sender: Sender) -> Iterator[CheckCase]:
    if not sender.scheme.signs_timestamp:
        raise NotApplicable("the scheme signs no timestamp")
    late = min(60, sender.tolerance // 2)
    yield CheckCase(f"{late} s old", sender.delivery(age=late))
    if sender.scheme.accept_future_timestamps or sender.tolerance >= 30:
        yield CheckCase("10 s ahead", sender.delivery(age=-10))


def _signature_list(sender: Sender) -> Iterator[CheckCase]:
    several = sender.delivery([sender.unknown_key(), *sender.keys])
    if len(locate_signatures(sender, several)) <= len(sender.keys):
        raise NotApplicable("the scheme sends one signature")
    yield CheckCase("the right signature behind another", several)


def _old_secret(sender: Sender) -> Iterator[CheckCase]:
    if not sender.old_keys:
        raise NotApplicable("no --old-secret is given")
    for number, key in enumerate(sender.old_keys, 1):
        yield CheckCase(f"old secret {number}", sender.delivery([key]))
    both = sender.delivery([*sender.old_keys, *sender.keys])
    if len(locate_signatures(sender, both)) > len(sender.old_keys):
        yield CheckCase("both signatures", both)


def _header_names(sender: Sender) -> Iterator[CheckCase]:
    request = sender.delivery()
    swapped = ((name.title().swapcase(), value) for name, value in request.headers)
    yield CheckCase("header names in odd case", request.with_headers(swapped))


GENUINE = ProbeCheck(
    "genuine",
    Group.GENUINE,
    Severity.SERIOUS,
    "a genuine delivery",
    ACCEPTED,
    "a receiver that refuses what is genuine loses it, and no other row would say anything",
    _genuine,
)

CHECKS = (
    GENUINE,
    ProbeCheck(
        "raw-body",
        Group.GENUINE,
        Severity.SERIOUS,
        "genuine JSON in odd spelling",
        ACCEPTED,
        "the signature is over the bytes: who parses and writes them anew refuses what is genuine",
        _raw_body,
    ),
    ProbeCheck(
        "clock-skew",
        Group.GENUINE,
        Severity.MINOR,
        "timestamps a little off",
        ACCEPTED,
        "clocks differ and networks are slow, in both directions",
        _clock_skew,
    ),
    ProbeCheck(
        "signature-list",
        Group.GENUINE,
        Severity.SERIOUS,
        "the right signature behind another",
        ACCEPTED,
        "during a rotation a sender signs with both secrets, in any order",
        _signature_list,
    ),
    ProbeCheck(
        "old-secret",
        Group.GENUINE,
        Severity.SERIOUS,
        "signed with the old secret",
        ACCEPTED,
        "until a rotation is over, deliveries of both secrets arrive",
        _old_secret,
    ),
    ProbeCheck(
        "header-names",
        Group.GENUINE,
        Severity.MINOR,
        "header names in odd case",
        ACCEPTED,
        "names of headers have no case (RFC 9110 section 5.1), and proxies change it",
        _header_names,
    ),
)
