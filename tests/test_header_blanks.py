"""Spaces and tabs around the value of a header do not belong to it, in any scheme and any container."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.providers.sample import Sample
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import Delivery, RejectedDelivery
from webhook_verify.headers import header_lines

BLANKS = (" {}", "{} ", "\t{}", "{}\t", " \t{}\t ")
CONTAINERS: dict[str, Callable[[dict[str, str]], Any]] = {
    "a dict": dict,
    "pairs": lambda headers: list(headers.items()),
    "ASGI": lambda headers: [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    "a list of values": lambda headers: {name: [value] for name, value in headers.items()},
}


def facts(delivery: Delivery) -> tuple[object, ...]:
    return delivery.id, delivery.event_type, delivery.body, delivery.signed_content_digest


@rows("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_delivery_with_blanks_around_every_value(sample: Sample) -> None:
    body, headers = sample.signed()
    verifier = sample.verifier()
    expected = facts(sample.verify(verifier, body, headers))
    for form in BLANKS:
        padded = {name: form.format(value) for name, value in headers.items()}
        for container in CONTAINERS.values():
            assert facts(sample.verify(verifier, body, container(padded))) == expected


@rows("sample", SAMPLES.values(), ids=SAMPLES)
def test_other_white_space_is_a_part_of_the_value(sample: Sample) -> None:
    """Only spaces and tabs surround a value: a no-break space or a line break would be other bytes."""
    body, headers = sample.signed()
    for name in headers if type(sample.verify(sample.verifier(), body, headers)) is Delivery else ():
        for odd in "\xa0\x0b\x0c\x85\r\n":
            padded = {**headers, name: headers[name] + odd}
            try:
                delivery = sample.verify(sample.verifier(), body, padded)
            except RejectedDelivery:
                continue
            # Accepted only if the header is not signed.
            assert name in ("content-type", *sample.verifier().scheme.header_names)
            assert delivery.event_type is None or not sample.verifier().scheme.signs_event_type


def test_the_lines_of_a_dict_are_the_same_the_second_time() -> None:
    """The names in it are cached then, so that another branch reads them."""
    headers = {"x-first-of-this-test": " a\t", "x-second-of-this-test": "b"}
    expected = {"x-first-of-this-test": ["a"], "x-second-of-this-test": ["b"]}
    assert [header_lines(headers) for _ in range(3)] == [expected] * 3


def test_a_value_of_blanks_is_missing() -> None:
    sample = SAMPLES["stripe"]
    body, headers = sample.signed()
    for blank in ("", " ", "\t", " \t "):
        with pytest.raises(RejectedDelivery, match="missing or empty header: stripe-signature"):
            sample.verify(sample.verifier(), body, dict.fromkeys(headers, blank))
