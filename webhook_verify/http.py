"""One HTTP exchange without any framework: what is known of a request, and what to answer."""

from __future__ import annotations

from typing import NamedTuple

from webhook_verify.headers import HeaderReader, Headers

__all__ = ["HandshakeResponse", "IncompleteBody", "NotADelivery", "RequestHead", "WebhookResponse"]


class RequestHead(NamedTuple):
    """What is known of a request before its body is read.

    ``content_length`` is the text of that header, "" without one, None to look for it in the headers;
    ``url`` is the one that the sender called, only where a scheme signs it; ``target`` the path and query as
    they were sent, and ``peer`` the address that is connected to the server, perhaps a proxy's, both only
    where :attr:`BaseReceiver.needs_request_target`; ``framework_body_limit`` how many bytes the framework
    lets a body have, None for as many as it likes.
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
        """One header, letter case ignored; "" if absent. Raises :class:`MalformedDelivery` if ambiguous."""
        return HeaderReader(name.lower()).read(self.headers)[0] or ""


class NotADelivery(Exception):
    """What came is neither a delivery nor a bad signature: the receiver knows what to answer."""


class IncompleteBody(NotADelivery):
    """The body did not arrive to its end."""


class WebhookResponse(NamedTuple):
    """An HTTP answer for an adapter to send."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def for_status(cls, status: int, *headers: tuple[str, str]) -> WebhookResponse:
        """The fixed answer of a status: it says no more than the status, so it is no oracle."""
        return cls(status, b'{"result":"%b"}' % _WORDS[status], (_JSON, *headers))

    @classmethod
    def in_flight(cls, status: int, seconds: int) -> WebhookResponse:
        """Return the response to a delivery that is in flight elsewhere.

        Args:
            status: The status, such as 503.
            seconds: When to retry, for ``Retry-After``.
        """
        return cls(status, b'{"result":"in_flight"}', (_JSON, ("retry-after", str(seconds))))

    def without_body(self) -> WebhookResponse:
        """Return the response with an empty body, for a provider that accepts no other."""
        headers = tuple(header for header in self.headers if header[0] != "content-type")
        return WebhookResponse(self.status, b"", headers)


class HandshakeResponse(NotADelivery):
    """The sender only asked whether it is heard, and gets the ``answer`` of the handshake ``kind``.

    ``warning``: what the receiver's people should know of it, for the log; "" nothing.
    """

    def __init__(self, kind: str, answer: WebhookResponse, warning: str = "") -> None:
        super().__init__(kind, answer.status)
        self.kind = kind
        self.answer = answer
        self.warning = warning


_JSON = ("content-type", "application/json")

_WORDS = {
    200: b"handled_before",
    400: b"malformed",
    401: b"unauthorized",
    403: b"forbidden",
    405: b"method_not_allowed",
    409: b"in_flight",
    413: b"too_large",
    503: b"unavailable",
}
