"""Meta: signatures of its library, and the verify token of its handshake."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.providers.handshake_calls import META, VERIFY_TOKEN, checked
from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import we_take_what_they_sign
from tests.providers.verdicts import assert_vector
from webhook_verify.handshakes import MetaChallenge
from webhook_verify.http import WebhookResponse


@pytest.mark.network
@interop("meta", by="Meta's whatsapp (npm), signing")
def test_what_the_sdk_of_whatsapp_signs() -> None:
    """Its receiver fails at any body; what it compares with, a function beside it, is right."""
    script = """
        const { generateXHub256Sig } = require(process.cwd() + '/node_modules/whatsapp/build/utils.js');
        return generateXHub256Sig(...given);
    """
    body = '{"object": "whatsapp_business_account", "text": "gr\\u00fcn, grün"}'
    signature = node(script, [body, SAMPLES["meta"].secret])

    headers = {"x-hub-signature-256": f"sha256={signature}"}
    assert we_take_what_they_sign("meta", body.encode(), headers).body == body.encode()


@interop("meta", by="the tests of Meta's WhatsApp-Nodejs-SDK")
@pytest.mark.filterwarnings("ignore::webhook_verify.WeakSecretWarning")  # its secret has 15 bytes
def test_the_vector_of_metas_library() -> None:
    signature = "0c61947b610d4f45e65f3d680e26027121ec2413e77598bcb6cfc6e0d9888221"
    assert_vector("meta", "TEST_APP_SECRET", b"test", {"X-Hub-Signature-256": f"sha256={signature}"})


# --- the tokens of its handshake --------------------------------------------------------------------


@pytest.mark.parametrize(
    "token", ["", "A token of ours", "a token of our", "a token of ours ", "ä", "\udc80"]
)
def test_another_verify_token_is_forbidden(token: str) -> None:
    target = META + quote(token, errors="surrogatepass")

    assert checked(MetaChallenge(VERIFY_TOKEN), "GET", target) == WebhookResponse.for_status(403)


@pytest.mark.parametrize("twice", ["hub.verify_token=b", "hub.verify_token=a%20token%20of%20ours"])
def test_two_verify_tokens_are_forbidden(twice: str) -> None:
    target = f"{META}{quote(VERIFY_TOKEN)}&{twice}"

    assert checked(MetaChallenge(VERIFY_TOKEN), "GET", target) == WebhookResponse.for_status(403)


@pytest.mark.parametrize("token", ["", " ", None, 5, b"token"])
def test_a_verify_token_that_is_none_is_misuse(token: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="verify_token"):
        MetaChallenge(token)


def test_a_verify_token_is_not_shown() -> None:
    assert VERIFY_TOKEN not in repr(MetaChallenge(VERIFY_TOKEN))
