"""The parameters of a query or a form, as providers sign them: decoded, sorted and joined.

All input is unverified, so the number of parameters is limited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.form import decode_percent, is_form_name

__all__ = ["MAX_PARAMETERS", "Pairs", "form_pairs", "join_parameters", "query_pairs", "single_value"]

MAX_PARAMETERS = 1_000
"""The maximum number of parameters in a query or a form."""

Pairs = Sequence[tuple[bytes, bytes]]
"""The decoded names and values, in the order of the request."""

# Without a separator between name and value, these would let a name contain the end of a URL's query.
_QUERY_CHARS = frozenset(b"=&?#")


def form_pairs(body: bytes, problem: str = "the body is not a form") -> Pairs:
    """Return the fields of a form, as form parsers read them: `&&` is `&`, and `a` without `=` is `a=`.

    Args:
        body: The form. An empty body is a form without fields.
        problem: The error message for a body that is not a form.

    Returns:
        The names and values.

    Raises:
        MalformedDelivery: If the body is not a form in UTF-8, or has more than `MAX_PARAMETERS` fields.
    """
    return _pairs(body, "form", Reason.UNREADABLE_BODY, problem)


def query_pairs(query: str) -> Pairs:
    """Return the parameters of a query. A parameter without `=` has the value "".

    Args:
        query: The query, without the question mark.

    Returns:
        The names and values.

    Raises:
        MalformedDelivery: If the query is not in UTF-8, or has more than `MAX_PARAMETERS` parameters.
    """
    return _pairs(query.encode("utf-8", "surrogatepass"), "query", Reason.UNREADABLE_HEADER, "")


def _pairs(text: bytes, place: str, reason: Reason, problem: str) -> Pairs:
    if text.count(b"&") >= MAX_PARAMETERS:
        raise MalformedDelivery(reason, f"the {place} has more than {MAX_PARAMETERS} parameters")
    pairs: list[tuple[bytes, bytes]] = []
    for field in text.split(b"&") if text else ():
        if problem and not field:
            continue
        name, equals, value = field.partition(b"=")
        if problem and not equals and not is_form_name(name):
            raise MalformedDelivery(reason, problem)
        pairs.append((_decoded(name, place, reason), _decoded(value, place, reason)))
    return pairs


def _decoded(text: bytes, place: str, reason: Reason) -> bytes:
    """Decode a name or a value. Reject bytes that are not UTF-8, because a parser would replace them."""
    octets = decode_percent(text.replace(b"+", b" "))
    if not octets.isascii():
        try:
            octets.decode("utf-8")
        except UnicodeDecodeError:
            octets = b""
        if not octets:
            raise MalformedDelivery(reason, f"the {place} is not in UTF-8")
    return octets


def single_value(pairs: Pairs, name: bytes, place: str, reason: Reason) -> bytes:
    """Return the value of a parameter, which must not have two different values.

    Args:
        pairs: The parameters.
        name: The name of the parameter.
        place: The place of the parameters for the error message: `query` or `form`.
        reason: The reason of the error.

    Returns:
        The value, or b"" without the parameter.

    Raises:
        MalformedDelivery: If the parameter has different values, of which the application could read any.
    """
    values = {value for each, value in pairs if each == name}
    if len(values) > 1:
        shown = name.decode()
        raise MalformedDelivery(reason, f"the {place} contains different values of the parameter {shown}")
    return values.pop() if values else b""


def join_parameters(pairs: Iterable[tuple[bytes, bytes]], separators: str, reason: Reason) -> bytes:
    """Return parameters as they are signed: sorted by name and value.

    Args:
        pairs: The parameters.
        separators: The text between name and value, `=` or nothing. After it, `&` is the text between the
            parameters, `,` the text between the values of one name, which is then written one time, and `_`
            the text that replaces `&` and `=` in values. With it, `&` precedes each parameter, and values
            of only whitespace are left out.
        reason: The reason of the error.

    Returns:
        The signed text.

    Raises:
        MalformedDelivery: If a name contains a character that separates parameters, or appears twice with
            `_`.
    """
    return _JOINS[separators](pairs, reason)


def _run_together(pairs: Iterable[tuple[bytes, bytes]], reason: Reason) -> bytes:
    ordered = sorted(pairs)
    if any(not _QUERY_CHARS.isdisjoint(name) for name, _ in ordered):
        raise MalformedDelivery(reason, "the name of a parameter contains one of the characters = & ? #")
    return b"".join(part for pair in ordered for part in pair)


def _as_query(pairs: Iterable[tuple[bytes, bytes]], reason: Reason) -> bytes:
    return b"&".join(name + b"=" + value for name, value in sorted(pairs))


def _named_one_time(pairs: Iterable[tuple[bytes, bytes]], reason: Reason) -> bytes:
    values: dict[bytes, list[bytes]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return b"".join(sorted(name + b"=" + b",".join(each) for name, each in values.items()))


def _underscored(pairs: Iterable[tuple[bytes, bytes]], reason: Reason) -> bytes:
    ordered = sorted((name, value) for name, value in pairs if value.strip())
    names = [name for name, _ in ordered]
    if len({*names}) < len(names) or any(b"&" in name or b"=" in name for name in names):
        raise MalformedDelivery(reason, "the name of a parameter appears twice, or contains & or =")
    return b"".join(b"&%b=%b" % (name, value.translate(_TO_UNDERSCORES)) for name, value in ordered)


_TO_UNDERSCORES = bytes.maketrans(b"&=", b"__")

_JOINS: dict[str, Callable[[Iterable[tuple[bytes, bytes]], Reason], bytes]] = {
    "": _run_together,
    "=&": _as_query,
    "=,": _named_one_time,
    "=_": _underscored,
}
