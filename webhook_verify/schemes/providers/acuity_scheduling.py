"""Acuity Scheduling: HMAC-SHA256 of the body, in `x-acuity-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "acuity-scheduling",
    signature_header="x-acuity-signature",
    signature_encoding="base64",
    docs=SchemeDocs(
        title="Acuity Scheduling",
        secret_from="the API key of the account's main administrator",
        url="https://developers.acuityscheduling.com/docs/webhooks",
        notes=(
            "The body is a form: `delivery.form()` returns its fields, among them `action` and `id`. It "
            "contains only ids, so two changes of the same appointment can have the same bytes."
        ),
    ),
)
