"""The target of a request, path and query, as the sender wrote them: for what signs a URL or reads a query.

Frameworks decode it, and one that is encoded anew is another: ``%2F`` or ``+`` do not come back. So it is
taken from where a server keeps the bytes, and only written anew where none does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

__all__ = ["asgi_peer", "asgi_target", "event_peer", "event_target", "wsgi_peer", "wsgi_target"]

# What RFC 3986 lets stand in a path, so that no more is encoded than a sender does.
_IN_PATH = "/:@!$&'()*+,;=-._~"
_IN_QUERY = _IN_PATH + "?%"


def asgi_target(scope: Mapping[str, Any]) -> str:
    """Of an ASGI scope."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw else quote(scope["path"], _IN_PATH)
    return _joined(path, scope.get("query_string", b"").decode("latin-1"))


def asgi_peer(scope: Mapping[str, Any]) -> str:
    """The address that is connected to the server; "" where it says none, as over a Unix socket."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def wsgi_target(environ: Mapping[str, Any]) -> str:
    """Of a WSGI environ: gunicorn and Werkzeug have it as ``RAW_URI``, uWSGI as ``REQUEST_URI``."""
    for name in ("RAW_URI", "REQUEST_URI"):
        raw = environ.get(name)
        if isinstance(raw, str) and raw.startswith("/"):
            return raw
    path: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return _joined(quote(path.encode("latin-1", "replace"), _IN_PATH), environ.get("QUERY_STRING", ""))


def wsgi_peer(environ: Mapping[str, Any]) -> str:
    """The address that is connected to the server; "" where it says none."""
    return str(environ.get("REMOTE_ADDR") or "")


def event_target(event: Mapping[str, Any]) -> str:
    """Of an event of AWS Lambda, as far as the gateway tells.

    Format 2.0 has the query as it was sent. In format 1.0 it is decoded, but behind a load balancer, and
    written anew here in the order of its names.
    """
    path, query = event.get("rawPath"), event.get("rawQueryString") or ""
    if not isinstance(path, str):
        path = _request(event).get("path") or event.get("path") or ""  # the first one has the stage
        query = _query_of(event)
    # An HTTP API decodes the path: what cannot have been sent so is encoded, and no more.
    return _joined(quote(path, _IN_PATH + "%"), quote(query, _IN_QUERY))


def event_peer(event: Mapping[str, Any]) -> str:
    """The address that called the gateway; "" where the event does not say."""
    request = _request(event)
    return str(_mapping(request.get("http") or request.get("identity")).get("sourceIp") or "")


def _query_of(event: Mapping[str, Any]) -> str:
    several = _mapping(event.get("multiValueQueryStringParameters"))
    single = _mapping(event.get("queryStringParameters"))
    pairs = [(name, value) for name, values in several.items() for value in values] or [*single.items()]
    if "elb" in _request(event):  # a load balancer leaves them as they were sent
        return "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in pairs)


def _request(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(event.get("requestContext"))


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _joined(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
