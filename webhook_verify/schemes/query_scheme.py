"""A provider that sends its signature as a parameter of the URL.

    register(QueryScheme("acme", parameter="signature", signature_header="x-acme-signature"))

A `Signer` makes headers and not URLs, so it sends the signature in the header. A receiver reads the
parameter, and the header only if the URL lacks the parameter, as for a proxy that moves one into the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhook_verify.errors import Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.schemes.base import ParsedHeaders
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.parameters import query_pairs, single_value
from webhook_verify.schemes.signed_content import check_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhook_verify.schemes.base import SchemeDocs

__all__ = ["QueryScheme"]


class QueryScheme(HeaderScheme):
    """A provider that sends its signature in the query of the URL, in hex.

    Args:
        name: The name of the scheme.
        parameter: The name of the parameter with the signature. The URL itself is not signed.
        signature_header: The header that a `Signer` sends instead of the parameter.
        algorithm: The algorithm, or several, as of `HeaderScheme`.
        id_header: The header with the message id. It is not signed.
        id_on_retry: The message id of a retry: `kept`, `new` or `unknown`.
        event_type_in_body: The path of the event type in the JSON body, or several.
        docs: The texts of the provider's page.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid.
    """

    def __init__(
        self,
        name: str,
        *,
        parameter: str,
        signature_header: str,
        algorithm: str | Sequence[str] = "hmac-sha256",
        id_header: str = "",
        id_on_retry: str = "unknown",
        event_type_in_body: str | Sequence[str] = (),
        docs: SchemeDocs | None = None,
    ) -> None:
        texts: dict[str, object] = {"parameter": parameter}
        for what, text in texts.items():
            if not isinstance(text, str):
                raise TypeError(f"{what} must be a str, not {type(text).__name__!r}")
        if not parameter.strip():
            raise ValueError("parameter must not be empty. Pass the name of the parameter with the signature")
        super().__init__(
            name,
            signature_header=signature_header,
            algorithm=algorithm,
            id_header=id_header,
            id_on_retry=id_on_retry,
            event_type_in_body=event_type_in_body,
            docs=docs,
        )
        self.signs_url = True  # required, although only its query is read
        self.parameter: str = parameter
        self._own_headers = HeaderReader(*self.header_names)

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the query and the headers of a request.

        Args:
            headers: The request headers.
            url: The URL that the sender called.
            method: Unused.

        Returns:
            The unverified values.

        Raises:
            MalformedDelivery: If the signature is missing, the query is invalid, or it contains different
                signatures.
            TypeError: If `url` is `None`.
        """
        check_request(self.name, (True, False), url, method)
        query = (url or "").partition("#")[0].partition("?")[2]
        pairs, name = query_pairs(query), self.parameter.encode()
        octets = single_value(pairs, name, "query", Reason.UNREADABLE_HEADER)
        values = dict(zip(self.header_names, self._own_headers.read(headers), strict=True))
        if octets:
            values[self.signature_headers[0]] = octets.decode("utf-8")
        return super().parse_headers(values, url, method)
