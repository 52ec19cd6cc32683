"""The whole table: :data:`GRADES`, in the order in which the rows are sent."""

from __future__ import annotations

from webhook_verify.cli.probe import (
    checks_duplicates as repeated,
)
from webhook_verify.cli.probe import (
    checks_forged as forged,
)
from webhook_verify.cli.probe import (
    checks_genuine as genuine,
)
from webhook_verify.cli.probe import (
    checks_malformed as malformed,
)
from webhook_verify.cli.probe import (
    checks_responses as answers,
)
from webhook_verify.cli.probe import (
    checks_transport as transport,
)

__all__ = ["GRADES"]

GRADES = (
    *genuine.GRADES,
    *forged.GRADES,
    *malformed.GRADES,
    *transport.GRADES,
    *repeated.GRADES,
    *answers.GRADES,
)
