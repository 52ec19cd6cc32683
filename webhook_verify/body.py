"""The raw body: what is signed is bytes, so bytes are what every entrance takes."""

from __future__ import annotations

__all__ = ["MAX_LOOSE_CHUNKS", "BytesLike", "Chunks", "as_bytes", "join_small_chunks"]

BytesLike = bytes | bytearray | memoryview


def as_bytes(body: object) -> bytes:
    """The body as bytes, copied only if it could still change.

    Raises TypeError for anything that is not bytes-like: a decoded or parsed body is another body.
    """
    if type(body) is bytes:
        return body
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if isinstance(body, memoryview):
        return body.tobytes()
    advice = "pass the raw request body as received, before it is decoded or parsed"
    raise TypeError(f"the body is bytes-like, not {type(body).__name__}: {advice}")


MAX_LOOSE_CHUNKS = 256
"""How many chunks of a body are held before the small ones among them are joined."""

_MAX_JOINED_BYTES = 1_048_576


def join_small_chunks(chunks: list[bytes], limit: int) -> int:
    """Join the last `MAX_LOOSE_CHUNKS` chunks if they are small: each object takes 33 bytes and a pointer.

    Args:
        chunks: The chunks of a body in their order, more than `limit`. The first one stays as it is.
        limit: What the last call returned, at first `MAX_LOOSE_CHUNKS`.

    Returns:
        The number of chunks after which to call it again.
    """
    start = max(limit - MAX_LOOSE_CHUNKS, 1)
    if sum(map(len, chunks[start:])) <= _MAX_JOINED_BYTES:
        chunks[start:] = [b"".join(chunks[start:])]
    return len(chunks) + MAX_LOOSE_CHUNKS


class Chunks(list[bytes]):
    """The chunks of a body in their order, of which small ones are joined."""

    _limit = MAX_LOOSE_CHUNKS

    def append(self, chunk: bytes) -> None:
        """Append a chunk."""
        super().append(chunk)
        if len(self) > self._limit:
            self._limit = join_small_chunks(self, self._limit)
