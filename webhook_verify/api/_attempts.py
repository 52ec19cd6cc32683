"""The attempts of a call: their requests, outcomes and delays. Does no I/O.

Send `next_request()`. With a response, call `take` for each chunk of its body and then `answered`; without
one, call `failed`. Both return a delay: wait and repeat, or call `result()` if it is `None`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar
from uuid import uuid4

import httpx2
import msgspec

from webhook_verify.api._operation import Operation, PostCall, encode_body, encode_query
from webhook_verify.api._retry import Outcome, retry_after, retry_delay
from webhook_verify.api._settings import ClientSettings, ProviderProfile, checked_text, checked_timeout
from webhook_verify.api.errors import status_error
from webhook_verify.errors import APIConnectionError, APIDecodeError, APIError, APITimeoutError

__all__ = ["Attempts", "Deadline"]

_T = TypeVar("_T")

_CONNECT_TIMEOUT_SECONDS = 5.0  # Leaves time for another attempt.
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})  # RFC 9110 section 9.2.2
_NOT_FOUND = 404
_RESERVED_KEY = "auto_"
_random = random.SystemRandom()

# Raised before the first byte of the request is sent.
_NOT_SENT_ERRORS = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)


class Deadline(Mapping[str, "float | None"]):
    """The deadline of a call. As a mapping: the timeouts of an httpx2 request, read before each phase."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Return the remaining seconds, always above 0; None without a deadline."""
        return None if self._end is None else max(self._end - time.monotonic(), 0.001)

    def has_passed(self) -> bool:
        """Return whether the deadline has passed."""
        return self._end is not None and time.monotonic() >= self._end

    def __getitem__(self, phase: str) -> float | None:
        left = self.left()
        return min(_CONNECT_TIMEOUT_SECONDS, left or _CONNECT_TIMEOUT_SECONDS) if phase == "connect" else left

    def __iter__(self) -> Iterator[str]:
        return iter(("connect", "read", "write", "pool"))

    def __len__(self) -> int:
        return 4


class Attempts(Generic[_T]):
    """The attempts of a call, from the first request to the result."""

    def __init__(
        self, settings: ClientSettings, provider: ProviderProfile, operation: Operation[_T], call: PostCall
    ) -> None:
        self._settings = settings
        self._provider = provider
        self._operation = operation
        self._seconds = checked_timeout(call["timeout"]) if "timeout" in call else settings.timeout
        self.deadline = Deadline(self._seconds)
        query = encode_query(operation.query)
        self._url = settings.base_url + operation.path + (f"?{query}" if query else "")
        self._content, own_headers = encode_body(operation)
        key = _idempotency_key(provider, operation.method, call.get("idempotency_key"))
        self._repeatable = key is not None or _is_idempotent(provider, operation)
        self._call_id = str(_random.getrandbits(64)) if provider.call_id_header else None
        self._headers = self._build_headers(own_headers, key)
        self._attempt = 0
        self._may_have_acted = False
        self._error: APIError | None = None
        self._status = 0
        self._response_headers: Mapping[str, str] = {}
        self._chunks: list[bytes] = []
        self._size = 0

    def _build_headers(self, own: Mapping[str, str], key: str | None) -> dict[str, str]:
        headers = {**self._settings.headers, **own}
        if key is not None and self._provider.idempotency_header:
            headers[self._provider.idempotency_header] = key
        if self._call_id is not None and self._provider.call_id_header:
            headers[self._provider.call_id_header] = self._call_id
        return headers

    def next_request(self) -> httpx2.Request:
        """Return the request of the next attempt."""
        if self._attempt and self._provider.retry_count_header:
            self._headers[self._provider.retry_count_header] = str(self._attempt)
        self._attempt += 1
        self._chunks, self._size = [], 0
        extensions = {"timeout": self.deadline}
        method, headers = self._operation.method, self._headers
        return httpx2.Request(
            method, self._url, headers=headers, content=self._content, extensions=extensions
        )

    def take(self, chunk: bytes) -> None:
        """Add a chunk of the response body. Raises `APIError` if it is too large or too late."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > self._settings.max_response_bytes:
            limit = self._settings.max_response_bytes
            raise self._with_request_id(
                APIDecodeError(f"response body is larger than max_response_bytes ({limit} bytes)")
            )
        if self.deadline.has_passed():
            raise self._with_request_id(self._timeout_error())

    def failed(self, error: Exception) -> float | None:
        """Return the delay in seconds after an attempt without a response; None: no further attempt."""
        if isinstance(error, httpx2.DecodingError):
            self._error = APIDecodeError("response body does not match its content-encoding")
            return None
        if isinstance(error, httpx2.ConnectTimeout):
            self._error = APITimeoutError("could not connect before the timeout")
        elif isinstance(error, TimeoutError | httpx2.TimeoutException):
            self._error = self._timeout_error()
        elif isinstance(error, httpx2.ConnectError):
            self._error = APIConnectionError(f"could not connect: {error}")
        else:
            self._error = APIConnectionError(f"connection failed ({type(error).__name__})")
        return self._wait(Outcome(None, was_sent=not isinstance(error, _NOT_SENT_ERRORS)))

    def answered(self, response: httpx2.Response) -> float | None:
        """Return the delay in seconds after a complete response; None: no further attempt."""
        self._status = response.status_code
        self._response_headers = headers = response.headers
        if response.is_success or self._is_deleted_already():
            self._error = None
            return None
        # The token is read from the request, because the settings' auth may have added it there.
        token = response.request.headers.get("authorization", "").rpartition(" ")[2]
        hidden = (token, self._settings.hidden)
        read = self._provider.read_error
        error = status_error(self._status, b"".join(self._chunks), dict(headers), read, hidden=hidden)
        error.retry_after = retry_after(headers, time.time())
        error.request_id = error.request_id or headers.get(self._provider.call_id_header or "x-request-id")
        self._error = error
        return self._wait(Outcome(self._status, retry_after=error.retry_after))

    def _is_deleted_already(self) -> bool:
        """Return whether the status shows that a previous attempt of this call has deleted the object."""
        operation = self._operation
        is_repeated_delete = operation.method == "DELETE" and self._may_have_acted
        return is_repeated_delete and not operation.has_result and self._status == _NOT_FOUND

    def _wait(self, outcome: Outcome) -> float | None:
        self._may_have_acted |= outcome.may_have_acted
        if self._attempt > self._settings.retries:
            return None
        wait = retry_delay(self._attempt, outcome, repeatable=self._repeatable, jitter=_random.random())
        left = self.deadline.left()
        return None if wait is None or (left is not None and wait >= left) else wait

    def result(self) -> _T:
        """Return the result of the call, or raise its `APIError`."""
        if self._error is not None:
            raise self._with_request_id(self._error)
        body = b"".join(self._chunks)
        try:
            return self._operation.decode(body or b"{}")
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            reason = str(error)
        failure = APIDecodeError(f"response body does not match the operation: {reason}")
        failure.status, failure.body, failure.headers = self._status, body, dict(self._response_headers)
        raise self._with_request_id(failure)

    def _with_request_id(self, error: APIError) -> APIError:
        error.request_id = error.request_id or self._call_id
        return error

    def _timeout_error(self) -> APITimeoutError:
        limit = "before the timeout" if self._seconds is None else f"within {self._seconds:g} s"
        return APITimeoutError(f"no complete response {limit}")


def _is_idempotent(provider: ProviderProfile, operation: Operation[_T]) -> bool:
    is_patch = operation.method == "PATCH" and provider.is_patch_idempotent
    return is_patch or operation.is_repeatable or operation.method in _IDEMPOTENT


def _idempotency_key(provider: ProviderProfile, method: str, idempotency_key: str | None) -> str | None:
    is_supported = method == "POST" and provider.idempotency_header is not None
    if idempotency_key is None:
        return str(uuid4()) if is_supported else None
    if not is_supported:
        raise TypeError("idempotency_key is not supported by this operation")
    key = checked_text("idempotency_key", idempotency_key)
    if key.startswith(_RESERVED_KEY):
        raise ValueError(f"idempotency_key must not begin with {_RESERVED_KEY!r}, which the server reserves")
    return key
