"""Microsoft Teams: HMAC-SHA256 of the body in base64, in `authorization`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "ms-teams",
    signature_header="authorization",
    answer_is_data=True,
    signature_prefix="HMAC ",
    signature_encoding="base64",
    secret_encoding="base64",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Microsoft Teams outgoing webhook",
        secret_from="the security token that Teams shows once, when you create the outgoing webhook",
        url=(
            "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook"
        ),
        response="the JSON of the message that Teams shows in the conversation",
        notes=(
            "The security token is base64, and its decoded bytes are the key. Teams shows the "
            "response of your endpoint in the conversation."
        ),
    ),
)
