"""Receivers from Django's settings: values for secrets and replay protection, and configuration errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.views.debug import SafeExceptionReporterFilter

from tests.adapters.django_views import (
    WORLDS,
    async_class,
    async_function,
    fresh_views,
    plain_class,
    plain_function,
    post,
    seen,
)
from tests.signing import BODY, SECRET
from webhook_verify import AsyncReceiver, Secret, Signer
from webhook_verify.adapters.django import async_receiver_from_settings, receiver_from_settings
from webhook_verify.receiver import RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    with fresh_views():
        yield


def with_settings(**options: Any) -> Any:
    return override_settings(WEBHOOK_VERIFY={"default": options})


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize("make", [plain_function, async_function, plain_class, async_class])
def test_a_view_can_name_a_receiver_of_the_settings(make: Any, send: Any) -> None:
    view = make("default")
    headers = Signer(SECRET).sign(BODY)
    with with_settings(secrets=SECRET, max_body_bytes=100):
        assert send(view, headers=headers).status_code == 200
        assert send(view, b"x" * 101, Signer(SECRET).sign(b"x" * 101)).status_code == 413
    with with_settings(secrets="whsec_" + "A" * 31 + "B"):
        assert send(view, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "secrets",
    [
        pytest.param(SECRET, id="str"),
        pytest.param(Secret(SECRET), id="Secret"),
        pytest.param([b"another key of 24 bytes.", SECRET], id="several"),
        pytest.param({"value": SECRET, "label": "2026"}, id="dict"),
        pytest.param([{"value": lambda: SECRET}], id="dict of a function"),
        pytest.param(lambda: SECRET, id="function"),
        pytest.param([lambda: SECRET], id="list of a function"),
        pytest.param(lambda: [SECRET], id="function of a list"),
    ],
)
def test_a_secret_of_the_settings_may_be(secrets: Any) -> None:
    with with_settings(secrets=secrets):
        incoming = receiver_from_settings().begin(facts_now())
    incoming.update(BODY)
    assert incoming.finish().body == BODY


GUARD = ReplayGuard(MemoryStore())


@pytest.mark.parametrize(
    "replay",
    [
        pytest.param(lambda: ReplayGuard(MemoryStore()), id="function"),
        pytest.param(ReplayGuard(MemoryStore()), id="guard"),
        pytest.param(f"{__name__}.GUARD", id="dotted path"),
    ],
)
@pytest.mark.parametrize("make", [plain_function, async_class])
def test_replay_protection_of_the_settings(make: Any, replay: Any) -> None:
    headers = Signer(SECRET).sign(BODY, id=f"msg_{make.__name__}")
    with with_settings(secrets=SECRET, replay=replay):
        view = make("default")
        post(view, headers=headers)
        assert post(view, headers=headers).content == b'{"result":"handled_before"}'
    assert len(seen) == 1


@pytest.mark.parametrize("replay", ["no.such.path", 7, lambda: MemoryStore()], ids=["path", "int", "store"])
def test_replay_protection_that_is_none_is_improperly_configured(replay: Any) -> None:
    with with_settings(secrets=SECRET, replay=replay), pytest.raises(ImproperlyConfigured, match="default"):
        receiver_from_settings()


def facts_now() -> RequestHead:
    return RequestHead("POST", "/", Signer(SECRET).sign(BODY))


def test_the_settings_are_read_once_and_not_before_the_first_use() -> None:
    calls: list[int] = []

    def secret() -> str:
        calls.append(1)
        return SECRET

    with with_settings(secrets=secret):
        view = plain_class("default")
        assert not calls
        post(view, headers={})
        post(view, headers={})
        assert receiver_from_settings() is receiver_from_settings("default")
        assert len(calls) == 1
        assert isinstance(async_receiver_from_settings(), AsyncReceiver)


def failing() -> str:
    raise KeyError("THE_VARIABLE")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "is missing", id="no dict of names"),
        pytest.param({}, "is missing", id="no name"),
        pytest.param({"default": SECRET}, "is missing", id="no dict"),
        pytest.param({"default": {}}, "'secrets'", id="no secrets"),
        pytest.param({"default": {"secrets": SECRET, "secret": 1}}, "may contain only", id="unknown option"),
        pytest.param({"default": {"secrets": []}}, "secret is an empty list", id="empty list"),
        pytest.param({"default": {"secrets": None}}, "NoneType", id="None"),
        pytest.param({"default": {"secrets": ""}}, "empty", id="blank"),
        pytest.param({"default": {"secrets": "whsec_SEKRIT!"}}, "not valid base64", id="junk"),
        pytest.param({"default": {"secrets": [{"value": SECRET, "labl": ""}]}}, "labl", id="unknown key"),
        pytest.param({"default": {"secrets": [{"label": "a"}]}}, "NoneType", id="no value"),
        pytest.param({"default": {"secrets": failing}}, "KeyError", id="function that fails"),
        pytest.param({"default": {"secrets": SECRET, "scheme": "morse"}}, "morse", id="scheme"),
        pytest.param({"default": {"secrets": SECRET, "tolerance": 0}}, "tolerance", id="tolerance"),
        pytest.param({"default": {"secrets": SECRET, "max_body_bytes": "1"}}, "max_body", id="limit"),
    ],
)
def test_an_error_of_the_settings_is_improperly_configured_and_shows_no_secret(value: Any, text: str) -> None:
    with override_settings(WEBHOOK_VERIFY=value), pytest.raises(ImproperlyConfigured, match=text) as caught:
        receiver_from_settings()
    error: BaseException = caught.value
    assert "default" in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    frame = error.__traceback__
    while frame is not None and (frame := frame.tb_next) is not None:
        shown = repr(frame.tb_frame.f_locals)
        assert SECRET not in shown
        assert "SEKRIT" not in shown


def test_a_view_of_a_missing_setting_is_500_and_not_401() -> None:
    assert post(plain_class("nowhere")).status_code == 500


def test_the_debug_page_does_not_show_the_secrets() -> None:
    with with_settings(secrets=[SECRET, {"value": SECRET}]):
        shown = SafeExceptionReporterFilter().get_safe_settings()["WEBHOOK_VERIFY"]
    assert SECRET not in repr(shown)
