"""Senders of operations, synchronous and asynchronous."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import httpx2

from webhook_verify.api._attempts import Attempts
from webhook_verify.api._operation import Operation, OperationSteps, PostCall
from webhook_verify.api._sequence import OperationSequence
from webhook_verify.api._settings import ClientSettings, ProviderProfile
from webhook_verify.api._transport import AsyncTransport, Transport
from webhook_verify.errors import APIError

__all__ = ["AsyncSender", "Sender"]

_T = TypeVar("_T")
_Transport = TypeVar("_Transport", Transport, AsyncTransport)


class _BaseSender(Generic[_Transport]):
    """The configuration and the transport of a sender."""

    def __init__(self, settings: ClientSettings, provider: ProviderProfile, transport: _Transport) -> None:
        headers = {**transport.headers, **settings.headers}
        self._settings = settings.checked()._replace(headers=headers)
        self._provider = provider
        self._transport: _Transport = transport

    @property
    def base_url(self) -> str:
        """Base URL of the API."""
        return self._settings.base_url

    def _attempts(self, operation: Operation[_T], call: PostCall) -> Attempts[_T]:
        self._transport.client()  # Raises if the client is unusable here, before anything is encoded.
        return Attempts(self._settings, self._provider, operation, call)

    def _sequence_of(self, steps: OperationSteps[_T], call: PostCall) -> OperationSequence[_T]:
        return OperationSequence(steps, call, self._settings.timeout)


class Sender(_BaseSender[Transport]):
    """A synchronous sender of operations.

    Args:
        settings: Settings of the client.
        provider: Differences between providers.
        http: The `httpx2.Client` to send with, or the transport of another sender. By default each process
            has its own client. `close` closes it.
        sleep: Function that waits the given number of seconds between attempts.
    """

    def __init__(
        self,
        settings: ClientSettings,
        provider: ProviderProfile,
        http: object = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        transport = http if isinstance(http, Transport) else Transport(http)
        super().__init__(settings, provider, transport)
        self._sleep = sleep

    def send(self, operation: Operation[_T], call: PostCall) -> _T:
        """Send an operation and return its result. Raises `APIError`."""
        attempts = self._attempts(operation, call)
        while (wait := self._attempt(attempts)) is not None:
            self._sleep(wait)
        return attempts.result()

    def run(self, steps: OperationSteps[_T], call: PostCall) -> _T:
        """Send the operations of a call and return its result. Raises `APIError`."""
        sequence = self._sequence_of(steps, call)
        while sequence.operation is not None:
            try:
                result = self.send(sequence.operation, sequence.call())
            except APIError as error:
                sequence.failed(error)
            else:
                sequence.answered(result)
        return sequence.result

    def with_settings(self, settings: ClientSettings, provider: ProviderProfile) -> Sender:
        """Return a sender with other settings and the same transport."""
        return Sender(settings, provider, self._transport, self._sleep)

    def _attempt(self, attempts: Attempts[_T]) -> float | None:
        request = attempts.next_request()
        try:
            response = self._transport.client().send(
                request, auth=self._settings.auth, stream=True, follow_redirects=False
            )
            try:
                for chunk in response.iter_bytes():
                    attempts.take(chunk)
            finally:
                response.close()
        except httpx2.RequestError as error:
            return attempts.failed(error)
        return attempts.answered(response)

    def close(self) -> None:
        """Close the transport and its connections."""
        self._transport.close()


class AsyncSender(_BaseSender[AsyncTransport]):
    """An asynchronous sender of operations.

    Args:
        settings: Settings of the client.
        provider: Differences between providers.
        http: The `httpx2.AsyncClient` to send with, or the transport of another sender. By default each event
            loop has its own client. `close` closes it.
        sleep: Async function that waits the given number of seconds between attempts.
    """

    def __init__(
        self,
        settings: ClientSettings,
        provider: ProviderProfile,
        http: object = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        transport = http if isinstance(http, AsyncTransport) else AsyncTransport(http)
        super().__init__(settings, provider, transport)
        self._sleep = sleep

    async def send(self, operation: Operation[_T], call: PostCall) -> _T:
        """Send an operation and return its result. Raises `APIError`."""
        attempts = self._attempts(operation, call)
        while (wait := await self._attempt(attempts)) is not None:
            await self._sleep(wait)
        return attempts.result()

    async def run(self, steps: OperationSteps[_T], call: PostCall) -> _T:
        """Send the operations of a call and return its result. Raises `APIError`."""
        sequence = self._sequence_of(steps, call)
        while sequence.operation is not None:
            try:
                result = await self.send(sequence.operation, sequence.call())
            except APIError as error:
                sequence.failed(error)
            else:
                sequence.answered(result)
        return sequence.result

    def with_settings(self, settings: ClientSettings, provider: ProviderProfile) -> AsyncSender:
        """Return a sender with other settings and the same transport."""
        return AsyncSender(settings, provider, self._transport, self._sleep)

    async def _attempt(self, attempts: Attempts[_T]) -> float | None:
        request = attempts.next_request()
        try:
            async with asyncio.timeout(attempts.deadline.left()):
                response = await self._transport.client().send(
                    request, auth=self._settings.auth, stream=True, follow_redirects=False
                )
                try:
                    async for chunk in response.aiter_bytes():
                        attempts.take(chunk)
                finally:
                    await response.aclose()
        except (httpx2.RequestError, TimeoutError) as error:
            return attempts.failed(error)
        return attempts.answered(response)

    async def close(self) -> None:
        """Close the transport and its connections."""
        await self._transport.close()
