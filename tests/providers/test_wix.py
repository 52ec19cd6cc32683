"""Wix: the payload of its documentation in tokens of jose, which Wix's SDK verifies with, and of PyJWT."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.providers.interop import interop
from tests.providers.key_pairs import rsa_key
from tests.providers.npm import node
from tests.providers.sample import NOW
from tests.rows import rows
from webhook_verify import Delivery, RejectedDelivery, Verifier

EVENT: dict[str, Any] = {
    "id": "9f2c5a1e-8b7d-4c36-a0f4-5d1b2e3c4a6f",
    "entityFqdn": "wix.contacts.v4.contact",
    "slug": "merged",
    "entityId": "2a1c",
    "eventTime": "2026-09-21T14:13:20.123Z",
    "actionEvent": {"bodyAsJson": "{}"},
}
HEADER = {"kid": "qG1kD2dz"}


def _public(number: int = 0) -> str:
    spki = rsa_key(number).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return spki.decode()


def _claims(is_text: bool = True, **claims: Any) -> dict[str, Any]:
    data: Any = {"eventType": "wix.contacts.v4.contact_merged", "instanceId": "ä", "data": json.dumps(EVENT)}
    return {"data": json.dumps(data) if is_text else data, "iat": NOW, "exp": NOW + 300_000, **claims}


def _token(claims: dict[str, Any], number: int = 0) -> str:
    return jwt.encode(claims, rsa_key(number), "RS256", headers=HEADER)


def _verified(token: str, now: float = NOW) -> Delivery:
    return Verifier(_public(), scheme="wix", clock=lambda: now).verify(token.encode(), ())


@interop("wix", by="PyJWT (PyPI)")
@rows("is_text", [True, False])
def test_the_documented_payload(is_text: bool) -> None:
    claims = _claims(is_text)
    delivery = _verified(_token(claims))
    assert delivery.json() == claims
    assert (delivery.event_type, delivery.event_type_is_signed) == ("wix.contacts.v4.contact_merged", True)
    assert (delivery.idempotency_key, delivery.id_is_signed) == (EVENT["id"], True)
    assert (delivery.timestamp.timestamp(), delivery.timestamp_is_signed) == (NOW, True)


@interop("wix", by="jose (npm), which Wix's SDK uses")
def test_we_decide_as_jose() -> None:
    genuine = _token(_claims())
    head, payload, signature = genuine.split(".")
    other = _token(_claims(iat=NOW - 1)).split(".")[1]
    unsigned = jwt.encode(_claims(), "", "none", headers=HEADER)
    with_hmac = jwt.encode(_claims(), "a secret of thirty-two characters", "HS256", headers=HEADER)
    tokens = [genuine, _token(_claims(), 1), f"{head}.{other}.{signature}", f"{head}.{payload}.", unsigned]
    script = """
        const { importSPKI, jwtVerify } = await import('jose');
        const key = await importSPKI(given.key, 'RS256'), results = [];
        given.options.currentDate = new Date(given.now);
        for (const token of given.tokens)
            results.push(await jwtVerify(token, key, given.options).then(() => true, () => false));
        return results
    """
    theirs = node(
        script,
        {
            "key": _public(),
            "tokens": [*tokens, with_hmac],
            "now": NOW * 1000,
            "options": {"algorithms": ["RS256"]},
        },
    )
    assert theirs == [True, False, False, False, False, False]
    for token in (*tokens[1:], with_hmac):
        with pytest.raises(RejectedDelivery):
            _verified(token)


@rows(
    "data",
    [
        *(None, 5, [], "", "{", '"text"', "[" * 100_000, "\ud800"),
        *({}, '{"data": "{}"}', '{"data": {"id": {}}}', '{"data": "[1]", "eventType": 5}'),
    ],
)
def test_other_data_has_neither_an_id_nor_a_type(data: Any) -> None:
    delivery = _verified(_token(_claims(data=data)))
    assert (delivery.id, delivery.id_is_signed, delivery.event_type) == ("", False, None)


@rows(("iat", "is_accepted"), [(NOW - 300, True), (NOW - 301, False), (NOW + 301, False), (None, False)])
def test_the_time_is_checked(iat: int | None, is_accepted: bool) -> None:
    token = _token(_claims(iat=iat) if iat else {"data": "{}"})
    if is_accepted:
        assert _verified(token).timestamp.timestamp() == iat
    else:
        with pytest.raises(RejectedDelivery):
            _verified(token)
