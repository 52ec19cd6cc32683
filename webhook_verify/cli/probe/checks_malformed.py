"""Checks with malformed requests, which must not make a receiver fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from webhook_verify.cli.probe.check import (
    REFUSED,
    REFUSED_OR_CLOSED,
    CheckCase,
    Expectation,
    Group,
    ProbeCheck,
    Severity,
)
from webhook_verify.cli.probe.checks_forged import signed_headers
from webhook_verify.cli.probe.sender import NotApplicable, Sender
from webhook_verify.cli.probe.signatures import signature_headers
from webhook_verify.testing.forgeries import DEFECTS

__all__ = ["CHECKS", "TEXTS"]

TEXTS = {
    **DEFECTS,
    "a number beyond the float range": "1e400",
    "infinite": "-inf",
    "a number with a trailing letter": "1700000000s",
    "a number of 20 digits": "9" * 20,
    "a number of 5000 digits": "9" * 5000,  # more than int() accepts
    "non-ASCII digits": "\u0661\u0667".encode().decode("latin-1"),
    "UTF-8": "v1,\u2603".encode().decode("latin-1"),
    "a character outside base64": "v1,\u00dc" + "A" * 42 + "=",
    "invalid base64": "v1,AAA",
}
"""Malformed header values by label: the defects of the `ReceiverContract`, and more."""


def _each_text(sender: Sender, names: list[str]) -> Iterator[CheckCase]:
    for name in names:
        for label, text in TEXTS.items():
            yield CheckCase(f"{name} is {label}", sender.delivery().replaced(name, text))


def _signature(sender: Sender) -> Iterator[CheckCase]:
    yield from _each_text(sender, signature_headers(sender, sender.delivery()))


def _others(sender: Sender) -> Iterator[CheckCase]:
    request = sender.delivery()
    names = [
        name for name in signed_headers(sender, request) if name not in signature_headers(sender, request)
    ]
    if not names:
        raise NotApplicable("the scheme does not sign any other header")
    yield from _each_text(sender, names)


def _long_header(sender: Sender) -> Iterator[CheckCase]:
    for name in signed_headers(sender, sender.delivery()):
        yield CheckCase(f"{name} of 200 kB", sender.delivery().replaced(name, "v1,x " * 40_000))


def _body(sender: Sender) -> Iterator[CheckCase]:
    key = sender.unknown_key()
    bodies = {
        "no body": b"",
        "invalid UTF-8": b'{"type":"\xff\xfe\x00"}',
        "invalid JSON": b"{not json",
        "JSON that is not an object": b"[null]",
        # Python 3.14 and later parse 50,000 levels without a RecursionError.
        "JSON of 100000 levels": b"[" * 100_000,
        "a number of 5000 digits": b"9" * 5000,
    }
    for label, body in bodies.items():
        try:
            yield CheckCase(f"{label}, forged", sender.delivery([key], body=body))
        except ValueError:  # the scheme cannot sign such a body
            yield CheckCase(f"{label}, forged", sender.delivery().with_body(body))


def _check(
    name: str,
    severity: Severity,
    sends: str,
    expected: Expectation,
    why: str,
    cases: Callable[[Sender], Iterator[CheckCase]],
) -> ProbeCheck:
    return ProbeCheck(name, Group.MALFORMED, severity, sends, expected, why, cases)


CHECKS = (
    _check(
        "malformed-signature",
        Severity.SERIOUS,
        "a malformed signature",
        REFUSED,
        "a receiver that crashes on malformed signatures can be crashed by any attacker",
        _signature,
    ),
    _check(
        "malformed-header",
        Severity.SERIOUS,
        "a malformed id or timestamp",
        REFUSED,
        "a number parser must not crash on invalid or huge numbers",
        _others,
    ),
    _check(
        "long-header",
        Severity.MINOR,
        "a signed header of 200 kB",
        REFUSED_OR_CLOSED,
        "provider headers have at most a few hundred characters",
        _long_header,
    ),
    _check(
        "forged-garbage",
        Severity.SERIOUS,
        "a forged body that is not an event",
        REFUSED,
        "parsing before verifying lets any attacker crash the handler",
        _body,
    ),
)
