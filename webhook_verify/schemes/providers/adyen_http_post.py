"""Adyen's standard webhooks with the method HTTP POST: a form with the eight signed fields of `adyen`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from webhook_verify.errors import MalformedDelivery
from webhook_verify.form import form_pairs
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.body_scheme import BodyScheme, parse_unverified_form, unreadable
from webhook_verify.schemes.providers.adyen import signed_fields

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "AdyenHttpPost"]

_SIGNATURE = "additionalData.hmacSignature"


class AdyenHttpPost(BodyScheme):
    """Standard webhooks as a form, with one notification."""

    signs_timestamp = False
    signs_event_type = True
    event_type_in_body: tuple[str, ...] = ("form:eventCode",)

    secret_encoding = "hex"
    signed_content = (
        "{pspReference}:{originalReference}:{merchantAccountCode}:{merchantReference}:"
        "{value}:{currency}:{eventCode}:{success}"
    )
    retry_seconds: float = 2_592_000.0
    docs: SchemeDocs = SchemeDocs(
        title="Adyen (HTTP POST)",
        secret_from="Customer Area > Developers > Webhooks: the webhook's HMAC key",
        url="https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
        notes=(
            "The body is an urlencoded form: read `delivery.form()`. Only eight fields are signed: "
            "`eventDate`, `reason`, `paymentMethod`, `live` and the other fields of `additionalData` are "
            "not. No timestamp is signed. The message id is `pspReference:eventCode:success`. A colon is "
            "accepted only in `merchantReference`, or in the `pspReference` of a `REPORT_AVAILABLE`. For "
            "webhooks with the method JSON, use the scheme `adyen`."
        ),
        retries=(
            "3 times within 27 seconds, then from a queue for up to 30 days "
            "([documentation](https://docs.adyen.com/development-resources/webhooks/troubleshoot)); "
            "no timestamp is signed, so a retry is never rejected as stale"
        ),
    )

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "adyen-http-post"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed fields of the form.

        Args:
            reading: Unused.
            body: The request body.

        Returns:
            One interpretation.

        Raises:
            MalformedDelivery: If the body is not a form, or not a valid notification.
        """
        form = _signed_form(body)
        fields = _fields_of(form)
        check = self.signatures_of(form[_SIGNATURE]), b"", ":".join(fields).encode(), b""
        return ((":".join((fields[0], *fields[6:])), (check,), body),)

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Sign an urlencoded form, replacing an existing signature.

        Args:
            body: The body to sign, urlencoded.
            key: The signing key.
            id: Unused.
            timestamp: Unused.

        Returns:
            The signed body.

        Raises:
            ValueError: If the body is not a form, or not a valid notification.
        """
        pairs = [pair for pair in form_pairs(body) or () if pair[0] != _SIGNATURE]
        form = parse_unverified_form(urlencode(pairs).encode()) or {}
        try:
            mac = key.sign(":".join(_fields_of(form)).encode())
        except MalformedDelivery as error:
            raise ValueError(f"cannot sign this body: {error}") from None
        return urlencode([*pairs, (_SIGNATURE, mac)]).encode()


def _signed_form(body: bytes) -> dict[str, Any]:
    """Return the fields of a form with a signature. Raise MalformedDelivery."""
    form = parse_unverified_form(body)
    if form is None:
        raise unreadable("the body must be a form (application/x-www-form-urlencoded)")
    if not isinstance(form.get(_SIGNATURE), str):
        raise unreadable(f"the body must contain exactly one {_SIGNATURE}")
    return form


def _fields_of(form: dict[str, Any]) -> list[str]:
    """Return the values of the eight fields. Raise MalformedDelivery if Adyen cannot have signed them."""
    return signed_fields({**form, "amount": {name: form.get(name) for name in ("value", "currency")}})


SCHEME = AdyenHttpPost()
