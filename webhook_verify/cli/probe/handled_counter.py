"""How many deliveries the receiver's handler has handled, as its owner counts them: :class:`Counter`."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from typing import cast

from webhook_verify.cli.probe.endpoint import Endpoint, Pairs
from webhook_verify.cli.probe.raw_http import Sending, Unreachable, Wire
from webhook_verify.cli.usage_errors import Mistake

__all__ = ["Counter", "by_command", "by_url", "number_in"]

_MIN_WAIT_SECONDS = 0.05
_SHELL = ("cmd", "/c") if os.name == "nt" else ("/bin/sh", "-c")
_NO_NUMBER = (
    "{} gives no number: it is a text of digits, or a JSON object with a number under handled or count"
)


class Counter:
    """Asks for the number, and waits for it as long as the receiver takes to handle a delivery."""

    def __init__(self, ask: Callable[[], int]) -> None:
        self._ask = ask
        self._wait = _MIN_WAIT_SECONDS

    def now(self) -> int:
        """The number as it is. Raises Mistake if there is none."""
        return self._ask()

    def settled(self) -> int:
        """The number once what was sent last must have been handled."""
        time.sleep(self._wait)
        return self._ask()

    def learn(self, before: int, timeout: float) -> bool:
        """Wait until it has grown, to learn how long that takes. False: not within ``timeout`` seconds."""
        started = time.monotonic()
        while (spent := time.monotonic() - started) < timeout:
            if self._ask() > before:
                self._wait = max(_MIN_WAIT_SECONDS, 2 * spent)
                return True
            time.sleep(_MIN_WAIT_SECONDS)
        return False


def by_url(url: str, timeout: float, extra: Pairs = ()) -> Callable[[], int]:
    """A function that asks a URL by GET, with these headers."""
    endpoint = Endpoint(url, extra)
    wire = Wire(endpoint.host, endpoint.port, tls=endpoint.tls, timeout=timeout)

    def ask() -> int:
        try:
            answer = wire.exchange(Sending(endpoint.head((), method="GET")))
        except Unreachable as error:
            raise Mistake(f"--count-url cannot be reached: {error}") from None
        number = number_in(answer.body) if answer.status == 200 else None
        if number is None:
            raise Mistake(_NO_NUMBER.format("--count-url"))
        return number

    return ask


def by_command(command: str, timeout: float) -> Callable[[], int]:
    """A function that asks a command of the shell, by its standard output."""

    def ask() -> int:
        try:
            ended = subprocess.run(
                [*_SHELL, command],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Mistake(f"the command of --handled takes longer than {timeout:g} s") from None
        number = number_in(ended.stdout) if ended.returncode == 0 else None
        if number is None:
            raise Mistake(_NO_NUMBER.format("the command of --handled"))
        return number

    return ask


def number_in(text: bytes) -> int | None:
    """The number of a text of digits, or of a JSON object's ``handled`` or ``count``; None without one."""
    try:
        found: object = json.loads(text[:1000])
    except ValueError:
        return None
    if isinstance(found, dict):
        members = cast("dict[str, object]", found)
        found = members.get("handled", members.get("count"))
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None
