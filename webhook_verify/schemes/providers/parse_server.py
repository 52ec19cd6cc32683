"""Parse Server's Cloud Code webhooks: a token in `x-parse-webhook-key`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_token import HeaderToken

__all__ = ["SCHEME"]

SCHEME = HeaderToken(
    "parse-server",
    header="x-parse-webhook-key",
    answer_is_data=True,
    event_type_in_body=("triggerName", "functionName"),
    docs=SchemeDocs(
        title="Parse Server",
        secret_from="the `webhookKey` of the server's options",
        url="https://docs.parseplatform.org/rest/guide/#hooks",
        notes=("The response is data that the server uses. Requests have no id."),
    ),
)
