"""The click command `webhook-verify doctor`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import click

from webhook_verify.cli import exit_codes, output
from webhook_verify.cli import options as inputs
from webhook_verify.cli.doctor.checks import Finding, clock, extras, of_providers, runtime, secret
from webhook_verify.cli.doctor.sharing import configured_workers, sharing_of_stores, stores_in_use
from webhook_verify.cli.plugins import in_current_folder, load_object
from webhook_verify.cli.usage_errors import UsageError, error_location, shown_file, shown_variable

__all__ = ["doctor"]


@click.command(
    epilog="Exit codes: 0 no problem, 1 a problem, 2 usage error, 3 no response from the --clock URL."
)
@click.option("--clock", "url", metavar="URL", help="Compare the clock with this server's Date header.")
@click.option(
    "--app",
    metavar="MODULE:NAME",
    help="Import this application or receiver, and check the stores of all receivers.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 100_000),
    help="The number of worker processes of the server.  [default: that of GUNICORN_CMD_ARGS or "
    "WEB_CONCURRENCY, or 1]",
)
@click.option(
    "--event-loops",
    type=click.IntRange(1, 100_000),
    help="The number of event loops in a process.  [default: 1; 2 for Flask, whose async views run on a loop "
    "for each request]",
)
@click.option("--settings", metavar="MODULE", help="Check the schemes in this module of Django settings.")
@inputs.scheme_option
@inputs.secret_options
@inputs.json_option
@click.pass_context
def doctor(
    context: click.Context,
    /,
    url: str | None,
    app: str | None,
    workers: int | None,
    event_loops: int | None,
    settings: str | None,
    scheme: str,
    secret_env: tuple[str, ...],
    secret_file: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check the Python version, packages, secrets and clock.

    With --app and --settings, also check the replay stores and the Django settings.

    Of a secret, only the kind and the fingerprint are shown. Without a secret option, variables such as
    GITHUB_SECRET are checked, too. Without --clock, nothing is sent over the network.

    \b
    webhook-verify doctor
    webhook-verify doctor --scheme github --secret-env GITHUB_WEBHOOK_SECRET
    webhook-verify doctor --clock https://api.example.com
    webhook-verify doctor --app myapp:app --workers 4
    webhook-verify doctor --settings mysettings
    """
    findings = [*runtime(), *extras(), *_secrets(secret_env, secret_file, scheme)]
    if not secret_env and not secret_file:
        findings += of_providers(os.environ)
    if settings is not None:
        findings += _django_schemes(settings)
    if app is not None:
        findings += _stores(app, workers, event_loops)
    if url is not None:
        findings.append(_clock(url))
    if as_json:
        for each in findings:
            output.emit({"what": each.name, "right": each.is_right, "detail": each.detail}, as_json)
    else:
        rows = [(each.name, _WORDS[each.is_right], each.detail) for each in findings]
        output.table(("check", "result", "detail"), rows, fold="detail")
    wrong = any(each.is_right is False for each in findings)
    context.exit(exit_codes.NOT_AS_IT_MUST_BE if wrong else exit_codes.VERIFIED)


_WORDS = {True: "ok", False: "WRONG", None: "-"}


def _secrets(names: tuple[str, ...], files: tuple[str, ...], scheme: str) -> Iterator[Finding]:
    """Yield one finding for each source, so that an invalid secret does not hide the others."""
    for name in names or (() if files else (inputs.DEFAULT_ENV,)):
        value, shown = os.environ.get(name, ""), f"secret {shown_variable(name)}"
        if value.strip():
            yield secret(shown, value, scheme)
        else:
            yield Finding(shown, False if names else None, "the environment variable is not set")
    for name in files:
        value = inputs.read_file(name).decode("utf-8", "replace")
        yield secret(f"secret {shown_file(name)}", value, scheme)


def _stores(app: str, workers: int | None, event_loops: int | None) -> Iterator[Finding]:
    application = load_object(app, "--app")
    workers = configured_workers(os.environ) if workers is None else workers
    # Flask, which is recognized by its attribute, runs each async view with asgiref on a new event loop.
    event_loops = (2 if hasattr(application, "wsgi_app") else 1) if event_loops is None else event_loops
    stores = stores_in_use()
    yield from sharing_of_stores(stores, workers, event_loops)
    if not stores:
        yield Finding("stores", None, "no receiver with replay protection exists after the import of --app")


def _django_schemes(module: str) -> Iterator[Finding]:
    with in_current_folder():
        try:
            from webhook_verify.adapters._django_checks import unknown_schemes

            problems = unknown_schemes(module)
        except Exception as error:
            # The message may contain anything, even a secret, so only the type and the line are shown.
            name = type(error).__name__
            raise UsageError(f"--settings: Django failed with {name}{error_location(error)}") from None
    for problem in problems:
        yield Finding("Django settings", False, problem)
    if not problems:
        yield Finding("Django settings", True, "every scheme is known")


def _clock(url: str) -> Finding:
    import httpx2  # imported here, because it takes as long as all other imports together

    started = time.time()
    try:
        response = httpx2.head(url, timeout=10, follow_redirects=False)
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol):
        raise UsageError("--clock must be a URL that starts with http:// or https://") from None
    except httpx2.HTTPError as error:
        message = f"no response from the server: {type(error).__name__}"
        context = click.get_current_context()
        context.exit(output.fail("no_answer", message, exit_codes.NO_ANSWER, context.params["as_json"]))
    return clock(response.headers.get("date"), started, time.time())
