"""What can change of a configuration: one function for each path that Emporix's PATCH knows. ::

emporix.config.patch("http", [patch.active(True), patch.http.headers({"x-shop": "7"})])
emporix.config.patch("http", [patch.entry(entry_id).secret_key(new_secret)])

None removes a value. An empty mapping or list removes it too where Emporix refuses to write one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

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
    """One change: a value that is written, or removed."""

    redacted_fields = frozenset({"value"})

    op: Literal["UPSERT", "REMOVE"]
    """What to do."""
    path: str
    """Where."""
    value: Any = UNSET
    """The value to write."""


def _upsert(path: str, value: object) -> PatchOperation:
    return PatchOperation(op="UPSERT", path=path, value=value)


def _upsert_or_remove(path: str, value: object) -> PatchOperation:
    return PatchOperation(op="REMOVE", path=path) if value is None else _upsert(path, value)


class _Destination:
    """What a configuration and each of its entries have."""

    def __init__(self, path: str) -> None:
        self._path = path

    def _at(self, name: str, value: object) -> PatchOperation:
        return _upsert_or_remove(f"{self._path}/{name}", value)

    def destination_url(self, url: str | None) -> PatchOperation:
        """Where to deliver."""
        return self._at("destinationUrl", url)

    def secret_key(self, secret: str | None) -> PatchOperation:
        """The secret to sign with."""
        return self._at("secretKey", secret)

    def headers(self, headers: Mapping[str, str] | None) -> PatchOperation:
        """All headers that are added to a delivery."""
        return self._at("headers", http_headers(headers) if headers else None)


class HttpPatch(_Destination):
    """Changes of an HTTP configuration as a whole."""

    def events_configuration(self, entries: Sequence[EventConfiguration] | None) -> PatchOperation:
        """All entries for single event types."""
        return self._at("eventsConfiguration", entries or None)


class EventTypePatch(_Destination):
    """Changes of the entry of an event type. The server refuses them (409) if the type has several."""

    def replace(self, configuration: EventConfiguration | None) -> PatchOperation:
        """The entry as a whole."""
        return _upsert_or_remove(self._path, configuration)


class EntryPatch(EventTypePatch):
    """Changes of one entry by its id."""

    def filter(self, json_path: str | None) -> PatchOperation:
        """A JsonPath: deliver only payloads that it finds something in."""
        return self._at("filter", json_path)

    def excluded_fields(self, fields: Sequence[str] | None) -> PatchOperation:
        """Fields to leave out of the payload; None: those of the subscription; []: none."""
        return self._at("excludedFields", fields)

    def name(self, name: str | None) -> PatchOperation:
        """A text for people."""
        return self._at("name", name)

    def active(self, is_active: bool) -> PatchOperation:
        """Whether anything is delivered."""
        return self._at("active", is_active)


http = HttpPatch("/configuration/http")


def active(is_active: bool) -> PatchOperation:
    """Whether this is the configuration that is used. Another one is no longer, then."""
    return _upsert("/active", is_active)


def configuration(value: SvixConfiguration | HttpConfiguration | None) -> PatchOperation:
    """How to deliver, as a whole."""
    return _upsert_or_remove("/configuration", value)


def svix_api_key(key: str | None) -> PatchOperation:
    """What Emporix sends to your account at Svix as Authorization."""
    return _upsert_or_remove("/configuration/svix/apiKey", key)


def event_type(name: str) -> EventTypePatch:
    """The changes of the entry of that event type. Raises ValueError for a name that would be a path."""
    return EventTypePatch(f"/configuration/http/eventsConfiguration/{_part('name', name)}")


def add_entry(entry: EventConfiguration) -> PatchOperation:
    """A new entry. It has no id yet."""
    if entry.id is not UNSET:
        raise ValueError(
            "entry must not have an id, which the server assigns. To change an entry, use entry(id).replace"
        )
    return _upsert("/configuration/http/eventsConfigurationEntry", entry)


def entry(entry_id: str) -> EntryPatch:
    """The changes of the entry with that id. Raises ValueError for an id that would be a path."""
    return EntryPatch(f"/configuration/http/eventsConfigurationEntry/{_part('entry_id', entry_id)}")


def _part(parameter: str, text: str) -> str:
    if not text or "/" in text:
        raise ValueError(
            f"{parameter} must not be empty or contain a slash, which would address another path"
        )
    return text
