"""Samples of providers with public keys, certificates and tokens."""

from __future__ import annotations

from tests.providers.key_pairs import der_of, ed25519_hex, p256, pem_of, rsa_key
from tests.providers.sample import Sample

__all__ = ["SAMPLES"]


def _signed_by(scheme: str, pair: tuple[str, str], other: tuple[str, str], body: str) -> Sample:
    """A provider whose public key is the secret. ``{id}`` in the body is the id."""
    return Sample(
        scheme=scheme,
        secret=pair[0],
        other_secret=other[0],
        signing_secret=dict((pair, other)),
        body=lambda _, msg_id: body.replace("{id}", msg_id).encode(),
    )


SAMPLES: list[Sample] = [
    _signed_by("discord", ed25519_hex(0), ed25519_hex(1), '{"id": "{id}", "type": 2}'),
    _signed_by("sendgrid", der_of(p256(0)), der_of(p256(1)), '[{"event": "open"}]\r\n'),
    _signed_by("wise", pem_of(rsa_key(0)), pem_of(rsa_key(1)), '{"event_type": "transfers#state-change"}'),
]
