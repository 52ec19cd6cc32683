"""GitLab (signing token): signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "gitlab",
    brand="webhook",
    event_type_in_body=("object_kind", "event_name"),
    docs=SchemeDocs(
        title="GitLab (signing token)",
        secret_from="the project's or group's Settings > Webhooks: the webhook's Signing token",
        url="https://docs.gitlab.com/user/project/integrations/webhooks/",
        notes=(
            "Use this scheme for webhooks with a signing token. The older secret token is sent "
            "unchanged in `X-Gitlab-Token` and signs nothing: use the scheme `gitlab-token` for it."
        ),
        retries=(
            "not documented by the provider; [Standard Webhooks](https://www.standardwebhooks.com) "
            "specifies a new timestamp for each attempt"
        ),
    ),
)
