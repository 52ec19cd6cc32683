"""The click command `webhook-verify probe`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from math import isnan

import click
from click.shell_completion import CompletionItem

from webhook_verify import schemes
from webhook_verify.cli import exit_codes, output
from webhook_verify.cli import options as inputs
from webhook_verify.cli.probe import report
from webhook_verify.cli.probe.check import ProbeCheck, Severity, Verdict
from webhook_verify.cli.probe.checks import CHECKS
from webhook_verify.cli.probe.checks_genuine import GENUINE
from webhook_verify.cli.probe.endpoint import Endpoint
from webhook_verify.cli.probe.handled_counter import HandledCounter, by_command, by_url
from webhook_verify.cli.probe.payload import Payload
from webhook_verify.cli.probe.raw_http import RawClient, Unreachable
from webhook_verify.cli.probe.runner import Probe
from webhook_verify.cli.probe.sender import Sender
from webhook_verify.cli.sample_payloads import needs_own_form
from webhook_verify.cli.send.request import content_type
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.errors import WebhookVerifyError

__all__ = ["probe"]


class _CheckName(click.ParamType[str]):
    """The name of a check."""

    name = "check"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name. Raises UsageError with suggestions if no check has this name."""
        if value in _NAMES:
            return value
        near = get_close_matches(value, _NAMES) or _NAMES
        raise UsageError(f"no check has this name; use one of {', '.join(near)}", ctx=ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names with this prefix."""
        return [CompletionItem(name) for name in _NAMES if name.startswith(incomplete)]


_NAMES = [check.name for check in CHECKS]
_CHECK_NAME = _CheckName()
_WARNING = (
    "Warning: probe sends signed deliveries, which the receiver handles as if the provider had sent them. "
    "Do not probe a receiver that moves money."
)


@click.command(
    epilog="Exit codes: 0 no fault, 2 usage error, 3 no connection, 4 the receiver has faults, 130 "
    "interrupted. " + _WARNING
)
@click.argument("url")
@click.option(
    "--event", default="probe.test", show_default=True, help="The event type in the default payload."
)
@click.option(
    "-d",
    "--body",
    metavar=inputs.BODY_METAVAR,
    shell_complete=inputs.complete_at_file,
    help="A payload that the handler accepts; {{id}}, {{time}}, {{seconds}}, {{milliseconds}} are replaced.",
)
@click.option(
    "-H",
    "--header",
    multiple=True,
    metavar='"NAME: VALUE"',
    help="A header for each request; may be repeated.",
)
@click.option(
    "--public-url", metavar="URL", help="The URL to sign, for schemes that sign it.  [default: URL]"
)
@click.option(
    "--count-url", metavar="URL", help="A URL that returns the number of handled deliveries to a GET request."
)
@click.option(
    "--handled", metavar="COMMAND", help="A shell command that prints the number of handled deliveries."
)
@click.option(
    "--failing-body",
    metavar="@FILE",
    shell_complete=inputs.complete_at_file,
    help="A payload on which the handler fails.",
)
@click.option(
    "--old-secret",
    multiple=True,
    metavar="NAME",
    help="Environment variable, or @FILE, with an old secret that is still valid; may be repeated.",
)
@click.option(
    "--tolerance",
    type=click.IntRange(1, 86_400),
    metavar="SECONDS",
    help="Timestamp tolerance of the receiver, in seconds.  [default: the scheme's tolerance]",
)
@click.option(
    "--oversize",
    type=click.IntRange(1000, 1_000_000_000),
    default=10_485_761,
    show_default=True,
    metavar="BYTES",
    help="Size of the oversize body, in bytes.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 300),
    default=10.0,
    show_default=True,
    help="Seconds to wait for each response.",
)
@click.option("--pause", type=click.FloatRange(0, 60), default=0.0, help="Seconds between requests.")
@click.option("--slow", is_flag=True, help="Include the checks that take ten seconds or more.")
@click.option(
    "--only",
    multiple=True,
    type=_CHECK_NAME,
    metavar="CHECK",
    help="Run only this check, after the first valid delivery; may be repeated.",
)
@click.option(
    "--skip", multiple=True, type=_CHECK_NAME, metavar="CHECK", help="Skip this check; may be repeated."
)
@click.option(
    "--fail-on",
    type=click.Choice([str(severity) for severity in Severity]),
    default=str(Severity.MINOR),
    show_default=True,
    help="The lowest severity of a fault for exit code 4.",
)
@inputs.scheme_option
@inputs.secret_options
@inputs.json_option
@click.pass_context
def probe(
    context: click.Context,
    url: str,
    event: str,
    body: str | None,
    header: tuple[str, ...],
    public_url: str | None,
    count_url: str | None,
    handled: str | None,
    failing_body: str | None,
    old_secret: tuple[str, ...],
    tolerance: int | None,
    oversize: int,
    timeout: float,
    pause: float,
    slow: bool,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    fail_on: str,
    scheme: str,
    secret_env: tuple[str, ...],
    secret_file: tuple[str, ...],
    as_json: bool,
) -> None:
    """Audit a receiver by its responses to valid and invalid deliveries.

    \b
    webhook-verify probe http://localhost:8000/hook --secret-file secret.txt
    webhook-verify probe URL --scheme github --handled 'wc -l < handled.log'
    webhook-verify probe URL --count-url http://localhost:8000/count
    """
    if isnan(timeout) or isnan(pause):
        raise UsageError("--timeout and --pause must be a number of seconds, not NaN")
    headers = inputs.read_headers(header, None)
    secrets = inputs.read_secrets(secret_env, secret_file, *old_secret, body, failing_body)
    old_secrets = [text for name in old_secret for text in _old_secret(name)]
    payload = _payload(scheme, event, body)
    endpoint = Endpoint(url, headers, content_type(payload.body("msg_1", 1)))
    try:
        sender = Sender(
            endpoint,
            payload,
            secrets,
            old_secrets=old_secrets,
            scheme=scheme,
            url=public_url or url,
            tolerance=tolerance,
        )
        sender.delivery()
    except (WebhookVerifyError, ValueError) as error:
        raise UsageError(f"cannot sign a delivery: {error}") from None
    probe_run = Probe(
        sender,
        RawClient(endpoint.host, endpoint.port, tls=endpoint.tls, timeout=timeout),
        counter=_counter(count_url, handled, timeout),
        oversize=oversize,
        failing_body=None if failing_body is None else inputs.read_body(failing_body, "--failing-body"),
        pause=pause,
        timeout=timeout,
    )
    results, not_sent = _run(context, probe_run, _selected_checks(slow, only, skip), as_json)
    if as_json:
        output.emit(report.summary(results, endpoint.display_url, not_sent), as_json)
    elif results:
        report.print_table(results, endpoint.display_url, not_sent)
    if not_sent:
        context.exit(exit_codes.INTERRUPTED)
    if report.has_faults(results, Severity(fail_on)):
        context.exit(exit_codes.RECEIVER_HAS_FAULTS)


def _payload(scheme: str, event: str, body: str | None) -> Payload:
    if body is not None:
        return Payload(inputs.read_body(body), event)
    scheme_object = schemes.get(scheme)
    return Payload(None, event, scheme_object if needs_own_form(scheme_object) else None)


def _old_secret(name: str) -> list[str]:
    return inputs.read_secrets((), (name[1:],)) if name.startswith("@") else inputs.read_secrets((name,), ())


def _counter(url: str | None, command: str | None, timeout: float) -> HandledCounter | None:
    if url is not None and command is not None:
        raise UsageError("--count-url and --handled cannot be used together")
    if url is not None:
        return HandledCounter(by_url(url, timeout))
    return None if command is None else HandledCounter(by_command(command, timeout))


def _selected_checks(slow: bool, only: tuple[str, ...], skip: tuple[str, ...]) -> list[ProbeCheck]:
    selected = [check for check in CHECKS if (check.name in only if only else slow or not check.slow)]
    return [check for check in selected if check.name not in skip]


def _run(
    context: click.Context, probe_run: Probe, checks: list[ProbeCheck], as_json: bool
) -> tuple[list[tuple[ProbeCheck, Verdict]], int]:
    """Run the checks; return the results, and the number of checks that an interrupt prevented."""
    results = list[tuple[ProbeCheck, Verdict]]()
    total = len({check.name for check in (GENUINE, *checks)})
    try:
        for check, verdict in _with_progress(probe_run.run(checks), total):
            results.append((check, verdict))
            if as_json:
                output.emit(report.record(check, verdict), as_json)
    except KeyboardInterrupt:  # print the results so far, because a run takes long
        return results, total - len(results)
    except Unreachable as error:
        output.emit({"error": f"no connection: {error}"}, as_json, f"no connection: {error}")
        context.exit(exit_codes.NO_ANSWER)
    return results, 0


def _with_progress(
    results: Iterable[tuple[ProbeCheck, Verdict]], total: int
) -> Iterator[tuple[ProbeCheck, Verdict]]:
    """Yield the results, with a progress line at a terminal."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield from results
        return
    from rich.console import Console  # imported here, because it is only needed at a terminal

    console = Console(stderr=True)
    with console.status("sending") as status:
        for number, result in enumerate(results, 1):
            status.update(f"{number} of {total}: {result[0].name}")
            yield result
