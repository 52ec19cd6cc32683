"""Saleor: a detached signature of the unencoded body, by the key of the shop's instance."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jws_scheme import JwsScheme

__all__ = ["SCHEME"]

SCHEME = JwsScheme(
    "saleor",
    algorithm="RS256",
    signature_header="saleor-signature",
    is_unencoded=True,
    jwks_path="/.well-known/jwks.json",
    event_type_header="saleor-event",
    answer_is_data=True,
    docs=SchemeDocs(
        title="Saleor",
        secret_from="the https URL of your Saleor API without a path, such as `https://shop.saleor.cloud`",
        secret_pattern=r"https?://\S+",
        url="https://docs.saleor.io/docs/3.x/developer/extending/webhooks/payload-signature",
        notes=(
            "The bodies of different events can be equal, and deliveries have no id. "
            "The event type is in the unsigned header `saleor-event`: use one endpoint for each event type "
            "if it matters. "
            "The response to a synchronous event is data that Saleor uses, so a replay guard is refused: "
            "make the handlers of asynchronous events idempotent, or put their work into a queue. "
            "Keys are fetched from `/.well-known/jwks.json` of your instance. "
            "For an instance without https, pass its JSON Web Key Set as the secret. "
            "A webhook with a `secretKey`, which is deprecated, is signed with HMAC-SHA256 in hex instead: "
            "define a `HeaderScheme`."
        ),
        response=(
            "the data of the event for a synchronous event, in JSON with status 200; a 2xx status for an "
            "asynchronous one"
        ),
    ),
)
