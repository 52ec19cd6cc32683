"""How providers sign their deliveries, by name.

Each provider is a :class:`Scheme`; :func:`get` finds one by name, :func:`register` adds one. Most are a row
of data, a :class:`HeaderScheme`; those rows are imported when the first of them is asked for.
"""

from __future__ import annotations

from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, Scheme, SignatureCheck
from webhook_verify.schemes.providers.emporix import EMPORIX, Emporix
from webhook_verify.schemes.standard import LITHIC, STANDARD, SVIX, StandardWebhooks

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = [
    "BodyInterpretation",
    "Emporix",
    "HeaderScheme",
    "ParsedHeaders",
    "Scheme",
    "SignatureCheck",
    "StandardWebhooks",
    "get",
    "names",
    "register",
    "resolve",
]

_registry: dict[str, Scheme] = {}


def register(scheme: Scheme) -> Scheme:
    """Make a scheme known under its name, and return it. Raises TypeError, or ValueError if it is taken."""
    _check_scheme(scheme)
    _import_rows()
    if _registry.setdefault(scheme.name, scheme) is not scheme:
        raise ValueError(f"a scheme named {scheme.name!r} is registered already")
    return scheme


def get(name: str) -> Scheme:
    """The scheme of that name. Raises ValueError that lists the known names."""
    if name not in _registry:
        _import_rows()
    try:
        return _registry[name]
    except KeyError:
        known = f"known are: {', '.join(names())}"
        raise ValueError(f"no scheme is named {name!r}{_nearest(name)}; {known}") from None


def resolve(scheme: object) -> Scheme:
    """A scheme by its registered name, or the scheme itself. Raises ValueError or TypeError."""
    if isinstance(scheme, str):
        return get(scheme)
    if isinstance(scheme, Scheme):
        return scheme
    raise TypeError(f"scheme is a registered name or a Scheme, not {type(scheme).__name__}")


def names() -> list[str]:
    """The names of all registered schemes, sorted."""
    _import_rows()
    return sorted(_registry)


def _nearest(name: str) -> str:
    """The question whether another name is meant; "" if none is like it."""
    from difflib import get_close_matches  # here, because it is for those who have mistyped

    near = get_close_matches(name.lower().replace("_", "-"), names(), 1)
    return f" (is it {near[0]!r}?)" if near else ""


def _check_scheme(given: object) -> None:
    if not isinstance(given, Scheme):
        kind = f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__
        raise TypeError(f"register takes a Scheme, such as a HeaderScheme, not {kind}")


def _import_rows() -> None:
    from webhook_verify.schemes import rows  # here, because most services need none of them

    for each in rows.ROWS:
        _registry.setdefault(each.name, each)


def __getattr__(name: str) -> object:
    if name == "HeaderScheme":
        from webhook_verify.schemes.header_scheme import HeaderScheme

        return HeaderScheme
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


for _scheme in (STANDARD, SVIX, LITHIC, EMPORIX):
    _registry[_scheme.name] = _scheme
