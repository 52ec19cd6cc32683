"""Changes of event subscriptions with their current versions, retried after a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from webhook_verify.api._operation import OperationSteps, perform, request
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
_MAX_ATTEMPTS = 3


def apply(changes: Iterable[SubscriptionChange]) -> OperationSteps[MultiStatus]:
    """Read the current versions and apply the changes, up to three times for those that conflict."""
    pending, done, attempts_left = [*changes], list[SubscriptionResult](), _MAX_ATTEMPTS
    while True:
        attempts_left -= 1
        response = yield from _apply_once(pending, is_last=not attempts_left)
        conflicts = {result.event_type for result in response.results if result.code == _CONFLICT}
        if not (attempts_left and conflicts):
            return MultiStatus(results=[*done, *response.results])
        done += [result for result in response.results if result.event_type not in conflicts]
        pending = [change for change in pending if change.event_type in conflicts]


def _apply_once(changes: Sequence[SubscriptionChange], *, is_last: bool) -> OperationSteps[MultiStatus]:
    """Apply the changes once. If the whole response is a conflict, so is each result."""
    now = yield from perform(request("GET", PATH, returns=list[EventSubscription]))
    versions = {
        result.event.type: result.metadata.version for result in now if result.event and result.metadata
    }
    made = [change.made_for(versions.get(change.event_type)) for change in changes]
    try:
        return (yield from perform(request("PATCH", PATH, body=made, decode=read_results)))
    except APIStatusError as error:
        if error.status != _CONFLICT or is_last:
            raise
    return MultiStatus(
        results=[SubscriptionResult(event_type=result.event_type, code=_CONFLICT) for result in changes]
    )
