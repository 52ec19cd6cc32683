"""A contract test suite for receivers of any framework.

```python
class TestMyReceiver(ReceiverContract):
    path = "/webhooks/svix"
    client = app.test_client()
```
"""

from __future__ import annotations

import json
from asyncio import Runner
from contextlib import AbstractContextManager, suppress
from inspect import isawaitable
from typing import Any, NamedTuple, NoReturn
from unittest import SkipTest

from webhook_verify.errors import InvalidSecret
from webhook_verify.http import REPLAYED_HEADER
from webhook_verify.secret import Secret
from webhook_verify.signer import Signer
from webhook_verify.testing.clients import JSON, content_of, send, url_of
from webhook_verify.testing.forgeries import DEFECTS, FORGERIES, Genuine, NotApplicable
from webhook_verify.testing.payloads import fresh
from webhook_verify.testing.requests import SignedRequest, payload_of, signed

__all__ = ["ReceiverContract"]


class _Response(NamedTuple):
    """The response to a request. Its repr contains no header of the request."""

    status: int
    body: bytes
    is_replayed: bool


class ReceiverContract:
    """Tests of a receiver's guarantees. Subclass it as `TestSomething` and set `path`.

    Adapt the tests to your receiver with the attributes below, and disable a test with `test_name = None`.
    Override `handled` and `failing` to test more.
    """

    path: str = ""
    """The path of the endpoint. Required."""
    client: Any = None
    """A test client as for `post`, by default the fixture `client`."""
    signer: Signer | None = None
    """Signs the requests, by default the fixture `webhook_signer`."""
    url: str | None = None
    """The URL to sign, for schemes that sign it, by default the URL that the client requests."""
    payload: Any = b'{"type":"test.event","data":{}}'
    """A payload that your handler accepts, or a method that returns a different one each time.

    Without a method, JSON is made unique if the scheme identifies messages by their body.
    """
    content_type: str = JSON
    """The Content-Type of the requests."""
    max_body_bytes: int | None = 1_048_576
    """The receiver's body limit in bytes, or None without a limit."""
    tolerance: float = 300.0
    """The verifier's timestamp tolerance in seconds."""
    dedupes: bool = True
    """Whether the receiver has replay protection."""
    marks_duplicates: bool = True
    """Whether the response to a suppressed duplicate has the header `Idempotent-Replayed: true`."""
    other_methods: tuple[str, ...] = ("GET", "PUT", "PATCH", "DELETE")
    """The HTTP methods that must return 405 or 404."""
    wrong_secret: str | bytes | Secret = "whsec_bm90IHRoZSBzZWNyZXQgb2YgdGhpcyByZWNlaXZlci4="
    """A secret that the receiver does not have. For public keys, the private key of another pair."""

    def handled(self) -> int | None:
        """Return how often your handler has run so far. Override it to check this.

        Returns:
            The number of calls, or None to skip the check.
        """
        return None

    def failing(self) -> AbstractContextManager[object] | None:
        """Return a context in which your handler fails. Override it to test retries after a failure.

        Returns:
            A context in which the handler raises or responds with 500, or None to skip the test.
        """
        return None

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Parametrize the tests with `FORGERIES` and `DEFECTS`. Called by pytest.

        Args:
            metafunc: pytest's description of a test function.
        """
        for name, rows in (("forgery", FORGERIES), ("defect", DEFECTS)):
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, list(rows))

    # The tests

    def test_a_genuine_delivery_is_accepted(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """Check that a valid delivery returns 2xx and runs the handler once.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
        """
        __tracebackhide__ = True
        before = self.handled()
        self._accepted(webhook_client, self._genuine(webhook_client, webhook_signer).request)
        self._has_run(before, 1)

    def test_the_body_counts_as_it_was_sent(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """Check that the raw body is verified. A receiver that verifies re-serialized JSON rejects this one.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
        """
        __tracebackhide__ = True
        try:
            indented = json.dumps(json.loads(self._body(webhook_signer)), indent=3).encode() + b"\n"
        except ValueError:
            _skip("the payload is not JSON")
        request = self._genuine(webhook_client, webhook_signer, indented).request
        self._accepted(webhook_client, request, "a valid delivery with indented JSON")

    def test_a_forgery_is_refused(self, webhook_client: Any, webhook_signer: Signer, forgery: str) -> None:
        """Check that an invalid request returns 4xx and does not run the handler.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
            forgery: A key of `FORGERIES`.
        """
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
        """Check that a malformed header returns 4xx if the signature covers it, and never 5xx.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
            defect: A key of `DEFECTS`.
        """
        __tracebackhide__ = True
        genuine, before = self._genuine(webhook_client, webhook_signer), self.handled()
        for name in genuine.covered:
            request = genuine.request.replaced(name, DEFECTS[defect])
            self._refused(webhook_client, request, f"{name} is {defect}")
        self._has_run(before, 0)
        for name in {name for name, _ in genuine.request.headers} - {*genuine.covered}:
            status = self._send(webhook_client, genuine.request.replaced(name, DEFECTS[defect])).status
            _check(status < 500, f"{name} is {defect}: returned {status}, expected less than 500")

    def test_a_body_over_the_limit_is_refused(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """Check that a correctly signed body over the limit returns 413.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
        """
        __tracebackhide__ = True
        if self.max_body_bytes is None:
            _skip("max_body_bytes = None")
        body, before = b'"%b"' % (b"x" * (self.max_body_bytes - 1)), self.handled()
        try:
            request = self._genuine(webhook_client, webhook_signer, body).request
        except ValueError:
            # The scheme cannot sign this body, so the headers of another delivery are sent.
            request = self._genuine(webhook_client, webhook_signer).request.with_body(body)
        status, limit = self._send(webhook_client, request).status, self.max_body_bytes
        _check(status == 413, f"a body one byte over {limit}: returned {status}, expected 413")
        self._has_run(before, 0)

    def test_another_method_is_refused(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """Check that a correctly signed request with another method returns 405 or 404.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
        """
        __tracebackhide__ = True
        scheme = (self.signer or webhook_signer).scheme
        handshake_methods = () if scheme.handshake is None else scheme.handshake.methods
        methods = {*self.other_methods} - {*scheme.methods, *handshake_methods}
        if not methods:
            _skip("other_methods is empty, or the scheme or its handshake uses all of them")
        before = self.handled()
        for method in sorted(methods):
            request = self._genuine(webhook_client, webhook_signer).request
            status = self._send(webhook_client, request, method).status
            _check(status in {404, 405}, f"{method}: returned {status}, expected 405 or 404")
        self._has_run(before, 0)

    def test_refusals_tell_nothing_apart(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """Check that rejections with the same status code have the same body, which helps no attacker.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
        """
        __tracebackhide__ = True
        genuine, seen = self._genuine(webhook_client, webhook_signer), dict[int, set[bytes]]()
        for make in FORGERIES.values():
            with suppress(NotApplicable):
                for request in make(genuine):
                    response = self._send(webhook_client, request)
                    seen.setdefault(response.status, set()).add(response.body)
        for status, bodies in seen.items():
            count = len(bodies)
            _check(count == 1, f"rejections with status {status} have {count} different bodies, expected 1")

    def test_a_duplicate_is_handled_once(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """Check that a duplicate returns 2xx, so that the sender stops retrying, and the handler runs once.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
        """
        __tracebackhide__ = True
        if not self.dedupes:
            _skip("dedupes is False")
        request, before = self._genuine(webhook_client, webhook_signer).request, self.handled()
        self._accepted(webhook_client, request)
        self._accepted(webhook_client, request, "a duplicate delivery")
        if _has_stable_key(request, self.signer or webhook_signer):
            self._accepted(webhook_client, request.retried(), "a retry with a new signature")
        self._has_run(before, 1)

    def test_a_suppressed_duplicate_is_marked(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """Check that only the response to a duplicate has the header `Idempotent-Replayed: true`.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
        """
        __tracebackhide__ = True
        if not (self.dedupes and self.marks_duplicates):
            _skip("dedupes or marks_duplicates is False")
        request = self._genuine(webhook_client, webhook_signer).request
        new, duplicate = (self._send(webhook_client, request) for _ in range(2))
        _check(not new.is_replayed, "a new delivery: returned Idempotent-Replayed: true, expected no mark")
        _check(duplicate.is_replayed, "a duplicate: returned no Idempotent-Replayed: true, expected the mark")

    def test_a_failure_is_not_remembered(self, webhook_client: Any, webhook_signer: Signer) -> None:
        """Check that a retry runs the handler again after a failure.

        Args:
            webhook_client: The test client.
            webhook_signer: Signs the requests.
        """
        __tracebackhide__ = True
        request, failing = self._genuine(webhook_client, webhook_signer).request, self.failing()
        if failing is None:
            _skip("failing() is not overridden")
        with failing:
            try:
                status = self._send(webhook_client, request).status
            except Exception:
                status = 500  # Test clients raise the exceptions that a server turns into a response.
        _check(status >= 400, f"the handler failed: returned {status}, expected 4xx or 5xx")
        before = self.handled()
        self._accepted(webhook_client, request.retried(), "a retry after the handler failed")
        self._has_run(before, 1)

    # Helpers
    def _genuine(self, client: Any, signer: Signer, payload: object = None) -> Genuine:
        if not self.path:
            raise TypeError(
                f"{type(self).__name__}.path must be the path of your endpoint, not empty. Set it"
            )
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
        raise NotApplicable(
            f"wrong_secret must be valid for the scheme {signer.scheme.name}. Set another one"
        )

    def _send(self, client: Any, request: SignedRequest, method: str = "POST") -> _Response:
        __tracebackhide__ = True
        response = send(client, self.path, request, method=method, content_type=self.content_type)
        if isawaitable(response):
            response = _awaited(response)
        marker: str = response.headers.get(REPLAYED_HEADER) or ""
        return _Response(response.status_code, content_of(response), marker.lower() == "true")

    def _accepted(self, client: Any, request: SignedRequest, what: str = "a valid delivery") -> None:
        __tracebackhide__ = True
        status = self._send(client, request).status
        _check(200 <= status < 300, f"{what}: returned {status}, expected 2xx")

    def _refused(self, client: Any, request: SignedRequest, what: str) -> None:
        __tracebackhide__ = True
        status = self._send(client, request).status
        # A 404 or 405 means that the path or method is wrong, where every request is rejected.
        refused = 400 <= status < 500 and status not in {404, 405}
        _check(refused, f"{what}: returned {status}, expected 4xx other than 404 and 405")

    def _has_run(self, before: int | None, times: int) -> None:
        __tracebackhide__ = True
        after = self.handled()
        if before is not None and after is not None:
            _check(after - before == times, f"the handler ran {after - before} times, expected {times}")


def _has_stable_key(request: SignedRequest, signer: Signer) -> bool:
    """Return whether a retry has the same idempotency key, although its timestamp differs."""
    scheme = signer.scheme
    return scheme.signs_id or not scheme.signs_timestamp or scheme.message_id_from_body(request.body) != ""


def _check(condition: bool, message: str) -> None:
    __tracebackhide__ = True
    if not condition:
        raise AssertionError(message)


def _skip(reason: str) -> NoReturn:
    __tracebackhide__ = True
    raise SkipTest(reason)  # pytest.skip would require an import of pytest.


def _awaited(response: Any) -> Any:
    async def wait() -> Any:
        return await response

    with Runner() as runner:
        return runner.run(wait())
