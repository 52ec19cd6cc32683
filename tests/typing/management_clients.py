"""What type checkers see of the management clients. Not run; see :mod:`tests.typing.public_face`."""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_type

from webhook_verify import AsyncReceiver, Receiver
from webhook_verify.api.emporix import (
    AsyncEmporix,
    ConfigOut,
    Emporix,
    HttpConfigIn,
    HttpConfigUpdate,
    MultiStatus,
    SvixConfiguration,
    patch,
)
from webhook_verify.api.lithic import (
    AsyncLithic,
    CursorPage,
    Event,
    EventSubscription,
    EventSubscriptionChanges,
    EventSubscriptionIn,
    Lithic,
)
from webhook_verify.api.svix import (
    ApplicationIn,
    ApplicationOut,
    AsyncPages,
    AsyncSvix,
    AsyncSvixSecretSource,
    EndpointOut,
    EndpointPatch,
    EndpointTransformationOut,
    MessageIn,
    MessageOut,
    MessageStatus,
    Ordering,
    Page,
    Pages,
    Svix,
    SvixSecretSource,
)


def blocking(svix: Svix) -> None:
    assert_type(svix.application.get_or_create(ApplicationIn(name="Acme", uid="acme")), ApplicationOut)
    assert_type(svix.endpoint.get("acme", "ep_1", timeout=3), EndpointOut)
    assert_type(svix.endpoint.get(app_id="acme", endpoint_id="ep_1"), EndpointOut)
    assert_type(svix.endpoint.transformation.get("acme", "ep_1"), EndpointTransformationOut)
    svix.endpoint.delete("acme", "ep_1")
    svix.endpoint.rotate_secret("acme", "ep_1", idempotency_key="rotation-7")
    svix.endpoint.patch("acme", "ep_1", EndpointPatch(uid=None, event_types=["a"]))

    endpoints = svix.endpoint.list("acme", limit=250, order=Ordering.ASCENDING)
    assert_type(endpoints, Pages[Page[EndpointOut]])
    assert_type(endpoints.first_page(), Page[EndpointOut])
    for endpoint in endpoints:
        assert_type(endpoint, EndpointOut)
        assert_type(endpoint.created_at, datetime)
    for page in endpoints.pages():
        assert_type(page.data, list[EndpointOut])
        assert_type(page.iterator, str | None)
    for attempt in svix.message_attempt.list_by_msg("acme", "msg_1", status=MessageStatus.FAIL):
        assert_type(attempt.status, MessageStatus)
        assert_type(attempt.msg, MessageOut | None)

    svix.endpoint.get("acme")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    svix.endpoint.get("acme", 7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    svix.endpoint.get("a", "e", idempotency_key="k")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    svix.endpoint.list("acme", limti=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    svix.endpoint.patch("a", "e", EndpointPatch(url=None))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    MessageIn(event_type="t")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def asynchronous(svix: AsyncSvix) -> None:
    assert_type(await svix.endpoint.get("acme", "ep_1", timeout=None), EndpointOut)
    assert_type(await svix.endpoint.transformation.get("acme", "ep_1"), EndpointTransformationOut)
    assert_type(await svix.message.create("a", MessageIn(event_type="t", payload={})), MessageOut)
    endpoints = svix.endpoint.list("acme")
    assert_type(endpoints, AsyncPages[Page[EndpointOut]])
    assert_type(await endpoints.first_page(), Page[EndpointOut])
    async for endpoint in endpoints:
        assert_type(endpoint, EndpointOut)
    async for page in endpoints.pages():
        assert_type(page, Page[EndpointOut])

    # A forgotten await.
    svix.endpoint.delete("acme", "ep_1")  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    print(svix.endpoint.get("acme", "ep_1").id)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    endpoints.first_page()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]


def sources(svix: Svix, asynchronous: AsyncSvix) -> None:
    Receiver(SvixSecretSource(svix, "acme", "ep_1", interval=30, tolerance=60))
    AsyncReceiver(AsyncSvixSecretSource(asynchronous, "acme", "ep_1"))
    SvixSecretSource(asynchronous, "a", "e")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def models(message: MessageOut) -> None:
    assert_type(message.payload, dict[str, Any])
    message.id = "msg_2"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def lithic_and_emporix(lithic: Lithic, emporix: Emporix) -> None:
    changes = EventSubscriptionChanges(event_types=None)
    assert_type(lithic.event_subscriptions.modify("ep_1", changes, timeout=3), EventSubscription)
    assert_type(lithic.events.list(event_types=["a"]).first_page(), CursorPage[Event])
    assert_type(emporix.config.list(), Sequence[ConfigOut])
    assert_type(emporix.event_subscriptions.apply([]), MultiStatus)
    emporix.config.create(HttpConfigIn(code="h"))
    emporix.config.patch("h", [patch.active(True)])

    emporix.config.create(HttpConfigUpdate())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    HttpConfigIn(code="h", configuration=SvixConfiguration())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lithic.event_subscriptions.update("ep_1", changes)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    body = EventSubscriptionIn(url="u")
    lithic.event_subscriptions.create(body, idempotency_key="k")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def lithic_and_emporix_asynchronous(lithic: AsyncLithic, emporix: AsyncEmporix) -> None:
    changes = EventSubscriptionChanges(url="u")
    assert_type(await lithic.event_subscriptions.modify("ep_1", changes), EventSubscription)
    assert_type(await emporix.config.list(), Sequence[ConfigOut])
    emporix.event_subscriptions.apply([])  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
