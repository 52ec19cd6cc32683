"""Providers of the same kind: their schemes differ only in names, so a few tests need one of each kind.

`make test` runs the tests with hostile input for the first provider of every third kind. `make test-all` runs
them for every provider.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from _pytest.mark.structures import ParameterSet

from tests.providers.sample import Sample
from tests.providers.samples import SAMPLES
from webhook_verify import schemes
from webhook_verify.schemes import HeaderScheme, StandardWebhooks

__all__ = ["REPRESENTATIVES", "each_in_its_suite", "is_in_make_test"]


def kind(sample: Sample) -> tuple[object, ...]:
    """The parts of a scheme that decide which code reads it. Except for tokens, a subclass is a kind."""
    scheme = schemes.resolve(sample.scheme)
    if type(scheme) is HeaderScheme:
        return (
            *(scheme.algorithm, scheme.secret_encoding, scheme.signature_encoding),
            *(len(scheme.signature_headers), scheme.signature_prefix != "", scheme.signature_field != ""),
            scheme.signature_list and (scheme.signature_list.entry_prefix, scheme.signature_list.separator),
            scheme.signature_list and scheme.signature_list.starts_with_timestamp,
            *(scheme.signed_content, scheme.timestamp_unit if scheme.signs_timestamp else ""),
            *(scheme.timestamp_in_body, scheme.accept_future_timestamps, scheme.has_id_in_body),
            *(scheme.json_form_field, scheme.handshake is None),
        )
    if type(scheme) is StandardWebhooks:
        return (StandardWebhooks, *sample.signed()[1], str(sample.secret).partition("whsec_")[0] == "v1,")
    return (type(scheme), "" if type(scheme).__name__ in ("BasicAuth", "HeaderToken") else scheme.name)


def _first_of_each_kind() -> frozenset[str]:
    firsts: dict[tuple[object, ...], str] = {}
    for name, sample in SAMPLES.items():
        firsts.setdefault(kind(sample), name)
    return frozenset(firsts.values())


REPRESENTATIVES = _first_of_each_kind()

_IN_MAKE_TEST = frozenset(sorted(REPRESENTATIVES)[::3]) | {"github", "stripe", "standard-webhooks"}


def is_in_make_test(sample: Sample) -> bool:
    """Whether `make test` has the tests with hostile input for it: for a third of the kinds."""
    return sample.name in _IN_MAKE_TEST


def each_in_its_suite(values: Mapping[str, object]) -> list[ParameterSet]:
    """The values, by provider, for `pytest.mark.parametrize`. Those that `make test` lacks are slow tests."""
    return [
        pytest.param(value, id=name, marks=() if name in _IN_MAKE_TEST else pytest.mark.slow)
        for name, value in values.items()
    ]
