"""The ``webhook-verify`` command. It needs the extra ``cli``.

Its exit codes are listed in :mod:`webhook_verify.cli.exit_codes`.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command; if the extra is not installed, say how to install it and exit with 2."""
    try:
        from webhook_verify.cli.main import run

        sys.exit(run(sys.argv[1:]))
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("webhook_verify"):
            raise
        sys.stderr.write(
            f"webhook-verify needs the package {missing.name}: pip install 'webhook-verify[cli]'\n"
        )
        sys.exit(2)
    except KeyboardInterrupt:  # while it was importing
        sys.exit(130)
