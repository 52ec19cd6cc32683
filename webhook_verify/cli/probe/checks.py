"""All checks, in the order in which they are run."""

from __future__ import annotations

from webhook_verify.cli.probe import (
    checks_duplicates,
    checks_forged,
    checks_genuine,
    checks_malformed,
    checks_responses,
    checks_transport,
)

__all__ = ["CHECKS"]

CHECKS = (
    *checks_genuine.CHECKS,
    *checks_forged.CHECKS,
    *checks_malformed.CHECKS,
    *checks_transport.CHECKS,
    *checks_duplicates.CHECKS,
    *checks_responses.CHECKS,
)
