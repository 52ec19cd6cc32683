"""``webhook-verify send``: signs a delivery and posts it to a receiver."""

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
from webhook_verify.cli.send.request import Outgoing, content_type, redacted
from webhook_verify.cli.usage_errors import Mistake
from webhook_verify.testing.requests import SignedRequest

__all__ = ["send"]

_MAX_RESPONSE_BYTES = 64 * 1024
_SHOWN_OF_ANSWER = 200


def _complete_event(context: click.Context, option: click.Parameter, incomplete: str) -> list[str]:
    try:
        types = {each for listed in known_events().values() for each in listed}
    except ImportError:  # without msgspec there is nothing to propose
        return []
    return sorted(each for each in types if each.startswith(incomplete))


def _list_events(context: click.Context, option: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    events = known_events()
    for scheme, types in events.items():
        for event_type in types:
            click.echo(f"{scheme:9} {event_type}")
    context.exit()


@click.command(
    epilog="Exit codes: 0 every answer was as it must be, 2xx or, of a delivery that must be refused, 4xx; "
    "1 one was not; 2 usage; 3 no answer came."
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
    help="List the types of which there are typed events, and exit.",
)
@click.option(
    "--body",
    metavar="@FILE",
    shell_complete=inputs.complete_at_file,
    help="Send this body instead: @FILE, or - for standard input.",
)
@click.option(
    "-H", "--header", multiple=True, metavar='"NAME: VALUE"', help="One more header; may be repeated."
)
@click.option("--count", type=click.IntRange(1, 10_000), default=1, help="How many, each with its own id.")
@click.option("--tamper", is_flag=True, help="Change the body after it is signed: it must be refused.")
@click.option("--stale", is_flag=True, help="Sign with a time that is too long ago: it must be refused.")
@click.option(
    "--old-secret", metavar="NAME", help="Sign with this environment variable's secret, or @FILE's, instead."
)
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=10, show_default=True, help="In seconds.")
@inputs.scheme_option
@inputs.secret_options
@inputs.json_option
@click.pass_context
def send(context: click.Context, /, url: str, as_json: bool, **given: Any) -> None:
    """Sign a delivery and post it to a receiver.

    \b
    webhook-verify send http://localhost:8000/hook
    webhook-verify send http://localhost:8000/hook --event endpoint.created
    webhook-verify send http://localhost:8000/hook --tamper
    webhook-verify send http://localhost:8000/hook --scheme github \\
      --secret-env GITHUB_SECRET --body @push.json -H "X-GitHub-Event: push"
    """
    secrets = _secrets(given)
    if given["body"] is not None and given["event_type"] is not None:
        raise Mistake("--body and --event exclude each other")
    outgoing = Outgoing(
        secrets,
        schemes.get(given["scheme"]),
        url,
        given["event_type"] or DEFAULT_EVENT,
        None if given["body"] is None else inputs.read_body(given["body"]),
        given["tamper"],
        given["stale"],
    )
    extra = _extra(given["header"])
    codes: set[int] = set()
    with httpx2.Client(timeout=given["timeout"], follow_redirects=False) as client:
        for _ in range(given["count"]):
            request = outgoing.request()
            answer = _post(client, url, request, extra, given["timeout"])
            codes.add(_report(outgoing, request, answer, as_json))
    context.exit(max(codes))


def _extra(lines: tuple[str, ...]) -> dict[str, str]:
    headers = dict(inputs.read_headers(lines, None))
    if not all(
        f"{name}{value}".isascii() and f"{name}{value}".isprintable() for name, value in headers.items()
    ):
        raise Mistake("a header is printable ASCII")
    return headers


def _secrets(given: dict[str, Any]) -> list[str]:
    old: str | None = given["old_secret"]
    if old is None:
        return inputs.read_secrets(given["secret_env"], given["secret_file"], given["body"])
    names, files = ((), (old[1:],)) if old.startswith("@") else ((old,), ())
    return inputs.read_secrets(names, files, given["body"])


@dataclass(frozen=True)
class _Answer:
    """What came back: ``status`` 0 where nothing did, and ``text`` says why; after how many ``seconds``."""

    status: int
    text: str
    seconds: float


def _post(
    client: httpx2.Client, url: str, request: SignedRequest, extra: dict[str, str], timeout: float
) -> _Answer:
    usual = {"content-type": content_type(request.body), "user-agent": f"webhook-verify/{__version__}"}
    headers = httpx2.Headers({**usual, **dict(request.headers)})
    headers.update(extra)
    started = time.monotonic()
    status = 0
    try:
        with client.stream("POST", url, content=request.body, headers=headers) as response:
            status, octets = response.status_code, b""
            for piece in response.iter_bytes():
                octets += piece
                if len(octets) > _MAX_RESPONSE_BYTES or time.monotonic() - started > timeout:
                    break
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, UnicodeEncodeError):
        raise Mistake("URL is the address of a receiver, with http:// or https:// in front") from None
    except httpx2.HTTPError as error:
        return _Answer(0, _lack(error), time.monotonic() - started)
    return _Answer(status, octets.decode("utf-8", "replace"), time.monotonic() - started)


def _lack(error: httpx2.HTTPError) -> str:
    """Why no answer came, as the system says it; else the kind of the error."""
    return re.sub(r"\A\[Errno -?\d+\] ", "", str(error)) or type(error).__name__


def _report(outgoing: Outgoing, request: SignedRequest, answer: _Answer, as_json: bool) -> int:
    refused, accepted = 400 <= answer.status < 500, 200 <= answer.status < 300
    is_right = refused if outgoing.expects_refusal else accepted
    text = redacted(answer.text, request, outgoing.secrets)
    record = {
        "id": request.id,
        "event_type": outgoing.event_type if outgoing.body is None else None,
        "expected": "4xx" if outgoing.expects_refusal else "2xx",
        "status": answer.status or None,
        "as_expected": is_right,
        "milliseconds": round(answer.seconds * 1000, 1),
        "answer" if answer.status else "error": output.safe(text, _SHOWN_OF_ANSWER),
    }
    output.emit(record, as_json, _sentence(record))
    if not as_json and text and not is_right and answer.status:
        # In a line of its own a line end is a blank.
        output.paragraph(f"answer: {output.safe(' '.join(text.split()), _SHOWN_OF_ANSWER)}", indent=10)
    if not answer.status:
        return exit_codes.NO_ANSWER
    return exit_codes.VERIFIED if is_right else exit_codes.NOT_AS_IT_MUST_BE


def _sentence(record: dict[str, Any]) -> str:
    sent = f"{time.strftime('%H:%M:%S')}  --> {record['event_type'] or 'body'} [{record['id']}]"
    if record["status"] is None:
        return f"{sent}  no answer: {record['error']}"
    wrong = "" if record["as_expected"] else f"  WRONG: must be {record['expected']}"
    return f"{sent}  {record['status']} in {record['milliseconds']:.0f} ms{wrong}"
