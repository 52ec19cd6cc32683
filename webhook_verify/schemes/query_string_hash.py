"""The query string hash of Atlassian, `qsh`: the SHA-256 of method, path and sorted query of a request.

https://developer.atlassian.com/cloud/bitbucket/query-string-hash
"""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import quote, unquote_to_bytes, urlsplit

__all__ = ["query_string_hash"]

_MAX_FIELDS = 1_000


def query_string_hash(method: str, url: str, base_path: str = "") -> str:
    """Return the hash of a request.

    Args:
        method: The request method.
        url: The URL of the request.
        base_path: The path of the application's base URL, which is not hashed.

    Returns:
        The SHA-256 of the canonical request in hex, or "" for an invalid URL or more than 1,000 fields.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    fields = parts.query.split("&")
    if len(fields) > _MAX_FIELDS:
        return ""
    canonical = "&".join((method.upper(), _canonical_path(parts.path, base_path), _canonical_query(fields)))
    return sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical_path(path: str, base_path: str) -> str:
    base = base_path.rstrip("/")
    if path == base or path.startswith(base + "/"):
        path = path[len(base) :]
    path = path.replace("&", "%26")
    path = path if path.startswith("/") else f"/{path}"
    return path[:-1] if len(path) > 1 and path.endswith("/") else path


def _canonical_query(fields: list[str]) -> str:
    """Return the fields sorted by name, each name once with its sorted values, and without `jwt`."""
    values: dict[bytes, list[str]] = {}
    for field in fields:
        name, _, value = field.partition("=")
        if name and (key := _decoded(name)) != b"jwt":
            values.setdefault(key, []).append(_encoded(_decoded(value)))
    encoded = sorted((_encoded(name), sorted(several)) for name, several in values.items())
    return "&".join(f"{name}={','.join(several)}" for name, several in encoded)


def _decoded(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogatepass"))


def _encoded(octets: bytes) -> str:
    return quote(octets, safe="-._~")  # RFC 3986, section 2.3
