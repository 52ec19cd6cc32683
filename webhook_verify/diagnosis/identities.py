"""What a delivery proves or suggests without a valid signature of its body: hashes, identities and items.

The values of a token or a notification are unverified unless its own signature is valid, so they are shown
cut and escaped, and the causes are only likely. A token, a signature and a `clientState` are never shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256, sha512

from webhook_verify.diagnosis.investigation import Investigation
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.diagnosis.variants.body import body_variants
from webhook_verify.errors import MalformedDelivery
from webhook_verify.log_text import log_text
from webhook_verify.schemes import ParsedHeaders
from webhook_verify.schemes.body_scheme import BodyScheme, get_field, list_items, parse_unverified_json
from webhook_verify.schemes.differences import ComparesIdentities, Difference
from webhook_verify.schemes.twilio_content import body_hashes, hash_of, with_and_without_port

__all__ = ["identity_causes"]

CERTAIN, LIKELY = Confidence.CERTAIN, Confidence.LIKELY

_MAX_VALUE_CHARS = 64
_MAX_ITEMS = 100
_MAX_NOTIFICATIONS = 10_000
_MAX_LISTED_ITEMS = 5


def identity_causes(investigation: Investigation) -> Iterator[Cause]:
    """Yield the causes that hashes, claims and items of a delivery show.

    Args:
        investigation: The rejected delivery.

    Yields:
        Causes with confidence `CERTAIN` if a hash in validly signed content is not that of the body, else
        `LIKELY`.
    """
    parsed = investigation.parse_headers()
    if parsed is None:
        return
    yield from _difference_causes(investigation, parsed)
    yield from _signed_url_causes(investigation, parsed)
    if investigation.scheme.has_signature_in_body and not investigation.scheme.fetches_keys:
        if isinstance(investigation.scheme, BodyScheme) and investigation.scheme.name == "microsoft-graph":
            yield from _client_state_causes(investigation, investigation.scheme)
        else:
            yield from _item_causes(investigation, parsed)


def _difference_causes(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    """Compare claims and fields with the configuration of the key that differs least."""
    found: list[tuple[list[Difference], bool]] = []
    for signatures, before, content in investigation.signature_checks(parsed):
        for key in investigation.keys:
            if isinstance(key, ComparesIdentities) and investigation.spend([key], len(content)):
                found.append(key.differences(signatures, before, content))
    if not found:
        return
    differences, is_signed = min(found, key=lambda result: len(result[0]))
    confidence = CERTAIN if is_signed else LIKELY
    status = "" if is_signed else " (unverified)"
    texts: list[str] = []
    for difference in differences:
        if difference.is_body_hash:
            holder = "" if difference.name == "content-digest" else " of the token"
            source = f"{difference.name}{holder}{status}"
            yield _body_cause(investigation, str(difference.received), source, confidence)
        else:
            received = _shown(difference.received)
            texts.append(f"{difference.name} is {received}{status}, expected {_shown(difference.expected)}")
    if texts:
        # Likely even if the token is valid: a forger can have a valid one for another receiver.
        yield Cause("identity_differs", LIKELY, "; ".join(texts))


def _body_cause(investigation: Investigation, digest: str, source: str, confidence: Confidence) -> Cause:
    """Return the change of the body that explains a SHA-256 or SHA-512 in hex, or that it is another body."""
    hash_of_body = sha512 if len(digest) == 2 * sha512().digest_size else sha256
    variants = body_variants(
        investigation.body,
        signs_raw_body=True,
        content_length=investigation.content_length,
    )
    for cause, evidence, body in investigation.while_affordable(variants):
        if hash_of_body(body).hexdigest() == digest:
            return Cause(cause, confidence, f"{source} is the hash of another form of the body: {evidence}")
    return Cause("body_changed", confidence, f"{source} is not the hash of this body")


def _signed_url_causes(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    """Check a URL that contains the hash of the body, as Twilio's does."""
    url = parsed[3]
    if not (investigation.scheme.signs_url and investigation.scheme.parses_body):
        return
    hashes = body_hashes(url)
    if not hashes or hashes == [hash_of(investigation.body)]:
        return
    is_signed = any(
        investigation.spend([key], len(form)) and key.verify(parsed[2], form, b"", b"")
        for key in investigation.keys
        for form in with_and_without_port(url)
    )
    source = f"bodySHA256 of the URL, whose signature is {'valid' if is_signed else 'not valid'},"
    digest = hashes[0].decode("latin-1")
    yield _body_cause(investigation, digest, source, CERTAIN if is_signed else LIKELY)


def _item_causes(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    """Check the signature of each item of a body whose items are signed separately."""
    checks = investigation.signature_checks(parsed)[:_MAX_ITEMS]
    valid = [
        [
            investigation.spend([key], len(content)) and key.verify(signatures, before, content, b"")
            for signatures, before, content in checks
        ]
        for key in investigation.keys
    ]
    if len(checks) < 2 or not any(map(any, valid)):
        return
    invalid = [number for number, results in enumerate(zip(*valid, strict=True), 1) if not any(results)]
    if invalid:
        evidence = f"the signature of {_items(invalid, len(checks))} does not match, and the others do"
        yield Cause("body_changed", LIKELY, evidence)
    else:
        evidence = f"each of the {len(checks)} items matches a configured secret, but not the same one"
        yield Cause("identity_differs", LIKELY, evidence)


def _client_state_causes(investigation: Investigation, scheme: BodyScheme) -> Iterator[Cause]:
    """Name the items with another clientState, which is a secret and not shown."""
    try:
        value = parse_unverified_json(investigation.body)
        items = list_items(get_field(value, "value"), _MAX_NOTIFICATIONS, "value")
        states = [get_field(each, "clientState") for each in items]
    except MalformedDelivery:
        return
    if states and all(state is None for state in states):
        yield Cause("unsigned", LIKELY, "no item of the notification has a clientState")
        return
    for key in investigation.keys:
        if not investigation.spend([key], 64 * len(states)):
            return
        wrong = [
            number
            for number, state in enumerate(states, 1)
            if not (isinstance(state, str) and key.verify(scheme.signatures_of(state), b"", b"", b""))
        ]
        if wrong and len(wrong) < len(states):
            evidence = f"the clientState of {_items(wrong, len(states))} is not the configured one"
            yield Cause("identity_differs", LIKELY, evidence)
            return
    if states:
        evidence = "no clientState of the notification is the configured one"
        yield Cause("wrong_secret_or_forgery", LIKELY, evidence)


def _items(numbers: list[int], count: int) -> str:
    listed = ", ".join(map(str, numbers[:_MAX_LISTED_ITEMS]))
    more = ", ..." if len(numbers) > _MAX_LISTED_ITEMS else ""
    return f"item{'s' * (len(numbers) > 1)} {listed}{more} of {count}"


def _shown(value: object) -> str:
    """Return a value cut and escaped, without its content if it is not a simple value."""
    if value is None:
        return "missing"
    if not isinstance(value, str | bool | int | float):
        return f"a {type(value).__name__}"
    text = json.dumps(value[: _MAX_VALUE_CHARS + 1] if isinstance(value, str) else value)
    if len(text) > _MAX_VALUE_CHARS:
        text = f'{text[:_MAX_VALUE_CHARS]}..."'
    return log_text(text)
