"""A router as the handler of every adapter: handled, unreadable and unknown events, and a failing handler.

The response is 204 for a handled event, 422 for a payload that does not match its type, 500 for an error of
the handler, and 401 for a forgery, which never reaches the router. Only a handled event completes the claim
of replay protection.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.apps import MOUNTS, Mount
from tests.adapters.helpers import AsyncLedger, Ledger
from tests.events.helpers import encoded
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import AsyncReceiver, Delivery, Signer, Verifier
from webhook_verify.events import EventRouter, svix

VERIFIER = Verifier(SECRET)
FAILED = {500, 502}


def mounted(mount: Mount, router: EventRouter) -> tuple[Any, Any]:
    """The route whose handler the router is, and the ledger of its claims."""
    ledger: Any = AsyncLedger() if mount.receiver is AsyncReceiver else Ledger()
    dispatch = router.dispatch_async if mount.is_async else router.dispatch
    return mount.make(mount.receiver(VERIFIER, ledger), dispatch), ledger


def event(type: str, **data: Any) -> bytes:
    return encoded({"type": type, "data": {"appId": "app_1", "endpointId": "ep_1", **data}})


CASES: list[tuple[str, bytes, int, list[str]]] = [
    ("done", event("endpoint.disabled"), 204, ["complete"]),
    ("unknown", event("endpoint.renamed"), 204, ["complete"]),
    ("unreadable", event("endpoint.disabled", appId=None), 422, ["release"]),
    ("failing", event("endpoint.deleted"), 500, ["release"]),
]


@pytest.mark.parametrize("name", MOUNTS)
@rows(("case", "body", "status", "outcome"), CASES, ids=[case for case, *_ in CASES])
def test_a_router_answers_through_every_adapter(
    name: str, case: str, body: bytes, status: int, outcome: list[str]
) -> None:
    seen: list[tuple[str, str]] = []
    router = EventRouter(svix)

    @router.on(svix.EndpointDisabledEvent)
    def disabled(event: svix.EndpointDisabledEvent, delivery: Delivery) -> None:
        seen.append((event.data.endpoint_id, delivery.id))

    @router.on(svix.EndpointDeletedEvent)
    def deleted(event: svix.EndpointDeletedEvent) -> None:
        raise LookupError

    post, ledger = mounted(MOUNTS[name], router)
    answered = post(body, Signer(SECRET).sign(body, id="msg_1")).status

    assert answered == status or {answered, status} == FAILED
    assert ledger.outcome == outcome
    assert seen == ([("ep_1", "msg_1")] if case == "done" else [])


@pytest.mark.parametrize("name", MOUNTS)
def test_a_forgery_never_reaches_the_router(name: str) -> None:
    router, seen = EventRouter(svix), list[object]()
    router.before(seen.append)
    post, _ = mounted(MOUNTS[name], router)

    assert post(event("endpoint.enabled"), Signer(SECRET).sign(event("endpoint.disabled"))).status == 401
    assert seen == []
