"""Templates of a signed content with parts from more places than the fast path reads.

{id} {timestamp} {method} {url} {body}    as in every template
{origin} {path} {target}                  `https://host`, `/path` and `/path?query` of the URL
{header:x-request-id}                     the value of another header
{headers:x-signed-headers}                the headers that a header lists: `name:value;name:value`, sorted
{query:data.id} {form:token}              a parameter of the query or the form, decoded
{parameters} {parameters:query=&}         all parameters of the form or the query, see `parameters.py`
{sha256:body}                             the SHA-256 of the body in hex
{query:data.id|lower} {target|escaped}    in lower case; percent-encoded again as JavaScript does
{?id:{query:data.id};}                    an optional segment, absent if one of its parts is missing
{?{query:a}.|none}                        the first of several alternatives that is complete
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, product

from webhook_verify.schemes.signed_content import EXPECTED
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["Alternatives", "Node", "Part", "limits_of", "parse_template", "parts_of"]

_MAX_EXPANSIONS = 64
_MAX_OPTIONAL_PARTS = 6  # of one segment, besides the parameters of a form

_TOKEN = re.compile(
    r"\{\{|\}\}|\{\?(?P<optional>(?:[^{}]|\{[^{}]*\})*)\}|\{(?P<part>[^{}?][^{}]*)\}|[{}]|[^{}]+"
)
_PART = re.compile(
    r"(?P<simple>id|timestamp|method|url|body|origin|path|target)"
    r"|(?:header|headers):(?P<header>[!#$%&'*+.^_`~0-9A-Za-z-]+)"
    r"|(?:query|form):(?P<parameter>[^|]+)"
    r"|parameters(?::(?P<place>form|query)(?P<separators>=&|=,|=_)?)?"
    r"|sha256:body"
)
_HOW = ("", "lower", "escaped")
_ALTERNATIVE = re.compile(r"\|(?![^{}]*\})")  # a bar inside braces belongs to a part


@safe_repr
class Part:
    """A part of a template. Equal parts have the same value in one request.

    Args:
        kind: The kind, such as `header`.
        argument: The name of the header or parameter, or the separators of `parameters`.
        how: `lower`, `escaped` or "".
    """

    __slots__ = ("argument", "how", "kind")

    def __init__(self, kind: str, argument: str, how: str) -> None:
        self.kind: str = kind
        self.argument: str = argument
        self.how: str = how

    @property
    def key(self) -> tuple[str, str, str]:
        """The kind, the argument and the modifier."""
        return self.kind, self.argument, self.how

    def __repr__(self) -> str:
        argument = f":{self.argument}" if self.argument else ""
        return f"{{{self.kind}{argument}}}"


class Alternatives:
    """An optional segment of a template.

    Args:
        texts: The alternatives, each a list of texts and parts.
    """

    __slots__ = ("texts",)

    def __init__(self, texts: list[list[str | Part]]) -> None:
        self.texts: list[list[str | Part]] = texts

    @property
    def is_always_complete(self) -> bool:
        """Whether an alternative has no parts, so that the segment is never left out."""
        return any(all(isinstance(each, str) for each in text) for text in self.texts)

    def includes_form(self) -> bool:
        """Return whether the parameters of a form are part of the segment whenever there are any.

        Returns:
            Whether each combination of present parts selects an alternative with the parameters.
        """
        keys = {each.key for text in self.texts for each in text if isinstance(each, Part)}
        form = {key for key in keys if key[0] == "form-parameters"}
        others = sorted(keys - form)
        if not form or len(others) > _MAX_OPTIONAL_PARTS:
            return False
        for chosen in product((False, True), repeat=len(others)):
            present = form.union(key for key, is_present in zip(others, chosen, strict=True) if is_present)
            needed = ({each.key for each in text if isinstance(each, Part)} for text in self.texts)
            if form.isdisjoint(next((need for need in needed if need <= present), form - form)):
                return False
        return True


Node = str | Part | Alternatives


def parse_template(template: str) -> list[Node]:
    """Parse a template.

    Args:
        template: The template.

    Returns:
        The texts, parts and optional segments in order.

    Raises:
        ValueError: If the template is invalid.
    """
    nodes: list[Node] = []
    for token in _TOKEN.finditer(template):
        if token["optional"] is not None:
            alternatives = _ALTERNATIVE.split(token["optional"])
            nodes.append(Alternatives([_without_optional(text) for text in alternatives]))
        else:
            nodes.append(_text_or_part(token))
    parts = parts_of(nodes)
    in_options = [part for node in nodes if isinstance(node, Alternatives) for part in parts_of([node])]
    if not parts or sum(part.kind == "body" for part in parts) > 1:
        _refuse(EXPECTED)
    if any(part.kind in ("body", "sha256", "id", "timestamp") for part in in_options):
        _refuse("an optional segment of signed_content must not contain {body}, {id} or {timestamp}")
    return nodes


def parts_of(nodes: list[Node]) -> list[Part]:
    """Return all parts of a template.

    Args:
        nodes: The parsed template.

    Returns:
        The parts in order, including those of optional segments.
    """
    flat = (chain(*node.texts) if isinstance(node, Alternatives) else (node,) for node in nodes)
    return [each for each in chain.from_iterable(flat) if isinstance(each, Part)]


def _without_optional(text: str) -> list[str | Part]:
    return [_text_or_part(token) for token in _TOKEN.finditer(text)]


def _text_or_part(token: re.Match[str]) -> str | Part:
    text = token[0]
    if token["part"] is not None:
        return _part(token["part"])
    if text in ("{", "}") or token["optional"] is not None:
        _refuse(EXPECTED)
    return text[0] if text in ("{{", "}}") else text


def _part(text: str) -> Part:
    name, _, how = text.partition("|")
    match = _PART.fullmatch(name)
    if match is None or how not in _HOW or (how and match["simple"] in ("body", "id", "timestamp")):
        _refuse(f"{EXPECTED}; not {{{text}}}")
    kind = name.partition(":")[0]
    if kind == "parameters":
        return Part(f"{match['place'] or 'form'}-parameters", match["separators"] or "", how)
    return Part(kind, (match["header"] or "").lower() or match["parameter"] or "", how)


def _refuse(problem: str) -> NoReturn:
    raise ValueError(problem)


# The texts of these are chosen by the sender of the request, and must not contain the text around them.
_LIMITED = frozenset({"id", "header", "headers", "query", "form", "path", "target"})
_BLOBS = frozenset({"body", "form-parameters", "query-parameters", "url"})
_ADJACENT = frozenset(
    {
        *(("origin", "path"), ("origin", "target"), ("url", "form-parameters"), ("path", "header")),
        *(("method", "url"), ("method", "path"), ("method", "target"), ("url", "body"), ("body", "url")),
        *(("timestamp", "body"), ("body", "timestamp"), ("id", "body"), ("header", "body")),
    }
)
"""Neighbours without a separator whose border is known, or as in a plain template."""


def limits_of(nodes: list[Node]) -> dict[tuple[str, str, str], tuple[set[str], set[str]]]:
    """Return the texts that a part must not contain, so that no request can be read as another.

    The text of a part ends where the separator after it begins. Parts behind the body or the parameters are
    read from the end: there, the separator before a part counts.

    Args:
        nodes: The parsed template.

    Returns:
        The texts after and before each part, by its key. The text "" means the body after the part, or the
        path before the part.

    Raises:
        ValueError: If two parts need a separator between them, or the template has too many optional parts.
    """
    limits: dict[tuple[str, str, str], tuple[set[str], set[str]]] = {}
    for sequence in _expansions(nodes):
        is_behind = False
        for index, each in enumerate(sequence):
            if isinstance(each, str):
                continue
            before = sequence[index - 1] if index else None
            after = sequence[index + 1] if index + 1 < len(sequence) else None
            if isinstance(after, Part) and not _may_touch(each, after):
                _refuse(f"signed_content needs a separator between {each} and {after}")
            if each.kind in _LIMITED:
                following, preceding = limits.setdefault(each.key, (set(), set()))
                if isinstance(before, Part) and (before.kind, each.kind) == ("path", "header"):
                    preceding.add("")
                if is_behind and isinstance(before, str):
                    preceding.add(before)
                elif not is_behind and isinstance(after, str):
                    following.add(after)
                elif not is_behind and isinstance(after, Part) and each.kind in ("id", "header"):
                    following.add("")
            is_behind = is_behind or each.kind in _BLOBS
    return limits


def _may_touch(part: Part, following: Part) -> bool:
    is_fixed = "sha256" in (part.kind, following.kind)
    return is_fixed or (part.kind, following.kind) in _ADJACENT


def _expansions(nodes: list[Node]) -> Iterator[list[str | Part]]:
    """Yield the template with each combination of its alternatives, and neighbouring texts joined."""
    choices: list[list[list[str | Part]]] = [
        ([*node.texts] if node.is_always_complete else [*node.texts, []])
        if isinstance(node, Alternatives)
        else [[node]]
        for node in nodes
    ]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _MAX_EXPANSIONS:
        _refuse(f"the optional segments of signed_content have more than {_MAX_EXPANSIONS} combinations")
    for chosen in product(*choices):
        sequence: list[str | Part] = []
        for each in chain.from_iterable(chosen):
            if isinstance(each, str) and sequence and isinstance(sequence[-1], str):
                sequence[-1] += each
            else:
                sequence.append(each)
        yield sequence
