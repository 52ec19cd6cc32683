"""OAuth 2 client credentials (RFC 6749 section 4.4): one token for all calls of a client.

The token is fetched for the first call, and again shortly before it expires or after the server rejects it
with 401; that call is then sent again. Concurrent calls wait for the same fetch and share its result or its
failure, so that an unavailable server receives one request instead of one for each call.

The lifetime of a token starts before its request, on the monotonic clock. So neither the clock of this
machine nor that of the server matters. A token that expires early causes a 401.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from copy import copy
from typing import Any, ClassVar, Generic, TypeVar

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

# A token is renewed this long before it expires, or after 90 % of its lifetime if that is later.
_RENEW_BEFORE_EXPIRY_SECONDS = 60.0


class _TokenResponse(Model, frozen=True, kw_only=True, rename="lower"):
    """The response of RFC 6749 section 5.1. `expires_in` is optional there, and not always a number."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"access_token"})

    access_token: str
    expires_in: Any = None

    def seconds(self) -> float:
        """Return the lifetime of the token in seconds; infinite if the response does not contain it."""
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
    """Return the operation that fetches a token with the credentials in `form`."""
    form = {"grant_type": "client_credentials", **form}
    return Operation("POST", path, _read_token, body=form, is_form=True, is_repeatable=True)


def read_token_error(error: Any) -> ErrorInfo:
    """Read an error response of RFC 6749 section 5.2."""
    return ErrorInfo(
        error.get("error"), "could not obtain an access token: " + error.get("error_description", "")
    )


@safe_repr
class _Credentials(httpx2.Auth, Generic[_Sender]):
    """The token and its expiry. Does no I/O."""

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
        """Return the token, or "" if one must be fetched."""
        return self._token if self._now() < self._expires_at else ""

    def _shared(self, fetches: int) -> str:
        """Return the token, or raise the failure, of a fetch that completed after the `fetches`-th one."""
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
        """Store the failure for waiting calls. A timeout is not shared, because deadlines differ."""
        error.body = b""  # It may contain the credentials or a token.
        if isinstance(error, APIStatusError):
            error.args = (error.status, b"")
        self._fetches += 1
        self._failure = None if isinstance(error, APITimeoutError) else copy(error)

    def _refused(self, token: str) -> None:
        """Discard the token, unless another call has already replaced it."""
        if token == self._token:
            self._expires_at = -math.inf


class ClientCredentials(_Credentials[Sender]):
    """Authentication of a synchronous client. Threads share the token, which `operation` fetches."""

    def __init__(self, sender: Sender, operation: Operation[_TokenResponse]) -> None:
        super().__init__(sender, operation)
        self._locks = PerProcess(threading.Lock)

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request with the token, and again with a new token after a 401."""
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
    """Authentication of an asynchronous client. Tasks share the token, which `operation` fetches."""

    def __init__(self, sender: AsyncSender, operation: Operation[_TokenResponse]) -> None:
        super().__init__(sender, operation)
        self._locks = PerLoop("the client", asyncio.Lock)

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Send the request with the token, and again with a new token after a 401."""
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
        async with self._locks.get():  # The sender limits the wait to the call's timeout.
            return self._shared(fetches) or await self._fetch(deadline)

    async def _fetch(self, deadline: Deadline) -> str:
        asked_at = self._now()
        try:
            response = await self._sender.send(self._operation, {"timeout": deadline.left()})
        except APIError as error:
            self._failed(error)
            raise
        return self._store_token(response, asked_at)
