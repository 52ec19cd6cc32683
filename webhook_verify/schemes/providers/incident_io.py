"""incident.io: signs as Svix does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "incident-io",
    brand="webhook",
    event_type_in_body="event_type",
    retry_seconds=86_400,
    docs=SchemeDocs(
        title="incident.io",
        secret_from="Settings > Webhooks: the endpoint's signing secret",
        url="https://docs.incident.io/integrations/webhooks",
        retries=(
            "over 24 hours; incident.io sends through Svix "
            "([documentation](https://docs.incident.io/integrations/webhooks)); the timestamp of a "
            "retry is not documented, [Standard Webhooks](https://www.standardwebhooks.com) specifies "
            "a new one"
        ),
    ),
)
