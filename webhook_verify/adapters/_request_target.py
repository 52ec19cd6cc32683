"""The target of a request, its path and query as they were sent, for signed URLs and for handshakes.

Frameworks decode the target, and encoding it again does not restore it: ``%2F`` and ``+`` are lost. So it is
read from the place in which a server preserves the bytes, and is encoded again only if no server does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

__all__ = ["asgi_peer", "asgi_target", "event_peer", "event_target", "wsgi_peer", "wsgi_target"]

# The characters that RFC 3986 allows in a path. Senders do not encode them.
_IN_PATH = "/:@!$&'()*+,;=-._~"
_IN_QUERY = _IN_PATH + "?%"


def asgi_target(scope: Mapping[str, Any]) -> str:
    """Return the target of an ASGI scope."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw else quote(scope["path"], _IN_PATH)
    return _joined(path, scope.get("query_string", b"").decode("latin-1"))


def asgi_peer(scope: Mapping[str, Any]) -> str:
    """Return the address of the client, "" if the server does not provide it, as for a Unix socket."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def wsgi_target(environ: Mapping[str, Any]) -> str:
    """Return the target of a WSGI environ. gunicorn and Werkzeug set ``RAW_URI``, uWSGI ``REQUEST_URI``."""
    for name in ("RAW_URI", "REQUEST_URI"):
        raw = environ.get(name)
        if isinstance(raw, str) and raw.startswith("/"):
            return raw
    path: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return _joined(quote(path.encode("latin-1", "replace"), _IN_PATH), environ.get("QUERY_STRING", ""))


def wsgi_peer(environ: Mapping[str, Any]) -> str:
    """Return the address of the client, "" if the server does not provide it."""
    return str(environ.get("REMOTE_ADDR") or "")


def event_target(event: Mapping[str, Any]) -> str:
    """Return the target of an event of AWS Lambda, as far as the gateway preserves it.

    Format 2.0 contains the query as it was sent. Format 1.0 contains it decoded, except behind a load
    balancer, so it is encoded again here, in the order of the names.
    """
    path, query = event.get("rawPath"), event.get("rawQueryString") or ""
    if not isinstance(path, str):
        path = _request(event).get("path") or event.get("path") or ""  # The first includes the stage.
        query = _query_of(event)
    # An HTTP API decodes the path. Only the characters that a sender must encode are encoded again.
    return _joined(quote(path, _IN_PATH + "%"), quote(query, _IN_QUERY))


def event_peer(event: Mapping[str, Any]) -> str:
    """Return the address of the gateway's client, "" if the event does not contain it."""
    request = _request(event)
    return str(_mapping(request.get("http") or request.get("identity")).get("sourceIp") or "")


def _query_of(event: Mapping[str, Any]) -> str:
    several = _mapping(event.get("multiValueQueryStringParameters"))
    single = _mapping(event.get("queryStringParameters"))
    pairs = [(name, value) for name, values in several.items() for value in values] or [*single.items()]
    if "elb" in _request(event):  # A load balancer does not decode them.
        return "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in pairs)


def _request(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(event.get("requestContext"))


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _joined(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
