"""The exit codes of the ``webhook-verify`` command.

==== =====================================================================
0    verified (``demo``: every verdict was as it must be)
1    ``demo``, ``send``, ``replay``, ``doctor``: something was not as it must be
2    usage: a wrong option, an unreadable file, a secret that cannot be used
3    no answer came from the network
4    ``probe``: the receiver has faults
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
70   a fault of this command itself, or of the machine
130  interrupted
141  whoever read the output closed it
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
INTERRUPTED = 130  # as a shell tells of SIGINT
CLOSED_PIPE = 141  # and of SIGPIPE

# Written out, not counted: a code once published keeps its meaning.
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
    """The exit code of a delivery rejected for this reason."""
    return _OF_REASON[reason]
