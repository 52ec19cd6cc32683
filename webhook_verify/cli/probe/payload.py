"""The bodies that a probe sends, also with unusual formatting or size."""

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
    """The source of bodies. Each contains its message id and timestamp, for schemes that read them there.

    Args:
        template: A body in which `{{id}}`, `{{time}}` (ISO 8601), `{{seconds}}` and `{{milliseconds}}` are
            replaced; None for a default JSON body.
        event: The event type in the default body.
        form: A scheme that requires bodies in the provider's format, or None.
    """

    def __init__(
        self, template: bytes | None = None, event: str = "probe.test", form: Scheme | None = None
    ) -> None:
        self._template = template
        self._event = event
        self._form = form
        self.is_ours: bool = template is None and form is None
        self.has_spaces = False
        """Whether the default body has a space after each comma and colon, as Python's json writes it."""

    def body(self, message_id: str, when: int) -> bytes:
        """Return the body for this message id and these Unix seconds."""
        iso_time = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        words = {b"id": message_id, b"time": iso_time, b"seconds": str(when), b"milliseconds": f"{when}000"}
        if self._template is not None:
            return _WORD.sub(lambda value: words[value[1]].encode(), self._template)
        if self._form is not None:
            return body_of(self._event, self._form, message_id, when)
        event = {
            "type": self._event,
            "id": message_id,  # read by Stripe and other schemes
            "event_id": message_id,  # read by Slack, Square and other schemes
            "timestamp": iso_time,
            "webhookTimestamp": when * 1000,  # read by Linear
            "data": {"probe": True, "amount": 4200},
        }
        return json.dumps(event, separators=(", ", ": ") if self.has_spaces else (",", ":")).encode()


def pad_body(body: bytes, size: int) -> bytes:
    """Return the body padded to `size` bytes; in JSON, a member is added in the same formatting."""
    if not respell_json(body) or not body.endswith(b"}"):
        return body.ljust(size)
    space = b" " if b'": ' in body else b""
    member = b',%b"padding":%b""}' % (space, space)
    return body[:-1] + member[:-2] + b"x" * (size - len(body) + 1 - len(member)) + member[-2:]


def respell_json(body: bytes) -> dict[str, bytes]:
    """Return the same JSON object in unusual formats, by label; empty if it is not a JSON object.

    No serializer writes these formats, so only the raw bytes match the signature.
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
        "indented with tabs": json.dumps(fields, indent="\t").encode() + b"\r\n",
        "with unnecessary escapes": _escape_letters(json.dumps(fields)).encode(),
        "with a duplicate key": f"{{{first} : {value} ,".encode() + inside,
    }


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_LETTER = re.compile(r"(\\u[0-9a-f]{4}|\\.)|e")


def _escape_letters(text: str) -> str:
    r"""Replace each letter e inside a string by `\u0065`."""
    return _STRING.sub(lambda value: _LETTER.sub(lambda item: item[1] or r"\u0065", value[0]), text)
