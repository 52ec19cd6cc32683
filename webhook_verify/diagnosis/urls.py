"""Which address the sender may have signed, where a scheme signs it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from webhook_verify.diagnosis.headers import Pairs

__all__ = ["others"]

Address = tuple[str, str]
"""(evidence, url)."""


def others(url: str, pairs: Pairs) -> Iterator[Address]:
    """The addresses that are nearly this one, each once."""
    seen = {url}
    for evidence, each in _candidates(url, dict(pairs)):
        if each not in seen:
            seen.add(each)
            yield evidence, each


def _candidates(url: str, headers: dict[str, str]) -> Iterator[Address]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return
    query = f"?{parts.query}" if parts.query else ""
    for scheme in ("https", "http"):
        for netloc, told in _hosts(host, parts.netloc, scheme, headers):
            origin = f"{scheme}://{netloc}"
            words = f"{scheme}, {told}" if scheme != parts.scheme else told
            yield f"the sender signed {words}", f"{origin}{parts.path}{query}"
            yield f"the sender signed {words}, without the query", f"{origin}{parts.path}"
            yield (
                f"the sender signed {words}, with another slash at the end",
                f"{origin}{_slash(parts.path)}{query}",
            )
    yield "the sender signed the path decoded", urlunsplit(parts._replace(path=unquote(parts.path)))
    yield "the sender signed the path encoded", urlunsplit(parts._replace(path=quote(parts.path)))
    yield "the sender signed the path alone", parts.path + query


def _hosts(host: str, netloc: str, scheme: str, headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield netloc, "the same host"
    yield host, "no port"
    yield f"{host}:{443 if scheme == 'https' else 80}", "the standard port"
    for name in ("x-forwarded-host", "x-original-host", "host"):
        if value := headers.get(name, ""):
            yield value, f"the host of {name}"
    yield (
        host.removeprefix("www.") if host.startswith("www.") else f"www.{host}",
        "the host with or without www",
    )


def _slash(path: str) -> str:
    return path.rstrip("/") if path.endswith("/") else f"{path}/"
