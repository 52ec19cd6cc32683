"""Posting through whatever test client there is: Starlette's, FastAPI's, Flask's, Django's, httpx's.

A client is known by what it can do, so that no framework is imported here, and subclasses work.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from webhook_verify.signer import Signer
from webhook_verify.testing.requests import SignedRequest, signed

__all__ = ["content_of", "is_client", "post", "send", "url_of"]

JSON = "application/json"


def post(
    client: Any,
    path: str,
    payload: object,
    signer: Signer | None = None,
    *,
    id: str | None = None,
    timestamp: int | datetime | None = None,
    url: str | None = None,
    content_type: str = JSON,
) -> Any:
    """Post a signed payload, and give what the client gives: a response, or an awaitable of one.

    ``client``: a test client of Starlette, FastAPI, Litestar, Flask, Werkzeug or Django, plain or async,
    or a client of httpx or httpx2. ``payload``: bytes, a JSON value or a typed event, which ``signer``
    signs; or a :class:`SignedRequest`, sent as it is. ``id`` and ``timestamp`` are as for
    :meth:`Signer.sign`; ``url`` too, by default the one that the client calls.

    Raises TypeError for another client, and for a payload that nobody signs.
    """
    __tracebackhide__ = True
    if isinstance(payload, SignedRequest):
        if signer is not None or id is not None or timestamp is not None:
            raise TypeError("a SignedRequest is signed already: give neither signer, id nor timestamp")
        return send(client, path, payload, content_type=content_type)
    if signer is None:
        raise TypeError("post() needs a signer; to send an unsigned request: signed(...).unsigned()")
    url = url_of(client, path) if url is None else url
    request = signed(payload, signer, id=id, timestamp=timestamp, url=url)
    return send(client, path, request, content_type=content_type)


def send(
    client: Any, path: str, request: SignedRequest, *, method: str = "POST", content_type: str = JSON
) -> Any:
    """Send a request as it is, by any method. Raises TypeError for a client that is not known."""
    __tracebackhide__ = True
    if _is_httpx(client):
        headers = [(name, value.encode("latin-1")) for name, value in request.headers]
        headers.append(("content-type", content_type.encode()))
        return client.request(method, path, content=request.body, headers=headers)
    if _is_django(client):
        options = {"data": request.body, "content_type": content_type, "headers": _joined(request.headers)}
        return client.generic(method, path, **options)
    if _is_werkzeug(client):
        options = {"data": request.body, "content_type": content_type, "headers": _joined(request.headers)}
        return client.open(path, method=method, **options)
    raise TypeError(f"{type(client).__name__} is no test client that is known here: see post()")


def is_client(value: object) -> bool:
    """Whether :func:`post` can send through it."""
    return not isinstance(value, type) and (_is_httpx(value) or _is_django(value) or _is_werkzeug(value))


def url_of(client: Any, path: str) -> str:
    """The address that the app under test is called by."""
    if _is_httpx(client):
        return str(client.base_url).rstrip("/") + path
    return f"http://{'testserver' if _is_django(client) else 'localhost'}{path}"


def content_of(response: Any) -> bytes:
    """The body of a client's response."""
    content = response.content if hasattr(response, "content") else response.data
    return bytes(content)


def _is_httpx(client: object) -> bool:
    return hasattr(client, "build_request") and hasattr(client, "base_url")


def _is_django(client: object) -> bool:
    return hasattr(client, "generic")


def _is_werkzeug(client: object) -> bool:
    return hasattr(client, "open") and hasattr(client, "application")


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A header that stands twice becomes one, with a comma between: as servers do it for WSGI."""
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
