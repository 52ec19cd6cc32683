"""Alipay: RSA with SHA-256 ("RSA2") of the sorted fields of a form, in the field `sign`.

The signed content is `name=value&name=value`, with decoded values. A value may contain `&` and `=`, so the
borders between fields are not signed. A value that contains the beginning of a documented field is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from webhook_verify.errors import MalformedDelivery
from webhook_verify.form import form_pairs
from webhook_verify.schemes.algorithms import ALGORITHMS, Algorithm
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.body_scheme import BodyScheme, parse_unverified_form, unreadable

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "Alipay"]

_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")
_ID = re.compile(r"[!-~]{1,256}")
_FIELD_IN_VALUE = re.compile(
    "&(?:notify_(?:time|type|id)|utc_timestamp|msg_method|biz_content|app_id|auth_app_id|charset|version|"
    "trade_(?:no|status)|out_(?:trade|biz)_no|(?:buyer|seller)_[a-z_]+|(?:total|receipt|invoice|buyer_pay|"
    "point)_amount|refund_[a-z]+|send_back_fee|subject|body|gmt_[a-z_]+|fund_bill_list|passback_params|"
    "voucher_detail_list)="
)


class Alipay(BodyScheme):
    """Asynchronous notifications of Alipay's open platform."""

    signs_timestamp = False  # notify_time is signed, but Alipay's libraries do not check it
    signs_body = True
    event_type_in_body: tuple[str, ...] = ("form:notify_type", "form:msg_method")

    algorithm: Algorithm = ALGORITHMS["rsa-sha256"]
    secret_encoding = "base64"
    signed_content = "{all fields except sign and sign_type, sorted, as name=value joined with &}"
    retry_seconds: float = 25 * 3600.0
    docs: SchemeDocs = SchemeDocs(
        title="Alipay",
        secret_from=(
            "the open platform's console, the application's signature settings: the Alipay public key (not "
            "the application's), as PEM or base64"
        ),
        url="https://opendocs.alipay.com/open/270/105902",
        response="the text `success`",
        notes=(
            "The body is a form: read `delivery.form()`. Fields without a value need not be signed. "
            "Notifications of some products also sign `sign_type`, and both forms are accepted. The borders "
            "between the fields are not signed, so a value that contains a documented field, such as "
            "`&trade_status=`, is rejected. Compare `app_id`, `out_trade_no`, `total_amount` and `seller_id` "
            "with your order. `notify_time` is signed but not checked, as in Alipay's libraries. Only UTF-8 "
            "is supported: set the `charset` of your requests to `utf-8`. Your handler must respond with "
            "the text `success`, otherwise Alipay retries, and a receiver with a replay guard responds "
            "itself to these retries. The signature type `RSA` (SHA-1) is not supported."
        ),
        retries=(
            "7 times within 25 hours "
            "([documentation](https://docs.antom.com/ac/web/async)); "
            "`notify_time` is not checked, so a retry is never rejected as stale"
        ),
    )

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "alipay"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed fields of the form, in the ways in which Alipay's libraries read them.

        Args:
            reading: Unused.
            body: The request body.

        Returns:
            Up to three interpretations; one of them must verify.

        Raises:
            MalformedDelivery: If the body is not a form, or not a valid notification.
        """
        form = _form(parse_unverified_form(body))
        signatures = self.signatures_of(form.pop("sign"))
        named = [pair for pair in form.items() if pair[0] != "sign_type"]
        filled = [pair for pair in named if pair[1]]
        contents = dict.fromkeys(_content(pairs) for pairs in (named, filled, form.items()))
        return [(form["notify_id"], ((signatures, b"", each, b""),), body) for each in contents]

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Sign an urlencoded form, replacing an existing signature.

        Args:
            body: The body to sign, urlencoded, with a `notify_id`.
            key: The signing key.
            id: Unused.
            timestamp: Unused.

        Returns:
            The signed body.

        Raises:
            ValueError: If the body is not a form, or not a valid notification.
        """
        pairs = [pair for pair in form_pairs(body) or () if pair[0] not in ("sign", "sign_type")]
        try:
            _form(parse_unverified_form(urlencode([*pairs, ("sign", "")]).encode()))
        except MalformedDelivery as error:
            raise ValueError(f"cannot sign this body: {error}") from None
        return urlencode([*pairs, ("sign_type", "RSA2"), ("sign", key.sign(_content(pairs)))]).encode()


def _form(fields: dict[str, Any] | None) -> dict[str, str]:
    """Return the fields of a signed notification. Raise MalformedDelivery if it is invalid."""
    if fields is None:
        raise unreadable("the body must be a form (application/x-www-form-urlencoded)")
    for name, value in fields.items():
        if not _NAME.fullmatch(name):
            raise unreadable("the names of the fields must consist of letters, digits and underscores")
        if not isinstance(value, str):
            raise unreadable("the body must not contain a field several times")
        if _FIELD_IN_VALUE.search(value):
            raise unreadable("the value of a field contains another field, which makes the fields ambiguous")
    if "sign" not in fields:
        raise unreadable("the body must contain exactly one sign")
    if not _ID.fullmatch(fields.get("notify_id", "")):
        raise unreadable("the body must contain exactly one notify_id, in printable ASCII")
    return fields


def _content(fields: Iterable[tuple[str, str]]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in sorted(fields)).encode()


SCHEME = Alipay()
