"""Providers with public keys: key pairs in each format, and no key that verifies another's signature."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.providers.key_pairs import der_of, ed25519_hex, p256, pem_of, rsa_key
from tests.providers.sample import NOW
from tests.providers.verdicts import verified
from webhook_verify import InvalidSecret, Secret, Signer, Verifier, schemes

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
