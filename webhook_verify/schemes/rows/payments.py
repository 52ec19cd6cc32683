"""Providers of payments and shops."""

from __future__ import annotations

from webhook_verify.schemes.provider import Provider

__all__ = ["ROWS"]

ROWS = (
    Provider(
        "stripe",
        title="Stripe",
        signature_header="stripe-signature",
        signature_field="v1",
        timestamp_field="t",
        content="{timestamp}.{body}",
        takes_future=True,
        id_in_body="id",
        secret_from="Workbench, Webhooks, the endpoint's signing secret, with its whsec_",
        documentation="https://docs.stripe.com/webhooks",
    ),
)
