"""Brex: the library of its sending service, one of Pipedream's, and the form of a secret."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_node, they_take_what_we_sign
from tests.providers.standard_family import BASE64, OF_BARE, OF_BASE64, assert_secret_means, they_and_we_agree


@interop("brex", by="svix (PyPI), of the service that sends Brex's webhooks (svix.com/customers/brex)")
def test_the_library_of_whoever_sends_for_brex() -> None:
    they_and_we_agree("brex", "svix.webhooks")


@pytest.mark.network
@interop("brex", by="@pipedream/brex (npm, by Pipedream)")
def test_brex() -> None:
    """Pipedream's source has the header's parts taken out before."""
    script = """
        const at = 'node_modules/@pipedream/brex/sources/new-transfer-event/common.mjs';
        const { default: source } = await import(process.cwd() + '/' + at);
        const [version, signature] = headers['webhook-signature'].split(',');
        const [id, timestamp] = [headers['webhook-id'], headers['webhook-timestamp']];
        if (version !== 'v1') return false;
        source.methods.checkVeracity(signature, id, timestamp, body, [secret]);
    """
    they_take_what_we_sign("brex", in_node(script))


@pytest.mark.parametrize(
    ("secret", "signatures", "taken"),
    [
        (BASE64, OF_BASE64, True),
        (BASE64, OF_BARE, False),
    ],
)
def test_what_a_secret_means(secret: str, signatures: str, taken: bool) -> None:
    assert_secret_means("brex", secret, signatures, taken)
