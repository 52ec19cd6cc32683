"""The same JSON without an added member, without an envelope, or with its members in another order.

The text of each member stays as it is, so only a change of the members themselves is undone. The work is
bounded: only short JSON with few members is tried.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import permutations

from webhook_verify.diagnosis.variants.json_style import STRING_PATTERN, json_style_variants

__all__ = ["member_values", "member_variants"]

_MAX_CHARS = 8_192
_MAX_MEMBERS = 24
_MAX_PERMUTED, _MAX_MOVED = 5, 14
_MAX_NESTED = 48

MemberVariant = tuple[str, str, str]
"""(cause, evidence, JSON)."""

_Members = list[tuple[str, str]]
"""(name, text of the value) of each member."""

_TOKEN = re.compile(STRING_PATTERN + r"|[\[\]{},]", re.DOTALL)
_NAME = re.compile(r'\s*("(?:[^"\\]|\\.)*+")\s*:\s*', re.DOTALL)
# Rails adds these to the parameters of a request, and `to_json` writes them back.
_FRAMEWORK_NAMES = {"controller", "action", "format", "_json", "webhook", "params", "authenticity_token"}


def member_variants(text: str) -> Iterator[MemberVariant]:
    """Yield candidates for the original JSON object.

    Args:
        text: The decoded body.

    Yields:
        Candidates, which may be repeated. None if the text is not a short JSON object.
    """
    members = _members(text)
    if not members:
        if text[:1] == "[" and len(text) <= _MAX_CHARS:
            yield "body_changed", "it was put into a list", text.strip()[1:-1].strip()
        return
    yield from _without_framework_members(members)
    yield from _without_members(members)
    for name, value in members:
        if value[:1] in ("{", "["):
            yield "body_changed", f"it was put into an object, as its member {name[:40]}", value
        elif value[:1] == '"' and len(value) > 2:
            yield "body_changed", f"it was put into an object, as the text {name[:40]}", _string(value)
    yield "body_changed", "it was taken out of a list", f"[{text}]"
    yield from _reordered(members)
    yield from _without_nested_members(members)


def member_values(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a JSON object that a sender may sign alone.

    Args:
        text: The decoded body.

    Yields:
        (name, JSON) for each member that is an object or a list.
    """
    yield from ((name, value) for name, value in _members(text) if value[:1] in ("{", "["))


def _without_framework_members(members: _Members) -> Iterator[MemberVariant]:
    """Drop the members that a web framework adds to the parameters, in the styles of JSON libraries."""
    names = {name for name, _ in members}
    added = {name for name, value in members if name in _FRAMEWORK_NAMES or _is_copy(value, names - {name})}
    rest = [(name, value) for name, value in members if name not in added]
    if not added or not rest:
        return
    evidence = f"the members {', '.join(sorted(added)[:3])[:80]} were added, as by Rails"
    plain = _join(rest)
    yield "body_reserialized", evidence, plain
    for words, written in json_style_variants(plain):
        yield "body_reserialized", f"{evidence}; {words}", written


def _is_copy(value: str, names: set[str]) -> bool:
    """Return whether a value is an object that repeats its neighbours, as the wrapper of Rails."""
    inner = {name for name, _ in _members(value)} if value[:1] == "{" else set[str]()
    return len(inner) > 0 and inner <= names and len(inner) * 2 >= len(names - _FRAMEWORK_NAMES)


def _without_members(members: _Members) -> Iterator[MemberVariant]:
    count = len(members)
    for place in reversed(range(count if count > 1 else 0)):
        evidence = f"the member {members[place][0][:40]} was added"
        yield "body_changed", evidence, _join(members[:place] + members[place + 1 :])
    for size in range(2, count - 1):
        yield "body_changed", f"its last {size} members were added", _join(members[:-size])
        yield "body_changed", f"its first {size} members were added", _join(members[size:])


def _without_nested_members(members: _Members) -> Iterator[MemberVariant]:
    left = _MAX_NESTED
    for place, (name, value) in enumerate(members):
        inner = _members(value)
        for nested in reversed(range(len(inner) if len(inner) > 1 else 0)):
            if not left:
                return
            left -= 1
            rest = _join(inner[:nested] + inner[nested + 1 :])
            evidence = f"the member {inner[nested][0][:40]} was added to {name[:40]}"
            yield (
                "body_changed",
                evidence,
                _join([*members[:place], (name, rest), *members[place + 1 :]]),
            )


def _reordered(members: _Members) -> Iterator[MemberVariant]:
    """Permute few members, or move one of more members to another place."""
    cause, evidence = "body_reserialized", "its members were in another order"
    count = len(members)
    if count <= _MAX_PERMUTED:
        for order in permutations(members):
            yield cause, evidence, _join(list(order))
        return
    for start in range(count if count <= _MAX_MOVED else 0):
        others = members[:start] + members[start + 1 :]
        for end in range(count):
            yield cause, evidence, _join([*others[:end], members[start], *others[end:]])


def _join(members: _Members) -> str:
    return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{value}" for name, value in members) + "}"


def _string(value: str) -> str:
    try:
        return str(json.loads(value))
    except ValueError:
        return ""


def _members(text: str) -> _Members:
    """Return (name, text of the value) of the members of a JSON object, [] if it is large or invalid."""
    if text[:1] != "{" or len(text) > _MAX_CHARS or text.rstrip()[-1:] != "}":
        return []
    members: _Members = []
    depth, start = 0, 1
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in ("{", "["):
            depth += 1
        elif token in ("}", "]"):
            depth -= 1
        if (token == "," and depth == 1) or (token == "}" and depth == 0):
            name = _NAME.match(text, start, match.start())
            if name is None or len(members) >= _MAX_MEMBERS:
                return []
            members.append((_string(name[1]), text[name.end() : match.start()].strip()))
            start = match.end()
    return members if depth == 0 else []
