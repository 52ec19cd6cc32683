"""The click command `webhook-verify send`."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

import click
import httpx2

from webhook_verify import __version__, schemes
from webhook_verify.cli import exit_codes, output
from webhook_verify.cli import options as inputs
from webhook_verify.cli.sample_payloads import DEFAULT_EVENT, known_events
from webhook_verify.cli.send.request import SendRequest, content_type, redacted
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.testing.requests import SignedRequest

__all__ = ["send"]

_MAX_RESPONSE_BYTES = 64 * 1024
_MAX_RESPONSE_CHARS_SHOWN = 200


def _complete_event(context: click.Context, option: click.Parameter, incomplete: str) -> list[str]:
    try:
        types = {each for listed in known_events().values() for each in listed}
    except ImportError:  # event types require msgspec
        return []
    return sorted(each for each in types if each.startswith(incomplete))


def _list_events(context: click.Context, option: click.Parameter, is_set: bool) -> None:
    if not is_set:
        return
    events = known_events()
    for scheme, types in events.items():
        for event_type in types:
            click.echo(f"{scheme:9} {event_type}")
    context.exit()


@click.command(
    epilog="Exit codes: 0 every response was as expected (2xx, or 4xx with --tamper or --stale), 1 another "
    "response, 2 usage error, 3 no response."
)
@click.argument("url")
@click.option(
    "--event",
    "event_type",
    metavar="TYPE",
    shell_complete=_complete_event,
    help=f"Send an event of this type.  [default: {DEFAULT_EVENT}]",
)
@click.option(
    "--list-events",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_events,
    help="List the known event types, and exit.",
)
@click.option(
    "-d",
    "--body",
    metavar=inputs.BODY_METAVAR,
    shell_complete=inputs.complete_at_file,
    help="Send this body instead: @FILE, @- for standard input, or the text itself.",
)
@click.option(
    "-H", "--header", multiple=True, metavar='"NAME: VALUE"', help="An extra header; may be repeated."
)
@click.option(
    "--count",
    type=click.IntRange(1, 10_000),
    default=1,
    help="How many deliveries to send, each with a new message id.",
)
@click.option("--tamper", is_flag=True, help="Change the body after signing, and expect a 4xx response.")
@click.option("--stale", is_flag=True, help="Sign with an expired timestamp, and expect a 4xx response.")
@click.option(
    "--old-secret",
    metavar="NAME",
    help="Sign with the secret in this environment variable, or in @FILE, instead.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=10,
    show_default=True,
    help="Seconds to wait for each response.",
)
@inputs.scheme_option
@inputs.secret_options
@inputs.json_option
@click.pass_context
def send(context: click.Context, /, url: str, as_json: bool, **options: Any) -> None:
    """Sign a delivery and post it to a receiver.

    \b
    webhook-verify send http://localhost:8000/hook
    webhook-verify send http://localhost:8000/hook --event endpoint.created
    webhook-verify send http://localhost:8000/hook --tamper
    webhook-verify send http://localhost:8000/hook --scheme github \\
      --secret-env GITHUB_SECRET --body @push.json -H "X-GitHub-Event: push"
    """
    secrets = _secrets(options)
    if options["body"] is not None and options["event_type"] is not None:
        raise UsageError("--body and --event cannot be used together")
    send_request = SendRequest(
        secrets,
        schemes.get(options["scheme"]),
        url,
        options["event_type"] or DEFAULT_EVENT,
        None if options["body"] is None else inputs.read_body(options["body"]),
        options["tamper"],
        options["stale"],
    )
    extra = _extra_headers(options["header"])
    codes: set[int] = set()
    with httpx2.Client(timeout=options["timeout"], follow_redirects=False) as client:
        for _ in range(options["count"]):
            request = send_request.request()
            response = _post(client, url, request, extra, options["timeout"])
            codes.add(_report(send_request, request, response, as_json))
    context.exit(max(codes))


def _extra_headers(lines: tuple[str, ...]) -> dict[str, str]:
    headers = dict(inputs.read_headers(lines, None))
    if not all(
        f"{name}{value}".isascii() and f"{name}{value}".isprintable() for name, value in headers.items()
    ):
        raise UsageError("a header must be printable ASCII")
    return headers


def _secrets(options: dict[str, Any]) -> list[str]:
    old: str | None = options["old_secret"]
    if old is None:
        return inputs.read_secrets(options["secret_env"], options["secret_file"], options["body"])
    names, files = ((), (old[1:],)) if old.startswith("@") else ((old,), ())
    return inputs.read_secrets(names, files, options["body"])


@dataclass(frozen=True)
class _Response:
    """A response. Without one, `status` is 0 and `text` is the reason. `seconds` is the elapsed time."""

    status: int
    text: str
    seconds: float


def _post(
    client: httpx2.Client, url: str, request: SignedRequest, extra: dict[str, str], timeout: float
) -> _Response:
    usual = {"content-type": content_type(request.body), "user-agent": f"webhook-verify/{__version__}"}
    headers = httpx2.Headers({**usual, **dict(request.headers)})
    headers.update(extra)
    started = time.monotonic()
    status = 0
    try:
        with client.stream("POST", url, content=request.body, headers=headers) as response:
            status, body = response.status_code, b""
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _MAX_RESPONSE_BYTES or time.monotonic() - started > timeout:
                    break
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, UnicodeEncodeError):
        raise UsageError("URL must be the URL of a receiver, starting with http:// or https://") from None
    except httpx2.HTTPError as error:
        return _Response(0, _failure_reason(error), time.monotonic() - started)
    return _Response(status, body.decode("utf-8", "replace"), time.monotonic() - started)


def _failure_reason(error: httpx2.HTTPError) -> str:
    """Return the operating system's message, or else the type of the error."""
    return re.sub(r"\A\[Errno -?\d+\] ", "", str(error)) or type(error).__name__


def _report(send_request: SendRequest, request: SignedRequest, response: _Response, as_json: bool) -> int:
    refused, accepted = 400 <= response.status < 500, 200 <= response.status < 300
    is_as_expected = refused if send_request.expects_refusal else accepted
    text = redacted(response.text, request, send_request.secrets)
    record = {
        "id": request.id,
        "event_type": send_request.event_type if send_request.body is None else None,
        "expected": "4xx" if send_request.expects_refusal else "2xx",
        "status": response.status or None,
        "as_expected": is_as_expected,
        "milliseconds": round(response.seconds * 1000, 1),
        "answer" if response.status else "error": text,
    }
    output.emit(record, as_json, _sentence(record))
    if not as_json and text and not is_as_expected and response.status:
        # Line ends become spaces, so that they are not escaped.
        output.paragraph(
            f"response: {output.safe(' '.join(text.split()), _MAX_RESPONSE_CHARS_SHOWN)}", indent=10
        )
    if not response.status:
        return exit_codes.NO_ANSWER
    return exit_codes.VERIFIED if is_as_expected else exit_codes.NOT_AS_IT_MUST_BE


def _sentence(record: dict[str, Any]) -> str:
    sent = f"{time.strftime('%H:%M:%S')}  --> {record['event_type'] or 'body'} [{record['id']}]"
    if record["status"] is None:
        return f"{sent}  no response: {record['error']}"
    wrong = "" if record["as_expected"] else f"  WRONG: expected {record['expected']}"
    return f"{sent}  {record['status']} in {record['milliseconds']:.0f} ms{wrong}"
