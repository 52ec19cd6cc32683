"""The messages of a run, with the behavior of their handlers, and forgeries."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from random import Random

from tests.integrations import sender
from webhook_verify import Delivery

__all__ = ["FORGERIES", "LEASE", "Message", "messages_of"]

LEASE = 1.0
"""Seconds. About one second represents a minute of real time."""

# One of this number of messages.
_EVERY, _LATE, _EXTENDING = 40, 10, 30
_FAILING, _FAILING_LATE = 0.05, 0.3
_FORGED = -1


@dataclass(frozen=True)
class Message:
    """Message ``number``. Its handler takes ``seconds``, and fails with the probability ``fails``.

    With ``extends`` it extends its lease.
    """

    number: int
    seconds: float
    fails: float = 0.0
    extends: bool = False

    @classmethod
    def of(cls, delivery: Delivery) -> Message:
        """Return the delivered message."""
        return cls(**delivery.json())

    @property
    def id(self) -> str:
        return f"msg_{self.number}"

    @property
    def body(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    def signed(self) -> sender.Pairs:
        """Return the headers of an attempt at the current time."""
        return sender.signed(self.body, msg_id=self.id)

    def forged(self) -> Message:
        """The forged body of an attacker, which must never be handled."""
        return Message(_FORGED, 0.0)


def messages_of(random: Random, count: int) -> list[Message]:
    """Create messages. One in twenty takes longer than its lease, and half of those extend it."""
    return [_message(number, random) for number in range(count)]


def _message(number: int, random: Random) -> Message:
    kind = number % _EVERY
    if kind in (_LATE, _EXTENDING):
        # If one fails after another has taken over, it must not release the claim of the other.
        return Message(number, LEASE * random.uniform(1.1, 1.6), _FAILING_LATE, extends=kind == _EXTENDING)
    return Message(number, random.uniform(0.01, 0.3), fails=_FAILING)


def _aged(seconds: int) -> Callable[[Message], sender.Pairs]:
    return lambda message: sender.signed(message.forged().body, msg_id=message.id, age=seconds)


def _unsigned(message: Message) -> sender.Pairs:
    return sender.without(sender.signed(message.forged().body, msg_id=message.id), "webhook-signature")


def _under_another_id(message: Message) -> sender.Pairs:
    return sender.changed(sender.signed(message.forged().body), "webhook-id", lambda _: message.id)


def _with_wrong_key(message: Message) -> sender.Pairs:
    return sender.signed(message.forged().body, msg_id=message.id, key=sender.WRONG_KEY)


# All with the id of a valid message, which they must not claim. By name: the headers, and the response.
FORGERIES: dict[str, tuple[Callable[[Message], sender.Pairs], int]] = {
    "another body": (Message.signed, 401),
    "another id": (_under_another_id, 401),
    "another key": (_with_wrong_key, 401),
    "no signature": (_unsigned, 400),
    "stale": (_aged(sender.TOLERANCE + 60), 401),
    "from the future": (_aged(-sender.TOLERANCE - 60), 401),
}
