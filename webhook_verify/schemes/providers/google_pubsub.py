"""Google Pub/Sub push: each request carries an identity token of the subscription's service account.

The token identifies the sender, the receiver and the expiry. It does not sign the body, and many requests
within its hour carry the same token, so only TLS protects the body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhook_verify.errors import InvalidSecret
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.keys import VerifyingKey
    from webhook_verify.schemes.key_fetch import Fetch

__all__ = ["SCHEME", "GooglePubSub"]

_DOCS = SchemeDocs(
    title="Google Pub/Sub push",
    secret_from="the e-mail address of the service account that the push subscription authenticates with",
    secret_pattern=r"[^@\s]+@[^@\s]+",
    url="https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
    notes=(
        "The token's audience must be the URL of the endpoint, unless you pass "
        "`GooglePubSub(audience=...)`. The token does not sign the body: an attacker who has seen "
        "a token can send any message for the rest of the token's hour. The message id is in the "
        "body, and therefore not signed."
    ),
    retries=(
        "for as long as the subscription retains messages, 7 days by default, with a token that "
        "is at most an hour old "
        "([documentation](https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions))"
    ),
)


class GooglePubSub(JwtScheme):
    """Push subscriptions with authentication. The secret is the e-mail address of their service account.

    Args:
        audience: The audience of the subscription. None: the URL that Google calls, which is the default of
            Pub/Sub.
        fetch: Fetches Google's keys, by default `https_fetch`.

    Raises:
        ValueError: If `audience` is empty.
    """

    decoy_secret = "unknown-sender@unknown.invalid"

    def __init__(self, *, audience: str | None = None, fetch: Fetch | None = None) -> None:
        if audience is not None and (type(audience) is not str or not audience.strip()):
            raise ValueError("audience must be a non-empty str, or None for the URL of the endpoint")
        super().__init__(
            "google-pubsub",
            header="authorization",
            prefix="Bearer ",
            algorithm="RS256",
            keys_url="https://www.googleapis.com/oauth2/v3/certs",
            fetch=fetch,
            claims={
                # Google documents both, and google-auth accepts both.
                "iss": ("https://accounts.google.com", "accounts.google.com"),
                "aud": "{url}" if audience is None else audience,
                "email": "{account}",
                "email_verified": True,
            },
            required_claims=["exp"],
            leeway=60,
            tolerance=3600.0,  # the lifetime of a token
            id_in_body="message.messageId",
            id_on_retry="kept",
            retries="new_timestamp",
            retry_seconds=7 * 86_400.0,
            docs=_DOCS,
        )

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that verifies tokens of a service account.

        Args:
            secret: The e-mail address of the account.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret is not an e-mail address.
        """
        value = secret.reveal()
        if not isinstance(value, str) or value.count("@") != 1 or not value.isprintable() or " " in value:
            raise InvalidSecret("secret must be the e-mail address of a service account")
        return super().verifying_key(secret)


SCHEME = GooglePubSub()
