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
    secret_separator="|",
    id_on_retry="new",
    answer_is_data=True,
    retries="new_timestamp",
    docs=SchemeDocs(
        title="Supabase Auth Hooks",
        secret_from="the project's Authentication > Hooks: the hook's secret, including `v1,whsec_`",
        url="https://supabase.com/docs/guides/auth/auth-hooks",
        response=(
            "status 204; or 200 or 202 with JSON, which Supabase Auth uses, such as `{}`; another "
            "content type is an error"
        ),
        notes=(
            "Only Auth Hooks are signed. Database Webhooks are not signed, but can carry a header "
            "that you choose. With two secrets, Supabase puts a comma between the signatures, which "
            "many libraries cannot parse. Its setting joins two secrets with a bar: pass that text "
            "unchanged, or a list. `metadata.uuid` in the body stays the same on retries, which have "
            "different ids."
        ),
        retries=(
            "three attempts within a second, each signed again and with a new id (observed with "
            "Supabase Auth)"
        ),
    ),
)
