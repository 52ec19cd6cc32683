"""Persona: HMAC-SHA256 of `{timestamp}.{body}`, in `persona-signature`."""

from __future__ import annotations

from collections.abc import Iterable

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "Persona"]


class Persona(HeaderScheme):
    """A header with a list of fields for each secret: `t=1,v1=abc t=1,v1=def`."""

    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None = None,
        method: str | None = None,
    ) -> dict[str, str]:
        """Sign a body, the newest key first.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: Unused.
            timestamp: Unix seconds.
            url: Unused.
            method: Unused.

        Returns:
            The headers to send, by name.
        """
        headers = super().sign(body, keys, id=id, timestamp=timestamp, url=url, method=method)
        [(name, text)] = headers.items()
        sent, *signatures = text.split(self.field_separator)
        return {name: " ".join(f"{sent}{self.field_separator}{each}" for each in signatures)}


SCHEME = Persona(
    "persona",
    signature_header="persona-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    id_in_body="data.id",
    event_type_in_body="data.attributes.name",
    docs=SchemeDocs(
        title="Persona",
        secret_from="Persona dashboard > Webhooks: the webhook's secret",
        url="https://docs.withpersona.com/docs/webhooks-best-practices",
        notes=(
            "While a secret is being replaced, the header has a list of fields for each secret, with a "
            "space between the lists, and one valid signature is enough. Deliveries can arrive out of "
            "order: sort by `data.attributes.created-at`."
        ),
    ),
)
