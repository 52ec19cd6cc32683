"""Two brands of headers: the scheme's own is read first, then the other, and they are never mixed."""

from __future__ import annotations

import pytest

from tests.rows import rows
from webhook_verify import MalformedDelivery, RejectedDelivery, Signer, Verifier, schemes
from webhook_verify.schemes import StandardWebhooks

SECRET, OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW, BODY = 1_790_000_000, b'{"type": "invoice.paid"}'
FAMILY = [
    name
    for name in schemes.names()
    if isinstance(schemes.get(name), StandardWebhooks) and name not in ("growthbook", "increase")
]


def trio(brand: str, secret: str = SECRET, id: str = "msg_1") -> dict[str, str]:
    signed = Signer(secret).sign(BODY, id=id, timestamp=NOW)
    return {name.replace("webhook", brand): value for name, value in signed.items()}


@rows("name", FAMILY)
def test_the_own_brand_is_first(name: str) -> None:
    scheme = schemes.get(name)
    assert isinstance(scheme, StandardWebhooks)
    own = scheme.brand
    other = "svix" if own == "webhook" else "webhook"
    verifier = Verifier(SECRET, scheme=name, clock=lambda: NOW)
    genuine, foreign = trio(own), trio(other, OTHER, "foreign")
    for headers in ({**genuine, **foreign}, {**foreign, **genuine}):
        octets = [(header.encode(), value.encode()) for header, value in headers.items()]
        for container in (headers, list(headers.items()), octets):
            assert verifier.verify(BODY, container).id == "msg_1"
    assert verifier.verify(BODY, trio(other, id="msg_2")).id == "msg_2"
    with pytest.raises(RejectedDelivery):
        verifier.verify(BODY, {**trio(own, OTHER), **trio(other)})


@rows("name", ["standard-webhooks", "svix"])
@rows("role", ["id", "timestamp", "signature"])
@rows("form", ["missing", "empty", "blank"])
def test_an_incomplete_brand_is_ignored_and_never_mixed(name: str, role: str, form: str) -> None:
    own = "svix" if name == "svix" else "webhook"
    other = "webhook" if name == "svix" else "svix"
    verifier = Verifier(SECRET, scheme=name, clock=lambda: NOW)
    incomplete = {**trio(own, OTHER), f"{own}-{role}": {"empty": "", "blank": " \t"}.get(form, "")}
    if form == "missing":
        del incomplete[f"{own}-{role}"]

    assert verifier.verify(BODY, {**incomplete, **trio(other)}).id == "msg_1"
    with pytest.raises(MalformedDelivery, match="missing or empty header"):
        verifier.verify(BODY, {**incomplete, f"{other}-{role}": trio(other)[f"{other}-{role}"]})
