"""Every operation of the Emporix client: its name, its method and path."""

from __future__ import annotations

from functools import partial

from tests.api.contract import rows
from tests.api.helpers import AsyncWire, Wire
from webhook_verify.api.emporix import AsyncEmporix, Emporix

__all__ = ["ASYNC_WIRE", "OPERATIONS", "WIRE"]

OPERATIONS = rows(
    """
config.list                GET    config
config.create              POST   config
config.retrieve            GET    config/{code}
config.replace             PUT    config/{code}
config.patch               PATCH  config/{code}
config.delete              DELETE config/{code}
dashboard.access           GET    dashboard-access
event_subscriptions.list   GET    event-subscriptions
event_subscriptions.manage PATCH  event-subscriptions
statistics.retrieve        GET    statistics
""",
    "/webhook/{tenant}/",
)
_CALLER = ("acme", "client-id", "cl13nt-s3cret")
WIRE = Wire(partial(Emporix, *_CALLER))
ASYNC_WIRE = AsyncWire(partial(Emporix, *_CALLER), partial(AsyncEmporix, *_CALLER))
