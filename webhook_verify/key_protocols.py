"""The interfaces of keys: what a verifier and a signer need of a key."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Signatures"]

Signatures = Sequence[tuple[str, str]]
"""(version, encoded signature) pairs. The text is ASCII and has the length that its version requires."""

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from typing import Protocol

    class Hash(Protocol):
        """The part of a hashlib object that an HMAC needs."""

        def copy(self) -> Hash:
            """Return a copy, which is updated independently."""
            ...

        def update(self, data: bytes, /) -> None:
            """Add bytes to the hashed content."""
            ...

        def digest(self) -> bytes:
            """Return the hash of the content."""
            ...

        def hexdigest(self) -> str:
            """Return the hash of the content in hex."""
            ...

        @property
        def block_size(self) -> int: ...

        @property
        def name(self) -> str: ...

    class StreamingCheck(Protocol):
        """A check of signatures that receives the signed content in chunks."""

        def update(self, data: bytes, /) -> None:
            """Add the next chunk of the signed content."""
            ...

        def matches(self) -> bool:
            """Return whether one of the signatures is valid for the content."""
            ...

    class VerifyingKey(Protocol):
        """A key for verification. Its kind determines the version of signatures that it accepts."""

        def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
            """Return whether one of the signatures is valid for the content `before + body + after`."""
            ...

        def accepts(self, signatures: Signatures) -> bool:
            """Return whether one of the signatures has the version of this kind of key."""
            ...

        def start(self, signatures: Signatures) -> StreamingCheck:
            """Start the same check as `verify`, for a body that arrives in chunks."""
            ...

    class SigningKey(Protocol):
        """A key for signing."""

        @property
        def version(self) -> str:
            """The version of the signatures."""
            ...

        def sign(self, content: bytes) -> str:
            """Return the encoded signature of the signed content."""
            ...
