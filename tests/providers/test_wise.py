"""Wise: the published example, and accepted keys."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.key_pairs import der_of, p256, pem_of, rsa_key
from tests.providers.verdicts import assert_no_key, verified
from webhook_verify import Verifier

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


@pytest.mark.parametrize(
    "secret",
    [
        pem_of(p256(0))[0],
        pem_of(rsa_key(0, 1024))[0],
        der_of(rsa_key(0))[0],
        "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----",
    ],
    ids=range(4),
)
def test_another_kind_of_key_is_refused(secret: str) -> None:
    assert_no_key("wise", secret)
