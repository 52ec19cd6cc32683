"""What may be written into a row: the options of a :class:`HeaderScheme`, checked before any delivery comes.

What is wrong here would else be told by the first delivery, or by none: a header that no request can have is
missing in every one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from string import Formatter

from webhook_verify.schemes.sender_rules import ResponseRules

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any, TypeGuard

__all__ = ["PARTS", "check_forms", "header_names", "one_of", "split"]

PARTS = ("id", "timestamp", "method", "url")
"""What may be signed beside the body, in the order in which ``str.format`` is given it."""

# RFC 9110, section 5.6.2: the name of a field is a token.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTENT = f"signed_content has {{body}} once, and {', '.join(PARTS)} in braces where they are signed"


def check_forms(texts: Mapping[str, object], tolerance: object, handshake: object, responses: object) -> None:
    """Raises TypeError for an option that is of another kind than all of its kind must be."""
    for what, given in texts.items():
        if not isinstance(given, str):
            raise TypeError(f"{what} is a str, not {type(given).__name__}")
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
        raise TypeError(f"tolerance is a number of seconds, not {type(tolerance).__name__}")
    if handshake is not None:
        _check_handshake(handshake)
    if not isinstance(responses, ResponseRules):
        raise TypeError(f"responses must be ResponseRules, not {type(responses).__name__!r}")


def _check_handshake(handshake: object) -> None:
    from webhook_verify.handshakes import Handshake  # inside, because most providers have none

    if not isinstance(handshake, Handshake):
        raise TypeError(
            f"handshake is a Handshake, such as EndpointCheck('HEAD'), not {type(handshake).__name__}"
        )


def header_names(value: object, what: str) -> tuple[str, ...]:
    """The names of one header or several, in lower case. Raises TypeError or ValueError for what is none."""
    names = (value,) if isinstance(value, str) else _listed(value, what)
    if not names or not all(names) or len({name.lower() for name in names}) < len(names):
        raise ValueError(f"{what} is the name of a header, or several")
    if wrong := [name for name in names if not _NAME.fullmatch(name)]:
        raise ValueError(f"{what} is the name of a header, without blanks and colons; not {wrong[0]!r}")
    return tuple(name.lower() for name in names)


def _listed(value: object, what: str) -> tuple[str, ...]:
    names = tuple(value) if _is_iterable(value) else (value,)
    texts = tuple(name for name in names if isinstance(name, str))
    if len(texts) < len(names):
        raise TypeError(f"{what} is the name of a header, a str, or several")
    return texts


def _is_iterable(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, Iterable)


def one_of(table: Mapping[str, Any], value: str, what: str) -> Any:
    """The entry of that name. Raises ValueError that lists the names."""
    if value not in table:
        raise ValueError(f"{what} is one of {', '.join(table)}; not {value!r}")
    return table[value]


def split(content: str) -> tuple[str, str, set[str]]:
    """What stands before and after the body, for ``str.format``, and the names of all that is signed.

    Raises ValueError for what is no content.
    """
    try:
        parsed = [*Formatter().parse(content)]
    except ValueError:
        raise ValueError(_CONTENT) from None  # Formatter says which brace, and not what should be there
    sides, signed = [""], set[str]()
    for literal, name, form, conversion in parsed:
        sides[-1] += literal.replace("{", "{{").replace("}", "}}")
        if name is None:
            continue
        if form or conversion or name not in ("body", *PARTS):
            raise ValueError(_CONTENT)
        signed.add(name)
        if name == "body":
            sides.append("")
        else:
            sides[-1] += f"{{{PARTS.index(name)}}}"
    if len(sides) != 2:
        raise ValueError(_CONTENT)
    return sides[0], sides[1], signed
