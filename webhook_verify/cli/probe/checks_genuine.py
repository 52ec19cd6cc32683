"""Checks with valid deliveries, which a receiver must accept."""

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
    yield CheckCase("a valid delivery", sender.delivery())


def _raw_body(sender: Sender) -> Iterator[CheckCase]:
    if sender.scheme.has_signature_in_body:
        raise NotApplicable("the scheme signs some fields, not the bytes of the body")
    variants = respell_json(sender.delivery().body)
    if not variants:
        raise NotApplicable("the body is not a JSON object")
    for label, body in variants.items():
        # A strict parser may reject the duplicate key, but only after a successful verification.
        expected = ACCEPTED_OR_UNREADABLE if "duplicate" in label else None
        yield CheckCase(f"JSON {label}", sender.delivery(body=body), expected=expected)


def _clock_skew(sender: Sender) -> Iterator[CheckCase]:
    if not sender.scheme.signs_timestamp:
        raise NotApplicable("the scheme does not sign a timestamp")
    late = min(60, sender.tolerance // 2)
    yield CheckCase(f"{late} s old", sender.delivery(age=late))
    if sender.scheme.accept_future_timestamps or sender.tolerance >= 30:
        yield CheckCase("10 s ahead", sender.delivery(age=-10))


def _signature_list(sender: Sender) -> Iterator[CheckCase]:
    several = sender.delivery([sender.unknown_key(), *sender.keys])
    if len(locate_signatures(sender, several)) <= len(sender.keys):
        raise NotApplicable("the scheme sends only one signature")
    yield CheckCase("the valid signature after another one", several)


def _old_secret(sender: Sender) -> Iterator[CheckCase]:
    if not sender.old_keys:
        raise NotApplicable("no --old-secret was passed")
    for number, key in enumerate(sender.old_keys, 1):
        yield CheckCase(f"old secret {number}", sender.delivery([key]))
    both = sender.delivery([*sender.old_keys, *sender.keys])
    if len(locate_signatures(sender, both)) > len(sender.old_keys):
        yield CheckCase("both signatures", both)


def _header_names(sender: Sender) -> Iterator[CheckCase]:
    request = sender.delivery()
    swapped = ((name.title().swapcase(), value) for name, value in request.headers)
    yield CheckCase("header names in unusual case", request.with_headers(swapped))


GENUINE = ProbeCheck(
    "genuine",
    Group.GENUINE,
    Severity.SERIOUS,
    "a valid delivery",
    ACCEPTED,
    "a receiver that rejects valid deliveries loses them, and every other check would be meaningless",
    _genuine,
)

CHECKS = (
    GENUINE,
    ProbeCheck(
        "raw-body",
        Group.GENUINE,
        Severity.SERIOUS,
        "valid JSON with unusual formatting",
        ACCEPTED,
        "the signature covers the raw bytes: verifying re-serialized JSON rejects valid deliveries",
        _raw_body,
    ),
    ProbeCheck(
        "clock-skew",
        Group.GENUINE,
        Severity.MINOR,
        "timestamps a few seconds off",
        ACCEPTED,
        "clocks differ and networks add delays, so the timestamp may be in the past or in the future",
        _clock_skew,
    ),
    ProbeCheck(
        "signature-list",
        Group.GENUINE,
        Severity.SERIOUS,
        "the valid signature after another one",
        ACCEPTED,
        "during a secret rotation, a sender signs with both secrets, in any order",
        _signature_list,
    ),
    ProbeCheck(
        "old-secret",
        Group.GENUINE,
        Severity.SERIOUS,
        "signed with the old secret",
        ACCEPTED,
        "until a secret rotation is complete, deliveries arrive with either secret",
        _old_secret,
    ),
    ProbeCheck(
        "header-names",
        Group.GENUINE,
        Severity.MINOR,
        "header names in unusual case",
        ACCEPTED,
        "header names are case-insensitive (RFC 9110 section 5.1), and proxies change the case",
        _header_names,
    ),
)
