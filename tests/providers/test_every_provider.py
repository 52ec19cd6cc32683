"""The tests for every provider: a valid delivery is accepted, and everything else is rejected.

The tests read the signed parts from the scheme. The other parts can be changed, and must not be used as the
deduplication key. A new provider needs a sample, but no new test here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.providers.attacks import (
    GARBAGE,
    PLACES,
    SHAPES,
    change_signatures,
    encoding_of,
    id_header,
    is_by_headers,
    outcome,
    scheme_of,
    signature_headers,
    stamps_changed,
    streamed,
)
from tests.providers.every_sample import (
    assert_refused_or_same,
    assert_same,
    every_one,
    genuine,
    of,
    one_of_each_kind,
)
from tests.providers.sample import NOW, Sample
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import (
    Delivery,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SignatureMismatch,
    TimestampOutsideTolerance,
)
from webhook_verify.schemes.providers import NAMES
from webhook_verify.schemes.providers._basic_auth import BasicAuth
from webhook_verify.schemes.standard import STANDARD


def test_every_scheme_has_a_sample() -> None:
    assert {*NAMES, STANDARD.name} == set(SAMPLES)


# --- genuine ----------------------------------------------------------------------------------------


@every_one
@rows("shape", SHAPES)
def test_genuine(sample: Sample, shape: str) -> None:
    """However the framework hands the headers over."""
    body, headers = sample.signed()

    delivery = sample.verify(sample.verifier(), body, SHAPES[shape](headers))

    assert (delivery.scheme, delivery.body, delivery.secret_label) == (sample.name, body, "secret-1")
    assert delivery.timestamp.timestamp() == NOW
    assert delivery == genuine(sample)


@every_one
@rows("size", [1, 7, 10_000])
def test_genuine_and_streamed(sample: Sample, size: int) -> None:
    assert streamed(sample, sample.signed(), size) == genuine(sample)


@every_one
def test_a_delivery_tells_what_its_scheme_signs(sample: Sample) -> None:
    scheme, delivery = scheme_of(sample), genuine(sample)

    assert delivery.timestamp_is_signed == scheme.signs_timestamp
    assert delivery.body_is_signed == scheme.signs_body
    assert delivery.id_is_signed == (scheme.signs_id or (scheme.has_id_in_body and scheme.signs_body))
    assert len(delivery.signed_content_digest) == 32


@every_one
def test_a_scheme_names_the_headers_that_it_reads(sample: Sample) -> None:
    """And no others are needed."""
    body, headers = sample.signed()
    names = scheme_of(sample).header_names

    only = {name: value for name, value in headers.items() if name in names}
    assert outcome(sample, body, only) == genuine(sample)


# --- not signed, or by somebody else ----------------------------------------------------------------


@every_one
@rows("blank", [None, "", " ", "\t"], ids=["missing", "empty", "blank", "a tab"])
def test_without_the_signature(sample: Sample, blank: str | None) -> None:
    body, headers = sample.signed()
    without = {**headers, **dict.fromkeys(signature_headers(sample), blank)}

    if signature_headers(sample):
        assert isinstance(outcome(sample, body, without), MalformedDelivery)


@every_one
@rows("blank", [None, "", " "], ids=["missing", "empty", "blank"])
def test_without_any_one_header(sample: Sample, blank: str | None) -> None:
    body, headers = sample.signed()
    for name in headers:
        assert_refused_or_same(sample, outcome(sample, body, {**headers, name: blank}))


@every_one
def test_without_headers(sample: Sample) -> None:
    if not scheme_of(sample).has_signature_in_body:
        assert isinstance(outcome(sample, sample.signed()[0], {}), MalformedDelivery)


@every_one
def test_another_key(sample: Sample) -> None:
    result = outcome(sample, *sample.signed(sample.other_secret))

    assert isinstance(result, RejectedDelivery)
    assert scheme_of(sample).fetches_keys or isinstance(result, SignatureMismatch)
    assert streamed(sample, sample.signed(sample.other_secret)).args == result.args


@every_one
def test_the_other_key_is_as_good(sample: Sample) -> None:
    """Else the one before would be refused for anything."""
    assert isinstance(
        outcome(sample, *sample.signed(sample.other_secret), secret=sample.other_secret), Delivery
    )


# --- changed on the way -----------------------------------------------------------------------------


def bodies_changed(body: bytes) -> Iterator[bytes]:
    yield from (body + b" ", b" " + body, b"\xef\xbb\xbf" + body, body[:-1], b"", b'{"forged": true}', b"1")
    for place in range(0, len(body), max(1, len(body) // 20)):
        yield body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]


@of(lambda sample: scheme_of(sample).signs_body)
def test_another_body(sample: Sample) -> None:
    scheme, (body, headers) = scheme_of(sample), sample.signed()
    for changed in bodies_changed(body):
        result = outcome(sample, changed, headers)
        assert_refused_or_same(sample, result)
        if is_by_headers(scheme):
            assert isinstance(result, SignatureMismatch), changed


@of(lambda sample: not scheme_of(sample).signs_body)
def test_a_body_that_nobody_signed_is_told_as_such(sample: Sample) -> None:
    delivery = genuine(sample)

    assert not delivery.body_is_signed
    assert not delivery.id_is_signed or scheme_of(sample).signs_id


@of(lambda sample: scheme_of(sample).signs_body or scheme_of(sample).has_signature_in_body)
def test_a_body_of_somebody_else(sample: Sample) -> None:
    _, headers = sample.signed()
    for body in (b'{"forged": true}', b"{}", b"[]", b"null", b"", b"forged=true", b"\xff\xfe"):
        assert isinstance(outcome(sample, body, headers), RejectedDelivery)


@every_one
def test_another_timestamp(sample: Sample) -> None:
    scheme, (body, _) = scheme_of(sample), sample.signed()
    changes = list(stamps_changed(sample))
    signed_here = scheme.signs_timestamp and not scheme.has_timestamp_in_body
    for headers in changes:
        result = outcome(sample, body, headers)
        assert_refused_or_same(sample, result)
        if signed_here:
            assert isinstance(result, SignatureMismatch)
    assert changes or not (signed_here and is_by_headers(scheme))


AHEAD = {"google-pubsub": 300, "livekit": 10, "messagebird": 10, "adcp": 60}
"""How far a timestamp may be in the future, in seconds, if not by the tolerance."""


@of(lambda sample: scheme_of(sample).signs_timestamp)
def test_the_bounds_of_time(sample: Sample) -> None:
    """The bound itself is inside, on both sides, at once and streamed."""
    scheme = scheme_of(sample)
    bound = int(scheme.tolerance)
    ahead = AHEAD.get(scheme.name, bound)
    for skew, reason in {
        bound: None,
        bound + 1: Reason.TOO_OLD,
        86_400 * 365: Reason.TOO_OLD,
        -ahead: None,
        -ahead - 1: None if scheme.accept_future_timestamps else Reason.TOO_NEW,
        -86_400 * 365: None if scheme.accept_future_timestamps else Reason.TOO_NEW,
    }.items():
        signed = sample.signed(timestamp=NOW - skew)
        for result in (outcome(sample, *signed), streamed(sample, signed)):
            if reason is None:
                assert result.timestamp.timestamp() == NOW - skew
            else:
                assert isinstance(result, TimestampOutsideTolerance)
                assert (result.reason, result.skew) == (reason, skew)


@of(lambda sample: not scheme_of(sample).signs_timestamp)
def test_without_a_signed_timestamp_nothing_is_stale(sample: Sample) -> None:
    """And the delivery says so."""
    delivery = outcome(sample, *sample.signed(), now=NOW + 86_400 * 365)

    assert not delivery.timestamp_is_signed
    assert delivery.timestamp.timestamp() == NOW + 86_400 * 365


@of(id_header)
def test_another_id_in_the_headers(sample: Sample) -> None:
    body, headers = sample.signed()
    result = outcome(sample, body, {**headers, id_header(sample): "msg_2"})

    if scheme_of(sample).signs_id:
        assert isinstance(result, SignatureMismatch)
    else:
        assert_same(sample, result)


@of(lambda sample: id_header(sample) and not scheme_of(sample).signs_id)
def test_an_unsigned_id_is_no_key(sample: Sample) -> None:
    """Nor is one needed."""
    body, headers = sample.signed()
    for other in (None, "", "msg_2", "x" * 10_000):
        assert_same(sample, outcome(sample, body, {**headers, id_header(sample): other}))


# --- the signature's text ---------------------------------------------------------------------------


@one_of_each_kind
@rows("place", PLACES)
def test_another_signature(sample: Sample, place: str) -> None:
    body, headers = sample.signed()
    changed = change_signatures(sample, headers, PLACES[place])

    result = outcome(sample, body, changed)

    if is_by_headers(scheme_of(sample)):
        assert isinstance(result, SignatureMismatch | MalformedDelivery)
    assert_refused_or_same(sample, result)
    assert repr(streamed(sample, (body, changed))) == repr(result)


@every_one
@rows("case", [str.upper, str.lower, str.swapcase])
def test_the_case_of_letters(sample: Sample, case: Callable[[str], str]) -> None:
    """Hex may be in either; base64 and a token are other ones then."""
    body, headers = sample.signed()
    changed = change_signatures(sample, headers, case)

    result = outcome(sample, body, changed)

    if encoding_of(scheme_of(sample)) == "hex":
        assert_same(sample, result)
    elif changed == headers or not is_by_headers(scheme_of(sample)):
        assert_refused_or_same(sample, result)
    else:
        assert isinstance(result, SignatureMismatch)


@of(lambda sample: getattr(scheme_of(sample), "signature_prefix", ""))
def test_another_prefix(sample: Sample) -> None:
    body, headers = sample.signed()
    prefix = getattr(scheme_of(sample), "signature_prefix", "")
    swapped = "sha0=" if isinstance(scheme_of(sample), BasicAuth) else prefix.swapcase()
    for other in ("", swapped, prefix * 2, prefix[:-1], f"\xa0{prefix}", f"{prefix} ", "sha0="):
        changed = {name: other + headers[name].removeprefix(prefix) for name in signature_headers(sample)}
        assert isinstance(outcome(sample, body, {**headers, **changed}), SignatureMismatch), other


@one_of_each_kind
def test_garbage(sample: Sample) -> None:
    """In any header: never an error of ours, and never a delivery but the one that was signed."""
    body, headers = sample.signed()
    for name in (*headers, *scheme_of(sample).header_names):
        for value in GARBAGE:
            changed = {**headers, name: value}
            assert_refused_or_same(sample, result := outcome(sample, body, changed))
            assert repr(streamed(sample, (body, changed))) == repr(result)
            if name in signature_headers(sample) and len(signature_headers(sample)) == 1:
                assert isinstance(result, RejectedDelivery)


@every_one
@rows("headers", [None, 5, "x", b"x", [1], [()], [["a"]], object(), {1: 2}, {None: "x"}, [[]]])
def test_no_headers_at_all(sample: Sample, headers: Any) -> None:
    result = outcome(sample, sample.signed()[0], headers)

    assert isinstance(result, RejectedDelivery) or scheme_of(sample).has_signature_in_body
