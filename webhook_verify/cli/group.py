"""The `webhook-verify` command and its subcommands, which are imported on demand.

`--help` lists the subcommands from `VERBS`, so it does not wait for the import of uvicorn or httpx2.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from webhook_verify import __version__
from webhook_verify.cli import exit_codes, plugins
from webhook_verify.cli.usage_errors import UsageError, safe_usage_errors

__all__ = ["VERBS", "LazyGroup", "command"]

VERBS = {
    "completion": "Print a shell completion script.",
    "demo": "Send valid and invalid deliveries to a receiver on loopback.",
    "doctor": "Check the Python version, packages, secrets and clock.",
    "explain": "Explain why a delivery is rejected, and how to fix it.",
    "inbox": "Process the entries of an inbox, list them, and decide about dead letters.",
    "listen": "Receive deliveries on loopback, verify, print and store them, and forward verified ones.",
    "probe": "Audit a receiver by its responses to valid and invalid deliveries.",
    "providers": "List the providers, the signed content and the deduplication key of each.",
    "replay": "Resend a stored delivery with a fresh signature.",
    "report": "Write a rejected delivery to a file without its secret, to send it to a maintainer.",
    "secret": "Generate a signing secret and print it.",
    "send": "Sign a delivery and post it to a receiver.",
    "sign": "Print the signature headers for a body.",
    "verify": "Verify a delivery from its headers and raw body.",
}
"""Each subcommand and the first sentence of its help; a test compares the two."""

_PACKAGES = frozenset({"demo", "doctor", "inbox", "listen", "probe", "replay", "report", "send"})
"""The subcommands with more than one module. The others are modules of `webhook_verify.cli.commands`."""


class LazyGroup(click.Group):
    """A group that imports subcommands on demand and hides possible secrets in usage errors."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands, sorted."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand with this name; None for an unknown name."""
        if cmd_name not in VERBS:
            return None
        name = f"{cmd_name}.command" if cmd_name in _PACKAGES else f"commands.{cmd_name}"
        module = import_module(f"webhook_verify.cli.{name}")
        subcommand: click.Command = getattr(module, cmd_name)
        return subcommand

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the subcommands and options with this prefix, without importing a subcommand."""
        subcommands = [CompletionItem(name, help=summary) for name, summary in sorted(VERBS.items())]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [item for item in subcommands if item.value.startswith(incomplete)] + options

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the subcommand as click does; suggest the nearest name for a misspelled one."""
        near = get_close_matches(args[0], VERBS, n=1)
        if near and args[0] not in VERBS:
            raise UsageError(f"Unknown command. Did you mean {near[0]!r}?", ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands and their summaries, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments as click does; without arguments, print the help."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(exit_codes.USAGE)
        return super().parse_args(ctx, args)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Create the context as click does; make errors safe to print."""
        with safe_usage_errors(), _exit_on_closed_pipe():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand as click does; make errors safe to print."""
        with safe_usage_errors(), _exit_on_closed_pipe():
            return super().invoke(ctx)


@contextmanager
def _exit_on_closed_pipe() -> Generator[None]:
    """Exit without a message when the reader of the output, such as `head -1`, closes the pipe."""
    try:
        yield
    except BrokenPipeError:
        # Otherwise the interpreter fails again when it flushes the buffer at exit.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(exit_codes.CLOSED_PIPE) from None


_MAX_HELP_COLUMNS = 1000  # click limits help to 80 columns by default, even in a wide terminal


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": _MAX_HELP_COLUMNS},
)
@click.version_option(__version__)
@click.option(
    "--plugin",
    multiple=True,
    metavar="MODULE",
    is_eager=True,
    expose_value=False,
    callback=plugins.load_all,
    help="A module, or FILE.py, that registers custom schemes; may be repeated.",
)
def command() -> None:
    """Verify, sign, send and receive webhook deliveries, and find out why one is rejected.

    \b
    webhook-verify COMMAND --help    shows the options, with examples
    """
