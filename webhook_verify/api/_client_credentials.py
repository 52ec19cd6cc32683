"""OAuth 2 client credentials (RFC 6749 section 4.4): one token for all calls of a client.

The token is fetched for the first call that needs it, and again a little before it expires or when the
server refuses it with 401: then the call is sent once more. Whoever needs one while it is being fetched
waits for that fetch and shares what comes of it, a failure too, so that a server that is down is asked
once and not by everyone in turn.

Times are counted from before the request, on a clock that nobody sets: what this machine or the server
believes the time to be does not matter, and a token that ends earlier than was said is a 401.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from copy import copy
from typing import Any, Generic, TypeVar

import httpx2
import msgspec

from webhook_verify.api._attempts import Deadline
from webhook_verify.api._model import Model
from webhook_verify.api._operation import Operation
from webhook_verify.api._sender import AsyncSender, Sender
from webhook_verify.api._settings import checked_text
from webhook_verify.api.errors import ErrorInfo
from webhook_verify.errors import APIError, APIStatusError, APITimeoutError
from webhook_verify.event_loops import PerLoop
from webhook_verify.forks import PerProcess
from webhook_verify.tracebacks import safe_repr

__all__ = ["AsyncClientCredentials", "ClientCredentials", "read_token_error", "token_operation"]

_Sender = TypeVar("_Sender", Sender, AsyncSender)

_RENEW_BEFORE_EXPIRY_SECONDS = (
    60.0  # seconds: a token is renewed so long before its end, or a tenth of its life if that is less
)


class _TokenResponse(Model, frozen=True, kw_only=True, rename="lower"):
    """The answer of RFC 6749 section 5.1. ``expires_in`` is optional there, and not always a number."""

    redacted_fields = frozenset({"access_token"})

    access_token: str
    expires_in: Any = None

    def seconds(self) -> float:
        """How long the token is good; as long as it works if that is not told."""
        try:
            seconds = float(self.expires_in)
        except (TypeError, ValueError, OverflowError):
            return math.inf
        return math.inf if math.isnan(seconds) else seconds


_read = msgspec.json.Decoder(_TokenResponse).decode


def _read_token(body: bytes) -> _TokenResponse:
    response = _read(body)
    checked_text("access_token", response.access_token)
    return response


def token_operation(path: str, form: Mapping[str, str]) -> Operation[_TokenResponse]:
    """The operation that fetches a token. ``form`` holds the credentials."""
    form = {"grant_type": "client_credentials", **form}
    return Operation("POST", path, _read_token, body=form, is_form=True, is_repeatable=True)


def read_token_error(error: Any) -> ErrorInfo:
    """What is wrong, as RFC 6749 section 5.2 tells it."""
    return ErrorInfo(
        error.get("error"), "could not obtain an access token: " + error.get("error_description", "")
    )


@safe_repr
class _Credentials(httpx2.Auth, Generic[_Sender]):
    """What is known of the token. Does no I/O."""

    def __init__(self, sender: _Sender, operation: Operation[_TokenResponse]) -> None:
        self._sender: _Sender = sender
        self._operation = operation
        self._now = time.monotonic
        self._token = ""
        self._expires_at = -math.inf
        self._fetches = 0
        self._failure: APIError | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sender.base_url!r})"

    def _fresh(self) -> str:
        """The token, "" if one must be fetched."""
        return self._token if self._now() < self._expires_at else ""

    def _shared(self, fetches: int) -> str:
        """What came of the fetch that was waited for, if there was one since so many."""
        if self._fetches != fetches and self._failure is not None:
            raise copy(self._failure)
        return self._fresh()

    def _store_token(self, response: _TokenResponse, asked_at: float) -> str:
        seconds = response.seconds()
        self._token = response.access_token.strip()
        self._expires_at = asked_at + seconds - min(_RENEW_BEFORE_EXPIRY_SECONDS, seconds / 10)
        self._fetches, self._failure = self._fetches + 1, None
        return self._token

    def _failed(self, error: APIError) -> None:
        """Remember the failure for those who wait. What was too late for one is not for another."""
        error.body = b""  # it may repeat the credentials, or hold a token
        if isinstance(error, APIStatusError):
            error.args = (error.status, b"")
        self._fetches += 1
        self._failure = None if isinstance(error, APITimeoutError) else copy(error)

    def _refused(self, token: str) -> None:
        """Forget the token, unless somebody else has done so and fetched another."""
        if token == self._token:
            self._expires_at = -math.inf


class ClientCredentials(_Credentials[Sender]):
    """For blocking code; threads share the token. ``sender`` sends the ``operation`` that fetches it."""

    def __init__(self, sender: Sender, operation: Operation[_TokenResponse]) -> None:
        super().__init__(sender, operation)
        self._locks = PerProcess(threading.Lock)

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The request with the token, and once more with another one if that is refused."""
        for is_again in (False, True):
            token = self._current(request.extensions["timeout"])
            request.headers["authorization"] = f"Bearer {token}"
            response = yield request
            if response.status_code != 401 or is_again:
                return
            self._refused(token)

    def _current(self, deadline: Deadline) -> str:
        if token := self._fresh():
            return token
        fetches, left = self._fetches, deadline.left()
        lock = self._locks.get()
        if not lock.acquire(timeout=-1 if left is None else min(left, threading.TIMEOUT_MAX)):
            raise APITimeoutError("could not obtain an access token before the timeout")
        try:
            return self._shared(fetches) or self._fetch(deadline)
        finally:
            lock.release()

    def _fetch(self, deadline: Deadline) -> str:
        asked_at = self._now()
        try:
            return self._store_token(
                self._sender.send(self._operation, {"timeout": deadline.left()}), asked_at
            )
        except APIError as error:
            self._failed(error)
            raise


class AsyncClientCredentials(_Credentials[AsyncSender]):
    """For asyncio. As :class:`ClientCredentials`, awaited."""

    def __init__(self, sender: AsyncSender, operation: Operation[_TokenResponse]) -> None:
        super().__init__(sender, operation)
        self._locks = PerLoop("the client", asyncio.Lock)

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """As :meth:`ClientCredentials.sync_auth_flow`."""
        for is_again in (False, True):
            token = await self._current(request.extensions["timeout"])
            request.headers["authorization"] = f"Bearer {token}"
            response = yield request
            if response.status_code != 401 or is_again:
                return
            self._refused(token)

    async def _current(self, deadline: Deadline) -> str:
        if token := self._fresh():
            return token
        fetches = self._fetches
        async with self._locks.get():  # the sender ends the wait when the time is over
            return self._shared(fetches) or await self._fetch(deadline)

    async def _fetch(self, deadline: Deadline) -> str:
        asked_at = self._now()
        try:
            response = await self._sender.send(self._operation, {"timeout": deadline.left()})
        except APIError as error:
            self._failed(error)
            raise
        return self._store_token(response, asked_at)
