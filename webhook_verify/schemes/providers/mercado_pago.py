"""Mercado Pago: HMAC-SHA256 of `id:...;request-id:...;ts:...;`, in `x-signature`. The body is not signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.sender_rules import ResponseRules

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mercado-pago",
    signature_header="x-signature",
    signature_field="v1",
    timestamp_field="ts",
    timestamp_unit=("s", "ms"),
    signed_content="{?id:{query:data.id|lower};}{?request-id:{header:x-request-id};}ts:{timestamp};",
    id_in_body="id",
    event_type_in_body="action",
    responses=ResponseRules(accepted_status=200),
    docs=SchemeDocs(
        title="Mercado Pago",
        secret_from="Your integrations > the application > Webhooks > Configure notifications",
        url="https://www.mercadopago.com/developers/en/docs/your-integrations/notifications/webhooks",
        response="status 200 or 201",
        notes=(
            "The parameter `data.id` of the URL, in lower case, and `x-request-id` are signed if they are "
            "present. Read the id from the URL, and fetch the payment or order with it, because the body can "
            "be replaced. The timestamp is in seconds or milliseconds. Mercado Pago's libraries check it "
            "only on request; this scheme always does. Notifications of QR codes are not signed."
        ),
        retries=(
            "every 15 minutes, unless the response is 200 or 201 within 22 seconds (Mercado Pago's library "
            "for Python); the timestamp of a retry is not documented"
        ),
    ),
)
