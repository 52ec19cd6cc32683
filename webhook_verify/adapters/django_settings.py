"""Receivers that are configured in Django's settings.

```python
WEBHOOK_VERIFY = {"default": {"secrets": [os.environ["WEBHOOK_SECRET"]]}}
```

Each name has ``secrets`` and optionally ``scheme``, ``tolerance``, ``max_body_bytes``, ``replay``,
``handshake``, ``public_url``, ``trusted_proxies``, ``trusted_hosts`` and ``diagnose``. A secret is a value
that `Verifier` accepts, a dict of the arguments of `Secret`, or a function that returns either. ``replay`` is
a `ReplayGuard`, a function that returns a guard, or the dotted path of either. The settings are read once, at
the first use. Errors do not contain secrets.
"""

from __future__ import annotations

from typing import Any, TypeVar

try:
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.signals import setting_changed
    from django.utils.module_loading import import_string
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.django needs Django: pip install 'django>=5.2'") from _missing

from webhook_verify.receiver import AsyncReceiver, Receiver
from webhook_verify.secret import Secret
from webhook_verify.verifier import Verifier

__all__ = ["async_receiver_from_settings", "receiver_from_settings"]

_VERIFYING = ("scheme", "tolerance")
_RECEIVING = ("max_body_bytes", "handshake", "public_url", "trusted_proxies", "trusted_hosts", "diagnose")
_OPTIONS = {"secrets", "replay", *_VERIFYING, *_RECEIVING}
_Kind = TypeVar("_Kind", Receiver, AsyncReceiver)

_made: dict[tuple[type, str], Any] = {}


def receiver_from_settings(name: str = "default") -> Receiver:
    """Return a receiver that is configured in ``settings.WEBHOOK_VERIFY``.

    Args:
        name: The name in ``settings.WEBHOOK_VERIFY``.

    Returns:
        The receiver, the same one for each call.

    Raises:
        ImproperlyConfigured: If the name is missing or its options are invalid.
    """
    return _receiver(Receiver, name)


def async_receiver_from_settings(name: str = "default") -> AsyncReceiver:
    """Return a receiver for ``async`` views that is configured in ``settings.WEBHOOK_VERIFY``.

    Args:
        name: The name in ``settings.WEBHOOK_VERIFY``.

    Returns:
        The receiver, the same one for each call.

    Raises:
        ImproperlyConfigured: If the name is missing or its options are invalid.
    """
    return _receiver(AsyncReceiver, name)


def _receiver(kind: type[_Kind], name: str) -> _Kind:
    if (kind, name) not in _made:
        made = _make(kind, name)
        if isinstance(made, str):
            # It is raised outside of _make, because the debug page shows the variables of every frame.
            raise ImproperlyConfigured(f"settings.WEBHOOK_VERIFY[{name!r}]: {made}")
        _made[kind, name] = made
    receiver: _Kind = _made[kind, name]
    return receiver


def _make(kind: type[_Kind], name: str) -> _Kind | str:
    """Return the receiver, or the text of the error in its settings."""
    try:
        options = _options(name)
        verifying = {option: options[option] for option in _VERIFYING if option in options}
        receiving = {option: options[option] for option in _RECEIVING if option in options}
        if "replay" in options:
            receiving["replay"] = _guard(options["replay"])
        return kind(Verifier(_secrets(options["secrets"]), **verifying), namespace=name, **receiving)
    except (TypeError, ValueError, ImportError) as error:
        return str(error)


def _options(name: str) -> Any:
    named: Any = getattr(settings, "WEBHOOK_VERIFY", None) or {}
    options: Any = named.get(name)
    if not hasattr(options, "keys"):
        raise TypeError("is missing or is not a dict")
    if "secrets" not in options or not set(options) <= _OPTIONS:
        raise ValueError(f"must contain 'secrets', and may contain only {sorted(_OPTIONS)}")
    return options


def _guard(value: Any) -> Any:
    found = import_string(value) if isinstance(value, str) else value
    return found() if callable(found) else found


def _secrets(value: Any) -> Any:
    """Return the secret or secrets of the settings, in the form that a Verifier accepts."""
    value = _called(value)
    return _secret(value) if _is_one(value) else [_secret(_called(one)) for one in value]


def _is_one(value: object) -> bool:
    return isinstance(value, str | bytes | Secret) or hasattr(value, "keys")


def _secret(value: Any) -> Any:
    return Secret(**{**value, "value": _called(value.get("value"))}) if hasattr(value, "keys") else value


def _called(value: Any) -> Any:
    """Return the result of a function, and any other value unchanged."""
    if not callable(value):
        return value
    try:
        return value()
    except Exception as error:
        raise ValueError(f"the function that returns a secret failed with {type(error).__name__}") from error


def _forget(*, setting: str, **_: object) -> None:
    if setting == "WEBHOOK_VERIFY":  # A test overrides the setting.
        _made.clear()


setting_changed.connect(_forget)
