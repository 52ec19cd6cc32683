"""What a delivery names that differs from the configuration, for the diagnosis.

A token or a notification names its sender and its receiver. If they differ from the configured ones, the
delivery is rejected before a key is fetched, and only the diagnosis reports which of them differs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from webhook_verify.errors import KeyUnavailable
from webhook_verify.schemes.fetch_context import KeyNotCached, can_wait

if TYPE_CHECKING:
    from webhook_verify.keys import Signatures

__all__ = ["ComparesIdentities", "Difference", "with_cached_keys"]


class Difference(NamedTuple):
    """A value of a delivery that differs from the configured one. Neither of them is secret."""

    name: str
    """The name of the claim or field."""
    expected: object
    """The configured value. For the hash of the body, the hash of the received body."""
    received: object
    """The unverified value of the delivery, or None if it is missing."""
    is_body_hash: bool = False
    """Whether the value is the SHA-256 of the signed body, in hex."""


@runtime_checkable
class ComparesIdentities(Protocol):
    """A key that compares what a delivery names with the configuration."""

    def differences(
        self, signatures: Signatures, before: bytes, body: bytes
    ) -> tuple[list[Difference], bool]:
        """Return the differences, and whether the signature is valid with a cached key.

        Args:
            signatures: The candidate signatures.
            before: The signed content before the body, as parsed.
            body: The request body.

        Returns:
            The differences, and whether the signature of the unverified values is valid. False if that needs
            a key that is not cached.
        """
        ...


def with_cached_keys(check: Callable[[], bool]) -> bool:
    """Return the result of a check that may use cached keys only.

    Args:
        check: Verifies a signature, and may raise `KeyUnavailable`.

    Returns:
        The result, or False if a key is not cached.
    """
    token = can_wait.set(False)
    try:
        return check()
    except (KeyUnavailable, KeyNotCached):
        return False
    finally:
        can_wait.reset(token)
