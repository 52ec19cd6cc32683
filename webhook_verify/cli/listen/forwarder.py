"""Sending a request on as it came in: the same bytes, the same headers, to another address.

Only what is of the one connection alone is left out (RFC 9110 section 7.6.1), and Host and Content-Length are
those of the new request. No redirect is followed: the sender would not see it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from webhook_verify.cli.usage_errors import UsageError, hidden
from webhook_verify.http import WebhookResponse

__all__ = [
    "DEFAULT_TIMEOUT",
    "MAX_RESPONSE_BYTES",
    "ForwardResult",
    "ForwardTarget",
    "forward",
    "new_client",
    "shown_path",
]

DEFAULT_TIMEOUT = 30.0
"""Seconds; the slowest senders wait so long."""

MAX_RESPONSE_BYTES = 1_048_576
"""Bytes of an application's answer that are passed on. No sender reads so much."""

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"}
    | {"te", "trailer", "transfer-encoding", "upgrade"}
)
_REQUEST_OWN_HEADERS = frozenset({"host", "content-length", "expect"})

Pairs = Iterable[tuple[str, str]]


def shown_path(path: str) -> str:
    """The path without the parts that may be a token, which some put there."""
    return "/".join(hidden(part) for part in path.split("/"))


class ForwardTarget:
    """Where requests go on to: an origin, to which path and query are added as they were sent, or a whole
    address, to which the query is. Raises UsageError, which calls it ``option``, for what is none.
    """

    def __init__(self, url: str, option: str) -> None:
        if not (url.isascii() and url.isprintable()) or " " in url:
            raise UsageError(f"{option} is an address in ASCII, with the rest percent-encoded")
        try:
            self._parts = urlsplit(url)
            self.host, port = self._parts.hostname or "", self._parts.port
            self._url = httpx2.URL(url)
        except (ValueError, httpx2.InvalidURL):
            raise UsageError(f"{option} is an address, such as http://localhost:8000/webhooks") from None
        if self._parts.scheme not in ("http", "https") or not self.host:
            raise UsageError(f"{option} is an address, such as http://localhost:8000/webhooks")
        if "@" in self._parts.netloc or self._parts.fragment:
            raise UsageError(f"{option} has no user, no password and no fragment")
        self.port = port or (443 if self._parts.scheme == "https" else 80)

    @property
    def display_url(self) -> str:
        """The address without what may be a token: the query, and what is long and odd."""
        return f"{self._parts.scheme}://{hidden(self._parts.netloc)}{shown_path(self._parts.path)}"

    def with_target(self, target: str) -> str:
        """The address for a request that came in with this path and query."""
        origin = f"{self._parts.scheme}://{self._parts.netloc}"
        path, _, query = target.partition("?")
        path = self._parts.path if self._parts.path.strip("/") else path if path.startswith("/") else "/"
        queries = "&".join(token for token in (self._parts.query, query) if token)
        return f"{origin}{path}?{queries}" if queries else origin + path


@dataclass(frozen=True, repr=False)
class ForwardResult:
    """What came back, for the sender, after ``seconds``; ``fault``: why nothing did, "" if something did."""

    response: WebhookResponse
    seconds: float
    fault: str = ""


def new_client(timeout: float) -> httpx2.AsyncClient:
    """A client for :func:`forward`. ``timeout`` in seconds, for each step of a request."""
    # Neither proxies nor netrc of the environment: the application is near, and the headers are not ours.
    return httpx2.AsyncClient(timeout=timeout, trust_env=False, follow_redirects=False)


async def forward(
    client: httpx2.AsyncClient, url: str, method: str, headers: Pairs, body: bytes, timeout: float
) -> ForwardResult:
    """Send the request to ``url`` and return the response. Raises nothing: see ``ForwardResult.fault``.

    ``timeout``: seconds for the whole of it.
    """
    started = time.perf_counter()
    try:
        async with asyncio.timeout(timeout):
            response, fault = await _receive(client, _request(url, method, headers, body)), ""
    except (TimeoutError, httpx2.TimeoutException):
        response, fault = WebhookResponse(504), f"no answer within {timeout:g} s"
    except httpx2.ConnectError:
        response, fault = WebhookResponse(502), "no connection: is the application up?"
    except httpx2.HTTPError as error:
        response, fault = WebhookResponse(502), f"no answer ({type(error).__name__})"
    return ForwardResult(response, time.perf_counter() - started, fault)


def _request(url: str, method: str, headers: Pairs, body: bytes) -> httpx2.Request:
    # Not client.build_request(), which adds headers of its own; and the target as it is, not written anew.
    scheme, _, netloc, target = url.split("/", 3)
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in _forwarded_headers(headers)]
    extensions = {"target": f"/{target}".encode("ascii", "replace")}
    return httpx2.Request(method, f"{scheme}//{netloc}/", headers=pairs, content=body, extensions=extensions)


async def _receive(client: httpx2.AsyncClient, request: httpx2.Request) -> WebhookResponse:
    response = await client.send(request, stream=True)
    body = bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_RESPONSE_BYTES:
                return WebhookResponse(response.status_code)
    finally:
        await response.aclose()
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
    return WebhookResponse(
        response.status_code, bytes(body), tuple(_end_to_end(pairs, frozenset({"content-length"})))
    )


def _forwarded_headers(headers: Pairs) -> list[tuple[str, str]]:
    """The headers that go on: not those of the connection, nor what the new request says itself."""
    return _end_to_end(headers, _REQUEST_OWN_HEADERS)


def _end_to_end(headers: Pairs, excluded: frozenset[str]) -> list[tuple[str, str]]:
    pairs = [(name.lower(), value) for name, value in headers]
    connection_headers = {
        token.strip() for name, value in pairs if name == "connection" for token in value.lower().split(",")
    }
    return [pair for pair in pairs if pair[0] not in _HOP_BY_HOP | excluded | connection_headers]
