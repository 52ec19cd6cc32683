"""Clients of the Emporix Webhook Service: configurations, event subscriptions and statistics.

```python
with Emporix("acme", client_id, client_secret) as emporix:
    emporix.config.create(SvixSharedConfigIn(code="shared", active=True))
    change = SubscriptionChange(event_type="order.created", action=SubscriptionAction.SUBSCRIBE)
    emporix.event_subscriptions.apply([change]).raise_for_failures()
```
"""

from __future__ import annotations

from webhook_verify.api._model import UNSET
from webhook_verify.api.emporix import patch
from webhook_verify.api.emporix.client import AsyncEmporix, Emporix
from webhook_verify.api.emporix.config_models import (
    ConfigIn,
    ConfigUpdate,
    EventConfiguration,
    HttpConfigIn,
    HttpConfigUpdate,
    HttpConfiguration,
    SvixConfigIn,
    SvixConfigUpdate,
    SvixConfiguration,
    SvixSharedConfigIn,
    SvixSharedConfigUpdate,
    SvixSharedConfiguration,
)
from webhook_verify.api.emporix.models import (
    ConfigCreated,
    ConfigOut,
    ConfigurationOut,
    DashboardAccess,
    EventConfigurationOut,
    HeaderValue,
    MonthStatistics,
    Provider,
    Statistics,
    http_headers,
)
from webhook_verify.api.emporix.patch import PatchOperation
from webhook_verify.api.emporix.subscription_models import (
    EventSubscription,
    MultiStatus,
    SubscriptionAction,
    SubscriptionChange,
    SubscriptionMetadata,
    SubscriptionResult,
    SubscriptionStatus,
    SubscriptionVersion,
    WebhookEvent,
)

__all__ = [
    "UNSET",
    "AsyncEmporix",
    "ConfigCreated",
    "ConfigIn",
    "ConfigOut",
    "ConfigUpdate",
    "ConfigurationOut",
    "DashboardAccess",
    "Emporix",
    "EventConfiguration",
    "EventConfigurationOut",
    "EventSubscription",
    "HeaderValue",
    "HttpConfigIn",
    "HttpConfigUpdate",
    "HttpConfiguration",
    "MonthStatistics",
    "MultiStatus",
    "PatchOperation",
    "Provider",
    "Statistics",
    "SubscriptionAction",
    "SubscriptionChange",
    "SubscriptionMetadata",
    "SubscriptionResult",
    "SubscriptionStatus",
    "SubscriptionVersion",
    "SvixConfigIn",
    "SvixConfigUpdate",
    "SvixConfiguration",
    "SvixSharedConfigIn",
    "SvixSharedConfigUpdate",
    "SvixSharedConfiguration",
    "WebhookEvent",
    "http_headers",
    "patch",
]
