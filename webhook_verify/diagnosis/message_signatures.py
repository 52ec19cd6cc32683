"""Causes of rejected HTTP message signatures: incomplete coverage, and a key id that is not configured."""

from __future__ import annotations

from collections.abc import Iterator

from webhook_verify.diagnosis.investigation import Investigation
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.errors import RejectedDelivery
from webhook_verify.log_text import log_text
from webhook_verify.schemes import ParsedHeaders
from webhook_verify.schemes.http_signature_candidates import NOT_COVERED, MessageSignature
from webhook_verify.schemes.http_signature_keys import MessageKey

__all__ = ["coverage_causes", "key_id_causes"]

_MAX_SHOWN_CHARS = 64


def coverage_causes(error: RejectedDelivery) -> Iterator[Cause]:
    """Yield the cause of a signature that does not cover a part that the profile requires.

    Args:
        error: The verifier's rejection.

    Yields:
        At most one cause.
    """
    if error.detail.startswith(NOT_COVERED):
        yield Cause("signature_coverage", Confidence.LIKELY, error.detail)


def key_id_causes(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[Cause]:
    """Yield the cause of signatures whose key ids no configured key has.

    Args:
        investigation: The rejected delivery.
        parsed: The parsed headers.

    Yields:
        At most one cause.
    """
    named = [each.key_id for each in parsed[2] if isinstance(each, MessageSignature) and each.key_id]
    keys = [key for key in investigation.keys if isinstance(key, MessageKey)]
    if named and keys and not any(key.knows(key_id) for key in keys for key_id in named):
        shown = log_text(named[0][:_MAX_SHOWN_CHARS])
        yield Cause(
            "key_id_unknown",
            Confidence.LIKELY,
            f"the signature names the key {shown}, which is not configured",
        )
