"""Discord: its libraries verify our signatures; accepted keys, and requests that are not pings."""

from __future__ import annotations

import pytest
from discord_interactions import verify_key  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.handshake_calls import answered, as_json
from tests.providers.interop import interop
from tests.providers.key_pairs import der_of, ed25519_hex, p256, pem_of
from tests.providers.npm import node
from tests.providers.sample import NOW
from tests.providers.verdicts import assert_no_key, verified
from webhook_verify import Signer
from webhook_verify.handshakes import DiscordPing

BODIES = st.binary(max_size=200)


@interop("discord", by="discord-interactions (PyPI)")
@given(body=BODIES)
def test_discords_python_library_verifies_what_we_sign(body: bytes) -> None:
    public, private = ed25519_hex(0)
    headers = Signer(private, scheme="discord").sign(body, timestamp=NOW)

    signature, timestamp = headers["x-signature-ed25519"], headers["x-signature-timestamp"]
    assert verify_key(body, signature, timestamp, public)
    assert not verify_key(body + b" ", signature, timestamp, public)
    assert verified("discord", public, body, headers)


@pytest.mark.network
@interop("discord", by="discord-interactions (npm)")
def test_discords_javascript_library_verifies_what_we_sign() -> None:
    public, private = ed25519_hex(0)
    body = '{"type": 2, "name": "\u00e9"}'
    headers = Signer(private, scheme="discord").sign(body.encode(), timestamp=NOW)
    script = """
        const { verifyKey } = require('discord-interactions');
        const [body, signature, timestamp, key] = given;
        const verify = each => verifyKey(each, signature, timestamp, key);
        return [await verify(body), await verify(body + ' ')];
    """

    assert node(script, [body, *headers.values(), public]) == [True, False]


@interop("discord", by="a vector of the registry webhook-co/webhook")
def test_a_vector_of_discord() -> None:
    public = "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664"
    headers = {
        "X-Signature-Ed25519": "50db4086e890c41c26b539f0dd95af18b4d8b03d2f4203964d238b4946943ee2"
        "cc6fd52c47ddb355d267086a8c4e299d1054d3d655dba6e0f237a779f634800d",
        "X-Signature-Timestamp": "1610000000",
    }

    assert verified("discord", public, b'{"type":1}', headers, 1610000000)
    assert not verified("discord", public, b'{"type":2}', headers, 1610000000)


@pytest.mark.parametrize(
    "secret",
    [
        der_of(p256(0))[0],
        "00" * 32,  # of small order: it verifies what anybody signs
        "ab" * 31,
        pem_of(p256(0))[0],
    ],
    ids=range(4),
)
def test_another_kind_of_key_is_refused(secret: str) -> None:
    assert_no_key("discord", secret)


@pytest.mark.parametrize(
    "body",
    [
        as_json(version=1, type=1, event={"type": "APPLICATION_AUTHORIZED"}),
        as_json(type=2, data={"name": "ping", "type": 1}),
        as_json(type=True),
        as_json(type="1"),
        as_json(data={"type": 1}),
    ],
)
def test_a_discord_event_or_command_is_for_the_handler(body: bytes) -> None:
    assert answered(DiscordPing(), body).status == 299
