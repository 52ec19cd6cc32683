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
from webhook_verify.cli.capture_formats import parse_capture
from webhook_verify.cli.recording import RecordedRequest
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.errors import WebhookVerifyError
from webhook_verify.verifier import DEFAULT_TOLERANCE, Verifier

__all__ = ["TimeParam", "VerifyCase", "delivery_options", "verify_cases"]

_UNLIMITED_TOLERANCE_SECONDS = 1e12
_Command = TypeVar("_Command", bound=Callable[..., Any])


class TimeParam(click.ParamType[float]):
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
        type=TimeParam(),
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
    """All options of a verb that is given deliveries and secrets; their values go to :func:`verify_cases`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class VerifyCase:
    """One delivery and the verifier that decides about it, at its time.

    ``entry`` is its place in a file of several, else None.
    """

    record: RecordedRequest
    verifier: Verifier
    entry: int | None

    @property
    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of ``Verifier.verify`` and of ``explain``."""
        record = self.record
        return {"body": record.body, "headers": record.headers, "url": record.url, "method": record.method}


def verify_cases(options: dict[str, Any]) -> Iterator[VerifyCase]:
    """The deliveries that the options name. Raises UsageError for what cannot be read or verified."""
    secrets = inputs.read_secrets(
        options["secret_env"],
        options["secret_file"],
        _body_source(options),
        options["headers"],
        options["source"],
    )
    for entry, record in _records(options):
        received_at = record.received_at if options["at"] is None else options["at"]
        when = time.time() if received_at is None else received_at
        yield VerifyCase(record, _verifier(options, secrets, record, when), entry)


def _body_source(options: dict[str, Any]) -> str | None:
    body: str | None = options["body"]
    return "-" if body is None and options["source"] is None else body


def _records(options: dict[str, Any]) -> list[tuple[int | None, RecordedRequest]]:
    source = _body_source(options)
    headers = inputs.read_headers(options["header"], options["headers"])
    body = None if source is None else inputs.read_body(source)
    if options["source"] is None:
        if options["entry"] is not None:
            raise UsageError("--entry goes with --from FILE")
        return [(None, _with_options(RecordedRequest(headers, body or b""), options))]
    try:
        records = parse_capture(inputs.read_file(options["source"]), body)
    except ValueError as error:
        raise UsageError(f"--from: {error}") from None
    changed = [_with_options(_with_headers(record, headers), options) for record in records]
    numbered = [(number if len(changed) > 1 else None, record) for number, record in enumerate(changed, 1)]
    if options["entry"] is None:
        return numbered
    if options["entry"] > len(numbered):
        raise UsageError(f"--entry: the file holds {len(numbered)}")
    return numbered[options["entry"] - 1 : options["entry"]]


def _with_headers(record: RecordedRequest, headers: list[tuple[str, str]]) -> RecordedRequest:
    """The record with these headers in the place of its own of the same name."""
    replaced = {name.lower() for name, _ in headers}
    others = [pair for pair in record.headers if pair[0].lower() not in replaced]
    return replace(record, headers=[*others, *headers])


def _with_options(record: RecordedRequest, options: dict[str, Any]) -> RecordedRequest:
    return replace(record, url=options["url"] or record.url, method=options["method"] or record.method)


def _verifier(options: dict[str, Any], secrets: list[str], record: RecordedRequest, when: float) -> Verifier:
    if record.url is None and schemes.get(options["scheme"]).signs_url:
        raise UsageError(
            f"{options['scheme']} signs the address: give the one that the sender called with --url"
        )
    if options["ignore_time"] and options["tolerance"] is not None:
        raise UsageError("--tolerance and --ignore-time exclude each other")
    tolerance_option = options["tolerance"]
    tolerance = (
        _UNLIMITED_TOLERANCE_SECONDS
        if options["ignore_time"]
        else DEFAULT_TOLERANCE
        if tolerance_option is None
        else tolerance_option
    )
    try:
        return Verifier(secrets, scheme=options["scheme"], tolerance=tolerance, clock=lambda: when)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise UsageError(str(error)) from None
