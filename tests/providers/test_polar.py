"""Polar: its library accepts our signatures; a secret is base64 or any text."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping

import pytest

from tests.providers.interop import interop
from tests.providers.sample import NOW
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign
from tests.providers.standard_family import (
    BASE64,
    BODY,
    NO_SECRETS,
    OF_BARE,
    OF_BASE64,
    OF_WHOLE,
    WHSEC,
    assert_no_secret,
    assert_secret_means,
    headers_with,
    signature,
    takes,
)
from webhook_verify import Verifier, WeakSecretWarning


@interop("polar", by="polar-sdk (PyPI)")
@pytest.mark.parametrize("secret", [WHSEC, "polar_whs_wKdKK2r3Oq6nU0bnz2Jz", "whsec_no base64, but a text"])
def test_polar(secret: str) -> None:
    webhooks = sdk("polar.webhooks")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        types = frozenset({"invoice.paid"})
        return webhooks.validate_event(body, headers, secret, types, lambda event: event)

    they_take_what_we_sign("polar", in_python(judge), secret)


@pytest.mark.parametrize(
    ("secret", "signatures", "taken"),
    [
        (WHSEC, OF_BASE64, True),
        (WHSEC, OF_WHOLE, True),
        (WHSEC, OF_BARE, False),
        (BASE64, OF_BARE, True),
        (BASE64, OF_BASE64, False),
    ],
)
def test_what_a_secret_means(secret: str, signatures: str, taken: bool) -> None:
    assert_secret_means("polar", secret, signatures, taken)


@pytest.mark.parametrize("secret", ["whsec_AAAA", "whsec_" + "A" * 32, "whsec_" + "A" * 16])
def test_a_text_for_polar_that_is_base64_of_next_to_nothing_is_a_text(secret: str) -> None:
    """Else everybody could sign with the few octets, or the zeros, that it decodes to."""
    decoded = signature(b64decode(secret.removeprefix("whsec_")))
    if len(secret) < 16:
        with pytest.warns(WeakSecretWarning):
            assert takes("polar", secret, signature(secret.encode()))
        with pytest.warns(WeakSecretWarning):
            assert not takes("polar", secret, decoded)
    else:
        assert takes("polar", secret, signature(secret.encode()))
        assert not takes("polar", secret, decoded)


@pytest.mark.parametrize("secret", NO_SECRETS)
def test_what_is_no_secret_is_refused(secret: str | bytes) -> None:
    assert_no_secret("polar", secret)


def test_raw_bytes_are_the_key_itself() -> None:
    verifier = Verifier(b64decode(BASE64), scheme="polar", clock=lambda: NOW)
    assert verifier.verify(BODY, headers_with(OF_BASE64)).scheme == "polar"
