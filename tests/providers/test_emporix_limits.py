"""Emporix: the limits of the canonical form of an unverified body."""

from __future__ import annotations

import pytest

from webhook_verify import MalformedDelivery, Reason, SignatureMismatch, Signer, Verifier
from webhook_verify.schemes import Emporix
from webhook_verify.schemes.canonical_json import MAX_VALUES

SECRET = "the secret of the whole configuration"


def test_a_body_of_too_many_values_is_compared_as_it_is_sent_alone() -> None:
    """To convert 1 MiB of a stranger's took 700 ms on the event loop before its signature was wrong."""
    body = b"[" + b"1," * MAX_VALUES + b"1]"
    headers = Signer(SECRET, scheme=Emporix("raw")).sign(body)
    assert Verifier(SECRET, scheme="emporix").verify(body, headers).body == body
    with pytest.raises(SignatureMismatch):
        Verifier(SECRET, scheme="emporix").verify(body + b" ", headers)
    with pytest.raises(MalformedDelivery, match="too many values") as caught:
        Verifier(SECRET, scheme=Emporix("canonical")).verify(body, headers)
    assert caught.value.reason is Reason.UNREADABLE_BODY
    with pytest.raises(ValueError, match="too many values"):
        Signer(SECRET, scheme="emporix").sign(body)
