"""Changes of a configuration: a function for each path that Emporix's PATCH supports.

```python
emporix.config.patch("http", [patch.active(True), patch.http.headers({"x-shop": "7"})])
emporix.config.patch("http", [patch.entry(entry_id).secret_key(new_secret)])
```

None removes a value. So does an empty mapping or list, if Emporix does not accept an empty value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from webhook_verify.api._model import UNSET, Model
from webhook_verify.api.emporix.config_models import EventConfiguration, HttpConfiguration, SvixConfiguration
from webhook_verify.api.emporix.models import http_headers

__all__ = [
    "EntryPatch",
    "EventTypePatch",
    "HttpPatch",
    "PatchOperation",
    "active",
    "add_entry",
    "configuration",
    "entry",
    "event_type",
    "http",
    "svix_api_key",
]


class PatchOperation(Model, frozen=True, kw_only=True):
    """A change: a value to write or to remove."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"value"})

    op: Literal["UPSERT", "REMOVE"]
    """Operation."""
    path: str
    """Path of the value."""
    value: Any = UNSET
    """Value to write."""


def _upsert(path: str, value: object) -> PatchOperation:
    return PatchOperation(op="UPSERT", path=path, value=value)


def _upsert_or_remove(path: str, value: object) -> PatchOperation:
    return PatchOperation(op="REMOVE", path=path) if value is None else _upsert(path, value)


class _Destination:
    """Changes that apply to a configuration and to each of its entries."""

    def __init__(self, path: str) -> None:
        self._path = path

    def _at(self, name: str, value: object) -> PatchOperation:
        return _upsert_or_remove(f"{self._path}/{name}", value)

    def destination_url(self, url: str | None) -> PatchOperation:
        """Change the destination URL.

        Args:
            url: URL to deliver to. It must return 2xx for HEAD or OPTIONS. None removes it.

        Returns:
            The change.
        """
        return self._at("destinationUrl", url)

    def secret_key(self, secret: str | None) -> PatchOperation:
        """Change the signing secret.

        Args:
            secret: Signing secret, any text. None removes it.

        Returns:
            The change.
        """
        return self._at("secretKey", secret)

    def headers(self, headers: Mapping[str, str] | None) -> PatchOperation:
        """Replace all additional headers.

        Args:
            headers: Header values by name, at most 10. None or an empty mapping removes all.

        Returns:
            The change.
        """
        return self._at("headers", http_headers(headers) if headers else None)


class HttpPatch(_Destination):
    """Changes of an HTTP configuration."""

    def events_configuration(self, entries: Sequence[EventConfiguration] | None) -> PatchOperation:
        """Replace all entries for individual event types.

        Args:
            entries: The entries. None or an empty sequence removes all.

        Returns:
            The change.
        """
        return self._at("eventsConfiguration", entries or None)


class EventTypePatch(_Destination):
    """Changes of an event type's entry. The server rejects them (409) if the type has several entries."""

    def replace(self, configuration: EventConfiguration | None) -> PatchOperation:
        """Replace the entry.

        Args:
            configuration: The whole entry. None removes it.

        Returns:
            The change.
        """
        return _upsert_or_remove(self._path, configuration)


class EntryPatch(EventTypePatch):
    """Changes of an entry, selected by its id."""

    def filter(self, json_path: str | None) -> PatchOperation:
        """Change the filter.

        Args:
            json_path: JSONPath that a payload must match to be delivered. None removes it.

        Returns:
            The change.
        """
        return self._at("filter", json_path)

    def excluded_fields(self, fields: Sequence[str] | None) -> PatchOperation:
        """Change the fields that are omitted from the payload.

        Args:
            fields: Fields to omit; None: those of the subscription; []: no field.

        Returns:
            The change.
        """
        return self._at("excludedFields", fields)

    def name(self, name: str | None) -> PatchOperation:
        """Change the name.

        Args:
            name: Human-readable name, up to 255 characters. None removes it.

        Returns:
            The change.
        """
        return self._at("name", name)

    def active(self, is_active: bool) -> PatchOperation:
        """Enable or disable the deliveries of the entry.

        Args:
            is_active: Whether deliveries are enabled.

        Returns:
            The change.
        """
        return self._at("active", is_active)


http: HttpPatch = HttpPatch("/configuration/http")


def active(is_active: bool) -> PatchOperation:
    """Activate the configuration, which deactivates the others.

    Args:
        is_active: Whether the configuration is active.

    Returns:
        The change.
    """
    return _upsert("/active", is_active)


def configuration(value: SvixConfiguration | HttpConfiguration | None) -> PatchOperation:
    """Replace the settings of the configuration.

    Args:
        value: All settings. None removes them.

    Returns:
        The change.
    """
    return _upsert_or_remove("/configuration", value)


def svix_api_key(key: str | None) -> PatchOperation:
    """Change the API key of your Svix account.

    Args:
        key: Authorization header of Emporix's requests to Svix: `Bearer ` and the API key. None removes it.

    Returns:
        The change.
    """
    return _upsert_or_remove("/configuration/svix/apiKey", key)


def event_type(name: str) -> EventTypePatch:
    """Select the entry for an event type.

    Args:
        name: Event type.

    Returns:
        The changes of the entry.

    Raises:
        ValueError: If the name is empty or contains a slash.
    """
    return EventTypePatch(f"/configuration/http/eventsConfiguration/{_part('name', name)}")


def add_entry(entry: EventConfiguration) -> PatchOperation:
    """Add an entry.

    Args:
        entry: The new entry, without an id.

    Returns:
        The change.

    Raises:
        ValueError: If the entry has an id.
    """
    if entry.id is not UNSET:
        raise ValueError(
            "entry must not have an id, which the server assigns. To change an entry, use entry(id).replace"
        )
    return _upsert("/configuration/http/eventsConfigurationEntry", entry)


def entry(entry_id: str) -> EntryPatch:
    """Select an entry by its id.

    Args:
        entry_id: Id of the entry.

    Returns:
        The changes of the entry.

    Raises:
        ValueError: If the id is empty or contains a slash.
    """
    return EntryPatch(f"/configuration/http/eventsConfigurationEntry/{_part('entry_id', entry_id)}")


def _part(parameter: str, text: str) -> str:
    if not text or "/" in text:
        raise ValueError(
            f"{parameter} must not be empty or contain a slash, which would address another path"
        )
    return text
