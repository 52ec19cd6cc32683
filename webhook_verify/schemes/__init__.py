"""Signature schemes of webhook providers, by name.

Each provider is a `Scheme`. `get` returns a scheme by name and `register` adds one. The built-in providers
are the modules of `webhook_verify.schemes.providers`, each imported on first use.
"""

from __future__ import annotations

from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, Scheme, SchemeDocs, SignatureCheck
from webhook_verify.schemes.sender_rules import RETRY_GRACE, ResponseRules
from webhook_verify.schemes.standard import STANDARD, StandardWebhooks

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import VerifyingKey
    from webhook_verify.schemes.header_scheme import HeaderScheme
    from webhook_verify.schemes.header_token import HeaderToken
    from webhook_verify.schemes.jwt_scheme import JwtScheme
    from webhook_verify.schemes.providers.emporix import Emporix
    from webhook_verify.schemes.signature_lists import SignatureList
    from webhook_verify.secret import Secret

__all__ = [
    "BodyInterpretation",
    "Emporix",
    "HeaderScheme",
    "HeaderToken",
    "JwtScheme",
    "ParsedHeaders",
    "ResponseRules",
    "Scheme",
    "SchemeDocs",
    "SignatureCheck",
    "SignatureList",
    "StandardWebhooks",
    "get",
    "names",
    "register",
    "resolve",
    "retry_window",
]

_registry: dict[str, Scheme] = {STANDARD.name: STANDARD}


def register(scheme: Scheme) -> Scheme:
    """Register a scheme under its name, for `get` and every `scheme=` parameter.

    Args:
        scheme: The scheme, such as a `HeaderScheme`. Registering the same object again has no effect.

    Returns:
        The scheme.

    Raises:
        TypeError: If `scheme` is not a `Scheme`.
        ValueError: If another scheme has the same name.
    """
    _check_scheme(scheme)
    known = _built_in_or_registered(scheme.name) or _registry.setdefault(scheme.name, scheme)
    if known is not scheme:
        raise ValueError(f"scheme {scheme.name!r} is already registered; choose another name")
    return scheme


def get(name: str) -> Scheme:
    """Return the scheme with this name, importing its module if it is built in.

    Args:
        name: A built-in name, such as `github`, or the name of a registered scheme.

    Returns:
        The scheme. Repeated calls return the same object.

    Raises:
        TypeError: If `name` is not a string.
        ValueError: If the name is unknown. The message lists the known names.
    """
    _check_name(name)
    found = _built_in_or_registered(name)
    if found is None:
        known = f"expected one of {', '.join(names())}"
        raise ValueError(f"unknown scheme {name!r}{_nearest(name)}; {known}") from None
    return found


def resolve(scheme: object) -> Scheme:
    """Return the scheme that a `scheme=` argument refers to.

    Args:
        scheme: A registered name, or a `Scheme`, which is returned unchanged.

    Returns:
        The scheme.

    Raises:
        TypeError: If `scheme` is neither a string nor a `Scheme`.
        ValueError: If the name is unknown. The message lists the known names.
    """
    if isinstance(scheme, str):
        return get(scheme)
    if isinstance(scheme, Scheme):
        return scheme
    raise TypeError(f"scheme must be a registered name or a Scheme, not {type(scheme).__name__!r}")


def names() -> list[str]:
    """List the names of all schemes, built-in and registered, without importing a provider.

    Returns:
        The names in alphabetical order.
    """
    from webhook_verify.schemes import providers

    return sorted({*providers.NAMES, *_registry})


def retry_window(scheme: Scheme) -> float:
    """Return the maximum age of a retry that carries the timestamp of the first attempt.

    A receiver with a replay guard accepts such retries beyond the tolerance.

    Args:
        scheme: The scheme of the provider.

    Returns:
        Seconds, or 0 if retries carry a new timestamp or the provider's behaviour is unknown.
    """
    keeps = scheme.signs_timestamp and scheme.retries == "keep_timestamp"
    return scheme.retry_seconds + RETRY_GRACE if keeps else 0.0


def _nearest(name: str) -> str:
    """Return a "did you mean" suffix for a mistyped name, or an empty string."""
    from difflib import get_close_matches  # imported here because only a mistyped name needs it

    near = get_close_matches(name.lower().replace("_", "-"), names(), 1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _check_name(value: object) -> None:
    if not isinstance(value, str):
        raise TypeError(f"name must be a str, such as 'github', not {type(value).__name__!r}")


def _check_scheme(value: object) -> None:
    if not isinstance(value, Scheme):
        kind = f"the class {value.__name__!r}" if isinstance(value, type) else repr(type(value).__name__)
        raise TypeError(f"scheme must be a Scheme, such as a HeaderScheme, not {kind}")


def _built_in_or_registered(name: str) -> Scheme | None:
    if name not in _registry:
        # Imported here, because the default scheme needs no provider.
        from webhook_verify.schemes import providers

        if name in providers.NAMES:
            _registry.setdefault(name, providers.load(name))
    return _registry.get(name)


def __getattr__(name: str) -> object:
    if name == "HeaderScheme":
        from webhook_verify.schemes.header_scheme import HeaderScheme

        return HeaderScheme
    if name == "SignatureList":
        from webhook_verify.schemes.signature_lists import SignatureList

        return SignatureList
    if name == "HeaderToken":
        from webhook_verify.schemes.header_token import HeaderToken

        return HeaderToken
    if name == "JwtScheme":
        from webhook_verify.schemes.jwt_scheme import JwtScheme

        return JwtScheme
    if name == "Emporix":
        from webhook_verify.schemes.providers.emporix import Emporix

        return Emporix
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def split_secrets(scheme: Scheme, secret: object) -> object:
    """Return the secrets of a text that holds several, for a scheme with a `secret_separator`.

    Args:
        scheme: The scheme.
        secret: The configured secret or secrets.

    Returns:
        `secret` itself for other schemes, else a list of `Secret`.

    Raises:
        InvalidSecret: If a secret is empty.
        TypeError: If `secret` has a type that no secret has.
    """
    if not scheme.secret_separator:
        return secret
    from webhook_verify.schemes.separated_secrets import separated  # here, because few schemes need it

    return separated(secret, scheme.secret_separator)


def verifying_key(scheme: Scheme, secret: Secret) -> VerifyingKey:
    """Return the key of a scheme for a secret, which may have whitespace or quotes around it.

    Args:
        scheme: The scheme.
        secret: The configured secret.

    Returns:
        The verifying key.

    Raises:
        ImportError: If the key needs the extra `asymmetric`, which is not installed.
        InvalidSecret: If the secret is not valid for this scheme.
    """
    if secret.as_configured() is None:
        return scheme.verifying_key(secret)
    from webhook_verify.schemes.either_key import key_of_pasted_secret  # here, because few secrets need it

    return key_of_pasted_secret(scheme, secret)
