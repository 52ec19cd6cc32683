"""WSGI headers, bodies and streamed responses, shared by the adapters for WSGI, Flask and Django.

A server that does not mark the end of a chunked body, and a client that disconnects before the end of its
body, do not cause a rejection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import isgenerator
from io import BytesIO
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from webhook_verify.http import IncompleteBody

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

__all__ = ["SettlingStream", "body_again", "body_chunks", "headers_of", "stated_length"]

_CHUNK_BYTES = 65_536

_Chunk = TypeVar("_Chunk")


def headers_of(environ: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers under their names in the environ, which HeaderReader understands."""
    return {name: environ[name] for name in environ if name[:5] == "HTTP_" or name == "CONTENT_TYPE"}


def stated_length(environ: WSGIEnvironment) -> int | None:
    """Return the length of the body, None if the server marks its end.

    Raises:
        IncompleteBody: If the Content-Length is invalid.
        RuntimeError: If the body is chunked and the server does not mark its end.
    """
    stated: str = environ.get("CONTENT_LENGTH") or ""
    chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    if environ.get("wsgi.input_terminated") and (chunked or not stated):
        return None
    if stated:
        if stated.isascii() and stated.isdecimal() and len(stated) <= 18:
            return int(stated)
        raise IncompleteBody("the Content-Length is not a number")
    if chunked:
        raise RuntimeError(
            "a chunked body cannot be read, because this WSGI server does not set wsgi.input_terminated. Use "
            "a server that does (gunicorn, waitress, cheroot, gevent, granian), or let the reverse proxy "
            "buffer the body and send its Content-Length (nginx: uwsgi_request_buffering or "
            "proxy_request_buffering on)"
        )
    return 0


def body_chunks(environ: WSGIEnvironment, limit: int) -> Iterator[bytes]:
    """Yield the body in chunks as it is received, at most one byte over the limit without a length.

    Raises:
        IncompleteBody: If the body is truncated, cannot be read, or has an invalid Content-Length.
        RuntimeError: If the body is chunked, and the server does not mark its end.
    """
    length = stated_length(environ)
    left = limit + 1 if length is None else length
    while left > 0:
        try:
            chunk: bytes = environ["wsgi.input"].read(min(left, _CHUNK_BYTES))
        except Exception as error:  # Each server raises another type for a disconnect or invalid chunks.
            raise IncompleteBody(f"the body could not be read: {type(error).__name__}") from None
        if not chunk:
            break
        left -= len(chunk)
        yield chunk
    if left and length is not None:
        raise IncompleteBody(
            f"{left} of the {length} bytes of the body are missing: client disconnected, or middleware "
            "has read them"
        )


def body_again(body: bytes, environ: WSGIEnvironment) -> None:
    """Let the application read the verified body, with its length instead of chunks."""
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)


class SettlingStream(Generic[_Chunk]):
    """The chunks of a response that is generated while it is sent.

    The handler has finished with the last chunk, so the claim is settled when the response is closed.

    Args:
        response: The chunks.
        settle: Called with whether the response is whole. It is not if generating it failed, or stopped
            because the client disconnected.
        is_made: Whether the handler has finished already, so that a disconnect does not matter.
    """

    def __init__(
        self, response: Iterable[_Chunk], settle: Callable[[bool], object], *, is_made: bool = False
    ) -> None:
        self._response = response
        self._chunks = iter(response)
        self._settle: Callable[[bool], object] | None = settle
        self._is_made = is_made
        self._is_at_work = isgenerator(response)
        self._has_failed = False

    def __iter__(self) -> Iterator[_Chunk]:
        return self

    def __next__(self) -> _Chunk:
        try:
            chunk = next(self._chunks)
        except StopIteration:
            self._is_at_work = False
            raise
        except BaseException:
            self._has_failed = True
            raise
        self._is_at_work = self._is_at_work or not self._is_made
        return chunk

    def close(self) -> None:
        """Close the response, once, and settle the claim."""
        settle, self._settle = self._settle, None
        if settle is None:
            return
        try:
            if close := getattr(self._response, "close", None):
                close()
        except BaseException:
            self._has_failed = True
            raise
        finally:
            settle(not (self._has_failed or self._is_at_work))
