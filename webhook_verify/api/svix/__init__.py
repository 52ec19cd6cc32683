"""Clients of the Svix management API: version 1.4, and every operation of the official SDK.

```python
from webhook_verify.api.svix import ApplicationIn, Svix

with Svix(token) as svix:
    app = svix.application.get_or_create(ApplicationIn(name="Acme", uid="acme"))
    for endpoint in svix.endpoint.list("acme"):
        svix.endpoint.rotate_secret("acme", endpoint.id)
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhook_verify.api._model import UNSET
from webhook_verify.api._pages import AsyncPages, Pages
from webhook_verify.api.svix.client import AsyncSvix, Svix, SvixAsync
from webhook_verify.api.svix.models.account import (
    AggregateEventTypesOut,
    ApiTokenOut,
    AppPortalAccessIn,
    AppPortalAccessOut,
    AppUsageStatsIn,
    AppUsageStatsOut,
    ApplicationTokenExpireIn,
    BackgroundTaskOut,
    ConnectorIn,
    ConnectorOut,
    DashboardAccessOut,
    EnvironmentIn,
    EnvironmentOut,
    ExpungeAllContentsOut,
    RecoverOut,
    ReplayOut,
    RotatePollerTokenIn,
    StreamPortalAccessIn,
    StreamTokenExpireIn,
)
from webhook_verify.api.svix.models.application import ApplicationIn, ApplicationOut, ApplicationPatch
from webhook_verify.api.svix.models.endpoint import (
    BulkReplayIn,
    EndpointAttemptStats,
    EndpointHeadersIn,
    EndpointHeadersOut,
    EndpointHeadersPatchIn,
    EndpointIn,
    EndpointOut,
    EndpointPatch,
    EndpointSecretOut,
    EndpointSecretRotateIn,
    EndpointStats,
    EndpointTransformationOut,
    EndpointTransformationPatch,
    EndpointUpsertIn,
    EventExampleIn,
    MessageEndpointOut,
    RecoverIn,
    ReplayIn,
)
from webhook_verify.api.svix.models.enums import (
    AppPortalCapability,
    BackgroundTaskStatus,
    BackgroundTaskType,
    BulkExpungeStatus,
    ConnectorKind,
    ConnectorProduct,
    MessageAttemptTriggerType,
    MessageStatus,
    MessageStatusText,
    Ordering,
    StatusCodeClass,
)
from webhook_verify.api.svix.models.event_type import (
    EventTypeFromOpenApi,
    EventTypeImportOpenApiIn,
    EventTypeImportOpenApiOut,
    EventTypeImportOpenApiOutData,
    EventTypeIn,
    EventTypeOut,
    EventTypePatch,
    EventTypeUpsertIn,
)
from webhook_verify.api.svix.models.integration import (
    IntegrationIn,
    IntegrationKeyOut,
    IntegrationOut,
    IntegrationUpdate,
)
from webhook_verify.api.svix.models.message import (
    BulkExpungeContentsIn,
    BulkExpungeContentsOut,
    MessageIn,
    MessageOut,
    MessagePrecheckIn,
    MessagePrecheckOut,
    PollingEndpointConsumerSeekIn,
    PollingEndpointConsumerSeekOut,
    PollingEndpointMessageOut,
    PollingEndpointOut,
)
from webhook_verify.api.svix.models.message_attempt import EndpointMessageOut, MessageAttemptOut
from webhook_verify.api.svix.models.operational_webhook import (
    OperationalWebhookEndpointHeadersIn,
    OperationalWebhookEndpointHeadersOut,
    OperationalWebhookEndpointIn,
    OperationalWebhookEndpointOut,
    OperationalWebhookEndpointSecretIn,
    OperationalWebhookEndpointSecretOut,
    OperationalWebhookEndpointUpsertIn,
)
from webhook_verify.api.svix.models.page import Page
from webhook_verify.api.svix.secret_source import AsyncSvixSecretSource, SvixSecretSource

if TYPE_CHECKING:
    from webhook_verify.api.svix.products import *

__all__ = [
    "UNSET",
    "AggregateEventTypesOut",
    "ApiTokenOut",
    "AppPortalAccessIn",
    "AppPortalAccessOut",
    "AppPortalCapability",
    "AppUsageStatsIn",
    "AppUsageStatsOut",
    "ApplicationIn",
    "ApplicationOut",
    "ApplicationPatch",
    "ApplicationTokenExpireIn",
    "AsyncPages",
    "AsyncSvix",
    "AsyncSvixSecretSource",
    "BackgroundTaskOut",
    "BackgroundTaskStatus",
    "BackgroundTaskType",
    "BulkExpungeContentsIn",
    "BulkExpungeContentsOut",
    "BulkExpungeStatus",
    "BulkReplayIn",
    "ConnectorIn",
    "ConnectorKind",
    "ConnectorOut",
    "ConnectorProduct",
    "DashboardAccessOut",
    "EndpointAttemptStats",
    "EndpointHeadersIn",
    "EndpointHeadersOut",
    "EndpointHeadersPatchIn",
    "EndpointIn",
    "EndpointMessageOut",
    "EndpointOut",
    "EndpointPatch",
    "EndpointSecretOut",
    "EndpointSecretRotateIn",
    "EndpointStats",
    "EndpointTransformationOut",
    "EndpointTransformationPatch",
    "EndpointUpsertIn",
    "EnvironmentIn",
    "EnvironmentOut",
    "EventExampleIn",
    "EventTypeFromOpenApi",
    "EventTypeImportOpenApiIn",
    "EventTypeImportOpenApiOut",
    "EventTypeImportOpenApiOutData",
    "EventTypeIn",
    "EventTypeOut",
    "EventTypePatch",
    "EventTypeUpsertIn",
    "ExpungeAllContentsOut",
    "IntegrationIn",
    "IntegrationKeyOut",
    "IntegrationOut",
    "IntegrationUpdate",
    "MessageAttemptOut",
    "MessageAttemptTriggerType",
    "MessageEndpointOut",
    "MessageIn",
    "MessageOut",
    "MessagePrecheckIn",
    "MessagePrecheckOut",
    "MessageStatus",
    "MessageStatusText",
    "OperationalWebhookEndpointHeadersIn",
    "OperationalWebhookEndpointHeadersOut",
    "OperationalWebhookEndpointIn",
    "OperationalWebhookEndpointOut",
    "OperationalWebhookEndpointSecretIn",
    "OperationalWebhookEndpointSecretOut",
    "OperationalWebhookEndpointUpsertIn",
    "Ordering",
    "Page",
    "Pages",
    "PollingEndpointConsumerSeekIn",
    "PollingEndpointConsumerSeekOut",
    "PollingEndpointMessageOut",
    "PollingEndpointOut",
    "RecoverIn",
    "RecoverOut",
    "ReplayIn",
    "ReplayOut",
    "RotatePollerTokenIn",
    "StatusCodeClass",
    "StreamPortalAccessIn",
    "StreamTokenExpireIn",
    "Svix",
    "SvixAsync",
    "SvixSecretSource",
]


def __getattr__(name: str) -> object:
    if not name.startswith("_"):
        from importlib import import_module

        products = import_module(f"{__name__}.products")
        if name in products.__all__:
            return getattr(products, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
