"""Settlement in Flask: code after the after-request functions, and requests without a response."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from flask import Flask, request_finished, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.adapters.commits.database import HANDLED_BEFORE, PATH, CommitError, guarded
from tests.signing import SECRET
from webhook_verify import Delivery, Receiver, Signer
from webhook_verify.adapters._flask import current_request
from webhook_verify.adapters.flask import WebhookVerify, webhook


class FailingSessions(SecureCookieSessionInterface):
    """A session store that is away at its first save."""

    def __init__(self) -> None:
        self.saves = 0

    def save_session(self, *arguments: Any) -> None:
        self.saves += 1
        if self.saves == 1:
            raise CommitError("the session store is away")


def app_with(*, app_wide: bool) -> tuple[Flask, list[int]]:
    app, calls = Flask(__name__), list[int]()
    app.secret_key = "of a test"

    def hook(delivery: Delivery | None = None) -> str:
        session["seen"] = True
        calls.append(1)
        return "ok"

    if app_wide:
        WebhookVerify(app, receiver=guarded(Receiver), path=PATH)
        app.post(PATH)(hook)
    else:
        app.post(PATH)(webhook(guarded(Receiver))(hook))
    return app, calls


def post(app: Flask) -> tuple[int, bytes]:
    headers = Signer(SECRET).sign(b"{}", id="msg_1")
    response = app.test_client().post(PATH, data=b"{}", headers=headers)
    return response.status_code, response.data


@pytest.mark.parametrize("propagates", [False, True], ids=["answered", "propagated"])
@pytest.mark.parametrize("app_wide", [False, True], ids=["decorator", "app-wide"])
def test_a_session_that_cannot_be_saved_is_retried(app_wide: bool, propagates: bool) -> None:
    app, calls = app_with(app_wide=app_wide)
    app.session_interface = FailingSessions()
    app.config["PROPAGATE_EXCEPTIONS"] = propagates
    if propagates:
        with pytest.raises(CommitError):
            post(app)
    else:
        assert post(app)[0] == 500
    assert post(app) == (200, b"ok")
    assert post(app) == (200, HANDLED_BEFORE)
    assert len(calls) == 2


@pytest.mark.parametrize("app_wide", [False, True], ids=["decorator", "app-wide"])
def test_a_signal_that_fails_after_the_response_was_seen_is_retried(app_wide: bool) -> None:
    app, calls = app_with(app_wide=app_wide)
    app.after_request(lambda response: response)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    fails = [True]

    def commit(sender: Flask, **_: object) -> None:
        if fails:
            fails.pop()
            raise CommitError("could not serialize access")

    post_forged = app.test_client().post(PATH, data=b"{}")  # so that the adapter's own receiver may be first
    assert post_forged.status_code == 400
    with request_finished.connected_to(commit, sender=app), pytest.raises(CommitError):
        post(app)
    assert post(app) == (200, b"ok")
    assert len(calls) == 2


@pytest.mark.parametrize("app_wide", [False, True], ids=["decorator", "app-wide"])
def test_a_request_is_freed_without_garbage_collection_as_soon_as_its_claim_is_settled(
    app_wide: bool,
) -> None:
    app, _ = app_with(app_wide=app_wide)
    requests = list[weakref.ref[Any]]()

    @app.teardown_request
    def note(_: object) -> None:
        requests.append(weakref.ref(current_request()))

    def call() -> None:
        headers = Signer(SECRET).sign(b"{}", id="msg_1")
        builder = EnvironBuilder(PATH, method="POST", data=b"{}", headers=Headers(headers))
        _, status, _ = run_wsgi_app(app.wsgi_app, builder.get_environ())
        assert status == "200 OK"

    gc.disable()
    try:
        call()
        assert [each() for each in requests] == [None]
    finally:
        gc.enable()
