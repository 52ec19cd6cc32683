"""Clients of the Lithic Events API: events, event subscriptions and their signing secrets.

```python
with Lithic(api_key) as lithic:
    subscription = lithic.event_subscriptions.create(EventSubscriptionIn(url="https://acme.example/hooks"))
    for event in lithic.events.list(event_types=["card.created"]):
        lithic.events.resend(event.token, subscription.token)
```
"""

from __future__ import annotations

from webhook_verify.api._model import UNSET
from webhook_verify.api._pages import AsyncPages, Pages
from webhook_verify.api.lithic.client import AsyncLithic, Lithic
from webhook_verify.api.lithic.models import (
    CursorPage,
    Event,
    EventSubscription,
    EventSubscriptionChanges,
    EventSubscriptionIn,
    EventSubscriptionSecret,
    MessageAttempt,
    MessageAttemptStatus,
)
from webhook_verify.api.lithic.secret_source import AsyncLithicSecretSource, LithicSecretSource

__all__ = [
    "UNSET",
    "AsyncLithic",
    "AsyncLithicSecretSource",
    "AsyncPages",
    "CursorPage",
    "Event",
    "EventSubscription",
    "EventSubscriptionChanges",
    "EventSubscriptionIn",
    "EventSubscriptionSecret",
    "Lithic",
    "LithicSecretSource",
    "MessageAttempt",
    "MessageAttemptStatus",
    "Pages",
]
