"""Every operation of the Lithic client: its name, its method and path."""

from __future__ import annotations

from functools import partial

from tests.api.contract import rows
from tests.api.helpers import AsyncWire, Wire
from webhook_verify.api.lithic import AsyncLithic, Lithic

__all__ = ["ASYNC_WIRE", "OPERATIONS", "WIRE"]

OPERATIONS = rows(
    """
events.list                         GET    events
events.retrieve                     GET    events/{event_token}
events.list_attempts                GET    events/{event_token}/attempts
events.resend POST events/{event_token}/event_subscriptions/{event_subscription_token}/resend
event_subscriptions.list            GET    event_subscriptions
event_subscriptions.create          POST   event_subscriptions
event_subscriptions.retrieve        GET    event_subscriptions/{event_subscription_token}
event_subscriptions.update          PATCH  event_subscriptions/{event_subscription_token}
event_subscriptions.delete          DELETE event_subscriptions/{event_subscription_token}
event_subscriptions.list_attempts   GET    event_subscriptions/{event_subscription_token}/attempts
event_subscriptions.recover         POST   event_subscriptions/{event_subscription_token}/recover
event_subscriptions.replay_missing  POST   event_subscriptions/{event_subscription_token}/replay_missing
event_subscriptions.retrieve_secret GET    event_subscriptions/{event_subscription_token}/secret
event_subscriptions.rotate_secret   POST   event_subscriptions/{event_subscription_token}/secret/rotate
simulate.send_example POST simulate/event_subscriptions/{event_subscription_token}/send_example
""",
    "/v1/",
)
WIRE = Wire(partial(Lithic, "b4re-k3y"))
ASYNC_WIRE = AsyncWire(partial(Lithic, "b4re-k3y"), partial(AsyncLithic, "b4re-k3y"))
