"""The `webhook-verify` command. It requires the extra `cli`.

The exit codes are listed in `webhook_verify.cli.exit_codes`.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command; without the extra `cli`, print how to install it and exit with 2."""
    try:
        from webhook_verify.cli.main import run

        sys.exit(run(sys.argv[1:]))
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("webhook_verify"):
            raise
        sys.stderr.write(
            f"webhook-verify requires the package {missing.name}: pip install 'webhook-verify[cli]'\n"
        )
        sys.exit(2)
    except KeyboardInterrupt:  # during the import; run() handles later ones
        sys.exit(130)
