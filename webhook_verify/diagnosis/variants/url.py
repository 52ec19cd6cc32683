"""Candidates for the URL that the sender signed, for schemes that sign it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import islice, permutations
from urllib.parse import SplitResult, quote, quote_plus, unquote, unquote_plus, urlsplit, urlunsplit

from webhook_verify.diagnosis.investigation import Pairs
from webhook_verify.json_fields import strings_at
from webhook_verify.schemes import Scheme

__all__ = ["URLVariant", "internal_url_reason", "query_variants", "url_pair_variants", "url_variants"]

URLVariant = tuple[str, str]
"""(evidence, url)."""


def internal_url_reason(url: str) -> str:
    """Explain why the provider cannot have called a URL.

    Args:
        url: The request URL that was passed to the verifier.

    Returns:
        The reason, in words, or "" if the host may be public.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    if not host:
        return "the URL passed here has no host"
    try:
        is_internal = not ip_address(host).is_global
    except ValueError:
        is_internal = "." not in host or host.endswith(_INTERNAL_SUFFIXES)
        is_internal = is_internal or not _INTERNAL_WORDS.isdisjoint(re.split("[.-]", host))
    return "the host of the URL passed here is internal" if is_internal else ""


_INTERNAL_WORDS = {"internal", "intranet", "ingress", "upstream", "svc", "cluster", "lb", "elb"}
_INTERNAL_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".svc", ".home.arpa")


_MAX_URLS, _MAX_PAIRS = 160, 400
_MAX_PERMUTED_FIELDS, _MAX_REORDERED_FIELDS = 3, 4


def url_variants(url: str, pairs: Pairs) -> Iterator[URLVariant]:
    """Yield URLs that differ slightly, most likely first.

    Args:
        url: The request URL that was passed to the verifier.
        pairs: The received headers, with lower-case names.

    Yields:
        Each candidate once, at most 160.
    """
    seen = {url}
    for evidence, variant in _candidates(url, dict(pairs)):
        if variant not in seen:
            seen.add(variant)
            yield f"the sender signed a URL with {evidence}", variant
        if len(seen) > _MAX_URLS:
            break


def url_pair_variants(url: str, pairs: Pairs) -> Iterator[URLVariant]:
    """Yield URLs with two differences: in the query and in the scheme, the host, the port or the path.

    Args:
        url: The request URL that was passed to the verifier.
        pairs: The received headers, with lower-case names.

    Yields:
        Each candidate once, at most 400, apart from most of those of `url_variants`.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return
    seen = {url}
    for evidence, variant in islice(_pair_candidates(parts, host, dict(pairs)), 2 * _MAX_PAIRS):
        if variant not in seen and len(seen) <= _MAX_PAIRS:
            seen.add(variant)
            yield f"the sender signed a URL with {evidence}", variant


def query_variants(scheme: Scheme, url: str, body: bytes) -> Iterator[URLVariant]:
    """Yield the URL with a query field that the scheme signs and that was dropped, if the body repeats it.

    Args:
        scheme: The verifier's scheme.
        url: The request URL that was passed to the verifier.
        body: The body as received.

    Yields:
        Candidates.
    """
    for name in _SIGNED_FIELD.findall(str(getattr(scheme, "signed_content", ""))):
        if f"{name}=" not in url:
            separator = "&" if "?" in url else "?"
            for value in strings_at(body, name)[:2]:
                field = f"{name}={quote(value)}"
                yield f"the sender signed a URL with the query field {name}", f"{url}{separator}{field}"


_SIGNED_FIELD = re.compile(r"\{query:([\w.]+)")


def _pair_candidates(parts: SplitResult, host: str, headers: dict[str, str]) -> Iterator[URLVariant]:
    orders = _ordered_queries(parts.query)
    styles = _styled_queries(parts.query)
    paths = _styled_paths(parts.path)
    queries = orders + styles
    for order_evidence, order in orders:
        for evidence, query in _styled_queries(order):
            yield f"{order_evidence} and {evidence}", urlunsplit(parts._replace(query=query))
    for path_evidence, path in paths:
        for evidence, query in queries:
            yield f"{path_evidence} and {evidence}", urlunsplit(parts._replace(path=path, query=query))
    for evidence, origin in _origins(parts, host, headers):
        for other_evidence, path, query in (
            *((words, parts.path, query) for words, query in queries),
            *((words, path, parts.query) for words, path in paths),
        ):
            yield f"{evidence} and {other_evidence}", f"{origin}{path}{'?' if query else ''}{query}"


def _ordered_queries(query: str) -> list[tuple[str, str]]:
    fields = query.split("&")[:100]
    if len(fields) < 2:
        return []
    orders = [sorted(fields), fields[::-1]]
    if len(fields) <= _MAX_REORDERED_FIELDS:
        orders += [list(order) for order in permutations(fields)]
    ordered = dict.fromkeys("&".join(order) for order in orders)
    return [("the query fields in another order", order) for order in ordered if order != query]


def _styled_queries(query: str) -> list[tuple[str, str]]:
    """Return the query with its spaces, its escapes or their letter case written otherwise."""
    decoded = "&".join(unquote_plus(field) for field in query.split("&"))
    styled = {
        query.replace("%20", "+"): "plus signs for spaces",
        query.replace("+", "%20"): "%20 for spaces",
        unquote(query): "a percent-decoded query",
        unquote_plus(query): "a percent-decoded query",
        quote(query, safe="=&"): "a percent-encoded query",
        quote(decoded, safe="=&"): "a query encoded by another library",
        quote_plus(decoded, safe="=&"): "a query encoded by another library",
        quote(decoded, safe="=&/:@,!*'()"): "a query encoded by another library",
        quote(decoded, safe="=&!*'()"): "a query encoded by another library",
        quote_plus(decoded, safe="=&*").replace("~", "%7E"): "a query encoded by another library",
        quote_plus(decoded, safe="=&").replace("~", "%7E"): "a query encoded by another library",
        _LOWER_ESCAPE.sub(lambda match: match[0].upper(), query): "upper-case escapes",
        _UPPER_ESCAPE.sub(lambda match: match[0].lower(), query): "lower-case escapes",
    }
    return [(evidence, styled_query) for styled_query, evidence in styled.items() if styled_query != query]


_LOWER_ESCAPE = re.compile("%(?:[a-f][0-9A-Fa-f]|[0-9A-F][a-f])")
_UPPER_ESCAPE = re.compile("%(?:[A-F][0-9A-Fa-f]|[0-9a-f][A-F])")


def _styled_paths(path: str) -> list[tuple[str, str]]:
    slashed, words = _toggle_slash(path)
    styled = {
        slashed: words,
        unquote(path): "a percent-decoded path",
        quote(path): "a percent-encoded path",
        re.sub("//+", "/", path): "no double slashes",
        _LOWER_ESCAPE.sub(lambda match: match[0].upper(), path): "upper-case escapes in the path",
        _UPPER_ESCAPE.sub(lambda match: match[0].lower(), path): "lower-case escapes in the path",
    }
    return [(evidence, styled_path) for styled_path, evidence in styled.items() if styled_path != path]


def _toggle_slash(path: str) -> tuple[str, str]:
    """Return the path with or without a trailing slash, and the difference in words."""
    if path.endswith("/"):
        return path.rstrip("/"), "no trailing slash"
    return f"{path}/", "a trailing slash"


def _candidates(url: str, headers: dict[str, str]) -> Iterator[URLVariant]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return
    query = f"?{parts.query}" if parts.query else ""
    (same, _), *rests = _paths(parts.path, query)
    origins = list(_origins(parts, host, headers))
    # Another origin is most likely, then another path, then one of the many combinations.
    yield from ((evidence, f"{origin}{same}") for evidence, origin in origins)
    yield from ((about, f"{parts.scheme}://{parts.netloc}{rest}") for rest, about in rests)
    yield from _rewritten(parts, query, headers)
    yield from (
        (f"{evidence}, {about}", f"{origin}{rest}") for evidence, origin in origins for rest, about in rests
    )


def _origins(parts: SplitResult, host: str, headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (evidence, origin) for each combination of scheme and host."""
    for scheme in dict.fromkeys((parts.scheme or "https", "https", "http")):
        for netloc, evidence in _hosts(host, parts.netloc, scheme, headers):
            words = [f"the scheme {scheme}"] * (scheme != parts.scheme) + [evidence] * bool(evidence)
            yield " and ".join(words) or "the same origin", f"{scheme}://{netloc}"


def _paths(path: str, query: str) -> Iterator[tuple[str, str]]:
    slashed, other = _toggle_slash(path)
    yield path + query, ""
    yield slashed + query, other
    if query:
        yield path, "no query"
        yield slashed, f"no query, {other}"


def _rewritten(parts: SplitResult, query: str, headers: dict[str, str]) -> Iterator[URLVariant]:
    """Undo changes of a proxy to the path, and changes of a framework to the query."""
    yield "a percent-decoded path", urlunsplit(parts._replace(path=unquote(parts.path)))
    yield "a percent-encoded path", urlunsplit(parts._replace(path=quote(parts.path)))
    for evidence, forwarded in _forwarded(headers):
        is_path = forwarded.startswith("/")
        yield evidence, f"{parts.scheme}://{parts.netloc}{forwarded}" if is_path else forwarded
    if prefix := headers.get("x-forwarded-prefix", "").rstrip("/"):
        yield "the prefix from x-forwarded-prefix", urlunsplit(parts._replace(path=prefix + parts.path))
    yield "a trailing question mark", urlunsplit(parts._replace(query="", fragment="")) + "?"
    yield "no double slashes", urlunsplit(parts._replace(path=re.sub("//+", "/", parts.path)))
    for evidence, styled in _styled_queries(parts.query):
        yield evidence, urlunsplit(parts._replace(query=styled))
    yield from _queries(parts)
    yield "only a path and a query", parts.path + query
    first, _, rest = parts.path.removeprefix("/").partition("/")
    if first:
        yield "one leading path segment less", urlunsplit(parts._replace(path=f"/{rest}"))
    yield "no fragment", urlunsplit(parts._replace(fragment=""))
    yield from _configured_otherwise(parts)


def _configured_otherwise(parts: SplitResult) -> Iterator[URLVariant]:
    """Undo what a proxy, a framework or a test URL changes: path prefixes, letter case, ports, entities."""
    for prefix in _MOUNTS:
        yield f"the path prefix {prefix}", urlunsplit(parts._replace(path=prefix + parts.path))
    query = f"?{parts.query}" if parts.query else ""
    yield "an initial double slash", f"{parts.scheme}://{parts.netloc}/{parts.path}{query}"
    yield "a double slash", urlunsplit(parts._replace(path="//".join(parts.path.rsplit("/", 1))))
    yield (
        "the path of a live webhook of n8n",
        urlunsplit(parts._replace(path=parts.path.replace("/webhook-test/", "/webhook/"))),
    )
    titled = re.sub(r"(?<=[/_-])[a-z]", lambda match: match[0].upper(), parts.path)
    yield "another letter case", urlunsplit(parts._replace(path=titled))
    yield "another letter case", urlunsplit(parts._replace(path=parts.path.lower()))
    yield "escaped ampersands", urlunsplit(parts._replace(query=parts.query.replace("&", "&amp;")))
    yield "unescaped ampersands", urlunsplit(parts._replace(query=parts.query.replace("&amp;", "&")))
    host = parts.hostname or ""
    for port in _PORTS:
        yield f"the port {port}", urlunsplit(parts._replace(netloc=f"{host}:{port}"))


_MOUNTS = tuple(
    f"/{name}"
    for name in [
        *("api", "api/v1", "v1", "app", "webhooks", "webhook", "hooks", "backend", "prod", "dev", "stage"),
        *("default", "functions/v1", "twilio", "square", "trello", "hubspot", "mandrill", "plivo"),
    ]
)
_PORTS = (8443, 443, 80, 8080, 8000, 3000, 5000)


def _forwarded(headers: dict[str, str]) -> Iterator[URLVariant]:
    """Yield the original path or URL from the headers of proxies."""
    for name in (
        "x-forwarded-uri",
        "x-original-uri",
        "x-original-url",
        "x-envoy-original-path",
        "x-rewrite-url",
    ):
        if value := headers.get(name, ""):
            yield f"the value of {name}", value


def _queries(parts: SplitResult) -> Iterator[URLVariant]:
    """Reorder the query's fields, and omit one that a proxy or a tracker may have added."""
    fields = parts.query.split("&")[:100]
    orders = permutations(fields) if len(fields) <= _MAX_PERMUTED_FIELDS else (sorted(fields), fields[::-1])
    for order in orders:
        yield "the query fields in another order", urlunsplit(parts._replace(query="&".join(order)))
    for number in range(min(len(fields), 8) if len(fields) > 1 else 0):
        rest = "&".join(fields[:number] + fields[number + 1 :])
        yield "one query field less", urlunsplit(parts._replace(query=rest))


_PORT_EVIDENCE = ("no port", "the standard port")


def _hosts(host: str, netloc: str, scheme: str, headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield netloc, ""
    yield host, _PORT_EVIDENCE[0]
    yield f"{host}:{443 if scheme == 'https' else 80}", _PORT_EVIDENCE[1]
    for name in ("x-forwarded-host", "x-original-host", "host"):
        if value := headers.get(name, "").partition(",")[0].strip():
            yield value, f"the host of {name}"
            if (port := headers.get("x-forwarded-port", "")).isdecimal():
                yield f"{value.partition(':')[0]}:{port}", f"the host of {name}, the port of x-forwarded-port"
    has_www = host.startswith("www.")
    other = host.removeprefix("www.") if has_www else f"www.{host}"
    yield other, f"the host {'without' if has_www else 'with'} www"
