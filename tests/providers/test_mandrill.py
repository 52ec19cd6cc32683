"""Mandrill against django-anymail, a third-party library."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

import pytest

from tests.providers.interop import interop
from tests.providers.sample import TEXT_SECRET
from webhook_verify import MalformedDelivery, RejectedDelivery, Signer, Verifier

URL = "https://example.com/hooks?tenant=1"
BODY = urlencode({"mandrill_events": '[{"event": "open", "text": "Grüße & +"}]', "a": "b"}).encode()


class _Form(dict[str, str]):
    def dict(self) -> dict[str, str]:
        return dict(self)


@interop("mandrill", by="django-anymail (PyPI, third party)")
def test_anymail_accepts_what_we_sign() -> None:
    import django.conf

    if not django.conf.settings.configured:
        django.conf.settings.configure()
    validate = pytest.importorskip("anymail.webhooks.mandrill").MandrillSignatureMixin.validate_request
    failure = pytest.importorskip("anymail.exceptions").AnymailWebhookValidationFailure

    headers = Signer(TEXT_SECRET, scheme="mandrill").sign(BODY, url=URL)
    view = SimpleNamespace(webhook_key=TEXT_SECRET.encode(), webhook_url=URL)
    meta = {"HTTP_X_MANDRILL_SIGNATURE": headers["x-mandrill-signature"]}
    form = _Form(parse_qsl(BODY.decode()))

    validate(view, SimpleNamespace(META=meta, POST=form))
    with pytest.raises(failure):
        validate(view, SimpleNamespace(META=meta, POST=_Form(form, a="c")))


def test_the_events_are_read_from_the_form() -> None:
    headers = Signer(TEXT_SECRET, scheme="mandrill").sign(BODY, url=URL)
    delivery = Verifier(TEXT_SECRET, scheme="mandrill").verify(BODY, headers, url=URL)
    assert delivery.json() == [{"event": "open", "text": "Grüße & +"}]
    assert delivery.body_is_signed


def test_the_events_cannot_move_into_the_url() -> None:
    """The text is signed without a separator between the URL and the form."""
    headers = Signer(TEXT_SECRET, scheme="mandrill").sign(BODY, url=URL)
    verifier = Verifier(TEXT_SECRET, scheme="mandrill")
    moved = URL + "ab" + 'mandrill_events[{"event": "open", "text": "Grüße & +"}]'
    with pytest.raises(MalformedDelivery):
        verifier.verify(b"", headers, url=moved)
    with pytest.raises(RejectedDelivery):
        verifier.verify(BODY, headers, url="https://example.com/hooks")
