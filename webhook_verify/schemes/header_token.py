"""A token in a header whose name the receiver's owner chooses, for providers that send configured headers.

Verifier(token, scheme=HeaderToken("zapier", header="x-our-token"))
"""

from __future__ import annotations

from collections.abc import Sequence

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from webhook_verify.handshakes import Handshake

__all__ = ["HeaderToken"]

_NOTES = (
    "Nothing is signed: each request contains the token itself, so an attacker who has seen one request can "
    "forge others. {title} sends the headers that you configure. If yours is not `{header}`, pass "
    '`HeaderToken("{name}", header=...)` from `webhook_verify.schemes` as the scheme. A webhook without '
    "that header cannot be verified."
)


class HeaderToken(HeaderScheme):
    """A header with a token, both chosen by the receiver's owner. Nothing is signed.

    Args:
        name: The name of the scheme, such as that of the provider.
        header: The name of the header.
        prefix: The text before the token, such as `Bearer `.
        id_in_body: The path of the message id in the JSON body. It is not signed.
        id_on_retry: The message id of a retry: `kept`, `new` or `unknown`.
        body_is_unique: Whether two events never have the same body.
        answer_is_data: Whether the provider uses the response as data.
        event_type_in_body: The path of the event type in the JSON body, or several. It is not signed.
        handshake: The verification challenge, see `webhook_verify.handshakes`.
        docs: The texts of the provider's page. Its `notes` follow those about tokens.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid.
    """

    def __init__(
        self,
        name: str,
        *,
        header: str = "x-hook-token",
        prefix: str = "",
        id_in_body: str = "",
        id_on_retry: str = "unknown",
        body_is_unique: bool = False,
        answer_is_data: bool = False,
        event_type_in_body: str | Sequence[str] = (),
        handshake: Handshake | None = None,
        docs: SchemeDocs | None = None,
    ) -> None:
        super().__init__(
            name,
            signature_header=header,
            signature_prefix=prefix,
            algorithm="token",
            signature_encoding="text",
            id_in_body=id_in_body,
            id_on_retry=id_on_retry,
            body_is_unique=body_is_unique,
            answer_is_data=answer_is_data,
            event_type_in_body=event_type_in_body,
            handshake=handshake,
            docs=docs,
        )
        known = self.docs
        shared = _NOTES.format(title=known.title, name=name, header=self.signature_headers[0])
        notes = f"{shared} {known.notes}".strip()
        texts = known.title, known.secret_from, known.url, notes, known.retries
        self.docs: SchemeDocs = SchemeDocs(*texts, response=known.response)
