"""Requests from the output of `curl --trace` and `curl --trace-ascii`.

`--trace` prints every byte in hexadecimal. `--trace-ascii` prints text, with a dot for each byte that is not
printable ASCII. Its offsets show where a line ended with CRLF, so a body without dots is certain. A dot may
be another byte: the body is used only if its length is right and, for JSON, if it can be parsed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from webhook_verify.cli.recording import RecordedRequest

__all__ = ["TRACE_START", "TracePart", "checked_body", "trace_parts"]

_TIME = r"(?:[0-9:.]+ )?(?:\[[0-9x-]+\] )?"  # --trace-time and --trace-ids
TRACE_START = re.compile(rf"(?m)^{_TIME}=> Send header")
_PART = re.compile(rf"(?m)^{_TIME}=> Send (header|data), ([0-9]+) bytes.*\n((?:^[0-9a-f]{{4,}}:.*\n?)*)")
_HEX_LINE = re.compile(r"[0-9a-f]{4,}: ((?:[0-9a-f]{2} ){1,16} *)")
_INSTEAD = "record it again with curl --trace - instead of --trace-ascii, or pass the body with --body @FILE"


@dataclass(frozen=True)
class TracePart:
    """The bytes of one dump. Of a text dump, `dots` is the number of dots that may be other bytes."""

    kind: Literal["header", "data"]
    octets: bytes
    is_ascii: bool = False
    dots: int = 0


def trace_parts(text: str) -> Iterator[TracePart]:
    """Yield the dumps of sent headers and data.

    Args:
        text: The output of curl, decoded as Latin-1.

    Yields:
        The parts, in the order of the file.

    Raises:
        ValueError: If a dump is incomplete. The message contains the option of curl to use instead.
    """
    for match in _PART.finditer(text):
        kind: Literal["header", "data"] = "header" if match[1] == "header" else "data"
        size, lines = int(match[2]), match[3].splitlines()
        part = _hex_part(kind, lines) or _ascii_part(kind, lines, size)
        if len(part.octets) != size:
            raise ValueError(
                f"the trace shows {len(part.octets)} of {size} bytes of the {kind}: copy it in full"
            )
        yield part


def _hex_part(kind: Literal["header", "data"], lines: list[str]) -> TracePart | None:
    """Return the part if all lines are hexadecimal; None for the output of `--trace-ascii`."""
    matches = [_HEX_LINE.match(line) for line in lines]
    if not all(matches):
        return None
    # The column of the digits is 47 characters wide, and followed by the same bytes as text.
    return TracePart(kind, bytes.fromhex("".join(line.partition(": ")[2][:47] for line in lines)))


def _ascii_part(kind: Literal["header", "data"], lines: list[str], size: int) -> TracePart:
    """Return the bytes of text lines. A gap of two between the offsets is the CRLF that ended the line."""
    octets, dots = b"", 0
    starts = [int(line.partition(":")[0], 16) for line in lines]
    for line, start, end in zip(lines, starts, [*starts[1:], size], strict=True):
        text = line.partition(":")[2].removeprefix(" ")
        gap = end - start - len(text)
        if start != len(octets) or gap not in {0, 2} or not (text.isascii() and text.isprintable()):
            raise ValueError(f"the trace does not show every byte of the {kind}: {_INSTEAD}")
        octets += text.encode("latin-1") + b"\r\n" * (gap == 2)
        dots += text.count(".")
    return TracePart(kind, octets, True, dots)


def checked_body(record: RecordedRequest, body: bytes, dots: int) -> RecordedRequest:
    """Check that a body from `--trace-ascii` is complete and that its dots can be dots.

    Args:
        record: The request, with its headers.
        body: The bytes, with a dot for each byte that is not printable.
        dots: The number of dots.

    Returns:
        The request with a note about the dots, if there are any.

    Raises:
        ValueError: If the length differs from the header Content-Length, or a dot is certainly another byte.
    """
    lengths = [value for name, value in record.headers if name.lower() == "content-length"]
    if lengths != [str(len(body))]:
        declared = " and ".join(lengths) or "missing"
        raise ValueError(
            f"the trace shows {len(body)} bytes of the body, but Content-Length is {declared}: {_INSTEAD}"
        )
    if not dots:
        return record
    if body.lstrip()[:1] in {b"{", b"["} or body[:1] == b".":
        try:
            json.loads(body)
        except (ValueError, RecursionError):
            raise ValueError(
                "a dot in the trace was another byte of the body, such as a line end: the body is not "
                f"valid JSON with a dot; {_INSTEAD}"
            ) from None
    return replace(record, note=_note(dots))


def _note(dots: int) -> str:
    return (
        f"curl --trace-ascii shows every byte that is not printable as a dot. The body has {dots}: if one "
        f"was another byte, the signature cannot match. To be certain, {_INSTEAD}"
    )
