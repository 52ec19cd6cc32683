"""A ready suite for a receiver, in whatever framework: :class:`ReceiverContract`.

::

    class TestMyReceiver(ReceiverContract):
        path = "/webhooks/svix"
        client = app.test_client()
"""

from __future__ import annotations

import json
from asyncio import Runner
from contextlib import AbstractContextManager, suppress
from inspect import isawaitable
from typing import Any, NamedTuple, NoReturn
from unittest import SkipTest

from webhook_verify.errors import InvalidSecret
from webhook_verify.secret import Secret
from webhook_verify.signer import Signer
from webhook_verify.testing.clients import JSON, content_of, send, url_of
from webhook_verify.testing.forgeries import DEFECTS, FORGERIES, Genuine, NotApplicable
from webhook_verify.testing.payloads import fresh
from webhook_verify.testing.requests import SignedRequest, payload_of, signed

__all__ = ["ReceiverContract"]


class _Answer(NamedTuple):
    """What came back: no header of the request is in its repr."""

    status: int
    body: bytes


class ReceiverContract:
    """What a receiver promises, as tests. Subclass it as ``TestSomething``, and say where it is.

    ``path``: of the endpoint. ``client``: a test client as :func:`post` takes it; or leave it to a fixture of
    that name. Requests are signed by the fixture ``webhook_signer``, or by ``signer``. ``url``: as the
    provider calls it, for a scheme that signs it; by default the client's. ``payload``: what your handler
    accepts: bytes, a JSON value or a typed event; or a method that returns one, another one each time. Where
    messages are known by their body, JSON is made another each time without it.

    Switch off what does not apply: ``max_body_bytes = None`` without a limit, ``dedupes = False`` without
    replay protection, ``other_methods = ()``; a whole test by ``test_name = None``. To have it see more,
    override :meth:`handled` and :meth:`failing`.
    """

    path: str = ""
    client: Any = None
    signer: Signer | None = None
    url: str | None = None
    payload: Any = b'{"type":"test.event","data":{}}'
    content_type: str = JSON
    max_body_bytes: int | None = 1_048_576
    """The largest body that is accepted."""
    tolerance: float = 300.0
    """How far the timestamp may be off, in seconds."""
    dedupes: bool = True
    """Whether the handler runs once for a message that comes twice."""
    other_methods: tuple[str, ...] = ("GET", "PUT", "PATCH", "DELETE")
    """The methods that must be answered 405 or 404."""
    wrong_secret: str | bytes | Secret = "whsec_bm90IHRoZSBzZWNyZXQgb2YgdGhpcyByZWNlaXZlci4="
    """A secret that the receiver does not have. For a public key: the private half of another."""

    def handled(self) -> int | None:
        """Override: how often your handler has run so far. None: it cannot be told."""
        return None

    def failing(self) -> AbstractContextManager[object] | None:
        """Override: a context in which your handler fails, by an exception or an answer of 500."""
        return None

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Called by pytest: a test for each row of the tables."""
        for name, rows in (("forgery", FORGERIES), ("defect", DEFECTS)):
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, list(rows))

    # The tests

    def test_a_genuine_delivery_is_accepted(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """2xx, and the handler has run once."""
        __tracebackhide__ = True
        before = self.handled()
        self._accepted(webhook_client, self._genuine(webhook_client, webhook_signer).request)
        self._has_run(before, 1)

    def test_the_body_counts_as_it_was_sent(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """The same JSON, written in another way: who verifies what a parser made of it refuses it."""
        __tracebackhide__ = True
        try:
            odd = json.dumps(json.loads(self._body(webhook_signer)), indent=3).encode() + b"\n"
        except ValueError:
            _skip("the payload is no JSON")
        request = self._genuine(webhook_client, webhook_signer, odd).request
        self._accepted(webhook_client, request, "a genuine delivery of indented JSON")

    def test_a_forgery_is_refused(self, webhook_client: Any, webhook_signer: Signer, forgery: str) -> None:
        """4xx, and the handler has not run."""
        __tracebackhide__ = True
        genuine, before = self._genuine(webhook_client, webhook_signer), self.handled()
        try:
            for request in FORGERIES[forgery](genuine):
                self._refused(webhook_client, request, forgery)
        except NotApplicable as reason:
            _skip(str(reason))
        self._has_run(before, 0)

    def test_a_malformed_header_is_refused(
        self, webhook_client: Any, webhook_signer: Signer, defect: str
    ) -> None:
        """4xx where the signature covers the header; never 5xx."""
        __tracebackhide__ = True
        genuine, before = self._genuine(webhook_client, webhook_signer), self.handled()
        for name in genuine.covered:
            request = genuine.request.replaced(name, DEFECTS[defect])
            self._refused(webhook_client, request, f"{name} is {defect}")
        self._has_run(before, 0)
        for name in {name for name, _ in genuine.request.headers} - {*genuine.covered}:
            answer = self._send(webhook_client, genuine.request.replaced(name, DEFECTS[defect]))
            _check(answer.status < 500, f"{name} is {defect}: answered {answer.status}")

    def test_a_body_over_the_limit_is_refused(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """413, though it is signed."""
        __tracebackhide__ = True
        if self.max_body_bytes is None:
            _skip("max_body_bytes is None")
        body, before = b'"%b"' % (b"x" * (self.max_body_bytes - 1)), self.handled()
        try:
            request = self._genuine(webhook_client, webhook_signer, body).request
        except ValueError:  # the scheme cannot sign it: then it comes with the headers of another
            request = self._genuine(webhook_client, webhook_signer).request.with_body(body)
        answer = self._send(webhook_client, request)
        limit = self.max_body_bytes
        _check(answer.status == 413, f"a body one byte over {limit}: answered {answer.status}, expected 413")
        self._has_run(before, 0)

    def test_another_method_is_refused(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """405 or 404, though it is signed."""
        __tracebackhide__ = True
        handshake = (self.signer or webhook_signer).scheme.handshake
        methods = {*self.other_methods} - {*(handshake.methods if handshake is not None else ())}
        if not methods:
            _skip("there is no method that is refused")
        before = self.handled()
        for method in sorted(methods):
            answer = self._send(webhook_client, self._genuine(webhook_client, webhook_signer).request, method)
            _check(answer.status in {404, 405}, f"{method}: answered {answer.status}, expected 405 or 404")
        self._has_run(before, 0)

    def test_refusals_tell_nothing_apart(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """A forger does not learn how near he came: answers of one status are the same."""
        __tracebackhide__ = True
        genuine, seen = self._genuine(webhook_client, webhook_signer), dict[int, set[bytes]]()
        for make in FORGERIES.values():
            with suppress(NotApplicable):
                for request in make(genuine):
                    answer = self._send(webhook_client, request)
                    seen.setdefault(answer.status, set()).add(answer.body)
        for status, bodies in seen.items():
            _check(len(bodies) == 1, f"refusals with {status} have {len(bodies)} different bodies")

    def test_a_duplicate_is_handled_once(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """2xx both times, for the sender must not come again; and the handler has run once."""
        __tracebackhide__ = True
        if not self.dedupes:
            _skip("dedupes is False")
        request, before = self._genuine(webhook_client, webhook_signer).request, self.handled()
        self._accepted(webhook_client, request)
        self._accepted(webhook_client, request, "the same delivery again")
        if _is_known_again(request, self.signer or webhook_signer):
            self._accepted(webhook_client, request.retried(), "its retry, signed anew")
        self._has_run(before, 1)

    def test_a_failure_is_not_remembered(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """When the handler has failed, the retry runs it again."""
        __tracebackhide__ = True
        request, failing = self._genuine(webhook_client, webhook_signer).request, self.failing()
        if failing is None:
            _skip("override failing() to have the handler fail")
        with failing:
            try:
                status = self._send(webhook_client, request).status
            except Exception:
                status = 500  # test clients pass on what a server turns into an answer
        _check(status >= 400, f"the handler failed, and the answer was {status}")
        before = self.handled()
        self._accepted(webhook_client, request.retried(), "the retry of a delivery whose handler failed")
        self._has_run(before, 1)

    # What they share

    def _genuine(self, client: Any, signer: Signer, payload: object = None) -> Genuine:
        if not self.path:
            raise TypeError(f"{type(self).__name__}.path is the path of your endpoint: set it")
        signer = signer if self.signer is None else self.signer
        url = url_of(client, self.path) if self.url is None else self.url
        request = signed(self._body(signer) if payload is None else payload, signer, url=url)
        return Genuine(request, signer, lambda: self._stranger(signer), self.tolerance, url)

    def _body(self, signer: Signer) -> bytes:
        signer = signer if self.signer is None else self.signer
        if callable(self.payload):
            return payload_of(self.payload())
        return fresh(payload_of(self.payload), signer.scheme)

    def _stranger(self, signer: Signer) -> Signer:
        with suppress(InvalidSecret):
            return Signer(self.wrong_secret, scheme=signer.scheme)
        raise NotApplicable(f"wrong_secret is no secret of the scheme {signer.scheme.name}: set it")

    def _send(self, client: Any, request: SignedRequest, method: str = "POST") -> _Answer:
        __tracebackhide__ = True
        response = send(client, self.path, request, method=method, content_type=self.content_type)
        if isawaitable(response):
            response = _awaited(response)
        return _Answer(response.status_code, content_of(response))

    def _accepted(self, client: Any, request: SignedRequest, what: str = "a genuine delivery") -> None:
        __tracebackhide__ = True
        status = self._send(client, request).status
        _check(200 <= status < 300, f"{what}: answered {status}, expected 2xx")

    def _refused(self, client: Any, request: SignedRequest, what: str) -> None:
        __tracebackhide__ = True
        status = self._send(client, request).status
        # 404 and 405 would be the answer of another endpoint, which refuses everything.
        refused = 400 <= status < 500 and status not in {404, 405}
        _check(refused, f"{what}: answered {status}, expected 4xx")

    def _has_run(self, before: int | None, times: int) -> None:
        __tracebackhide__ = True
        after = self.handled()
        if before is not None and after is not None:
            _check(after - before == times, f"the handler ran {after - before} times, expected {times}")


def _is_known_again(request: SignedRequest, signer: Signer) -> bool:
    """Whether a retry, signed at another time, can be told to be one: not where only what is signed tells."""
    scheme = signer.scheme
    return scheme.signs_id or not scheme.signs_timestamp or scheme.message_id_from_body(request.body) != ""


def _check(holds: bool, otherwise: str) -> None:
    __tracebackhide__ = True
    if not holds:
        raise AssertionError(otherwise)


def _skip(reason: str) -> NoReturn:
    __tracebackhide__ = True
    raise SkipTest(reason)  # pytest's own skip would have it imported


def _awaited(response: Any) -> Any:
    async def wait() -> Any:
        return await response

    with Runner() as runner:
        return runner.run(wait())
