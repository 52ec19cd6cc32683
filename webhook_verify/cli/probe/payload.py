"""The bodies that a probe sends: :class:`Payload`, and the same in odd spelling or size."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from webhook_verify.cli.sample_payloads import template as body_of

if TYPE_CHECKING:
    from webhook_verify.schemes import Scheme

__all__ = ["Payload", "pad_body", "respell_json"]

_WORD = re.compile(rb"\{\{(id|time|seconds|milliseconds)\}\}")


class Payload:
    """Each body holds the message id and the time of its own delivery, for schemes that look for them there.

    ``template``: with ``{{id}}``, ``{{time}}`` (ISO 8601), ``{{seconds}}`` and ``{{milliseconds}}`` to be
    filled in; None for JSON whose type is ``event``. ``form``: the scheme whose own form the body must have,
    where it signs no other.
    """

    def __init__(
        self, template: bytes | None = None, event: str = "probe.test", form: Scheme | None = None
    ) -> None:
        self._template = template
        self._event = event
        self._form = form
        self.is_ours = template is None and form is None
        self.has_spaces = False
        """Whether our own JSON has a blank behind each comma and colon, as Python writes it."""

    def body(self, message_id: str, when: int) -> bytes:
        """The body of the delivery of that id and those Unix seconds."""
        iso_time = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        words = {b"id": message_id, b"time": iso_time, b"seconds": str(when), b"milliseconds": f"{when}000"}
        if self._template is not None:
            return _WORD.sub(lambda value: words[value[1]].encode(), self._template)
        if self._form is not None:
            return body_of(self._event, self._form, message_id, when)
        event = {
            "type": self._event,
            "id": message_id,  # where Stripe and others have it
            "event_id": message_id,  # and where Slack, Square and others do
            "timestamp": iso_time,
            "webhookTimestamp": when * 1000,  # where Linear has it
            "data": {"probe": True, "amount": 4200},
        }
        return json.dumps(event, separators=(", ", ": ") if self.has_spaces else (",", ":")).encode()


def pad_body(body: bytes, size: int) -> bytes:
    """The body made so many bytes long: JSON by one more member, so that it is still written as it was."""
    if not respell_json(body) or not body.endswith(b"}"):
        return body.ljust(size)
    blank = b" " if b'": ' in body else b""
    member = b',%b"padding":%b""}' % (blank, blank)
    return body[:-1] + member[:-2] + b"x" * (size - len(body) + 1 - len(member)) + member[-2:]


def respell_json(body: bytes) -> dict[str, bytes]:
    """The same JSON object as no program writes it: nothing but its own bytes has the signature.

    Empty for what is no JSON object.
    """
    try:
        fields: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(fields, dict) or not fields:
        return {}
    first, value = map(json.dumps, next(iter(cast("dict[str, object]", fields).items())))
    inside = body.strip()[1:]
    return {
        "indented by tabs": json.dumps(fields, indent="\t").encode() + b"\r\n",
        "with escapes that nobody needs": _escape_letters(json.dumps(fields)).encode(),
        "with a key that stands twice": f"{{{first} : {value} ,".encode() + inside,
    }


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_LETTER = re.compile(r"(\\u[0-9a-f]{4}|\\.)|e")


def _escape_letters(text: str) -> str:
    r"""Each letter e inside of a string as ``\u0065``."""
    return _STRING.sub(lambda value: _LETTER.sub(lambda item: item[1] or r"\u0065", value[0]), text)
