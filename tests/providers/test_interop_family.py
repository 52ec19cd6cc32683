"""Witnesses of the Standard Webhooks family: libraries of the providers, and what each takes for a secret."""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from tests.providers.interop import interop
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_node, in_python, sdk, they_take_what_we_sign, we_take_what_they_sign
from webhook_verify import InvalidSecret, SignatureMismatch, Signer, Verifier, WeakSecretWarning

BASE64 = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WHSEC = f"whsec_{BASE64}"
NOW = 1_790_000_000
BODY = b'{"type": "order.paid"}'


def signature(key: bytes) -> str:
    """What the specification says, apart from all of our code."""
    signed_content = b"msg_1.%d.%b" % (NOW, BODY)
    return "v1," + b64encode(hmac.new(key, signed_content, hashlib.sha256).digest()).decode()


def headers_with(signatures: str) -> dict[str, str]:
    return {"webhook-id": "msg_1", "webhook-timestamp": str(NOW), "webhook-signature": signatures}


def takes(name: str, secret: str, signatures: str) -> bool:
    verifier = Verifier(secret, scheme=name, clock=lambda: NOW)
    try:
        return verifier.verify(BODY, headers_with(signatures)).id == "msg_1"
    except SignatureMismatch:
        return False


# --- libraries of the providers -------------------------------------------------------------------------


@pytest.mark.network
@interop("clerk", by="@clerk/backend (npm)")
def test_clerk() -> None:
    script = """
        const { verifyWebhook } = await import('@clerk/backend/webhooks');
        const request = new Request('https://example.com', { method: 'POST', headers, body });
        await verifyWebhook(request, { signingSecret: secret });
    """
    they_take_what_we_sign("clerk", in_node(script))


@interop("resend", by="resend (PyPI)")
def test_resend() -> None:
    resend = sdk("resend")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        trio = {name: headers[f"svix-{name}"] for name in ("id", "timestamp", "signature")}
        return resend.Webhooks.verify({"payload": body, "headers": trio, "webhook_secret": secret})

    they_take_what_we_sign("resend", in_python(judge))


@pytest.mark.slow
@interop("openai", by="openai (PyPI)")
@pytest.mark.parametrize("secret", [WHSEC, "a text of thirty-two characters!", BASE64])
def test_openai(secret: str) -> None:
    webhooks = sdk("openai").OpenAI(api_key="none").webhooks

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhooks.verify_signature(body, headers, secret=secret)

    they_take_what_we_sign("openai", in_python(judge), secret)


@pytest.mark.slow
@interop("anthropic", by="anthropic (PyPI)")
def test_anthropic() -> None:
    webhooks = sdk("anthropic").Anthropic(api_key="none").beta.webhooks

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhooks.unwrap(body, headers=headers, key=secret)

    they_take_what_we_sign("anthropic", in_python(judge))


@interop("dodo-payments", by="dodopayments (PyPI)")
def test_dodo_payments() -> None:
    webhooks = sdk("dodopayments").DodoPayments(bearer_token="none").webhooks

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhooks.unwrap(body, headers=headers, key=secret)

    they_take_what_we_sign("dodo-payments", in_python(judge))


@interop("polar", by="polar-sdk (PyPI)")
@pytest.mark.parametrize("secret", [WHSEC, "polar_whs_wKdKK2r3Oq6nU0bnz2Jz", "whsec_no base64, but a text"])
def test_polar(secret: str) -> None:
    webhooks = sdk("polar.webhooks")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        types = frozenset({"invoice.paid"})
        return webhooks.validate_event(body, headers, secret, types, lambda event: event)

    they_take_what_we_sign("polar", in_python(judge), secret)


@interop("replicate", by="replicate (PyPI)")
def test_replicate() -> None:
    webhook = sdk("replicate.webhook")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhook.Webhooks.validate(
            headers=headers, body=body, secret=webhook.WebhookSigningSecret(key=secret), tolerance=300
        )

    they_take_what_we_sign("replicate", in_python(judge))


def they_and_we_agree(name: str, module: str) -> None:
    """Both directions, with the ``Webhook`` of a library. It knows the secret without Supabase's ``v1,``."""
    library = sdk(module)

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return library.Webhook(secret.removeprefix("v1,whsec_")).verify(body, headers)

    they_take_what_we_sign(name, in_python(judge))

    theirs = library.Webhook(SAMPLES[name].secret.removeprefix("v1,whsec_"))
    when = datetime.fromtimestamp(int(time.time()), UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(when.timestamp())),
        "webhook-signature": theirs.sign("msg_1", when, BODY.decode()),
    }
    assert we_take_what_they_sign(name, BODY, headers).id == "msg_1"


@interop("brex", by="svix (PyPI), of the service that sends for Brex (svix.com/customers/brex)")
def test_the_library_of_whoever_sends_for_brex() -> None:
    they_and_we_agree("brex", "svix.webhooks")


@pytest.mark.network
@interop("brex", by="@pipedream/brex (npm), which is Pipedream's and not Brex's own")
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


@interop("supabase", by="standardwebhooks (PyPI); supabase/auth signs with its Go twin")
@interop("gitlab", by="standardwebhooks (PyPI), with which GitLab's merge request 230944 tests")
@pytest.mark.parametrize("name", ["supabase", "gitlab"])
def test_the_library_that_these_providers_refer_to(name: str) -> None:
    """Supabase's server takes ``v1,`` away, and the Go library of that name does the rest (hookshttp.go)."""
    they_and_we_agree(name, "standardwebhooks")


# --- habits of secrets ------------------------------------------------------------------------------------

OF_BASE64, OF_BARE, OF_WHOLE = (
    signature(key) for key in (b64decode(BASE64), BASE64.encode(), WHSEC.encode())
)
SECRET_ENCODINGS = [
    ("openai", WHSEC, OF_BASE64, True),
    ("openai", WHSEC, OF_WHOLE, False),
    ("openai", BASE64, OF_BARE, True),
    ("openai", BASE64, OF_BASE64, False),
    ("polar", WHSEC, OF_BASE64, True),
    ("polar", WHSEC, OF_WHOLE, True),
    ("polar", WHSEC, OF_BARE, False),
    ("polar", BASE64, OF_BARE, True),
    ("polar", BASE64, OF_BASE64, False),
    ("supabase", f"v1,{WHSEC}", OF_BASE64, True),
    ("supabase", f"v1,{WHSEC}", OF_WHOLE, False),
    ("brex", BASE64, OF_BASE64, True),
    ("brex", BASE64, OF_BARE, False),
]


@pytest.mark.parametrize(("name", "secret", "signatures", "taken"), SECRET_ENCODINGS)
def test_what_a_secret_means(name: str, secret: str, signatures: str, taken: bool) -> None:
    assert takes(name, secret, signatures) is taken
    assert takes(name, secret, f"v1,{'A' * 43}= {signatures}") is taken
    pieces = Verifier(secret, scheme=name, clock=lambda: NOW).begin(headers_with(signatures))
    pieces.update(BODY[:5])
    pieces.update(BODY[5:])
    if taken:
        assert pieces.finish().body == BODY
    else:
        with pytest.raises(SignatureMismatch):
            pieces.finish()


def test_supabase_puts_commas_between_two_signatures() -> None:
    """supabase/auth, internal/hooks/hookshttp: one for each secret, joined by a comma and a blank."""
    other = signature(b"another key of 32 bytes, or more")
    for signatures in (f"{OF_BASE64}, {other}", f"{other}, {OF_BASE64}", f"{other}, {other}, {OF_BASE64}"):
        assert takes("supabase", f"v1,{WHSEC}", signatures)
    assert not takes("supabase", f"v1,{WHSEC}", f"{other}, {other}")
    assert not takes("standard-webhooks", WHSEC, f"{OF_BASE64}, {other}"), "nobody else does"


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


NO_SECRETS = [
    (name, secret)
    for name in ("openai", "polar")
    for secret in ("", " ", "whsec_", "whpk_" + BASE64, "-----BEGIN PUBLIC KEY-----", b"", b"\0" * 32)
]


@pytest.mark.parametrize(("name", "secret"), NO_SECRETS)
def test_what_is_no_secret_is_refused(name: str, secret: str | bytes) -> None:
    for make in (Verifier, Signer):
        with pytest.raises(InvalidSecret):
            make(secret, scheme=name)


def test_raw_bytes_are_the_key_itself() -> None:
    for name in ("openai", "polar"):
        verifier = Verifier(b64decode(BASE64), scheme=name, clock=lambda: NOW)
        assert verifier.verify(BODY, headers_with(OF_BASE64)).scheme == name
