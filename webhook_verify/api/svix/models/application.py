"""Applications: the customers whose endpoints get messages."""

from __future__ import annotations

from datetime import datetime

from webhook_verify.api._model import UNSET, Model, UnsetType

__all__ = ["ApplicationIn", "ApplicationOut", "ApplicationPatch"]


class ApplicationIn(Model, frozen=True, kw_only=True):
    """An application to create, or what it shall be from now on."""

    name: str
    """A name for people, at least 1 character."""
    uid: str | UnsetType | None = UNSET
    """Your own id, 1 to 256 letters, digits, ``-_.``."""
    metadata: dict[str, str] | UnsetType | None = UNSET
    """Your own texts by key."""
    throttle_rate: int | UnsetType | None = UNSET
    """Most messages a second, 1 to 65535; None: no limit."""
    rate_limit: int | UnsetType | None = UNSET
    """The name of ``throttle_rate`` in API 1.4."""


class ApplicationPatch(Model, frozen=True, kw_only=True):
    """What shall change of an application. What is not given stays; None clears."""

    name: str | UnsetType = UNSET
    """A name for people."""
    uid: str | UnsetType | None = UNSET
    """Your own id, 1 to 256 letters, digits, ``-_.``."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Your own texts by key."""
    throttle_rate: int | UnsetType | None = UNSET
    """Most messages a second, 0 to 65535; None: no limit."""


class ApplicationOut(Model, frozen=True, kw_only=True):
    """An application."""

    id: str
    """The id that the server gave, ``app_`` and 27 letters and digits."""
    name: str
    """A name for people."""
    created_at: datetime
    """When it was created."""
    updated_at: datetime
    """When it was changed last."""
    uid: str | None = None
    """Your own id."""
    metadata: dict[str, str] | None = None
    """Your own texts by key."""
    throttle_rate: int | None = None
    """Most messages a second; None: no limit."""
    rate_limit: int | None = None
    """The same, under its name in API 1.4."""
