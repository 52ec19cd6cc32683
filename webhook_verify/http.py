"""Framework-independent types of an HTTP exchange: the request head and the response."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, cast

from webhook_verify.errors import RejectedDelivery
from webhook_verify.headers import HeaderReader, Headers

__all__ = [
    "REPLAYED_HEADER",
    "HandedOverSecret",
    "HandshakeResponse",
    "IncompleteBody",
    "NotADelivery",
    "RequestHead",
    "WebhookResponse",
    "checked_methods",
]

REPLAYED_HEADER = "idempotent-replayed"
"""The response header that marks a suppressed duplicate with the value `true`, as in Stripe's API."""


class RequestHead(NamedTuple):
    """The parts of a request that are available before its body is read.

    Attributes:
        method: The HTTP method.
        path: The decoded path.
        headers: The headers, in any form that `Headers` allows.
        content_length: The value of the header `Content-Length`, "" if it is absent, or None to read it from
            `headers`.
        url: The URL that the sender called, if the scheme signs it and no receiver option determines it.
        framework_body_limit: The largest body that the framework accepts, in bytes, or None without a limit.
        target: The path and query as sent, not decoded. Required if `BaseReceiver.needs_request_target`.
        peer: The address of the client that is connected to the server, which may be a proxy. Required if
            `BaseReceiver.needs_request_target`.
    """

    method: str
    path: str
    headers: Headers
    content_length: str | None = None
    url: str | None = None
    framework_body_limit: int | None = None
    target: str = ""
    peer: str = ""

    def header(self, name: str) -> str:
        """Return the value of a header.

        Args:
            name: The name of the header, in any letter case.

        Returns:
            The value, or "" if the header is absent.

        Raises:
            MalformedDelivery: If the header appears more than once with different values, or is not text.
        """
        return HeaderReader(name.lower()).read(self.headers)[0] or ""


def checked_methods(value: object, what: str) -> tuple[str, ...]:
    """Check the names of HTTP methods.

    Args:
        value: The methods.
        what: The parameter's name, for errors.

    Returns:
        The methods, without duplicates.

    Raises:
        TypeError: If `value` is not an iterable of str, or is a str.
        ValueError: If a name is not in upper case.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f'{what} must be several methods, such as ["POST", "GET"], not {value!r}')
    methods: list[str] = []
    for method in cast("Iterable[object]", value):
        if not isinstance(method, str):
            raise TypeError(f"{what} must contain only str, not {type(method).__name__!r}")
        if not (method.isascii() and method.isalpha() and method.isupper()):
            raise ValueError(f'{what} must contain names in upper case, such as "GET", not {method!r}')
        if method not in methods:
            methods.append(method)
    return tuple(methods)


class NotADelivery(Exception):
    """The request is not a delivery, and the receiver determines the response."""


class IncompleteBody(NotADelivery):
    """The body of the request is incomplete."""


class WebhookResponse(NamedTuple):
    """An HTTP response for an adapter to send.

    Attributes:
        status: The status code.
        body: The body.
        headers: The (lower-case name, value) pairs of the headers.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def for_status(cls, status: int, *headers: tuple[str, str]) -> WebhookResponse:
        """Return the fixed response for a status code. It discloses nothing except the status.

        Args:
            status: The status code.
            headers: More headers, as (lower-case name, value) pairs.

        Returns:
            The response.
        """
        return cls(status, b'{"result":"%b"}' % _WORDS[status], (_JSON, *headers))

    @classmethod
    def handled_before(cls) -> WebhookResponse:
        """Return the response to a delivery that was handled before: 200 with `Idempotent-Replayed: true`.

        Returns:
            The response.
        """
        return cls.for_status(200, (REPLAYED_HEADER, "true"))

    @classmethod
    def stored(cls) -> WebhookResponse:
        """Return the response to a delivery that an inbox has stored.

        Returns:
            A 202.
        """
        return cls.for_status(202)

    @classmethod
    def in_flight(cls, status: int, seconds: int) -> WebhookResponse:
        """Return the response to a delivery that another handler is processing.

        Args:
            status: The status code, such as 503.
            seconds: The delay before a retry, in seconds, for `Retry-After`.

        Returns:
            The response.
        """
        return cls(status, b'{"result":"in_flight"}', (_JSON, ("retry-after", str(seconds))))

    def without_body(self) -> WebhookResponse:
        """Return the response with an empty body, for a provider that requires one.

        Returns:
            A new response.
        """
        headers = tuple(header for header in self.headers if header[0] != "content-type")
        return WebhookResponse(self.status, b"", headers)


class HandshakeResponse(NotADelivery):
    """The request is a handshake of the provider, and the receiver returns its response.

    Args:
        kind: The name of the handshake, for the log and the observer.
        answer: The response.
        warning: A warning for the log, or "".
    """

    def __init__(self, kind: str, answer: WebhookResponse, warning: str = "") -> None:
        super().__init__(kind, answer.status)
        self.kind = kind
        self.answer = answer
        self.warning = warning


class HandedOverSecret(HandshakeResponse):
    """The response to a handshake whose secret the receiver must store before it responds.

    Args:
        kind: The name of the handshake, for the log and the observer.
        answer: The response if the store accepts the secret.
        name: The name of the secret in the store.
        secret: The secret.
    """

    def __init__(self, kind: str, answer: WebhookResponse, name: str, secret: str) -> None:
        super().__init__(kind, answer)
        self.name = name
        self.secret = secret
        self.rejection: RejectedDelivery | None = None  # The receiver raises it if the store refuses.
        self.store: object = None  # The receiver sets it to the store of the handshake.


_JSON = ("content-type", "application/json")

_WORDS = {
    200: b"handled_before",
    202: b"stored",
    400: b"malformed",
    401: b"unauthorized",
    403: b"forbidden",
    405: b"method_not_allowed",
    409: b"in_flight",
    413: b"too_large",
    503: b"unavailable",
}
