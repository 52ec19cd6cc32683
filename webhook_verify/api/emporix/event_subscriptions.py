"""Operations on event subscriptions: which events are delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, Steps, ask, request
from webhook_verify.api._resource import AnySender, Resource, operation
from webhook_verify.api._settings import checked_text
from webhook_verify.api.emporix.subscription_models import (
    EventSubscription,
    MultiStatus,
    SubscriptionChange,
    SubscriptionResult,
    read_results,
)
from webhook_verify.errors import ApiStatusError

__all__ = ["EventSubscriptions"]

_PATH = "/event-subscriptions"
_CONFLICT = 409
_TIMES = 3  # a version that is always outdated when it arrives is not worth a fourth


class EventSubscriptions(Resource[AnySender]):
    """Event subscriptions. They say whether an event is delivered; the configuration says where to."""

    @operation
    def list(
        self, *, language: str | None = None, **call: Unpack[Call]
    ) -> Operation[Sequence[EventSubscription]]:
        """All events. ``language``: of their texts, as in Accept-Language; the tenant's by default."""
        headers = {} if language is None else {"accept-language": checked_text("language", language)}
        made: Operation[Sequence[EventSubscription]] = request("GET", _PATH, returns=list[EventSubscription])
        return made._replace(headers=headers)

    @operation
    def manage(self, changes: Sequence[SubscriptionChange], **call: Unpack[Call]) -> Operation[MultiStatus]:
        """Change subscriptions as they are given, each with its version. Failures are in the result."""
        return request("PATCH", _PATH, body=changes, decode=read_results)

    @operation
    def apply(self, changes: Iterable[SubscriptionChange], **call: Unpack[Call]) -> Steps[MultiStatus]:
        """Change subscriptions whatever their version: it is read first, and again after a conflict.

        What is still a conflict the third time is a failure in the result, or an :class:`ApiStatusError`
        if the answer as a whole is one.
        """
        left, done, times_left = [*changes], list[SubscriptionResult](), _TIMES
        while True:
            times_left -= 1
            answer = yield from _apply_once(left, is_last=not times_left)
            conflicts = {each.event_type for each in answer.results if each.code == _CONFLICT}
            if not (times_left and conflicts):
                return MultiStatus(results=[*done, *answer.results])
            done += [each for each in answer.results if each.event_type not in conflicts]
            left = [change for change in left if change.event_type in conflicts]


def _apply_once(changes: Sequence[SubscriptionChange], *, is_last: bool) -> Steps[MultiStatus]:
    """What comes of the changes with the versions of now; each a conflict if the whole answer is one."""
    now = yield from ask(request("GET", _PATH, returns=list[EventSubscription]))
    versions = {each.event.type: each.metadata.version for each in now if each.event and each.metadata}
    made = [change.made_for(versions.get(change.event_type)) for change in changes]
    try:
        return (yield from ask(request("PATCH", _PATH, body=made, decode=read_results)))
    except ApiStatusError as error:
        if error.status != _CONFLICT or is_last:
            raise
    return MultiStatus(
        results=[SubscriptionResult(event_type=each.event_type, code=_CONFLICT) for each in changes]
    )
