"""Typed events from verified deliveries, with the modules `svix`, `lithic`, `emporix` and `standard`.

```python
from webhook_verify.events import EventRouter, UnknownEvent, svix

event = svix.parse(delivery)       # an EndpointDisabledEvent, ..., or an UnknownEvent
```

The package needs the extra `events`. `EventTypes` parses your own event types. `EventRouter` passes each
event to its handlers.
"""

from __future__ import annotations

# Imported here first, so that the error message does not depend on which module is imported first.
try:
    import msgspec as msgspec
except ImportError as _missing:
    raise ImportError("typed events need msgspec: pip install 'webhook-verify[events]'") from _missing

from webhook_verify.events.event_types import EventTypes
from webhook_verify.events.router import EventRouter
from webhook_verify.events.structs import Event
from webhook_verify.events.unknown import UnknownEvent, UntypedEvent

__all__ = ["Event", "EventRouter", "EventTypes", "UnknownEvent", "UntypedEvent"]
