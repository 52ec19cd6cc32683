"""The verbs of the ``webhook-verify`` command, one module each, imported when the verb is called.

A module here is named as its verb and holds its click command under that name. It is listed in
:data:`webhook_verify.cli.commands.VERBS`.
"""

from __future__ import annotations

__all__: list[str] = []
