"""Proofs of a cause: possible changes are undone one at a time until the signature matches.

A match cannot be forged, so the first cause found is certain and the search ends. The work is bounded, so
trials that cost one hash run first and the many body variants last.
"""

from __future__ import annotations

import hashlib
import re
from binascii import a2b_base64
from collections.abc import Callable, Iterator
from hmac import compare_digest
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import unquote

from webhook_verify.diagnosis.investigation import (
    ContentWithoutURL,
    Investigation,
    Pairs,
    identifying_headers,
)
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.diagnosis.senders import (
    describe,
    foreign_headers,
    has_valid_signature_in,
    is_by_configured_provider,
    names_the_sender,
    other_headers,
    plausible_schemes,
    schemes_that_read,
)
from webhook_verify.diagnosis.variants.body import body_variants
from webhook_verify.diagnosis.variants.header import header_variants, renamed_signatures
from webhook_verify.diagnosis.variants.json_members import member_values
from webhook_verify.diagnosis.variants.published_secrets import published_test_secrets
from webhook_verify.diagnosis.variants.secret import configured_key, key_variants, secret_encoding
from webhook_verify.diagnosis.variants.signature import (
    find_alteration,
    find_damage,
    find_signatures,
    signature_pieces,
)
from webhook_verify.diagnosis.variants.signed_content import (
    signed_content_variants,
    substitute_contents,
    unsigned_body_variants,
)
from webhook_verify.diagnosis.variants.timestamp import timestamp_variants
from webhook_verify.diagnosis.variants.url import URLVariant, query_variants, url_pair_variants, url_variants
from webhook_verify.errors import Reason, RejectedDelivery
from webhook_verify.keys import HmacKey, TokenKey, decode_canonical_base64
from webhook_verify.schemes import ParsedHeaders, Scheme
from webhook_verify.schemes.hash_keys import KeyPerSize, SuffixKey
from webhook_verify.schemes.jwt_keys import JwtKey
from webhook_verify.schemes.providers import NAMES
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.keys import Hash, VerifyingKey

__all__ = ["find_proven_cause"]

_DIGESTS = {
    16: (hashlib.md5,),
    20: (hashlib.sha1,),
    28: (hashlib.sha224,),
    32: (hashlib.sha256, hashlib.sha3_256),
    48: (hashlib.sha384,),
    64: (hashlib.sha512, hashlib.sha3_512),
}
_MAX_SUBSTITUTED_BYTES = 4_194_304  # Larger bodies are not encoded or hashed as a substitute for the body.


def find_proven_cause(investigation: Investigation, error: RejectedDelivery) -> Cause | None:
    """Return the first cause that a matching signature proves.

    Args:
        investigation: The rejected delivery.
        error: The verifier's rejection.

    Returns:
        A cause with confidence `CERTAIN`, or None if nothing could be proved.
    """
    return next(_proven_causes(investigation, error), None)


def _certain(name: str, evidence: str) -> Cause:
    return Cause(name, Confidence.CERTAIN, evidence)


def _proven_causes(investigation: Investigation, error: RejectedDelivery) -> Iterator[Cause]:
    parsed = investigation.parse_headers()
    if parsed is not None:
        yield from _prove_unreadable_body(investigation, error, parsed)
        yield from _prove_validity_window(investigation, parsed)
    yield from _prove_other_header(investigation, is_missing=error.reason is Reason.MISSING_HEADER)
    yield from _prove_headers(investigation)
    yield from _prove_timestamp_unit(investigation)
    if parsed is not None:
        yield from _prove_signature(investigation, parsed)
        yield from _prove_published_secret(investigation, parsed)
        yield from _prove_secret(investigation, parsed)
        yield from _prove_url(investigation, parsed, url_variants)
    yield from _prove_other_scheme(investigation)
    yield from _prove_renamed_signature(investigation)
    if parsed is not None:
        yield from _prove_content(investigation, parsed)
        yield from _prove_body(investigation, parsed)
        yield from _prove_url(investigation, parsed, url_pair_variants)


def _prove_unreadable_body(
    investigation: Investigation, error: RejectedDelivery, parsed: ParsedHeaders
) -> Iterator[Cause]:
    if error.reason is Reason.UNREADABLE_BODY and investigation.matches(parsed):
        yield _certain("body_unreadable", error.detail)


def _prove_other_header(investigation: Investigation, *, is_missing: bool) -> Iterator[Cause]:
    """Try the signature header that the sender uses instead of the required one."""
    own = other_headers(investigation) if is_missing else []
    foreign = [
        other
        for other in foreign_headers(investigation)
        if is_missing or other.name in investigation.scheme.header_names
    ]
    for name, others in (("header_missing", own), ("other_scheme", foreign)):
        for other in others:
            if names_the_sender(investigation, other) and has_valid_signature_in(investigation, other.name):
                yield _certain(name, other.evidence(investigation.scheme, is_valid=True))


def _prove_renamed_signature(investigation: Investigation) -> Iterator[Cause]:
    """Try the signature headers of other senders under the name that the scheme requires."""
    for received, evidence, pairs in renamed_signatures(investigation.scheme, investigation.pairs):
        candidate = investigation.parse_headers(pairs)
        if candidate is not None and investigation.matches(candidate):
            readers = [] if is_by_configured_provider(investigation) else schemes_that_read(received)
            name = "other_scheme" if readers else "header_renamed"
            yield _certain(name, evidence + (f", which {' or '.join(readers)} reads" if readers else ""))


def _prove_validity_window(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    now = investigation.verifier.now()
    for label, secret, key in investigation.secrets:
        if not secret.valid_at(now) and investigation.matches(parsed, [key]):
            name = "secret_expired" if secret.sort_key[0] <= now else "secret_not_yet_valid"
            yield _certain(name, f"the signature matches the secret labelled {label}")


def _prove_signature(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    yield from _prove_rewritten_token(investigation, parsed)
    if not investigation.scheme.has_signature_in_body:
        yield from _prove_signature_form(investigation, parsed)
    yield from _prove_damaged_signature(investigation, parsed)


def _prove_rewritten_token(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    """Try a token without whitespace or percent-encoding, which the sender keeps as part of it."""
    message_id, timestamp, signatures, before, after, _ = parsed
    if not any(isinstance(key, TokenKey) for key in investigation.keys):
        return
    bare = tuple((version, re.sub(r"\s+", "", unquote(text))) for version, text in signatures)
    unquoted = tuple((version, text.strip("\"' ")) for version, text in signatures)
    for rewritten in (bare, unquoted):
        candidate = message_id, timestamp, rewritten, before, after, None
        if rewritten != signatures and investigation.matches(candidate):
            yield _certain("secret_has_blanks", "the sender's token includes whitespace or quotes")


def _prove_signature_form(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    message_id, timestamp, _, before, after, _ = parsed
    for cause, evidence, signature, size in find_signatures(investigation.scheme, investigation.pairs):
        own = getattr(getattr(investigation.scheme, "algorithm", None), "version", "v1")
        signatures = tuple((version, signature) for version in dict.fromkeys(("v1", "v1a", own)))
        candidate = message_id, timestamp, signatures, before, after, None
        if investigation.matches(candidate):
            yield _certain(cause, evidence)
        for digest in _DIGESTS.get(size, ()):
            if investigation.matches(candidate, _keys_with_digest(investigation, digest)):
                name = digest().name.upper()
                yield _certain("digest_differs", f"the signature is an HMAC with {name}")
        yield from _prove_plain_hash(investigation, parsed, signature)


def _keys_with_digest(investigation: Investigation, digest: Callable[[bytes], Hash]) -> list[VerifyingKey]:
    """Return the configured HMAC secrets as keys for another digest."""
    encoding = secret_encoding(investigation.scheme)
    hmac_secrets = [
        secret
        for _, secret, key in investigation.secrets
        if isinstance(key, HmacKey | SuffixKey | KeyPerSize)
    ]
    return [HmacKey(configured_key(secret, encoding), digest) for secret in hmac_secrets]


def _prove_plain_hash(investigation: Investigation, parsed: ParsedHeaders, signature: str) -> Iterator[Cause]:
    """Try a plain SHA-256 of secret and content, as in the older versions of HubSpot's signature."""
    candidate = a2b_base64(signature)
    if len(candidate) != 32 or not investigation.signs_raw_body:
        return
    target = f"{investigation.method}{investigation.bounded_url}".encode("utf-8", "surrogatepass")
    contents = (
        b"".join((parsed[3], investigation.body, parsed[4])),
        investigation.body,
        target + investigation.body,
    )
    for _, secret, key in investigation.secrets:
        octets = (
            configured_key(secret, secret_encoding(investigation.scheme)) if isinstance(key, HmacKey) else b""
        )
        for content in contents if octets and investigation.spend([key] * 6, len(investigation.body)) else ():
            for signed in (octets + content, content + octets):
                if compare_digest(hashlib.sha256(signed).digest(), candidate):
                    yield _certain(
                        "digest_differs",
                        "the signature is a plain SHA-256 of secret and content, not an HMAC",
                    )


def _prove_damaged_signature(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    """Try whether the header has a truncated, lower-cased or altered copy of the expected signature."""
    in_headers = signature_pieces(investigation.scheme, investigation.pairs)
    for signatures, content in investigation.signed_contents(parsed):
        in_body = [text for _, text in signatures] if investigation.scheme.has_signature_in_body else []
        octets = filter(None, map(decode_canonical_base64, in_body))
        pieces = [*in_body, *(each.hex() for each in octets)] or in_headers
        for key in investigation.keys if pieces else ():
            if isinstance(key, HmacKey) and investigation.spend([key], len(content)):
                expected = a2b_base64(key.sign(content))
                if damage := find_damage(pieces, expected):
                    yield _certain(*damage)
                if evidence := find_alteration(pieces, expected):
                    yield _certain("signature_altered", evidence)


def _prove_published_secret(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    for words, text in published_test_secrets(investigation.scheme):
        key = investigation.key_of(Secret(text))
        if key is not None and investigation.matches(parsed, [key]):
            yield _certain("published_secret", f"the delivery is signed with {words}")


def _prove_secret(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    encoding = secret_encoding(investigation.scheme)
    for label, secret, key in investigation.secrets:
        for cause, evidence, octets in key_variants(secret, encoding):
            variant = _same_kind_of_key(key, octets)
            if variant is not None and investigation.matches(parsed, [variant]):
                yield _certain(cause, f"{label}: {evidence}")


def _same_kind_of_key(key: VerifyingKey, octets: bytes) -> VerifyingKey | None:
    """Return a key of the same kind with other octets, or None for a public key."""
    if isinstance(key, HmacKey | JwtKey):
        return key.with_key(octets)
    return TokenKey(octets.decode("utf-8", "surrogateescape")) if isinstance(key, TokenKey) else None


def _prove_url(
    investigation: Investigation, own: ParsedHeaders, variants: Callable[[str, Pairs], Iterator[URLVariant]]
) -> Iterator[Cause]:
    if not (investigation.scheme.signs_url and investigation.bounded_url):
        return
    # Schemes that parse the body as a form. Twilio signs the hash of the body if the URL contains bodySHA256.
    is_form = (
        not investigation.signs_raw_body
        and not investigation.scheme.fetches_keys
        and "bodySHA256=" not in investigation.bounded_url
    )
    contents: ContentWithoutURL = investigation.content_without_url(own) if is_form else set()
    candidates = chain(
        query_variants(investigation.scheme, investigation.bounded_url, investigation.body),
        variants(investigation.bounded_url, investigation.pairs),
    )
    for evidence, url in investigation.while_affordable(candidates):
        parsed = investigation.parse_headers(url=url)
        if parsed is None:
            continue
        if investigation.matches_url(parsed, contents) if is_form else investigation.matches(parsed):
            yield _certain("url_differs", evidence)


def _prove_headers(investigation: Investigation) -> Iterator[Cause]:
    for cause, evidence, pairs in header_variants(investigation.scheme, investigation.pairs):
        parsed = investigation.parse_headers(pairs)
        if parsed is not None and investigation.matches(parsed):
            if cause == "header_renamed":
                # The name resembles this scheme's, but may be exactly the name of another scheme.
                yield from _prove_other_scheme(investigation)
            yield _certain(cause, evidence)


def _prove_timestamp_unit(investigation: Investigation) -> Iterator[Cause]:
    for cause, evidence, pairs, written, original in timestamp_variants(
        investigation.scheme, investigation.pairs
    ):
        parsed = investigation.parse_headers(pairs)
        if parsed is None:
            continue
        message_id, timestamp, signatures, before, after, _ = parsed
        as_sent = before.replace(written, original), after.replace(written, original)
        for start, end in (as_sent, (before, after)):
            if investigation.matches((message_id, timestamp, signatures, start, end, None)):
                yield _certain(cause, evidence)


def _prove_other_scheme(investigation: Investigation) -> Iterator[Cause]:
    matching: list[Scheme] = []
    is_unsigned = not investigation.names.intersection(identifying_headers(investigation.scheme))
    for scheme in plausible_schemes(investigation):
        if is_unsigned and is_by_configured_provider(investigation, scheme):
            continue  # the header was renamed on the way
        keys = investigation.keys_for(scheme)
        parsed = investigation.parse_headers(scheme=scheme)
        if parsed is not None and keys and investigation.matches(parsed, keys, scheme=scheme):
            matching.append(scheme)
    if matching:
        names = describe(matching, investigation.names, 'scheme="{}"'.format)
        yield _certain("other_scheme", f"the signature is valid with {names}")


def _prove_content(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    if investigation.signs_raw_body and investigation.scheme.signs_body:
        for evidence, variant in investigation.while_affordable(
            signed_content_variants(investigation, parsed)
        ):
            if investigation.matches(variant):
                yield _certain("content_differs", evidence)
        for evidence, signed in (
            substitute_contents(investigation.body)
            if len(investigation.body) <= _MAX_SUBSTITUTED_BYTES
            else ()
        ):
            if investigation.matches(parsed, body=signed):
                yield _certain("content_differs", evidence)
        yield from _prove_signed_member(investigation, parsed)
    elif not investigation.scheme.signs_body and not investigation.scheme.fetches_keys:
        for evidence, variant in unsigned_body_variants(investigation, parsed):
            if investigation.matches(variant):
                yield _certain("content_differs", evidence)


def _prove_signed_member(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    """Try the members of the body for a custom scheme. A provider's content is known."""
    if investigation.scheme.name in NAMES:
        return
    for name, part in member_values(investigation.body.decode("utf-8", "replace")):
        if investigation.matches(parsed, body=part.encode("utf-8", "surrogatepass")):
            yield _certain("content_differs", f"the sender signs only the member {name[:40]} of the body")


def _prove_body(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    if not (investigation.scheme.signs_body or investigation.scheme.has_signature_in_body):
        return
    variants = body_variants(
        investigation.body,
        signs_raw_body=investigation.signs_raw_body,
        content_length=investigation.content_length,
    )
    for cause, evidence, body in investigation.while_affordable(variants):
        if investigation.matches(parsed, body=body):
            yield _certain(cause, f"the body changed after signing: {evidence}")
