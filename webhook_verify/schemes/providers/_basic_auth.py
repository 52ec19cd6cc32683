"""HTTP Basic authentication, for providers that sign nothing and send a user name and a password."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import TokenKey
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, ResponseRules
from webhook_verify.secret import Secret

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.keys import Signatures

__all__ = ["BasicAuth", "basic_credentials"]


class BasicAuth(HeaderScheme):
    """HTTP Basic authentication (RFC 7617). The secret is `user:password`, sent in base64.

    Args:
        name: The name in the registry.
        id_header: The header with the message id. It is not signed.
        id_in_body: The path of the message id in the JSON body. It is not signed.
        id_on_retry: The message id of a retry: `kept`, `new` or `unknown`.
        body_is_unique: Whether two events never have the same body.
        event_type_in_body: The path of the event type in the JSON body, or several. It is not signed.
        responses: How the provider interprets responses.
        docs: The texts of the provider's page.
    """

    decoy_secret = "unknown-sender:unknown"

    def __init__(
        self,
        name: str,
        *,
        id_header: str = "",
        id_in_body: str = "",
        id_on_retry: str = "unknown",
        body_is_unique: bool = False,
        event_type_in_body: str | Sequence[str] = (),
        responses: ResponseRules = DEFAULT_RULES,
        docs: SchemeDocs | None = None,
    ) -> None:
        super().__init__(
            name,
            signature_header="authorization",
            signature_prefix="Basic ",
            algorithm="token",
            signature_encoding="text",
            id_header=id_header,
            id_in_body=id_in_body,
            id_on_retry=id_on_retry,
            body_is_unique=body_is_unique,
            event_type_in_body=event_type_in_body,
            responses=responses,
            docs=docs,
        )

    def _single_signatures(self, values: Sequence[Any]) -> tuple[Signatures, str]:
        """Return the credentials. The name of the scheme may be in any case (RFC 9110)."""
        text: str = values[0] or ""
        prefix = self.signature_prefix
        if text[: len(prefix)].lower() == prefix.lower():
            values = [prefix + text[len(prefix) :], *values[1:]]
        return super()._single_signatures(values)

    def verifying_key(self, secret: Secret) -> TokenKey:
        """Return the key that a receiver compares the credentials with, in constant time.

        Args:
            secret: The configured `user:password`.

        Returns:
            The key.

        Raises:
            InvalidSecret: If the secret does not contain a colon.
        """
        return TokenKey(basic_credentials(secret))

    def signing_key(self, secret: Secret) -> TokenKey:
        """Return the key that contains the credentials to send.

        Args:
            secret: The configured `user:password`.

        Returns:
            The key.

        Raises:
            InvalidSecret: If the secret does not contain a colon.
        """
        return TokenKey(basic_credentials(secret))


def basic_credentials(secret: Secret) -> str:
    """Return `user:password` in base64."""
    value = secret.reveal()
    text = value if isinstance(value, bytes) else value.encode("utf-8", "replace")
    if b":" not in text:
        raise InvalidSecret("secret must be the user name and the password, as user:password")
    return b64encode(text).decode()
