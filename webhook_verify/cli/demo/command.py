"""The click command `webhook-verify demo`."""

from __future__ import annotations

import click

from webhook_verify.cli import exit_codes
from webhook_verify.cli import options as inputs
from webhook_verify.cli.demo import run as demonstration

__all__ = ["demo"]


@click.command()
@click.option("--serve", is_flag=True, help="Keep the receiver running and print a command that sends to it.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on loopback; 0: any free port.")
@inputs.json_option
@click.pass_context
def demo(context: click.Context, serve: bool, port: int, as_json: bool) -> None:
    """Send valid and invalid deliveries to a receiver on loopback.

    The exit code is 0 if every verdict is as expected, else 1.

    \b
    webhook-verify demo
    webhook-verify demo --serve --port 8000
    """
    if serve:
        demonstration.serve(port)
        return
    context.exit(exit_codes.VERIFIED if demonstration.run(port, as_json) else exit_codes.NOT_AS_IT_MUST_BE)
