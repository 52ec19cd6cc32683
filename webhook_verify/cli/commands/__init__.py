"""The subcommands of `webhook-verify` that consist of one module.

A module has the name of its subcommand and contains the click command under the same name. Subcommands with
more than one module are packages next to this one. All are listed in `webhook_verify.cli.group.VERBS`.
"""

from __future__ import annotations

__all__: list[str] = []
