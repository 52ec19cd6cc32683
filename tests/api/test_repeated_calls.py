"""Which calls are repeated after a lost response, and how a repeated deletion is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.server import Behaviour, Script, answer, reset
from webhook_verify import APIConnectionError, APIStatusError
from webhook_verify.api.lithic import EventSubscriptionIn, Lithic
from webhook_verify.api.svix import EndpointPatch, Svix

GONE = answer(404, {"code": "not_found", "detail": "Entity not found"})
ENDPOINT = {
    "id": "ep_1",
    "url": "https://acme.example",
    "metadata": {},
    "description": "d",
    "version": 1,
    "createdAt": "2026-01-01T00:00:00Z",
    "updatedAt": "2026-01-01T00:00:00Z",
}


def svix(script: Script, call: Callable[[Svix], Any]) -> Any:
    with Svix("t0k3n", server_url=script.url, sleep=lambda _: None) as client:
        return call(client)


def deleted(client: Svix) -> Any:
    return client.endpoint.delete("acme", "ep_1")


MAY_HAVE_DELETED: dict[str, list[Behaviour]] = {
    "the connection was cut": [reset, GONE],
    "a proxy answered 502": [answer(502), GONE],
    "503": [answer(503, retry_after="1"), GONE],
    "408": [answer(408), GONE],
    "not the last attempt": [reset, answer(429), GONE],
}
HAS_NOT_DELETED: dict[str, list[Behaviour]] = {
    "the first attempt": [GONE],
    "only refused before": [answer(429), answer(429, retry_after="1"), GONE],
    "another status": [reset, answer(403, {"code": "forbidden", "detail": "No"})],
}


@pytest.mark.parametrize("behaviours", MAY_HAVE_DELETED.values(), ids=MAY_HAVE_DELETED)
def test_404_is_a_success_of_a_deletion_that_may_have_arrived_before(behaviours: list[Behaviour]) -> None:
    with Script(*behaviours) as script:
        assert svix(script, deleted) is None
    assert [request.method for request in script.received] == ["DELETE"] * len(behaviours)


@pytest.mark.parametrize("behaviours", HAS_NOT_DELETED.values(), ids=HAS_NOT_DELETED)
def test_otherwise_404_is_an_error_of_a_deletion(behaviours: list[Behaviour]) -> None:
    with Script(*behaviours) as script, pytest.raises(APIStatusError, match=r"not_found|forbidden"):
        svix(script, deleted)


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.endpoint.get("acme", "ep_1"),
        lambda client: client.endpoint.patch("acme", "ep_1", EndpointPatch(description="d")),
        lambda client: client.endpoint.rotate_secret("acme", "ep_1"),
    ],
    ids=["GET", "PATCH", "POST"],
)
def test_404_remains_an_error_of_all_other_repeated_calls(call: Callable[[Svix], Any]) -> None:
    with Script(reset, GONE) as script, pytest.raises(APIStatusError, match="not_found"):
        svix(script, call)


def test_a_deletion_at_lithic_is_read_in_the_same_way() -> None:
    with Script(reset, GONE) as script, Lithic("b4re", server_url=script.url, sleep=lambda _: None) as lithic:
        lithic.event_subscriptions.delete("ep_1")


@pytest.mark.parametrize("failure", [reset, answer(500), answer(503), answer(408)])
def test_a_patch_of_svix_is_repeated_because_it_sets_absolute_values(failure: Behaviour) -> None:
    with Script(failure, answer(200, ENDPOINT)) as script:
        patched = svix(script, lambda client: client.endpoint.patch("acme", "ep_1", EndpointPatch(uid="u")))
    assert patched.id == "ep_1"
    assert [request.body for request in script.received] == [b'{"uid":"u"}'] * 2


def test_a_patch_of_a_provider_that_does_not_promise_it_is_not_repeated() -> None:
    with (
        Script(reset) as script,
        Lithic("b4re", server_url=script.url, sleep=lambda _: None) as lithic,
        pytest.raises(APIConnectionError),
    ):
        lithic.event_subscriptions.update("ep_1", EventSubscriptionIn(url="https://acme.example"))
    assert len(script.received) == 1


ROTATIONS: list[tuple[str, tuple[str, ...]]] = [
    ("endpoint", ("acme", "ep_1")),
    ("operational_webhook.endpoint", ("ep_1",)),
    ("ingest.endpoint", ("src_1", "ep_1")),
]


@pytest.mark.parametrize(
    ("response", "key"),
    [
        (answer(200, {"key": "whsec_bmV3"}), "whsec_bmV3"),
        (answer(200, {"key": "whsec_bmV3", "new": 1}), "whsec_bmV3"),
        (answer(204), None),
        (answer(200), None),
        (answer(200, {}), None),
    ],
    ids=["secret", "secret and more", "204", "empty", "empty object"],
)
@pytest.mark.parametrize(("resource", "ids"), ROTATIONS, ids=[name for name, _ in ROTATIONS])
def test_a_rotation_returns_the_new_secret_or_none(
    resource: str, ids: tuple[str, ...], response: Behaviour, key: str | None
) -> None:
    with Script(response) as script, Svix("t0k3n", server_url=script.url) as client:
        place: Any = client
        for name in resource.split("."):
            place = getattr(place, name)
        secret = place.rotate_secret(*ids)
    assert (secret and secret.key) == key
    assert "whsec" not in repr(secret)
