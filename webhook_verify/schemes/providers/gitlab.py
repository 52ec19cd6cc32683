"""GitLab (signing token): signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "gitlab",
    brand="webhook",
    docs=SchemeDocs(
        title="GitLab (signing token)",
        secret_from="the webhook's Signing token, in the Settings, Webhooks of a project or group",
        url="https://docs.gitlab.com/user/project/integrations/webhooks/",
        notes=(
            "This is for webhooks with a signing token. The older secret token is sent as it is in "
            "X-Gitlab-Token and signs nothing: that is gitlab-token."
        ),
        retries=(
            "not documented by the provider; [Standard Webhooks](https://www.standardwebhooks.com) asks for "
            "a new timestamp at each attempt"
        ),
    ),
)
