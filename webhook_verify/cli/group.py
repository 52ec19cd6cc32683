"""The ``webhook-verify`` command: its verbs by name, each imported when it is called.

``--help`` lists the verbs from :data:`VERBS`, so it waits neither for uvicorn nor for httpx2.
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
    "completion": "Print the script by which a shell completes this command.",
    "demo": "Send real deliveries, good and bad, to a real receiver on loopback.",
    "doctor": "Look at what verifying needs: Python, packages, secrets, the clock.",
    "explain": "Tell why a delivery is rejected, and what to do about it.",
    "listen": "Receive deliveries on loopback, verify them, tell of each, and pass genuine ones on.",
    "probe": "Grade somebody's receiver by what it answers to good and bad deliveries.",
    "providers": "List the providers, what each signs, and what a replay is known by.",
    "replay": "Send a delivery that listen has kept once more, signed anew.",
    "secret": "Make a new secret and print it.",
    "send": "Sign a delivery and post it to a receiver.",
    "sign": "Print the headers that sign a body.",
    "verify": "Verify a delivery: its headers and its raw body.",
}
"""Each verb and the first sentence of its help; a test compares it with the verb's own."""

_WITH_A_FOLDER = frozenset({"demo", "doctor", "listen", "probe", "replay", "send"})
"""The verbs of more than one module. Each of the others is a module of :mod:`webhook_verify.cli.commands`."""


class LazyGroup(click.Group):
    """Verbs that are imported when they are called; errors that repeat nothing that may be a secret."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, sorted."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name; None without one."""
        if cmd_name not in VERBS:
            return None
        name = f"{cmd_name}.command" if cmd_name in _WITH_A_FOLDER else f"commands.{cmd_name}"
        module = import_module(f"webhook_verify.cli.{name}")
        found: click.Command = getattr(module, cmd_name)
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The verbs and options that begin so, without importing a verb."""
        verbs = [CompletionItem(name, help=told) for name, told in sorted(VERBS.items())]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [item for item in verbs if item.value.startswith(incomplete)] + options

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it; of what is no verb, but nearly, the verb that may be meant is told."""
        near = get_close_matches(args[0], VERBS, n=1)
        if near and args[0] not in VERBS:
            raise UsageError(f"there is no such verb; did you mean {near[0]}?", ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs and their first sentences, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it; without any word the help is printed, which is no mistake to be made safe."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(exit_codes.USAGE)
        return super().parse_args(ctx, args)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """As click does it, with the errors made safe to print."""
        with safe_usage_errors(), _closed_pipe_is_quiet():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does it, with the errors made safe to print."""
        with safe_usage_errors(), _closed_pipe_is_quiet():
            return super().invoke(ctx)


@contextmanager
def _closed_pipe_is_quiet() -> Generator[None]:
    """Whoever reads, as ``head -1`` does, may have had enough: then end as other commands do, silently."""
    try:
        yield
    except BrokenPipeError:
        # Else the interpreter flushes what is left when it ends, and complains.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(exit_codes.CLOSED_PIPE) from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--plugin",
    multiple=True,
    metavar="MODULE",
    is_eager=True,
    expose_value=False,
    callback=plugins.load_all,
    help="A module, or FILE.py, that registers schemes of your own; may be repeated.",
)
def command() -> None:
    """Verify, sign, send and receive webhook deliveries, and see why one is rejected.

    \b
    webhook-verify VERB --help    tells more, with examples
    """
