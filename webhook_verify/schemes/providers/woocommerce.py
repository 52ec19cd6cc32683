"""WooCommerce: HMAC-SHA256 of the body in base64, in `x-wc-webhook-signature`."""

from __future__ import annotations

from webhook_verify.handshakes import UnsignedPing
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "woocommerce",
    signature_header="x-wc-webhook-signature",
    signature_encoding="base64",
    id_header="x-wc-webhook-delivery-id",
    event_type_header="x-wc-webhook-topic",
    handshake=UnsignedPing(
        "woocommerce webhook_id", rb"webhook_id=[0-9]{1,20}", signature_header="x-wc-webhook-signature"
    ),
    docs=SchemeDocs(
        title="WooCommerce",
        secret_from="WooCommerce > Settings > Advanced > Webhooks: the webhook's secret",
        url="https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks",
        notes=(
            "Only the body is signed: topic, source and delivery id in the headers are not. Two "
            "topics, such as `order.created` and `order.updated`, can send identical bodies, with "
            "different delivery ids. When a webhook is created, WooCommerce sends a form with only "
            "`webhook_id` and without a signature "
            "([issue 15642](https://github.com/woocommerce/woocommerce/issues/15642)). The receiver "
            "responds with 200 without running the handler. After repeated rejections, WooCommerce "
            "disables the webhook."
        ),
    ),
)
