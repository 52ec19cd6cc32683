"""The raw request body as bytes, because the signature covers bytes."""

from __future__ import annotations

__all__ = ["MAX_LOOSE_CHUNKS", "BytesLike", "Chunks", "as_bytes", "join_small_chunks"]

BytesLike = bytes | bytearray | memoryview


def as_bytes(body: object) -> bytes:
    """Return the body as bytes, copied only if it is mutable.

    Args:
        body: The raw request body.

    Returns:
        The body as immutable bytes.

    Raises:
        TypeError: If `body` is not bytes-like. A decoded or parsed body differs from the signed bytes.
    """
    if type(body) is bytes:
        return body
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if isinstance(body, memoryview):
        return body.tobytes()
    advice = "pass the raw request body as received, before it is decoded or parsed"
    raise TypeError(f"body must be bytes-like, not {type(body).__name__!r}: {advice}")


MAX_LOOSE_CHUNKS = 256
"""The number of chunks of a body after which small chunks are joined."""

_MAX_JOINED_BYTES = 1_048_576


def join_small_chunks(chunks: list[bytes], limit: int) -> int:
    """Join the last `MAX_LOOSE_CHUNKS` chunks if they are small: each object takes 33 bytes and a pointer.

    Args:
        chunks: The chunks of a body in order, more than `limit`. The first chunk is never joined.
        limit: The number of chunks that the previous call returned, `MAX_LOOSE_CHUNKS` for the first call.

    Returns:
        The number of chunks after which to call this function again.
    """
    start = max(limit - MAX_LOOSE_CHUNKS, 1)
    if sum(map(len, chunks[start:])) <= _MAX_JOINED_BYTES:
        chunks[start:] = [b"".join(chunks[start:])]
    return len(chunks) + MAX_LOOSE_CHUNKS


class Chunks(list[bytes]):
    """The chunks of a body in order. Small chunks are joined."""

    _limit = MAX_LOOSE_CHUNKS

    def append(self, chunk: bytes) -> None:
        """Append a chunk.

        Args:
            chunk: The next bytes of the body.
        """
        super().append(chunk)
        if len(self) > self._limit:
            self._limit = join_small_chunks(self, self._limit)
