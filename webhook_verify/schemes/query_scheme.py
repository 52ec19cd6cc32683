"""A provider that sends its signature as a parameter of the URL.

    register(QueryScheme("acme", parameter="signature", signature_header="x-acme-signature"))

A `Signer` makes headers and not URLs, so it sends the signature in the header. A receiver reads the
parameter, and the header only if the URL lacks the parameter, as for a proxy that moves one into the other.
The same applies to the timestamp.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.schemes.base import ParsedHeaders
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.parameters import join_parameters, query_pairs, single_value
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, ResponseRules
from webhook_verify.schemes.signed_content import check_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhook_verify.keys import SigningKey
    from webhook_verify.schemes.base import SchemeDocs

__all__ = ["QueryScheme"]


class QueryScheme(HeaderScheme):
    """A provider that sends its signature in the query of the URL, in hex.

    The parameters in `signed_content` are those of the URL without the signature.

    Args:
        name: The name of the scheme.
        parameter: The name of the parameter with the signature.
        signature_header: The header that a `Signer` sends instead of the parameter.
        algorithm: The algorithm, or several, as of `HeaderScheme`.
        signed_content: The signed content, as of `HeaderScheme`, such as `{parameters:query=&}`.
        timestamp_parameter: The name of the signed parameter with the time, in Unix seconds. It requires a
            `signed_content` with the parameters of the query.
        timestamp_header: The header that a `Signer` sends instead of that parameter.
        own_parameters: The names of the parameters that the provider adds to those of its users, where the
            signed content has no separators. Each must occur only once in it, because a user could choose a
            value such as `1shop=acme`, and pass it as two parameters.
        id_header: The header with the message id. It is not signed.
        id_on_retry: The message id of a retry: `kept`, `new` or `unknown`.
        event_type_in_body: The path of the event type in the JSON body, or several.
        methods: The HTTP methods of deliveries.
        responses: How the provider interprets responses.
        docs: The texts of the provider's page.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid, or contradicts another.
    """

    def __init__(
        self,
        name: str,
        *,
        parameter: str,
        signature_header: str,
        algorithm: str | Sequence[str] = "hmac-sha256",
        signed_content: str = "{body}",
        timestamp_parameter: str = "",
        timestamp_header: str = "",
        own_parameters: Sequence[str] = (),
        id_header: str = "",
        id_on_retry: str = "unknown",
        event_type_in_body: str | Sequence[str] = (),
        methods: Sequence[str] = ("POST",),
        responses: ResponseRules = DEFAULT_RULES,
        docs: SchemeDocs | None = None,
    ) -> None:
        texts: dict[str, object] = {"parameter": parameter, "timestamp_parameter": timestamp_parameter}
        for what, text in texts.items():
            if not isinstance(text, str):
                raise TypeError(f"{what} must be a str, not {type(text).__name__!r}")
        if not parameter.strip():
            raise ValueError("parameter must not be empty. Pass the name of the parameter with the signature")
        if bool(timestamp_parameter) != bool(timestamp_header):
            raise ValueError("timestamp_parameter and timestamp_header must be passed together")
        self.parameter: str = parameter
        self.timestamp_parameter: str = timestamp_parameter
        self._own_parameters = [each.encode() for each in own_parameters]
        super().__init__(
            name,
            signature_header=signature_header,
            algorithm=algorithm,
            signed_content=signed_content,
            timestamp_header=timestamp_header,
            id_header=id_header,
            id_on_retry=id_on_retry,
            event_type_in_body=event_type_in_body,
            methods=methods,
            responses=responses,
            docs=docs,
        )
        self.signs_url = True  # required, although perhaps only its query is read
        self._own_headers = HeaderReader(*self.header_names)

    def _set_signed_parts(self) -> None:
        super()._set_signed_parts()
        if self.timestamp_parameter:
            if "query-parameters" not in self._content.names or self._has_timestamp:
                raise ValueError(
                    "timestamp_parameter requires a signed_content with {parameters:query=&} or another form "
                    "of the parameters, without {timestamp}"
                )
            self._has_timestamp = self.signs_timestamp = True

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
        values = dict(zip(self.header_names, self._own_headers.read(headers), strict=True))
        url, found = self.split_signature(url or "")
        if found:
            values[self.signature_headers[0]] = found
        elif not values[self.signature_headers[0]]:
            detail = f"missing or empty query parameter: {self.parameter}"
            raise MalformedDelivery(Reason.MISSING_HEADER, detail)
        if self._own_parameters:
            self._check_own_parameters(url)
        if self.timestamp_parameter:
            url, values[self.timestamp_header] = self._with_timestamp(url, values[self.timestamp_header])
        return super().parse_headers(values, url, method)

    def _check_own_parameters(self, url: str) -> None:
        pairs = query_pairs(url.partition("?")[2])
        names, text = [name for name, _ in pairs], join_parameters(pairs, "=,", Reason.UNREADABLE_HEADER)
        for name in self._own_parameters:
            if not text.count(name + b"=") == names.count(name) <= 1:
                detail = f"a parameter contains text that could be the parameter {name.decode()}"
                raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)

    def split_signature(self, url: str) -> tuple[str, str]:
        """Return the URL without the parameter with the signature, and the signature.

        Args:
            url: The URL that the sender called.

        Returns:
            The URL without its fragment, and the signature, or "" without one.

        Raises:
            MalformedDelivery: If the query is invalid, or it contains different signatures.
        """
        start, _, query = url.partition("#")[0].partition("?")
        pairs, name = query_pairs(query), self.parameter.encode()
        octets = single_value(pairs, name, "query", Reason.UNREADABLE_HEADER)
        fields = [text for text, pair in zip(query.split("&"), pairs, strict=False) if pair[0] != name]
        return (f"{start}?{'&'.join(fields)}" if fields else start), octets.decode("utf-8")

    def _with_timestamp(self, url: str, text: str | None) -> tuple[str, str]:
        """Return the URL with the timestamp, which a header may contain instead, and the timestamp."""
        start, mark, query = url.partition("?")
        pairs = query_pairs(query)
        octets = single_value(pairs, self.timestamp_parameter.encode(), "query", Reason.UNREADABLE_HEADER)
        if not octets and not text:
            detail = f"missing or empty query parameter: {self.timestamp_parameter}"
            raise MalformedDelivery(Reason.MISSING_HEADER, detail)
        if octets or not text:
            return url, octets.decode("utf-8")
        return f"{start}{mark or '?'}{query}{'&' if query else ''}{self.timestamp_parameter}={text}", text

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
        """Sign a request, whose URL must not contain a signature or another timestamp.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: The message id.
            timestamp: Unix seconds.
            url: The URL of the request.
            method: Unused.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If `url` is `None`.
            ValueError: If the id or the URL is not valid for this provider.
        """
        if url is not None and self._signs_parameters:
            url = self._url_to_sign(url, self.timestamp_unit[1](timestamp))
        return super().sign(body, keys, id=id, timestamp=timestamp, url=url, method=method)

    @property
    def _signs_parameters(self) -> bool:
        return "query-parameters" in self._content.names

    def _url_to_sign(self, url: str, timestamp_text: str) -> str:
        try:
            url, found = self.split_signature(url)
            time = timestamp_text
            if self.timestamp_parameter:
                url, time = self._with_timestamp(url, timestamp_text)
        except MalformedDelivery as error:
            problem = str(error)
        else:
            if not found and time == timestamp_text:
                return url
            problem = "the URL contains a signature or another timestamp"
        raise ValueError(f"cannot sign this: {problem}")
