"""The example payloads that Svix documents for its operational webhooks, old form (API 1.4) and new."""

from __future__ import annotations

from typing import Any

from webhook_verify.events import svix

__all__ = ["EXAMPLES", "Example"]

Example = tuple[str, type[Any], dict[str, Any]]

APP, ENDPOINT = "app_1srOrx2ZWZBpBUvZwXKQmoEYga2", "ep_1srOrx2ZWZBpBUvZwXKQmoEYga2"
MESSAGE, ATTEMPT = "msg_1srOrx2ZWZBpBUvZwXKQmoEYga2", "atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2"
SOURCE = "src_30HT9jb8WZXKVWIO44ZDr"

_ENDPOINT = {
    "appId": APP,
    "appUid": "unique-app-identifier",
    "endpointId": ENDPOINT,
    "endpointUid": "unique-endpoint-identifier",
}


def _attempt(status: int, timestamp: str, **ids: str) -> dict[str, Any]:
    return {
        **(ids or {"appId": APP, "appUid": "unique-app-identifier"}),
        "endpointId": ENDPOINT,
        "lastAttempt": {"id": ATTEMPT, "responseStatusCode": status, "timestamp": timestamp},
        "msgEventId": "unique-msg-identifier",
        "msgId": MESSAGE,
    }


def _task(**item: Any) -> dict[str, Any]:
    return {
        "data": {"appStats": [{"appId": APP, **item, "messageDestinations": 343}]},
        "status": "finished",
        "task": "application.stats",
        "taskId": "qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2",
    }


_LOG = {
    "orgId": "env_1srOrx2ZWZBpBUvZwXKQmoEYga2",  # env_, although the schema says org_
    "appId": APP,
    "appUid": "unique-app-identifier",
    "endpointId": ENDPOINT,
    "msgId": MESSAGE,
    "msgEventId": "unique-msg-identifier",
    "msgCreated": "2022-11-06T15:04:05Z",
    "attemptStart": "2022-11-06T15:04:06Z",
    "attemptEnd": "2022-11-06T15:04:07Z",
    "attemptId": ATTEMPT,
    "responseStatusCode": 200,
    "attemptCount": 1,
    "status": 0,
    "eventType": "user.signup",
}
_INGEST_ENDPOINT = {
    "sourceId": SOURCE,
    "endpointId": ENDPOINT,
    "endpointUid": "unique-endpoint-identifier",
    "failSince": "2022-11-06T15:04:05Z",
    "trigger": "automatic",
}
OLD, NEW = "1970-01-01T00:00:00", "2022-11-06T15:04:05Z"

_DATA: list[tuple[str, type[Any], Any]] = [
    ("1.4", svix.EndpointCreatedEvent, _ENDPOINT),
    ("1.4", svix.EndpointUpdatedEvent, _ENDPOINT),
    ("1.4", svix.EndpointDeletedEvent, _ENDPOINT),
    ("1.4", svix.EndpointDisabledEvent, {**_ENDPOINT, "failSince": OLD}),
    ("1.4", svix.MessageAttemptExhaustedEvent, _attempt(500, OLD)),
    ("1.4", svix.MessageAttemptFailingEvent, _attempt(500, OLD)),
    ("1.4", svix.BackgroundTaskFinishedEvent, _task()),
    ("oss", svix.EndpointDisabledEvent, {**_ENDPOINT, "endpointUid": None, "failSince": NEW}),
    ("oss", svix.MessageAttemptRecoveredEvent, _attempt(200, OLD)),
    ("new", svix.EndpointCreatedEvent, _ENDPOINT),
    ("new", svix.EndpointUpdatedEvent, _ENDPOINT),
    ("new", svix.EndpointDeletedEvent, _ENDPOINT),
    ("new", svix.EndpointEnabledEvent, _ENDPOINT),
    ("new", svix.EndpointDisabledEvent, {**_ENDPOINT, "failSince": NEW, "trigger": "automatic"}),
    ("new, by hand", svix.EndpointDisabledEvent, {**_ENDPOINT, "failSince": None, "trigger": "manual"}),
    ("new", svix.MessageAttemptExhaustedEvent, _attempt(500, NEW)),
    ("new", svix.MessageAttemptFailingEvent, _attempt(500, NEW)),
    ("new", svix.MessageAttemptRecoveredEvent, _attempt(200, NEW)),
    ("new", svix.BackgroundTaskFinishedEvent, _task(appUid=None)),
    ("new", svix.IngestEndpointDisabledEvent, _INGEST_ENDPOINT),
    ("new", svix.IngestMessageAttemptExhaustedEvent, _attempt(500, NEW, sourceId=SOURCE)),
    ("new", svix.IngestMessageAttemptFailingEvent, _attempt(500, NEW, sourceId=SOURCE)),
    ("new", svix.IngestMessageAttemptRecoveredEvent, _attempt(200, NEW, sourceId=SOURCE)),
    ("new", svix.MessageAttemptLogEvent, [_LOG]),
]

EXAMPLES: list[Example] = [
    (f"{cls.type}, {form}", cls, {"data": data, "type": cls.type}) for form, cls, data in _DATA
]
