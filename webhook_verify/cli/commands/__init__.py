"""The commands of ``webhook-verify`` that need one module each.

A module here is named as its command and contains its click command under that name. The commands with more
than one module have a folder of their own. All are listed in :data:`webhook_verify.cli.group.VERBS`.
"""

from __future__ import annotations

__all__: list[str] = []
