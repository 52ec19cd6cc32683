"""Changes of event subscriptions that are made for the versions of now, and made again after a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from webhook_verify.api._operation import Steps, ask, request
from webhook_verify.api.emporix.subscription_models import (
    EventSubscription,
    MultiStatus,
    SubscriptionChange,
    SubscriptionResult,
    read_results,
)
from webhook_verify.errors import APIStatusError

__all__ = ["PATH", "apply"]

PATH = "/event-subscriptions"
_CONFLICT = 409
_TIMES = 3  # a version that is always outdated when it arrives is not worth a fourth


def apply(changes: Iterable[SubscriptionChange]) -> Steps[MultiStatus]:
    """Read the versions and change what they are of; what was a conflict, again, up to three times."""
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
    now = yield from ask(request("GET", PATH, returns=list[EventSubscription]))
    versions = {each.event.type: each.metadata.version for each in now if each.event and each.metadata}
    made = [change.made_for(versions.get(change.event_type)) for change in changes]
    try:
        return (yield from ask(request("PATCH", PATH, body=made, decode=read_results)))
    except APIStatusError as error:
        if error.status != _CONFLICT or is_last:
            raise
    return MultiStatus(
        results=[SubscriptionResult(event_type=each.event_type, code=_CONFLICT) for each in changes]
    )
