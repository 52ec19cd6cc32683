"""The whole table: :data:`GRADES`, in the order in which the rows are sent."""

from __future__ import annotations

from webhook_verify.cli.probing import answers, forged, genuine, malformed, repeated, transport

__all__ = ["GRADES"]

GRADES = (
    *genuine.GRADES,
    *forged.GRADES,
    *malformed.GRADES,
    *transport.GRADES,
    *repeated.GRADES,
    *answers.GRADES,
)
