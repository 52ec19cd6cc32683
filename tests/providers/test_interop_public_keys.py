"""Discord, SendGrid and Wise, as their own libraries and published examples have them."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from discord_interactions import verify_key  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from sendgrid.helpers.eventwebhook import EventWebhook  # type: ignore[import-untyped]

from tests.effort import examples
from tests.providers.interop import interop
from tests.providers.key_pairs import der_of, ed25519_hex, p256, pem_of, rsa_key
from tests.providers.npm import node
from webhook_verify import InvalidSecret, Secret, SignatureMismatch, Signer, Verifier, schemes

NOW = 1_790_000_000
BODIES = st.binary(max_size=200)
TEXTS = st.text(max_size=100)


def verified(scheme: str, secret: str, body: bytes, headers: dict[str, str], now: float = NOW) -> bool:
    try:
        return Verifier(secret, scheme=scheme, clock=lambda: now).verify(body, headers).body == body
    except SignatureMismatch:
        return False


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


@interop("sendgrid", by="sendgrid (PyPI)")
@given(body=TEXTS)
@examples(50)
def test_sendgrids_python_library_verifies_what_we_sign(body: str) -> None:
    public, private = der_of(p256(0))
    headers = Signer(private, scheme="sendgrid").sign(body.encode(), timestamp=NOW)

    library = EventWebhook(public)
    signature, timestamp = headers.values()
    assert library.verify_signature(body, signature, timestamp)
    assert not library.verify_signature(body + " ", signature, timestamp)
    assert verified("sendgrid", public, body.encode(), headers)


# Of the tests of SendGrid's own libraries (sendgrid-python, test/unit/test_eventwebhook.py).
SENDGRID_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpig"
    "lSI8eNEc6wEA3F+g=="
)
SENDGRID_BODY = (
    b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":'
    b'"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":'
    b'"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":'
    b'"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
)
SENDGRID_HEADERS = {
    "X-Twilio-Email-Event-Webhook-Signature": "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBi"
    "XDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
    "X-Twilio-Email-Event-Webhook-Timestamp": "1600112502",
}


@interop("sendgrid", by="SendGrid's published vector")
def test_the_vector_of_sendgrids_libraries() -> None:
    assert verified("sendgrid", SENDGRID_KEY, SENDGRID_BODY, SENDGRID_HEADERS, 1600112502)
    assert not verified("sendgrid", SENDGRID_KEY, SENDGRID_BODY.strip(), SENDGRID_HEADERS, 1600112502)


def test_an_ecdsa_signature_has_a_twin_but_the_delivery_does_not() -> None:
    """Anybody can turn (r, s) into (r, n - s): so a delivery is told by its digest, not by its signature."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    name = "X-Twilio-Email-Event-Webhook-Signature"
    r, s = decode_dss_signature(b64decode(SENDGRID_HEADERS[name]))
    twin = SENDGRID_HEADERS | {name: b64encode(encode_dss_signature(r, order - s)).decode()}

    verifier = Verifier(SENDGRID_KEY, scheme="sendgrid", clock=lambda: 1600112502)
    deliveries = [verifier.verify(SENDGRID_BODY, headers) for headers in (SENDGRID_HEADERS, twin)]

    assert twin[name] != SENDGRID_HEADERS[name]
    assert deliveries[0].signed_content_digest == deliveries[1].signed_content_digest
    assert not deliveries[0].id_is_signed


# Of Wise's own examples (transferwise/digital-signatures-examples, verify-webhook-signature), of its sandbox.
WISE_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwpb91cEYuyJNQepZAVfP
ZIlPZfNUefH+n6w9SW3fykqKu938cR7WadQv87oF2VuT+fDt7kqeRziTmPSUhqPU
ys/V2Q1rlfJuXbE+Gga37t7zwd0egQ+KyOEHQOpcTwKmtZ81ieGHynAQzsn1We3j
wt760MsCPJ7GMT141ByQM+yW1Bx+4SG3IGjXWyqOWrcXsxAvIXkpUD/jK/L958Cg
nZEgz0BSEh0QxYLITnW1lLokSx/dTianWPFEhMC9BgijempgNXHNfcVirg1lPSyg
z7KqoKUN0oHqWLr2U1A+7kqrl6O2nx3CKs1bj1hToT1+p4kcMoHXA7kA+VBLUpEs
VwIDAQAB
-----END PUBLIC KEY-----"""
WISE_BODY = (
    b'{"data":{"resource":{"id":49983981,"profile_id":16055450,"account_id":14124090,"type":"transfer"},'
    b'"current_state":"incoming_payment_waiting","previous_state":null,"occurred_at":"2021-08-23T10:12:50Z"},'
    b'"subscription_id":"90aa8e14-4ef1-4a56-861c-f3c9cde097ea","event_type":"transfers#state-change",'
    b'"schema_version":"2.0.0","sent_at":"2021-08-23T10:12:50Z"}'
)
WISE_SIGNATURE = (
    "wKcKCYXAzxNgiu7xmoDm943NUni7Rz33QN8JkEA9dWSGebgndonabgSj18Y4C08OrwVmueGsED2s00M7DtJVcYKOS1i3G4TMVx+mgM3aL9"
    "djMBkQtiYNBFUd6wrPI7ZUNHv/TrlKSjTMc+6JFvUvJ7owY3z85e3I4jLRLJowMFvO8kvCJ60+1pY9wDwZvtZ//WS93LrwGjk9Dvwzpmu0"
    "w+P4J75tETT5qC3Uv0y5G2yO8SEoO3yNP/tg/BOli02niHb53vEOUWUb9bly6thnfMoXoiV/osoGxgF20R58RlvkAmezyyl1Sv542TfS2D"
    "piwVnmjjjkCyXeSUcKookYLQ=="
)


@interop("wise", by="Wise's published example")
def test_the_example_that_wise_publishes() -> None:
    headers = {"X-Signature-SHA256": WISE_SIGNATURE, "X-Delivery-Id": "1"}
    delivery = Verifier(WISE_KEY, scheme="wise").verify(WISE_BODY, headers)

    assert (delivery.id, delivery.id_is_signed, delivery.timestamp_is_signed) == ("1", False, False)
    assert not verified("wise", WISE_KEY, WISE_BODY + b" ", headers)


@pytest.mark.network
@interop("sendgrid", by="@sendgrid/eventwebhook (npm)")
def test_sendgrids_javascript_library_verifies_what_we_sign() -> None:
    public, private = der_of(p256(0))
    body = '[{"event": "open", "name": "\u00e9"}]\r\n'
    headers = Signer(private, scheme="sendgrid").sign(body.encode(), timestamp=NOW)
    script = """
        const { EventWebhook } = require('@sendgrid/eventwebhook');
        const [body, signature, timestamp, text] = given;
        const library = new EventWebhook();
        const key = library.convertPublicKeyToECDSA(text);
        return [body, body.trim()].map(each => library.verifySignature(key, each, signature, timestamp));
    """

    assert node(script, [body, *headers.values(), public]) == [True, False]


# --- which keys are taken ---------------------------------------------------------------------------

PAIRS = {
    "discord": (ed25519_hex(0), pem_of(Ed25519PrivateKey.generate())),
    "sendgrid": (der_of(p256(0)), pem_of(p256(0))),
    "wise": (pem_of(rsa_key(0)),),
}


@pytest.mark.parametrize(
    ("scheme", "pair"), [(name, pair) for name, pairs in PAIRS.items() for pair in pairs], ids=range(5)
)
def test_a_pair_as_the_provider_shows_it_or_as_pem(scheme: str, pair: tuple[str, str]) -> None:
    public, private = pair
    headers = Signer(private, scheme=scheme).sign(b"{}", timestamp=NOW)

    assert verified(scheme, public, b"{}", headers)
    for wrong, kind in ((private, Verifier), (public, Signer)):
        if len(private) != len(public):  # 32 octets of Ed25519 do not tell which half they are
            with pytest.raises(InvalidSecret):
                kind(wrong, scheme=scheme)


@pytest.mark.parametrize(
    ("scheme", "secret"),
    [
        ("discord", der_of(p256(0))[0]),
        ("discord", "00" * 32),  # of small order: it verifies what anybody signs
        ("discord", "ab" * 31),
        ("discord", pem_of(p256(0))[0]),
        ("sendgrid", "AAAA"),
        ("sendgrid", pem_of(ec.generate_private_key(ec.SECP384R1()))[0]),
        ("sendgrid", pem_of(rsa_key(0))[0]),
        ("wise", pem_of(p256(0))[0]),
        ("wise", pem_of(rsa_key(0, 1024))[0]),
        ("wise", der_of(rsa_key(0))[0]),
        ("wise", "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----"),
    ],
    ids=range(11),
)
def test_another_kind_of_key_is_refused(scheme: str, secret: str) -> None:
    with pytest.raises(InvalidSecret) as caught:
        Verifier(secret, scheme=scheme)
    assert secret[4:24] not in str(caught.value) or len(secret) < 24


def test_no_key_looks_at_a_signature_of_another_kind() -> None:
    keys = {name: schemes.get(name).verifying_key(Secret(pairs[0][0])) for name, pairs in PAIRS.items()}
    versions = {"discord": "v1a", "sendgrid": "ecdsa-p256-sha256", "wise": "rsa-sha256"}
    signed = {
        name: schemes.get(name).signing_key(Secret(pairs[0][1])).sign(b"content")
        for name, pairs in PAIRS.items()
    }

    for name, key in keys.items():
        assert key.verify([(versions[name], signed[name])], b"con", b"te", b"nt")
        for version in {"v1", *versions.values()} - {versions[name]}:
            assert not key.accepts([(version, signed[name])])
            assert not key.verify([(version, signed[name])], b"", b"content", b"")
