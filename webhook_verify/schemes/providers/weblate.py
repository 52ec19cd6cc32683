"""Weblate: signs as Standard Webhooks does, with a fraction in the header of the timestamp."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "weblate",
    brand="webhook",
    event_type_in_body="action",
    timestamp_fraction="unsigned",
    retries="none",
    docs=SchemeDocs(
        title="Weblate",
        secret_from="the settings of the add-on Webhook: Secret; with or without `whsec_`",
        url="https://docs.weblate.org/en/latest/admin/addons.html",
        notes=(
            "The header `webhook-timestamp` contains a fraction of a second, but only the whole seconds "
            "are signed. The fraction is therefore ignored. Without a secret, the add-on sends unsigned "
            "deliveries, which are rejected."
        ),
        retries=("none (observed with Weblate 2026.10)"),
    ),
)
