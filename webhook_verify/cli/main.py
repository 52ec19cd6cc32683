"""The entry point of the `webhook-verify` command: every failure is one message and an exit code.

A traceback is not printed, because exception texts may contain a header or a secret. An internal error is
reported by its type and location.
"""

from __future__ import annotations

import io
import os
import re
import sys
import warnings
from collections.abc import Sequence

import click

from webhook_verify.cli import exit_codes, output
from webhook_verify.cli.group import command
from webhook_verify.cli.usage_errors import error_location, wants_json

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Run the command with these arguments and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # the terminal may support ASCII only
    as_json = wants_json(arguments)

    def show_warning(message: Warning | str, *_: object, **__: object) -> None:
        output.warn(message, as_json)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.showwarning = show_warning
            code: object = command.main(list(arguments), prog_name="webhook-verify", standalone_mode=False)
        return code if isinstance(code, int) else exit_codes.VERIFIED
    except click.ClickException as error:
        if as_json:
            return output.fail("usage", error.message, error.exit_code, as_json)
        error.show()  # with click's hint at --help
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return exit_codes.INTERRUPTED
    except OSError as error:
        return output.fail("fault", error.strerror or type(error).__name__, exit_codes.FAULT, as_json)
    except Exception as error:
        return _failed(error, as_json)


def _failed(error: Exception, as_json: bool) -> int:
    """Report a missing package or an internal error, and return the exit code."""
    if hint := _install_hint(error):
        return output.fail("usage", hint, exit_codes.USAGE, as_json)
    if "WEBHOOK_VERIFY_TRACEBACK" in os.environ:
        raise error
    fault = (
        f"internal error: {type(error).__name__}{error_location(error)}. Please report it. To see the "
        "traceback, which may contain secrets, set the environment variable WEBHOOK_VERIFY_TRACEBACK=1"
    )
    return output.fail("fault", fault, exit_codes.FAULT, as_json)


def _install_hint(error: Exception) -> str:
    """Return how to install the package that an import is missing; "" for other errors."""
    if isinstance(error, ModuleNotFoundError):
        package = (error.name or "").partition(".")[0]
        is_ours = package in {"", "webhook_verify"}
        return "" if is_ours else f"missing package {package}: run pip install 'webhook-verify[cli,events]'"
    # The package's own import errors already contain the extra.
    message = str(error) if isinstance(error, ImportError) else ""
    return message if re.fullmatch(r"[\w ]+: pip install 'webhook-verify\[[a-z]+\]'", message) else ""
