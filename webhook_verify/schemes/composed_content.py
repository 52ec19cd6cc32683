"""A signed content with parts from more places than the id, the timestamp, the URL and the body.

`around_body` reads the values of all parts outside the body, and `interpret_body` builds the content when the
body is known. Both are slower than a plain template, so a scheme uses them only if its template needs them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from urllib.parse import quote

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SignatureCheck
from webhook_verify.schemes.content_template import Alternatives, Node, Part, limits_of, parts_of
from webhook_verify.schemes.listed_headers import read_listed
from webhook_verify.schemes.parameters import Pairs, form_pairs, join_parameters, query_pairs, single_value
from webhook_verify.schemes.signed_content import SignedContent

__all__ = ["ComposedContent"]

_MARK, _MISSING = b"\xff", b"\xfe"  # bytes that do not occur in UTF-8

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_URL_CHARS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")  # RFC 3986
_ID_CHARS = re.compile(rb"[A-Za-z0-9._~:+/=-]*")  # no JSON object, array or string begins with these

_AFTER_PATH_CHARS = re.compile(rb"[A-Za-z0-9_-]+")  # no other segment of a path begins with these

_OF_URL = frozenset({"url", "origin", "path", "target", "query", "query-parameters"})
_OF_BODY = frozenset({"body", "sha256", "form", "form-parameters"})
_MAY_BE_EMPTY = frozenset({"body", "form-parameters", "query-parameters", "path", "target", "url", "origin"})

_Values = dict[tuple[str, str, str], bytes]
"""The values of parts by their keys. A missing part has no value."""


class ComposedContent(SignedContent):
    """A template that needs values of other headers, of the query, of a form or of the URL's parts.

    Args:
        nodes: The parsed template.
        timestamp_header: The header with the timestamp, or "".

    Raises:
        ValueError: If one request could be read as another with the same content.
    """

    def __init__(self, nodes: list[Node], timestamp_header: str) -> None:
        self._nodes = nodes
        self._timestamp_header = timestamp_header
        self._limits = limits_of(nodes)
        parts = parts_of(nodes)
        self._head_keys = tuple(dict.fromkeys(part.key for part in parts if part.kind not in _OF_BODY))
        kinds = {part.kind for part in parts}
        self._required = [node for node in nodes if isinstance(node, Part)]
        self._has_bare_url = ("url", "", "") in self._head_keys and "form-parameters" in kinds
        self.names: set[str] = {*kinds, "timestamp"} if "headers" in kinds and timestamp_header else kinds
        self.before: str = "{"  # not a plain template
        self.after: str = ""
        self.is_valid_id: Callable[[str], bool] = self._is_valid_id
        self.interpret_body: Callable[[ParsedHeaders, bytes], Sequence[BodyInterpretation]] | None = (
            self._interpret_body
        )
        self._signs_url, self._signs_method = not kinds.isdisjoint(_OF_URL), "method" in kinds
        self.signs_request: bool = self._signs_url or self._signs_method
        self.header_names: tuple[str, ...] = tuple(
            dict.fromkeys(part.argument for part in parts if part.kind in ("header", "headers"))
        )
        self._reader = HeaderReader(*self.header_names)
        whole_body = ("body", "sha256", "form-parameters")
        segments = [node for node in nodes if isinstance(node, Alternatives)]
        self.signs_body: bool = any(part.kind in whole_body for part in self._required) or any(
            segment.includes_form() for segment in segments
        )

    def _is_valid_id(self, text: str) -> bool:
        return not self._exceeds_limits(("id", "", ""), text.encode("utf-8", "surrogatepass"))

    def around_body(
        self, id: str, timestamp_text: str, method: str | None, url: str | None, headers: Headers = ()
    ) -> tuple[bytes, bytes]:
        """Return the values of all parts outside the body, in a form that only `interpret_body` reads.

        Args:
            id: The message id.
            timestamp_text: The timestamp as it is sent.
            method: The request method, or None if it is not signed.
            url: The URL that the sender called, or None if it is not signed.
            headers: The request headers.

        Returns:
            The values, and b"".

        Raises:
            MalformedDelivery: If a part is missing, or could be confused with another part.
        """
        values = dict[tuple[str, str, str], bytes]()
        texts = dict(zip(self.header_names, self._reader.read(headers), strict=True))
        simple = {"id": id, "timestamp": timestamp_text, "method": method or "", **self._parts_of_url(url)}
        pairs: Pairs = query_pairs(simple.get("query", "")) if self._signs_url else ()
        for key in self._head_keys:
            kind, argument, how = key
            if kind == "header":
                value = (texts[argument] or "").encode("utf-8", "surrogatepass")
            elif kind == "headers":
                value = read_listed(argument, texts[argument] or "", headers, self._timestamp_header)
            elif kind == "query":
                value = single_value(pairs, argument.encode(), "query", Reason.UNREADABLE_HEADER)
            elif kind == "query-parameters":
                value = join_parameters(pairs, argument, Reason.UNREADABLE_HEADER)
            else:
                value = simple[kind].encode("utf-8", "surrogatepass")
            if value and not value.isspace():
                values[key] = _HOW[how](value)
        self._check(values, self._head_keys, Reason.UNREADABLE_HEADER)
        for part in self._required:
            if part.key in self._head_keys and part.key not in values and part.kind not in _MAY_BE_EMPTY:
                raise MalformedDelivery(Reason.MISSING_HEADER, _missing(part))
        return _MARK + b"".join(values.get(key, _MISSING) + _MARK for key in self._head_keys), b""

    def _parts_of_url(self, url: str | None) -> dict[str, str]:
        if url is None or not self._signs_url:
            return {}
        if self._has_bare_url and not _URL_CHARS.fullmatch(url):
            # The text of a form could otherwise be a part of the URL.
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, "the URL contains invalid characters")
        match = _URL.fullmatch(url)
        origin, path, query = match.groups() if match else ("", url, None)
        target = path if query is None else f"{path}?{query}"
        return {"url": url, "origin": origin or "", "path": path, "target": target, "query": query or ""}

    def _interpret_body(self, parsed: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed content of a body. Raises MalformedDelivery if a part is missing or invalid."""
        message_id, _, signatures, before, after, _ = parsed
        check: SignatureCheck = signatures, before, body, after
        if before.startswith(_MARK):
            check = signatures, *self._render(before, body)
        return ((message_id, (check,), body),)

    def to_sign(
        self,
        body: bytes,
        id: str,
        timestamp_text: str,
        method: str | None,
        url: str | None,
        timestamp_header: str,
    ) -> tuple[bytes, dict[str, str]]:
        """Return the content that a sender signs. A list of headers has itself and the timestamp.

        Args:
            body: The request body.
            id: The message id, which is also the value of the other signed headers.
            timestamp_text: The timestamp.
            method: The request method, or None if it is not signed.
            url: The URL of the request, or None if it is not signed.
            timestamp_header: The header with the timestamp, or "".

        Returns:
            The content, and the signed headers besides those of the id and the timestamp.

        Raises:
            ValueError: If a signed part is missing or invalid.
        """
        headers = {part.argument: id for part in parts_of(self._nodes) if part.kind == "header"}
        for part in parts_of(self._nodes):
            if part.kind == "headers":
                headers |= {timestamp_header: timestamp_text} if timestamp_header else {}
                headers[part.argument] = ",".join(sorted({part.argument, timestamp_header} - {""}))
        try:
            before, _ = self.around_body(id, timestamp_text, method, url, headers)
            content = b"".join(self._render(before, body))
        except MalformedDelivery as error:
            problem = str(error)
        else:
            return content, headers
        raise ValueError(f"cannot sign this: {problem}")

    def _render(self, before: bytes, body: bytes) -> tuple[bytes, bytes, bytes]:
        """Return the content before, in and after the body, which is not copied."""
        head = zip(self._head_keys, before[1:].split(_MARK)[:-1], strict=True)
        values = {key: value for key, value in head if value != _MISSING}
        keys = [part.key for part in parts_of(self._nodes) if part.kind in _OF_BODY and part.kind != "body"]
        if keys:
            self._read_body(body, keys, values)
        sides: list[list[bytes]] = [[]]
        for node in self._nodes:
            if isinstance(node, Part) and node.kind == "body":
                sides.append([])
            else:
                sides[-1].extend(_pieces(node, values))
        if len(sides) == 1:
            return b"".join(sides[0]), b"", b""
        return b"".join(sides[0]), body, b"".join(sides[1])

    def _read_body(self, body: bytes, keys: Iterable[tuple[str, str, str]], values: _Values) -> None:
        reason, pairs = Reason.UNREADABLE_BODY, None
        for key in keys:
            kind, argument, how = key
            if kind == "sha256":
                values[key] = sha256(body).hexdigest().encode()
                continue
            pairs = form_pairs(body) if pairs is None else pairs
            if kind == "form":
                value = single_value(pairs, argument.encode(), "form", reason)
            else:
                value = join_parameters(pairs, argument, reason)
            if value:
                values[key] = _HOW[how](value)
        self._check(values, keys, reason)
        for part in self._required:
            if part.kind == "form" and part.key not in values:
                raise MalformedDelivery(reason, _missing(part))

    def _check(self, values: _Values, keys: Iterable[tuple[str, str, str]], reason: Reason) -> None:
        for key in keys:
            if key in values and self._exceeds_limits(key, values[key]):
                part = Part(*key)
                raise MalformedDelivery(reason, f"{part} contains text that could belong to another part")

    def _exceeds_limits(self, key: tuple[str, str, str], value: bytes) -> bool:
        following, preceding = self._limits.get(key, ((), ()))
        for text in following:
            end = text.encode()
            if (value + end).find(end) != len(value) if end else not _ID_CHARS.fullmatch(value):
                return True
        for text in preceding:
            start = text.encode()
            if (start + value).rfind(start) != 0 if start else not _AFTER_PATH_CHARS.fullmatch(value):
                return True
        return False


def _pieces(node: Node, values: _Values) -> list[bytes]:
    """Return the bytes of a text, a part or an optional segment."""
    if isinstance(node, str):
        return [node.encode("utf-8", "surrogatepass")]
    if isinstance(node, Part):
        return [values.get(node.key, b"")]
    for text in node.texts:
        if all(isinstance(each, str) or each.key in values for each in text):
            return [piece for each in text for piece in _pieces(each, values)]
    return []


def _missing(part: Part) -> str:
    places = {
        "header": "missing or empty header: {}",
        "headers": "missing or empty header: {}",
        "query": "missing or empty query parameter: {}",
        "form": "missing or empty form field: {}",
    }
    place = places.get(part.kind)
    return f"missing or empty: {part}" if place is None else place.format(part.argument)


def _lower(value: bytes) -> bytes:
    return value.decode("utf-8", "surrogatepass").lower().encode("utf-8", "surrogatepass")


def _escaped(value: bytes) -> bytes:
    """Encode a target as `encodeURI` of JavaScript does, and first its query as `encodeURIComponent` does."""
    path, _, query = value.decode("utf-8", "surrogatepass").partition("?")
    query = quote(query, safe="!'()*~", errors="surrogatepass")
    text = f"{path}?{query}" if query else path
    return quote(text, safe="!#$&'()*+,/:;=?@~", errors="surrogatepass").encode()


_HOW: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "lower": _lower,
    "escaped": _escaped,
}
