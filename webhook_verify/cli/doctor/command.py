"""``webhook-verify doctor``: is everything there that verifying needs?"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import click

from webhook_verify.cli import exit_codes, output
from webhook_verify.cli import options as inputs
from webhook_verify.cli.doctor.checks import Finding, clock, extras, of_providers, runtime, secret
from webhook_verify.cli.usage_errors import UsageError, shown_file, shown_variable

__all__ = ["doctor"]


@click.command(epilog="Exit codes: 0 all is right, 1 something is not, 2 usage, 3 no answer of the URL.")
@click.option(
    "--clock", "url", metavar="URL", help="Compare the clock with that of this server; else none is asked."
)
@inputs.scheme_option
@inputs.secret_options
@inputs.json_option
@click.pass_context
def doctor(
    context: click.Context,
    /,
    url: str | None,
    scheme: str,
    secret_env: tuple[str, ...],
    secret_file: tuple[str, ...],
    as_json: bool,
) -> None:
    """Look at what verifying needs: Python, packages, secrets, the clock.

    A secret is told by its kind and fingerprint; where no option says which, those in variables such as
    GITHUB_SECRET, too. Nothing is sent anywhere without --clock.

    \b
    webhook-verify doctor
    webhook-verify doctor --scheme github --secret-env GITHUB_WEBHOOK_SECRET
    webhook-verify doctor --clock https://api.example.com
    """
    findings = [*runtime(), *extras(), *_secrets(secret_env, secret_file, scheme)]
    if not secret_env and not secret_file:
        findings += of_providers(os.environ)
    if url is not None:
        findings.append(_clock(url))
    if as_json:
        for each in findings:
            output.emit({"what": each.name, "right": each.is_right, "detail": each.detail}, as_json)
    else:
        output.table(("", "", ""), [(each.name, _WORDS[each.is_right], each.detail) for each in findings])
    wrong = any(each.is_right is False for each in findings)
    context.exit(exit_codes.NOT_AS_IT_MUST_BE if wrong else exit_codes.VERIFIED)


_WORDS = {True: "ok", False: "WRONG", None: "-"}


def _secrets(names: tuple[str, ...], files: tuple[str, ...], scheme: str) -> Iterator[Finding]:
    """Of each source its own finding, so that one that is wrong hides none of the others."""
    for name in names or (() if files else (inputs.DEFAULT_ENV,)):
        value, shown = os.environ.get(name, ""), f"secret {shown_variable(name)}"
        if value.strip():
            yield secret(shown, value, scheme)
        else:
            yield Finding(shown, False if names else None, "the environment variable is not set")
    for name in files:
        value = inputs.read_file(name).decode("utf-8", "replace")
        yield secret(f"secret {shown_file(name)}", value, scheme)


def _clock(url: str) -> Finding:
    import httpx2  # here, because it takes as long to import as all else together

    started = time.time()
    try:
        answer = httpx2.head(url, timeout=10, follow_redirects=False)
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol):
        raise UsageError("--clock takes the URL of a server, with http:// or https:// in front") from None
    except httpx2.HTTPError as error:
        told = f"no answer came: {type(error).__name__}"
        context = click.get_current_context()
        context.exit(output.fail("no_answer", told, exit_codes.NO_ANSWER, context.params["as_json"]))
    return clock(answer.headers.get("date"), started, time.time())
