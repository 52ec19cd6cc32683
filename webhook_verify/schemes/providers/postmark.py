"""Postmark: HTTP Basic authentication in `authorization`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.providers._basic_auth import BasicAuth

__all__ = ["SCHEME"]

SCHEME = BasicAuth(
    "postmark",
    event_type_in_body="RecordType",
    docs=SchemeDocs(
        title="Postmark",
        secret_from=(
            "the user name and the password in the webhook's settings, as `user:password`; you choose both"
        ),
        url="https://postmarkapp.com/developer/webhooks/webhooks-overview",
        notes=(
            "Nothing is signed: each request contains the user name and the password, so an attacker "
            "who has seen one request can forge others. `MessageID` identifies the email, which can "
            "have several events."
        ),
    ),
)
