"""Mailchimp Transactional (Mandrill): HMAC-SHA1 of `{url}{parameters}`, in `x-mandrill-signature`."""

from __future__ import annotations

from webhook_verify.handshakes import EndpointCheck
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mandrill",
    signature_header="x-mandrill-signature",
    algorithm="hmac-sha1",
    signature_encoding="base64",
    signed_content="{url}{parameters}",
    json_form_field="mandrill_events",
    handshake=EndpointCheck("HEAD", status=200),
    docs=SchemeDocs(
        title="Mailchimp Transactional (Mandrill)",
        secret_from="Settings > Webhooks > the webhook's Key",
        url="https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
        notes=(
            "A delivery is a form whose field `mandrill_events` contains a list of events. Each webhook has "
            "its own key. Mandrill signs the URL exactly as it is configured there, and the fields of "
            "the form without separators: an attacker who has seen a delivery can split the same text into "
            "other names and values. Neither a timestamp nor a message id is signed. Mandrill checks a new "
            "URL with a HEAD request, to which the receiver responds."
        ),
        retries="the schedule is not documented; no timestamp is signed, so no retry is rejected as stale",
    ),
)
