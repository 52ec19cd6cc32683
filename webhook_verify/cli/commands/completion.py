"""`webhook-verify completion`: a script that completes subcommands, options and schemes in a shell."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from webhook_verify.cli.usage_errors import UsageError

__all__ = ["completion"]

_NAME = "webhook-verify"
_VARIABLE = "_WEBHOOK_VERIFY_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.option("--install", is_flag=True, help="Install the script for the shell, and print the path.")
@click.pass_context
def completion(context: click.Context, /, shell: str, install: bool) -> None:
    """Print a shell completion script.

    \b
    eval "$(webhook-verify completion bash)"     in ~/.bashrc, or
    webhook-verify completion bash --install     once; same for zsh and fish
    """
    cls = get_completion_class(shell)
    if cls is None:
        raise UsageError(f"completion is not supported for {shell}")
    script = cls(context.find_root().command, {}, _NAME, _VARIABLE).source()
    if not install:
        click.echo(script)
        return
    place = _place(shell)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(script, "utf-8")
    except OSError as error:
        raise UsageError(f"cannot write the completion script: {error.strerror}") from None
    click.echo(f"Installed to {place}. Start a new shell to use it.")
    if shell == "zsh":
        click.echo("Add this line to ~/.zshrc before compinit: fpath=(~/.zfunc $fpath)")


def _place(shell: str) -> Path:
    """Return the path documented by bash-completion or fish; zsh has no default, so use `~/.zfunc`."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return {
        "bash": data / "bash-completion" / "completions" / _NAME,
        "zsh": Path.home() / ".zfunc" / f"_{_NAME}",
        "fish": config / "fish" / "completions" / f"{_NAME}.fish",
    }[shell]
