"""Requests through the test clients of Starlette, FastAPI, Litestar, Flask, Werkzeug, Django and httpx.

A client is recognized by its attributes, so no framework is imported, and subclasses work.
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
    """Sign a payload and post it through a test client.

    Args:
        client: A sync or async test client of Starlette, FastAPI, Litestar, Flask, Werkzeug or Django, or a
            client of httpx or httpx2.
        path: The path of the endpoint.
        payload: Bytes, a JSON value or a typed event to sign, or a `SignedRequest` to send unchanged.
        signer: Signs the payload. Required unless it is a `SignedRequest`.
        id: The message id, by default a new one.
        timestamp: Unix seconds or an aware datetime, by default the signer's clock.
        url: The URL to sign, by default the URL that the client requests.
        content_type: The Content-Type header.

    Returns:
        The client's response, or an awaitable of it for an async client.

    Raises:
        TypeError: If the client or the payload is not supported, or if the signer is missing or unnecessary.
        ValueError: If the signer cannot sign the payload, such as with an invalid `timestamp`.
        Exception: Any exception of the client, or of an application that the client calls in this process.
    """
    __tracebackhide__ = True
    if isinstance(payload, SignedRequest):
        if signer is not None or id is not None or timestamp is not None:
            raise TypeError(
                "payload is a SignedRequest, which is signed already. Omit signer, id and timestamp"
            )
        return send(client, path, payload, content_type=content_type)
    if signer is None:
        raise TypeError(
            "payload needs a signer. Pass signer=, or signed(...).unsigned() to send an unsigned request"
        )
    url = url_of(client, path) if url is None else url
    request = signed(payload, signer, id=id, timestamp=timestamp, url=url)
    return send(client, path, request, content_type=content_type)


def send(
    client: Any, path: str, request: SignedRequest, *, method: str = "POST", content_type: str = JSON
) -> Any:
    """Send a request unchanged, with any method.

    Args:
        client: A client as for `post`.
        path: The path of the endpoint.
        request: The request to send.
        method: The HTTP method.
        content_type: The Content-Type header.

    Returns:
        The client's response, or an awaitable of it for an async client.

    Raises:
        TypeError: If the client is not supported.
        Exception: Any exception of the client, or of an application that the client calls in this process.
    """
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
    raise TypeError(
        "client must be a test client of Starlette, FastAPI, Litestar, Flask, Werkzeug or Django, or a "
        f"client of httpx or httpx2, not {type(client).__name__!r}"
    )


def is_client(value: object) -> bool:
    """Return whether `post` supports a client.

    Args:
        value: Any object.

    Returns:
        Whether it is an instance of a supported client.
    """
    return not isinstance(value, type) and (_is_httpx(value) or _is_django(value) or _is_werkzeug(value))


def url_of(client: Any, path: str) -> str:
    """Return the URL that a client requests.

    Args:
        client: A client as for `post`.
        path: The path of the endpoint.

    Returns:
        The full URL.
    """
    if _is_httpx(client):
        return str(client.base_url).rstrip("/") + path
    return f"http://{'testserver' if _is_django(client) else 'localhost'}{path}"


def content_of(response: Any) -> bytes:
    """Return the body of a client's response.

    Args:
        response: A response of any supported client.

    Returns:
        The body as bytes.
    """
    content = response.content if hasattr(response, "content") else response.data
    return bytes(content)


def _is_httpx(client: object) -> bool:
    return hasattr(client, "build_request") and hasattr(client, "base_url")


def _is_django(client: object) -> bool:
    return hasattr(client, "generic")


def _is_werkzeug(client: object) -> bool:
    return hasattr(client, "open") and hasattr(client, "application")


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Join duplicate headers with a comma, as WSGI servers do."""
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
