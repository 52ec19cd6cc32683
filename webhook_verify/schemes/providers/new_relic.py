"""New Relic: a token in a header of your choice; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_token import HeaderToken

__all__ = ["SCHEME"]

SCHEME = HeaderToken(
    "new-relic",
    docs=SchemeDocs(
        title="New Relic",
        secret_from=(
            "the value of the header `x-hook-token` in the custom headers of the webhook destination; you "
            "choose it"
        ),
        url="https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/#webhook",
        notes="You define the payload, so it has an id and an event type only if you add them.",
    ),
)
