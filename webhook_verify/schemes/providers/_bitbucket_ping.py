"""The test request of Bitbucket, in its Data Center edition."""

from __future__ import annotations

from webhook_verify.handshakes import UnsignedPing

__all__ = ["BITBUCKET_PING"]

BITBUCKET_PING = UnsignedPing(
    "bitbucket diagnostics:ping",
    rb'\s*\{\s*"test"\s*:\s*true\s*\}\s*',
    signature_header="x-hub-signature",
    headers={"x-event-key": "diagnostics:ping"},
)
"""`diagnostics:ping`, which Bitbucket does not sign."""
