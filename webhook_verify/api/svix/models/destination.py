"""Payloads of destinations, which receive the messages of an application in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from webhook_verify.api._model import UNSET, Model, OpenStrEnum, UnsetType
from webhook_verify.api.svix.models.sink import (
    SINK_CONFIGS_IN,
    SINK_CONFIGS_OUT,
    SINK_CONFIGS_PATCH,
    SinkIn,
    SinkOut,
    SinkPatch,
)
from webhook_verify.api.svix.models.sink_config import FifoEndpointConfigIn
from webhook_verify.api.svix.models.sink_config_out import SinkHttpConfigOut
from webhook_verify.api.svix.models.sink_config_patch import SinkHttpConfigPatch

__all__ = [
    "DestinationIn",
    "DestinationOut",
    "DestinationPatch",
    "DestinationSecretRotateOut",
    "DestinationStatus",
    "DestinationStatusIn",
    "DestinationTransformIn",
    "DestinationTransformationOut",
]


class DestinationStatus(OpenStrEnum):
    """Status of a destination."""

    ENABLED = "enabled"
    PAUSED = "paused"
    DISABLED = "disabled"
    RETRYING = "retrying"


class DestinationStatusIn(OpenStrEnum):
    """Status that a destination can be set to."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class DestinationIn(SinkIn, frozen=True, kw_only=True):
    """A destination to create or to replace. Fields that are `UNSET` get their defaults."""

    kinds: ClassVar[Mapping[str, type[Model] | None]] = {
        **SINK_CONFIGS_IN,
        "fifoEndpoint": FifoEndpointConfigIn,
        "pollingEndpoint": None,
    }
    status: DestinationStatusIn | UnsetType | None = UNSET
    """Whether messages are sent."""


class DestinationPatch(SinkPatch, frozen=True, kw_only=True):
    """Changes of a destination. Fields that are `UNSET` keep their values."""

    kinds: ClassVar[Mapping[str, type[Model] | None]] = {
        **SINK_CONFIGS_PATCH,
        "fifoEndpoint": SinkHttpConfigPatch,
        "pollingEndpoint": None,
    }
    status: DestinationStatusIn | UnsetType | None = UNSET
    """Whether messages are sent."""


class DestinationOut(SinkOut, frozen=True, kw_only=True):
    """A destination of an application's messages."""

    kinds: ClassVar[Mapping[str, type[Model] | None]] = {
        **SINK_CONFIGS_OUT,
        "fifoEndpoint": SinkHttpConfigOut,
        "pollingEndpoint": None,
    }
    status: DestinationStatus
    """Status of the destination."""


class DestinationSecretRotateOut(Model, frozen=True, kw_only=True):
    """The new signing secret of a destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"key"})

    key: str
    """The secret, as `webhook_verify.Verifier` takes it."""


class DestinationTransformIn(Model, frozen=True, kw_only=True):
    """The new transformation of a destination."""

    code: str | UnsetType | None = UNSET
    """JavaScript source; None: no transformation."""


class DestinationTransformationOut(Model, frozen=True, kw_only=True):
    """The transformation of the messages to a destination."""

    enabled: bool
    """Whether the transformation is applied."""
    code: str | None = None
    """JavaScript source; None without a transformation."""
