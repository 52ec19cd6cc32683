"""The exit codes of the `webhook-verify` command.

==== =====================================================================
0    success: `verify`, `explain`: verified; other commands: as expected
1    `demo`, `send`, `replay`, `doctor`: an unexpected result
2    usage error: an invalid option, an unreadable file, an unusable secret
3    no response from the network
4    `probe`: the receiver has faults
10   missing_header
11   duplicate_header
12   unreadable_header
13   body_too_large
14   too_old
15   too_new
16   signature_mismatch
17   no_secret
18   unreadable_body
19   key_unavailable
70   an internal error of the command, or an operating system error
130  interrupted
141  the reader of the output closed the pipe
==== =====================================================================
"""

from __future__ import annotations

from webhook_verify.errors import Reason

__all__ = [
    "CLOSED_PIPE",
    "FAULT",
    "INTERRUPTED",
    "NOT_AS_IT_MUST_BE",
    "NO_ANSWER",
    "RECEIVER_HAS_FAULTS",
    "USAGE",
    "VERIFIED",
    "of_reason",
]

VERIFIED = 0
NOT_AS_IT_MUST_BE = 1
USAGE = 2
NO_ANSWER = 3
RECEIVER_HAS_FAULTS = 4
FAULT = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130  # 128 + SIGINT, the status that a shell reports
CLOSED_PIPE = 141  # 128 + SIGPIPE

# Explicit numbers: a published code must keep its meaning when a reason is added.
_OF_REASON = {
    Reason.MISSING_HEADER: 10,
    Reason.DUPLICATE_HEADER: 11,
    Reason.UNREADABLE_HEADER: 12,
    Reason.BODY_TOO_LARGE: 13,
    Reason.TOO_OLD: 14,
    Reason.TOO_NEW: 15,
    Reason.SIGNATURE_MISMATCH: 16,
    Reason.NO_SECRET: 17,
    Reason.UNREADABLE_BODY: 18,
    Reason.KEY_UNAVAILABLE: 19,
}


def of_reason(reason: Reason) -> int:
    """Return the exit code for a delivery that was rejected for this reason."""
    return _OF_REASON[reason]
