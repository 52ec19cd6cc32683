"""Prometheus Alertmanager: a bearer token, or a user name and a password."""

from __future__ import annotations

from collections.abc import Sequence

from webhook_verify.keys import TokenKey
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.either_key import EitherKey
from webhook_verify.schemes.header_token import HeaderToken
from webhook_verify.schemes.providers._basic_auth import basic_credentials
from webhook_verify.secret import Secret

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.keys import Signatures, VerifyingKey

__all__ = ["SCHEME", "Alertmanager"]


class Alertmanager(HeaderToken):
    """The header `Authorization` with a bearer token, or with Basic if the secret is `user:password`."""

    def _single_signatures(self, values: Sequence[Any]) -> tuple[Signatures, str]:
        name, space, rest = str(values[0] or "").partition(" ")
        return super()._single_signatures([name.lower() + space + rest, *values[1:]])

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that the credentials are compared with.

        Args:
            secret: The bearer token, or `user:password`.

        Returns:
            The key.

        Raises:
            InvalidSecret: If the secret contains control characters.
        """
        bearer = self.signing_key(secret)
        value = secret.reveal()
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if ":" not in text:
            return bearer
        return EitherKey(TokenKey(f"basic {basic_credentials(secret)}"), bearer)

    def signing_key(self, secret: Secret) -> TokenKey:
        """Return the key that contains the bearer token to send.

        Args:
            secret: The bearer token.

        Returns:
            The key.

        Raises:
            InvalidSecret: If the secret contains control characters.
        """
        token: Any = super().signing_key(secret)
        return TokenKey("bearer " + token.sign(b"").encode("latin-1").decode("utf-8", "surrogateescape"))


SCHEME = Alertmanager(
    "alertmanager",
    header="authorization",
    event_type_in_body="status",
    docs=SchemeDocs(
        title="Prometheus Alertmanager",
        secret_from=(
            "the `credentials` of `http_config.authorization` in the receiver's configuration, or "
            "`username:password` of its `basic_auth`"
        ),
        url="https://prometheus.io/docs/alerting/latest/configuration/#webhook_config",
        notes=(
            "A secret with a colon is accepted as a bearer token and as a user name with a password. "
            "Notifications have no id, and a repeated notification about the same alerts has the same bytes: "
            "do not use a replay guard, which would drop it."
        ),
    ),
)
