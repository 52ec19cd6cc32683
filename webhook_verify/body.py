"""The raw body: what is signed is bytes, so bytes are what every entrance takes."""

from __future__ import annotations

__all__ = ["BytesLike", "as_bytes"]

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
