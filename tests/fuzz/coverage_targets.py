"""The targets of coverage-guided fuzzing, and the format of an input: a request in plain text.

The first line names a scheme. The headers, an empty line and the body follow. So an input is readable, a seed
is a valid delivery, and a mutation is similar to it. A target raises an exception if a guarantee is violated.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz import providers
from tests.fuzz.mutation_case import Effect
from tests.providers.samples import SAMPLES
from webhook_verify import MalformedDelivery
from webhook_verify.diagnosis import explain
from webhook_verify.headers import HeaderReader, header_pairs
from webhook_verify.schemes.canonical_json import canonical_forms

__all__ = ["TARGETS", "request_text", "seeds"]

_NAMES = list(SAMPLES)
_TARGETS_OF_SCHEMES = {target.sample.name: target for target in providers.TARGETS}
_READER = HeaderReader("x-signature", "x-time")
_IDENTITIES = {"apple-app-store", "atlassian-forge", "aws-sns", "fal-ai", "google-pubsub", "paypal"}
"""The schemes whose configured text identifies an account and is not secret, so a diagnosis may show it."""


def request_text(name: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return the input for a request to the receiver of a scheme."""
    lines = [name, *(f"{header}: {value}" for header, value in headers.items())]
    return "\n".join(lines).encode() + b"\n\n" + body


def seeds() -> dict[str, bytes]:
    """Return a valid delivery of each scheme, by name."""
    signed = {name: sample.signed() for name, sample in SAMPLES.items()}
    return {name: request_text(name, headers, body) for name, (body, headers) in signed.items()}


def _parsed(data: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
    head, _, body = data.partition(b"\n\n")
    name, *lines = head.decode("utf-8", "surrogateescape").split("\n")
    if name not in SAMPLES:
        name = _NAMES[sum(head[:8]) % len(_NAMES)]
    pairs = [line.partition(": ")[::2] for line in lines]
    return name, pairs, body


def verify(data: bytes) -> None:
    """Every scheme accepts only signed deliveries, in one call and in chunks, and rejects all others."""
    name, headers, body = _parsed(data)
    hostile = providers.Hostile(_TARGETS_OF_SCHEMES[name], Effect.EITHER, headers, body)
    providers.judge(hostile, Random(len(data)), search_for_leaks=True)


def diagnose(data: bytes) -> None:
    """The diagnosis of any delivery returns a report that can be printed."""
    name, headers, body = _parsed(data)
    target = _TARGETS_OF_SCHEMES[name]
    diagnosis = explain(
        target.verifier, body, headers, url=target.sample.url or "", method=target.sample.method
    )
    text = f"{diagnosis}{diagnosis.as_dict()}"
    if name not in _IDENTITIES and str(target.sample.secret) in text:
        raise AssertionError("the report of a diagnosis holds the secret")


def headers(data: bytes) -> None:
    """Headers in three containers are read as the same values, or rejected."""
    _, pairs, _ = _parsed(data)
    _, pairs = "", [*pairs, ("X-Signature", data[:8].decode("latin-1"))]
    octets = [
        (name.encode("utf-8", "surrogateescape"), value.encode("latin-1", "replace")) for name, value in pairs
    ]
    read = []
    for container in (pairs, octets, {name: [value] for name, value in pairs}):
        header_pairs(container)
        try:
            read.append(_READER.read(container))
        except MalformedDelivery:
            read.append([])
    plain = all(text.isascii() for pair in pairs for text in pair)
    if plain and read[0] != read[1]:
        raise AssertionError("text and bytes are read differently")


def canonical_json(data: bytes) -> None:
    """The canonical form of a canonical form is equal to it, for any text."""
    try:
        forms = canonical_forms(data)
    except MalformedDelivery:
        return
    for form in forms[:1]:
        if canonical_forms(form)[:1] != (form,):
            raise AssertionError("the canonical form of a canonical form is another")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "verify": verify,
    "headers": headers,
    "canonical_json": canonical_json,
    "diagnose": diagnose,
}
"""The targets by name."""
