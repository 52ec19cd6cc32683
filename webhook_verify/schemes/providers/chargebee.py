"""Chargebee: HTTP Basic authentication; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.providers._basic_auth import BasicAuth

__all__ = ["SCHEME"]

SCHEME = BasicAuth(
    "chargebee",
    id_in_body="id",
    id_on_retry="kept",
    event_type_in_body="event_type",
    docs=SchemeDocs(
        title="Chargebee",
        secret_from=(
            "the basic authentication username and password in the webhook's settings, as "
            "`username:password`; you choose them"
        ),
        url="https://www.chargebee.com/docs/2.0/webhook_settings.html",
        notes=(
            "Nothing is signed: each request contains the username and the password, so an attacker "
            "who has seen one request can forge others. The `id` in the body identifies the event and stays "
            "the same on retries "
            "([documentation](https://apidocs.chargebee.com/docs/api/events))."
        ),
        retries="up to 7 times ([documentation](https://www.chargebee.com/docs/2.0/webhook_settings.html))",
    ),
)
