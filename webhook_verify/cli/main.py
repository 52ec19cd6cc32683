"""One run of the ``webhook-verify`` command: whatever happens, a sentence and an exit code, no traceback.

A traceback quotes the text of exceptions, and that may hold anything: a header, a secret. So a fault of
our own is told by its type and place.
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
            stream.reconfigure(errors="backslashreplace")  # a terminal may know ASCII only
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
            return output.fail("usage", error.format_message(), error.exit_code, as_json)
        error.show()  # with the line that says where help is
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return exit_codes.INTERRUPTED
    except OSError as error:
        return output.fail("fault", error.strerror or type(error).__name__, exit_codes.FAULT, as_json)
    except Exception as error:
        return _failed(error, as_json)


def _failed(error: Exception, as_json: bool) -> int:
    """Tell of a package that is missing, or of a fault of our own; the exit code."""
    if needs := _needs(error):
        return output.fail("usage", needs, exit_codes.USAGE, as_json)
    if "WEBHOOK_VERIFY_TRACEBACK" in os.environ:
        raise error
    fault = (
        f"a fault of webhook-verify, {type(error).__name__}{error_location(error)}: please report it. "
        "WEBHOOK_VERIFY_TRACEBACK=1 in the environment shows more, and may show secrets."
    )
    return output.fail("fault", fault, exit_codes.FAULT, as_json)


def _needs(error: Exception) -> str:
    """What to install, of an import that failed for want of a package; "" of other errors."""
    if isinstance(error, ModuleNotFoundError):
        package = (error.name or "").partition(".")[0]
        is_ours = package in {"", "webhook_verify"}
        return (
            "" if is_ours else f"this needs the package {package}: pip install 'webhook-verify[cli,events]'"
        )
    # Those of our own say which extra it is.
    message = str(error) if isinstance(error, ImportError) else ""
    return message if re.fullmatch(r"[\w ]+: pip install 'webhook-verify\[[a-z]+\]'", message) else ""
