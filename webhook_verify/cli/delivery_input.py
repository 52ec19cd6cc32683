"""The input of `verify` and `explain`: the delivery and the verifier.

A delivery is passed in parts (`--headers`, `--body`) or in a capture file (`--from`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from webhook_verify import schemes
from webhook_verify.cli import options as inputs
from webhook_verify.cli.capture_formats import parse_capture
from webhook_verify.cli.recording import RecordedRequest
from webhook_verify.cli.scheme_detection import AUTO, AmbiguousScheme, detect_scheme
from webhook_verify.cli.usage_errors import InvalidOption, UsageError, shown
from webhook_verify.errors import WebhookVerifyError
from webhook_verify.verifier import DEFAULT_TOLERANCE, Verifier

__all__ = ["TimeParam", "VerifyCase", "delivery_options", "verify_cases"]

_UNLIMITED_TOLERANCE_SECONDS = 1e12
_Command = TypeVar("_Command", bound=Callable[..., Any])


class TimeParam(click.ParamType[float]):
    """A point in time: Unix seconds, ISO 8601 with a time zone, or `now`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the Unix seconds."""
        if isinstance(value, float):
            return value
        if value == "now":
            return time.time()
        try:
            seconds = float(value)
        except ValueError:
            pass  # it may be an ISO 8601 date
        else:
            return seconds if isfinite(seconds) else self._fail(value, param, ctx)
        try:
            when = datetime.fromisoformat(value)
            return when.timestamp() if when.utcoffset() is not None else self._fail(value, param, ctx)
        except (ValueError, OverflowError):
            return self._fail(value, param, ctx)

    def _fail(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> NoReturn:
        raise InvalidOption(
            f"{shown(value)!r} is not a time: pass Unix seconds such as 1790000000, ISO 8601 with a time "
            "zone such as 2026-11-30T10:00:00Z, or now",
            ctx,
            param,
        )


_OPTIONS = [
    click.option(
        "--from",
        "source",
        metavar="FILE",
        shell_complete=inputs.complete_file,
        help="Read deliveries from a file: replay --save, HAR, a curl command, the output of curl -v, "
        "--trace or --trace-ascii, or raw HTTP; - for standard input.",
    ),
    click.option(
        "--entry", type=click.IntRange(1), metavar="N", help="Use only the N-th delivery of the --from file."
    ),
    click.option(
        "-d",
        "--body",
        metavar=inputs.BODY_METAVAR,
        shell_complete=inputs.complete_at_file,
        help="The raw body: @FILE, @- for standard input, or the text itself.  [default: the body in the "
        "--from file, else @-]",
    ),
    click.option("-H", "--header", multiple=True, metavar='"NAME: VALUE"', help="A header; may be repeated."),
    click.option(
        "--headers",
        metavar="@FILE",
        shell_complete=inputs.complete_at_file,
        help='Headers from a file: one "NAME: VALUE" per line, or a JSON object.',
    ),
    click.option("--url", help="The URL that the sender called, for schemes that sign it."),
    click.option("--method", help="The HTTP method, for schemes that sign it.  [default: POST]"),
    click.option(
        "--at",
        type=TimeParam(),
        help="Verify as of this time: Unix seconds, ISO 8601 or now.  [default: the time of receipt in the "
        "--from file, else now]",
    ),
    click.option(
        "--tolerance",
        type=float,
        metavar="SECONDS",
        help="Timestamp tolerance in seconds.  [default: the scheme's tolerance]",
    ),
    click.option("--ignore-time", is_flag=True, help="Skip the timestamp check."),
    inputs.delivery_scheme_option,
    inputs.secret_options,
    inputs.json_option,
]


def delivery_options(command: _Command) -> _Command:
    """Add the options that select deliveries and secrets. Pass their values to `verify_cases`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class VerifyCase:
    """A delivery and a verifier whose clock is set to the time of verification.

    `entry` is the delivery's position in a file with several deliveries; a single one has no number.
    `is_detected` is whether the scheme was identified by the headers.
    """

    record: RecordedRequest
    verifier: Verifier
    entry: int | None
    is_detected: bool

    @property
    def scheme(self) -> str:
        """The name of the scheme."""
        return self.verifier.scheme.name

    @property
    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of `Verifier.verify` and `explain`."""
        record = self.record
        return {"body": record.body, "headers": record.headers, "url": record.url, "method": record.method}


def verify_cases(options: dict[str, Any]) -> Iterator[VerifyCase]:
    """Yield the deliveries that the options select. Raises UsageError for unreadable or invalid input."""
    secrets = inputs.read_secrets(
        options["secret_env"],
        options["secret_file"],
        _body_source(options),
        options["headers"],
        options["source"],
    )
    # All schemes are known before the first result is printed.
    cases = [(entry, record, _scheme(options, entry, record)) for entry, record in _records(options)]
    for entry, record, scheme in cases:
        received_at = record.received_at if options["at"] is None else options["at"]
        when = time.time() if received_at is None else received_at
        verifier = _verifier(options | {"scheme": scheme}, secrets, record, when)
        yield VerifyCase(record, verifier, entry, options["scheme"] == AUTO)


def _scheme(options: dict[str, Any], entry: int | None, record: RecordedRequest) -> str:
    """Return the name of the scheme, which may depend on the delivery."""
    scheme: str = options["scheme"]
    if scheme != AUTO:
        return scheme
    try:
        return detect_scheme(record.headers)
    except AmbiguousScheme as error:
        number = "" if entry is None else f"delivery {entry}: "
        raise UsageError(f"{number}{error}") from None


def _body_source(options: dict[str, Any]) -> str | None:
    body: str | None = options["body"]
    return "-" if body is None and options["source"] is None else body


def _records(options: dict[str, Any]) -> list[tuple[int | None, RecordedRequest]]:
    source = _body_source(options)
    headers = inputs.read_headers(options["header"], options["headers"])
    body = None if source is None else inputs.read_body(source)
    if options["source"] is None:
        if options["entry"] is not None:
            raise UsageError("--entry requires --from FILE")
        return [(None, _with_options(RecordedRequest(headers, body or b""), options))]
    try:
        folder = Path() if options["source"] == "-" else Path(options["source"]).parent
        records = parse_capture(inputs.read_file(options["source"]), body, folder)
    except ValueError as error:
        raise UsageError(f"--from: {error}") from None
    changed = [_with_options(_with_headers(record, headers), options) for record in records]
    numbered = [(number if len(changed) > 1 else None, record) for number, record in enumerate(changed, 1)]
    if options["entry"] is None:
        return numbered
    if options["entry"] > len(numbered):
        raise UsageError(f"--entry must be at most {len(numbered)}, the number of deliveries in the file")
    return numbered[options["entry"] - 1 : options["entry"]]


def _with_headers(record: RecordedRequest, headers: list[tuple[str, str]]) -> RecordedRequest:
    """Return the record with these headers, which replace recorded ones of the same name."""
    replaced = {name.lower() for name, _ in headers}
    others = [pair for pair in record.headers if pair[0].lower() not in replaced]
    return replace(record, headers=[*others, *headers])


def _with_options(record: RecordedRequest, options: dict[str, Any]) -> RecordedRequest:
    return replace(record, url=options["url"] or record.url, method=options["method"] or record.method)


def _verifier(options: dict[str, Any], secrets: list[str], record: RecordedRequest, when: float) -> Verifier:
    if record.url is None and schemes.get(options["scheme"]).signs_url:
        raise UsageError(
            f"the scheme {options['scheme']} signs the URL: pass the URL that the sender called with --url"
        )
    if options["ignore_time"] and options["tolerance"] is not None:
        raise UsageError("--tolerance and --ignore-time cannot be used together")
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
