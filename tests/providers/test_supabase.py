"""Supabase: the recommended library, the form of a secret, and a comma between two signatures."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.standard_family import (
    OF_BASE64,
    OF_WHOLE,
    WHSEC,
    assert_secret_means,
    signature,
    takes,
    they_and_we_agree,
)


@interop("supabase", by="standardwebhooks (PyPI); supabase/auth signs with its Go version")
def test_the_library_that_supabase_refers_to() -> None:
    """Its server takes ``v1,`` away, and the Go library of that name does the rest (hookshttp.go)."""
    they_and_we_agree("supabase", "standardwebhooks")


@pytest.mark.parametrize(
    ("secret", "signatures", "taken"),
    [
        (f"v1,{WHSEC}", OF_BASE64, True),
        (f"v1,{WHSEC}", OF_WHOLE, False),
    ],
)
def test_what_a_secret_means(secret: str, signatures: str, taken: bool) -> None:
    assert_secret_means("supabase", secret, signatures, taken)


def test_supabase_puts_commas_between_two_signatures() -> None:
    """supabase/auth, internal/hooks/hookshttp: one for each secret, joined by a comma and a blank."""
    other = signature(b"another key of 32 bytes, or more")
    for signatures in (f"{OF_BASE64}, {other}", f"{other}, {OF_BASE64}", f"{other}, {other}, {OF_BASE64}"):
        assert takes("supabase", f"v1,{WHSEC}", signatures)
    assert not takes("supabase", f"v1,{WHSEC}", f"{other}, {other}")
    assert not takes("standard-webhooks", WHSEC, f"{OF_BASE64}, {other}"), "nobody else does"
