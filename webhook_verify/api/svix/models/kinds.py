"""Payloads with a `type` that selects the class of their `config`, such as sinks and ingest sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import msgspec
from msgspec import field

from webhook_verify.api._model import Model, Redacted

__all__ = ["KindModel"]


class KindModel(Model, frozen=True, kw_only=True):
    """A payload whose `type` selects the class of its `config`.

    A dict under the names of the server becomes the class. A `type` that is newer than this library keeps
    its dict.
    """

    kinds: ClassVar[Mapping[str, type[Model] | None]] = {}
    """The class of each `type`; None: the configuration of this `type` has no class."""

    type: str
    """Kind of the configuration."""
    config: Any = field(default_factory=dict[str, Any])
    """Configuration, of the class for `type`."""

    def __post_init__(self) -> None:
        Model.__post_init__(self)
        msgspec.structs.force_setattr(self, "config", self._checked_config())

    def _checked_config(self) -> object:
        kind, config = self.kinds.get(self.type), self.config
        if isinstance(config, dict) and kind is not None:
            try:
                return msgspec.convert(config, kind)
            except msgspec.ValidationError as error:
                raise ValueError(f"config is not a {kind.__name__}: {error}") from None
        expected = kind or dict
        if not isinstance(config, expected):
            received = type(cast("object", config)).__name__
            raise TypeError(f"config must be a {expected.__name__} for type {self.type!r}, not {received!r}")
        return cast("object", config)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return the fields that are set, without the content of a configuration that is a dict."""
        return [
            (name, Redacted() if name == "config" and isinstance(value, dict) else value)
            for name, value in Model.__rich_repr__(self)
        ]
