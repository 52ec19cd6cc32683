"""One run of the ``webhook-verify`` command: whatever happens, a sentence and an exit code, no traceback.

A traceback quotes the text of exceptions, and that may hold anything: a header, a secret. So a fault of
our own is told by its type and place.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence

import click

from webhook_verify.cli import exit_codes, output
from webhook_verify.cli.commands import command
from webhook_verify.cli.mistakes import place_of

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Run the command with these arguments and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know ASCII only
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.showwarning = _show_warning
            code: object = command.main(list(arguments), prog_name="webhook-verify", standalone_mode=False)
        return code if isinstance(code, int) else exit_codes.VERIFIED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return exit_codes.INTERRUPTED
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("webhook_verify"):
            raise
        click.echo(
            f"Error: this needs the package {missing.name}: pip install 'webhook-verify[cli,events]'",
            err=True,
        )
        return exit_codes.USAGE
    except OSError as error:
        click.echo(f"Error: {error.strerror or type(error).__name__}", err=True)
        return exit_codes.FAULT
    except Exception as error:
        if "WEBHOOK_VERIFY_TRACEBACK" in os.environ:
            raise
        click.echo(
            f"Error: a fault of webhook-verify, {type(error).__name__}{place_of(error)}: please report it. "
            "WEBHOOK_VERIFY_TRACEBACK=1 in the environment shows more, and may show secrets.",
            err=True,
        )
        return exit_codes.FAULT


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    click.echo(f"Warning: {output.safe(message)}", err=True)
