"""The number of deliveries that the receiver's handler has processed, read from a URL or a command."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from typing import cast

from webhook_verify.cli.probe.endpoint import Endpoint, Pairs
from webhook_verify.cli.probe.raw_http import RawClient, RawRequest, Unreachable
from webhook_verify.cli.usage_errors import UsageError

__all__ = ["HandledCounter", "by_command", "by_url", "parse_count"]

_MIN_WAIT_SECONDS = 0.05
_SHELL = ("cmd", "/c") if os.name == "nt" else ("/bin/sh", "-c")
_NO_COUNT_ERROR = '{} must return a number: digits, or a JSON object with a number as "handled" or "count"'


class HandledCounter:
    """Reads the number of handled deliveries, after the time that the receiver takes to handle one."""

    def __init__(self, ask: Callable[[], int]) -> None:
        self._ask = ask
        self._wait = _MIN_WAIT_SECONDS

    def now(self) -> int:
        """Return the current number. Raises UsageError if it is unavailable."""
        return self._ask()

    def settled(self) -> int:
        """Return the number after the last delivery must have been handled."""
        time.sleep(self._wait)
        return self._ask()

    def learn(self, before: int, timeout: float) -> bool:
        """Wait until the number grows, to learn the delay. Return False after `timeout` seconds."""
        started = time.monotonic()
        while (spent := time.monotonic() - started) < timeout:
            if self._ask() > before:
                self._wait = max(_MIN_WAIT_SECONDS, 2 * spent)
                return True
            time.sleep(_MIN_WAIT_SECONDS)
        return False


def by_url(url: str, timeout: float, extra_headers: Pairs = ()) -> Callable[[], int]:
    """Return a function that reads the number from a URL with GET."""
    endpoint = Endpoint(url, extra_headers)
    client = RawClient(endpoint.host, endpoint.port, tls=endpoint.tls, timeout=timeout)

    def ask() -> int:
        try:
            response = client.exchange(RawRequest(endpoint.head((), method="GET")))
        except Unreachable as error:
            raise UsageError(f"--count-url is unreachable: {error}") from None
        number = parse_count(response.body) if response.status == 200 else None
        if number is None:
            raise UsageError(_NO_COUNT_ERROR.format("--count-url"))
        return number

    return ask


def by_command(command: str, timeout: float) -> Callable[[], int]:
    """Return a function that reads the number from the standard output of a shell command."""

    def ask() -> int:
        try:
            completed = subprocess.run(
                [*_SHELL, command],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UsageError(f"the --handled command takes longer than {timeout:g} s") from None
        number = parse_count(completed.stdout) if completed.returncode == 0 else None
        if number is None:
            raise UsageError(_NO_COUNT_ERROR.format("the --handled command"))
        return number

    return ask


def parse_count(text: bytes) -> int | None:
    """Return the number in digits, or in a JSON object's `handled` or `count`; None without one."""
    try:
        value: object = json.loads(text[:1000])
    except ValueError:
        return None
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        value = members.get("handled", members.get("count"))
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
