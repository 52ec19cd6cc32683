"""How providers sign their deliveries, by name.

Each provider is a :class:`Scheme`; :func:`get` finds one by name, :func:`register` adds one.
"""

from __future__ import annotations

from webhook_verify.schemes.emporix import EMPORIX, Emporix
from webhook_verify.schemes.scheme import Reading, Scheme
from webhook_verify.schemes.standard import LITHIC, STANDARD, SVIX, StandardWebhooks

__all__ = ["Emporix", "Reading", "Scheme", "StandardWebhooks", "find", "get", "names", "register"]

_registry: dict[str, Scheme] = {}


def register(scheme: Scheme) -> Scheme:
    """Make a scheme known under its name, and return it. Raises ValueError if the name is taken."""
    if _registry.setdefault(scheme.name, scheme) is not scheme:
        raise ValueError(f"a scheme named {scheme.name!r} is registered already")
    return scheme


def get(name: str) -> Scheme:
    """The scheme of that name. Raises ValueError that lists the known names."""
    try:
        return _registry[name]
    except KeyError:
        raise ValueError(f"no scheme is named {name!r}; known are: {', '.join(names())}") from None


def find(scheme: object) -> Scheme:
    """A scheme by its registered name, or the scheme itself. Raises ValueError or TypeError."""
    if isinstance(scheme, str):
        return get(scheme)
    if isinstance(scheme, Scheme):
        return scheme
    raise TypeError(f"scheme is a registered name or a Scheme, not {type(scheme).__name__}")


def names() -> list[str]:
    """The names of all registered schemes, sorted."""
    return sorted(_registry)


for _scheme in (STANDARD, SVIX, LITHIC, EMPORIX):
    register(_scheme)
