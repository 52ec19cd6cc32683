"""Which address the sender may have signed, where a scheme signs it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from webhook_verify.diagnosis.case import Pairs

__all__ = ["others"]

Address = tuple[str, str]
"""(evidence, url)."""


_MOST = 64
_MOST_DEAR = 11  # of a scheme that takes the body apart for each of them


def others(url: str, pairs: Pairs, *, is_dear: bool = False) -> Iterator[Address]:
    """The addresses that are nearly this one, each once, the likeliest first.

    ``is_dear``: whether trying one is so dear that there must be few of them: of Twilio, which itself tries
    an address with its port and without.
    """
    seen = {url}
    for evidence, each in _candidates(url, dict(pairs), is_dear=is_dear):
        if each not in seen:
            seen.add(each)
            yield f"the sender signed {evidence}", each
        if len(seen) > (_MOST_DEAR if is_dear else _MOST):
            break


def _candidates(url: str, headers: dict[str, str], *, is_dear: bool) -> Iterator[Address]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return
    query = f"?{parts.query}" if parts.query else ""
    (same, _), *rests = _paths(parts.path, query)
    origins = list(_origins(parts, host, headers))
    if is_dear:
        origins = [(told, origin) for told, origin in origins if not told.endswith(_OF_PORTS)]
    # Another origin is the likeliest, then another path, then one of the many ways to have both.
    yield from ((told, f"{origin}{same}") for told, origin in origins)
    yield from ((about, f"{parts.scheme}://{parts.netloc}{rest}") for rest, about in rests)
    yield from _rewritten(parts, query)
    yield from ((f"{told}, {about}", f"{origin}{rest}") for told, origin in origins for rest, about in rests)


def _origins(parts: SplitResult, host: str, headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(evidence, origin) of each scheme with each host."""
    for scheme in dict.fromkeys((parts.scheme or "https", "https", "http")):
        for netloc, told in _hosts(host, parts.netloc, scheme, headers):
            words = [scheme] * (scheme != parts.scheme) + [told] * bool(told)
            yield " and ".join(words) or "the same", f"{scheme}://{netloc}"


def _paths(path: str, query: str) -> Iterator[tuple[str, str]]:
    slashed = path.rstrip("/") if path.endswith("/") else f"{path}/"
    other = "no slash at the end" if path.endswith("/") else "a slash at the end"
    yield path + query, ""
    yield slashed + query, other
    if query:
        yield path, "no query"
        yield slashed, f"no query, {other}"


def _rewritten(parts: SplitResult, query: str) -> Iterator[Address]:
    """The path as a proxy may have changed it, and the query as a framework may have."""
    yield "the path decoded", urlunsplit(parts._replace(path=unquote(parts.path)))
    yield "the path encoded", urlunsplit(parts._replace(path=quote(parts.path)))
    yield "the query decoded", urlunsplit(parts._replace(query=unquote(parts.query)))
    yield "the query encoded", urlunsplit(parts._replace(query=quote(parts.query, safe="=&")))
    fields = sorted(parts.query.split("&")[:100])
    yield "the query in another order", urlunsplit(parts._replace(query="&".join(fields)))
    yield "the path alone", parts.path + query
    first, _, rest = parts.path.removeprefix("/").partition("/")
    if first:
        yield "the path without its first part", urlunsplit(parts._replace(path=f"/{rest}"))
    yield "no fragment", urlunsplit(parts._replace(fragment=""))


_OF_PORTS = ("no port", "the standard port")


def _hosts(host: str, netloc: str, scheme: str, headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield netloc, ""
    yield host, _OF_PORTS[0]
    yield f"{host}:{443 if scheme == 'https' else 80}", _OF_PORTS[1]
    for name in ("x-forwarded-host", "x-original-host", "host"):
        if value := headers.get(name, "").partition(",")[0].strip():
            yield value, f"the host of {name}"
            if (port := headers.get("x-forwarded-port", "")).isdecimal():
                yield f"{value.partition(':')[0]}:{port}", f"the host of {name}, the port of x-forwarded-port"
    other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    yield other, "the host with or without www"
