"""Forwarding of a request to another URL, with the same bytes and headers.

Hop-by-hop headers are removed (RFC 9110 section 7.6.1), and Host and Content-Length are those of the new
request. Redirects are not followed, because the sender would not see them.
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
"""The timeout in seconds, as long as the slowest senders wait."""

MAX_RESPONSE_BYTES = 1_048_576
"""The maximum size of a response body that is passed to the sender; a larger one is dropped."""

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"}
    | {"te", "trailer", "transfer-encoding", "upgrade"}
)
_REQUEST_OWN_HEADERS = frozenset({"host", "content-length", "expect"})

Pairs = Iterable[tuple[str, str]]


def shown_path(path: str) -> str:
    """Return the path with segments that may be a token replaced by a placeholder."""
    return "/".join(hidden(part) for part in path.split("/"))


class ForwardTarget:
    """The destination of forwarded requests: an origin, or a full URL.

    Path and query of the request are appended to an origin; only the query is appended to a URL with a path.

    Args:
        url: The origin or URL.
        option: The name of the option, for the error message.

    Raises:
        UsageError: If `url` is invalid.
    """

    def __init__(self, url: str, option: str) -> None:
        if not (url.isascii() and url.isprintable()) or " " in url:
            raise UsageError(f"{option} must be a URL in ASCII: percent-encode other characters")
        try:
            self._parts = urlsplit(url)
            self.host: str = self._parts.hostname or ""
            port = self._parts.port
            self._url = httpx2.URL(url)
        except (ValueError, httpx2.InvalidURL):
            raise UsageError(f"{option} must be a URL such as http://localhost:8000/webhooks") from None
        if self._parts.scheme not in ("http", "https") or not self.host:
            raise UsageError(f"{option} must be a URL such as http://localhost:8000/webhooks")
        if "@" in self._parts.netloc or self._parts.fragment:
            raise UsageError(f"{option} must not contain a user, a password or a fragment")
        self.port: int = port or (443 if self._parts.scheme == "https" else 80)

    @property
    def display_url(self) -> str:
        """The URL without parts that may be a token: the query, and long path segments."""
        return f"{self._parts.scheme}://{hidden(self._parts.netloc)}{shown_path(self._parts.path)}"

    def with_target(self, target: str) -> str:
        """Return the destination URL of a request with this path and query."""
        origin = f"{self._parts.scheme}://{self._parts.netloc}"
        path, _, query = target.partition("?")
        path = self._parts.path if self._parts.path.strip("/") else path if path.startswith("/") else "/"
        queries = "&".join(token for token in (self._parts.query, query) if token)
        return f"{origin}{path}?{queries}" if queries else origin + path


@dataclass(frozen=True, repr=False)
class ForwardResult:
    """The response for the sender, received after `seconds`. `fault` is the reason of a failure, or ""."""

    response: WebhookResponse
    seconds: float
    fault: str = ""


def new_client(timeout: float) -> httpx2.AsyncClient:
    """Return a client for `forward`. `timeout` is in seconds, for each step of a request."""
    # Ignore proxies and netrc: the application is usually local, and the sender's headers must not change.
    return httpx2.AsyncClient(timeout=timeout, trust_env=False, follow_redirects=False)


async def forward(
    client: httpx2.AsyncClient, url: str, method: str, headers: Pairs, body: bytes, timeout: float
) -> ForwardResult:
    """Send a request to `url`.

    Args:
        client: A client from `new_client`.
        url: The destination.
        method: The HTTP method.
        headers: The headers of the received request.
        body: The body of the received request.
        timeout: Maximum time for the whole exchange, in seconds.

    Returns:
        The response. Without a response, `fault` is the reason.
    """
    started = time.perf_counter()
    try:
        async with asyncio.timeout(timeout):
            response, fault = await _receive(client, _request(url, method, headers, body)), ""
    except (TimeoutError, httpx2.TimeoutException):
        response, fault = WebhookResponse(504), f"no response within {timeout:g} s"
    except httpx2.ConnectError:
        response, fault = WebhookResponse(502), "no connection: is the application running?"
    except httpx2.HTTPError as error:
        response, fault = WebhookResponse(502), f"no response ({type(error).__name__})"
    return ForwardResult(response, time.perf_counter() - started, fault)


def _request(url: str, method: str, headers: Pairs, body: bytes) -> httpx2.Request:
    # client.build_request() would add headers, and httpx2.URL would normalize the target.
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
    """Return the headers to forward, without hop-by-hop headers and those that the new request sets."""
    return _end_to_end(headers, _REQUEST_OWN_HEADERS)


def _end_to_end(headers: Pairs, excluded: frozenset[str]) -> list[tuple[str, str]]:
    pairs = [(name.lower(), value) for name, value in headers]
    connection_headers = {
        token.strip() for name, value in pairs if name == "connection" for token in value.lower().split(",")
    }
    return [pair for pair in pairs if pair[0] not in _HOP_BY_HOP | excluded | connection_headers]
