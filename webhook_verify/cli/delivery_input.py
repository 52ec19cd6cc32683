"""The delivery that ``verify`` and ``explain`` are given, and the verifier that they ask.

It comes in parts (``--headers``, ``--body``) or whole, in a file that another program wrote (``--from``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from typing import Any, TypeVar

import click

from webhook_verify import schemes
from webhook_verify.cli import options as inputs
from webhook_verify.cli.capture_formats import records_of
from webhook_verify.cli.recording import Record
from webhook_verify.cli.usage_errors import Mistake
from webhook_verify.errors import WebhookVerifyError
from webhook_verify.verifier import DEFAULT_TOLERANCE, Verifier

__all__ = ["Case", "Moment", "cases", "delivery_options"]

_ALL_TIME = 1e12
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Moment(click.ParamType[float]):
    """An instant: Unix seconds, ISO 8601 with its zone, or ``now``."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The Unix seconds."""
        if isinstance(value, float):
            return value
        if value == "now":
            return time.time()
        try:
            seconds = float(value)
        except ValueError:
            pass  # it may be a date
        else:
            return seconds if isfinite(seconds) else self._fail(param, ctx)
        try:
            when = datetime.fromisoformat(value)
            return when.timestamp() if when.utcoffset() is not None else self._fail(param, ctx)
        except (ValueError, OverflowError):
            return self._fail(param, ctx)

    def _fail(self, param: click.Parameter | None, ctx: click.Context | None) -> float:
        self.fail("a time is in Unix seconds, or as 2026-11-21T10:00:00Z, or now", param, ctx)


_OPTIONS = [
    click.option(
        "--from",
        "source",
        metavar="FILE",
        shell_complete=inputs.complete_file,
        help="Deliveries in a file: of replay --save, a HAR, curl -v, curl --trace or HTTP; - for "
        "standard input.",
    ),
    click.option("--entry", type=click.IntRange(1), metavar="N", help="Only the N-th delivery of the file."),
    click.option(
        "--body",
        metavar="@FILE",
        shell_complete=inputs.complete_at_file,
        help="The raw body: @FILE, or - for standard input.  [default: -, or what --from says]",
    ),
    click.option("-H", "--header", multiple=True, metavar='"NAME: VALUE"', help="A header; may be repeated."),
    click.option(
        "--headers",
        metavar="@FILE",
        shell_complete=inputs.complete_at_file,
        help="Headers from a file: lines as above, or a JSON object.",
    ),
    click.option("--url", help="The address that the sender called, for schemes that sign it."),
    click.option("--method", help="The method, likewise.  [default: POST]"),
    click.option(
        "--at",
        type=Moment(),
        help="Verify as if it were this time: Unix seconds, ISO 8601 or now.  [default: when --from says "
        "that it was received, else now]",
    ),
    click.option("--tolerance", type=float, help="In seconds.  [default: the scheme's own]"),
    click.option("--ignore-time", is_flag=True, help="Let the timestamp be as old or new as it is."),
    inputs.scheme_option,
    inputs.secret_options,
    inputs.json_option,
]


def delivery_options(command: _Command) -> _Command:
    """All options of a verb that is given deliveries and secrets; their values go to :func:`cases`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Case:
    """One delivery and the verifier that decides about it, at its time.

    ``entry`` is its place in a file of several, else None.
    """

    record: Record
    verifier: Verifier
    entry: int | None

    @property
    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of ``Verifier.verify`` and of ``explain``."""
        record = self.record
        return {"body": record.body, "headers": record.headers, "url": record.url, "method": record.method}


def cases(given: dict[str, Any]) -> Iterator[Case]:
    """The deliveries that the options name. Raises Mistake for what cannot be read or verified."""
    secrets = inputs.read_secrets(
        given["secret_env"], given["secret_file"], _body_source(given), given["headers"], given["source"]
    )
    for entry, record in _records(given):
        told = record.received_at if given["at"] is None else given["at"]
        when = time.time() if told is None else told
        yield Case(record, _verifier(given, secrets, record, when), entry)


def _body_source(given: dict[str, Any]) -> str | None:
    body: str | None = given["body"]
    return "-" if body is None and given["source"] is None else body


def _records(given: dict[str, Any]) -> list[tuple[int | None, Record]]:
    source = _body_source(given)
    headers = inputs.read_headers(given["header"], given["headers"])
    body = None if source is None else inputs.read_body(source)
    if given["source"] is None:
        if given["entry"] is not None:
            raise Mistake("--entry goes with --from FILE")
        return [(None, _changed(Record(headers, body or b""), given))]
    try:
        found = records_of(inputs.read_file(given["source"]), body)
    except ValueError as error:
        raise Mistake(f"--from: {error}") from None
    changed = [_changed(_with_headers(each, headers), given) for each in found]
    numbered = [(number if len(changed) > 1 else None, each) for number, each in enumerate(changed, 1)]
    if given["entry"] is None:
        return numbered
    if given["entry"] > len(numbered):
        raise Mistake(f"--entry: the file holds {len(numbered)}")
    return numbered[given["entry"] - 1 : given["entry"]]


def _with_headers(record: Record, headers: list[tuple[str, str]]) -> Record:
    """The record with these headers in the place of its own of the same name."""
    given = {name.lower() for name, _ in headers}
    kept = [pair for pair in record.headers if pair[0].lower() not in given]
    return replace(record, headers=[*kept, *headers])


def _changed(record: Record, given: dict[str, Any]) -> Record:
    return replace(record, url=given["url"] or record.url, method=given["method"] or record.method)


def _verifier(given: dict[str, Any], secrets: list[str], record: Record, when: float) -> Verifier:
    if record.url is None and schemes.get(given["scheme"]).signs_url:
        raise Mistake(f"{given['scheme']} signs the address: give the one that the sender called with --url")
    if given["ignore_time"] and given["tolerance"] is not None:
        raise Mistake("--tolerance and --ignore-time exclude each other")
    stated = given["tolerance"]
    tolerance = _ALL_TIME if given["ignore_time"] else DEFAULT_TOLERANCE if stated is None else stated
    try:
        return Verifier(secrets, scheme=given["scheme"], tolerance=tolerance, clock=lambda: when)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise Mistake(str(error)) from None
