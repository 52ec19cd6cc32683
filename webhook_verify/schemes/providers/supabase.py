"""Supabase Auth Hooks: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "supabase",
    brand="webhook",
    event_type_in_body="",
    commas=True,
    retries="new_timestamp",
    docs=SchemeDocs(
        title="Supabase Auth Hooks",
        secret_from="the project's Authentication > Hooks: the hook's secret, including `v1,whsec_`",
        url="https://supabase.com/docs/guides/auth/auth-hooks",
        notes=(
            "Only Auth Hooks are signed. Database Webhooks are not signed, but can carry a header "
            "that you choose. With two secrets, Supabase puts a comma between the signatures, which "
            "many libraries cannot parse."
        ),
        retries=(
            "three attempts within a second, each signed again and with a new id (observed with "
            "Supabase Auth)"
        ),
    ),
)
