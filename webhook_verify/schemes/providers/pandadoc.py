"""PandaDoc: HMAC-SHA256 of the body, in hex, in the parameter `signature` of the URL."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.query_scheme import QueryScheme
from webhook_verify.schemes.sender_rules import ResponseRules

__all__ = ["SCHEME"]

SCHEME = QueryScheme(
    "pandadoc",
    parameter="signature",
    signature_header="x-query-signature",
    id_header="x-pandadoc-webhook-event-id",
    id_on_retry="kept",
    event_type_in_body="*.event",
    responses=ResponseRules(accepted_status=200),
    docs=SchemeDocs(
        title="PandaDoc",
        secret_from="Developer Dashboard > Webhooks: the shared key of the subscription",
        url="https://developers.pandadoc.com/docs/webhook-verification",
        response="status 200",
        notes=(
            "PandaDoc appends the parameter `signature` to the URL. A `Signer` makes headers and not URLs, "
            "so it sends the signature in `x-query-signature`, which is read if the URL lacks the parameter. "
            "The rest of the URL, a timestamp and the message id are not signed. The id in "
            "`x-pandadoc-webhook-event-id` is the same for each retry. The body is a list of events."
        ),
        retries=(
            "the schedule is not documented; a response must be 200, within 20 seconds "
            "([documentation](https://developers.pandadoc.com/docs/webhook-setup)); no timestamp is signed, "
            "so no retry is rejected as stale"
        ),
    ),
)
