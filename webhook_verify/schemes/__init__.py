"""How providers sign their deliveries, by name.

Each provider is a :class:`Scheme`; :func:`get` finds one by name, :func:`register` adds one. The built-in
providers are modules of :mod:`webhook_verify.schemes.providers`, each imported when its name is asked for.
"""

from __future__ import annotations

from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, Scheme, SchemeDocs, SignatureCheck
from webhook_verify.schemes.sender_rules import RETRY_GRACE, ResponseRules
from webhook_verify.schemes.standard import STANDARD, StandardWebhooks

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.schemes.header_scheme import HeaderScheme
    from webhook_verify.schemes.providers.emporix import Emporix

__all__ = [
    "BodyInterpretation",
    "Emporix",
    "HeaderScheme",
    "ParsedHeaders",
    "ResponseRules",
    "Scheme",
    "SchemeDocs",
    "SignatureCheck",
    "StandardWebhooks",
    "get",
    "names",
    "register",
    "resolve",
    "retry_window",
]

_registry: dict[str, Scheme] = {STANDARD.name: STANDARD}


def register(scheme: Scheme) -> Scheme:
    """Register a scheme under its name, for :func:`get` and every ``scheme=``.

    Args:
        scheme: The scheme, such as a :class:`HeaderScheme`. Registering the same object again has no effect.

    Returns:
        The scheme.

    Raises:
        TypeError: If it is not a Scheme.
        ValueError: If another scheme has its name.
    """
    _check_scheme(scheme)
    known = _built_in_or_registered(scheme.name) or _registry.setdefault(scheme.name, scheme)
    if known is not scheme:
        raise ValueError(f"a scheme named {scheme.name!r} is registered already")
    return scheme


def get(name: str) -> Scheme:
    """Return the scheme of that name, and import its provider's module if it is built in.

    Args:
        name: A built-in name, such as ``github``, or one that :func:`register` was given.

    Returns:
        The scheme; the same object each time.

    Raises:
        ValueError: If no scheme has that name. The message lists the known names.
    """
    found = _built_in_or_registered(name)
    if found is None:
        known = f"known are: {', '.join(names())}"
        raise ValueError(f"no scheme is named {name!r}{_nearest(name)}; {known}") from None
    return found


def resolve(scheme: object) -> Scheme:
    """A scheme by its registered name, or the scheme itself. Raises ValueError or TypeError."""
    if isinstance(scheme, str):
        return get(scheme)
    if isinstance(scheme, Scheme):
        return scheme
    raise TypeError(f"scheme is a registered name or a Scheme, not {type(scheme).__name__}")


def names() -> list[str]:
    """Return the names of all schemes, built in or registered, sorted. Imports no provider."""
    from webhook_verify.schemes import providers

    return sorted({*providers.NAMES, *_registry})


def retry_window(scheme: Scheme) -> float:
    """Return how old a retry with the first timestamp may be behind a replay guard.

    Args:
        scheme: The scheme of the provider.

    Returns:
        The seconds, 0 if a retry has a timestamp of its own, or nothing is known of it.
    """
    keeps = scheme.signs_timestamp and scheme.retries == "keep_timestamp"
    return scheme.retry_seconds + RETRY_GRACE if keeps else 0.0


def _nearest(name: str) -> str:
    """The question whether another name is meant; "" if none is like it."""
    from difflib import get_close_matches  # here, because it is for those who have mistyped

    near = get_close_matches(name.lower().replace("_", "-"), names(), 1)
    return f" (is it {near[0]!r}?)" if near else ""


def _check_scheme(value: object) -> None:
    if not isinstance(value, Scheme):
        kind = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
        raise TypeError(f"register takes a Scheme, such as a HeaderScheme, not {kind}")


def _built_in_or_registered(name: str) -> Scheme | None:
    if name not in _registry:
        from webhook_verify.schemes import providers  # inside, because the default scheme needs none of them

        if name in providers.NAMES:
            _registry.setdefault(name, providers.load(name))
    return _registry.get(name)


def __getattr__(name: str) -> object:
    if name == "HeaderScheme":
        from webhook_verify.schemes.header_scheme import HeaderScheme

        return HeaderScheme
    if name == "Emporix":
        from webhook_verify.schemes.providers.emporix import Emporix

        return Emporix
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
