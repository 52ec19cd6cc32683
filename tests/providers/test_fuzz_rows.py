"""The first guarantees of the verifier, for every provider and inputs that hypothesis generates."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import examples
from tests.fuzz import providers
from tests.providers.attacks import outcome, scheme_of, streamed
from tests.providers.kinds import each_in_its_suite
from tests.providers.sample import NOW, Sample
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import (
    Delivery,
    KeyUnavailable,
    MalformedDelivery,
    RejectedDelivery,
    TimestampOutsideTolerance,
)

every_one = pytest.mark.parametrize("sample", each_in_its_suite(SAMPLES))

texts = st.text(max_size=40) | st.sampled_from(
    ["t=1,v1=00", "v0=", "sha256=", str(NOW), "9" * 5_000, "\ud800"]
)
values = st.recursive(
    texts | st.binary(max_size=40) | st.none() | st.integers() | st.floats() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@st.composite
def hostile_headers(draw: Callable[..., Any], sample: Sample, genuine: dict[str, str]) -> Any:
    """Those of a genuine delivery, with some exchanged: by anything, or by a text with one letter changed."""
    headers: dict[Any, Any] = dict(genuine)
    names = st.sampled_from(["x-hook", *scheme_of(sample).header_names, *genuine]) | texts
    for name in draw(st.lists(names, max_size=3)):
        old = headers.get(name)
        if isinstance(old, str) and old and draw(st.booleans()):
            place = draw(st.integers(0, len(old) - 1))
            headers[name] = old[:place] + draw(st.characters()) + old[place + draw(st.integers(0, 1)) :]
        else:
            headers[name] = draw(values)
    return draw(st.sampled_from([headers, list(headers.items())]))


@every_one
@examples(60)
@given(data=st.data())
def test_total(sample: Sample, data: st.DataObject) -> None:
    """A Delivery, of what was signed, or a RejectedDelivery, and the same when it is streamed."""
    body, genuine = sample.signed()
    headers = data.draw(hostile_headers(sample, genuine) | values)
    body = data.draw(st.just(body) | st.binary(max_size=60))

    result = outcome(sample, body, headers)

    assert isinstance(result, Delivery | RejectedDelivery)
    again = streamed(sample, (body, headers))
    assert again.__class__ is result.__class__
    if not isinstance(result, KeyUnavailable):  # which says the second time that it was tried lately
        assert repr(again) == repr(result)
    if isinstance(result, Delivery) and scheme_of(sample).signs_body:
        assert result.signed_content_digest == outcome(sample, *sample.signed()).signed_content_digest


@every_one
@examples(60)
@given(data=st.data())
def test_total_for_what_the_provider_signs(sample: Sample, data: st.DataObject) -> None:
    """A body is read after it has been verified, and may still hold anything."""
    if sample.sign is not None:
        return  # its own code signs what it understands
    document = data.draw(documents)
    scheme = scheme_of(sample)
    # Somewhere below the path where an id or a time is looked for.
    for path in (getattr(scheme, "id_in_body", ""), getattr(scheme, "timestamp_in_body", "")):
        for step in reversed(path.split(".") if path and data.draw(st.booleans()) else []):
            document = [document] if step == "*" else {step: document}
    body = json.dumps(document).encode("utf-8", "surrogatepass")
    try:
        signed = replace(sample, body=lambda timestamp, msg_id: body).signed()
    except ValueError:
        return  # a scheme need not sign everything

    result = outcome(sample, *signed)

    if isinstance(result, RejectedDelivery):
        assert scheme.parses_body
        assert isinstance(result, MalformedDelivery | TimestampOutsideTolerance)
    else:
        assert providers.used(result)


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000


@every_one
@rows("body", [DEEP, b"[" * 100_000, b"9" * 5_000, b"\xff", b"", b'"\\ud800"', b"NaN"])
def test_total_for_bodies_that_break_parsers(sample: Sample, body: bytes) -> None:
    """Signed or not."""
    assert isinstance(outcome(sample, body, sample.signed()[1]), Delivery | RejectedDelivery)
    if sample.sign is None and not scheme_of(sample).parses_body:
        signed = replace(sample, body=lambda timestamp, msg_id: body).signed()
        assert providers.used(outcome(sample, *signed))
