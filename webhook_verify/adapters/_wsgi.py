"""WSGI's headers, raw body and streamed responses: what the adapters for WSGI, Flask and Django share.

A server that does not say where a chunked body ends, and a client that goes away in the middle of one,
are neither a delivery nor a bad signature.
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
    """The headers, as the environ spells them: a HeaderReader reads that. No variables of the process."""
    return {name: environ[name] for name in environ if name[:5] == "HTTP_" or name == "CONTENT_TYPE"}


def stated_length(environ: WSGIEnvironment) -> int | None:
    """The length of the body; None for one that the server ends. Raises :class:`IncompleteBody`.

    Raises RuntimeError for a chunked body under a server that does not say that it ends it.
    """
    stated: str = environ.get("CONTENT_LENGTH") or ""
    chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    if environ.get("wsgi.input_terminated") and (chunked or not stated):
        return None
    if stated:
        if stated.isascii() and stated.isdecimal() and len(stated) <= 18:
            return int(stated)
        raise IncompleteBody("its Content-Length is no number")
    if chunked:
        raise RuntimeError(
            "a chunked webhook cannot be read: this WSGI server does not set wsgi.input_terminated. Use one "
            "that does (gunicorn, waitress, cheroot, gevent, granian), or let the proxy in front buffer the "
            "body and send its Content-Length (nginx: uwsgi_request_buffering or proxy_request_buffering on)"
        )
    return 0


def body_chunks(environ: WSGIEnvironment, limit: int) -> Iterator[bytes]:
    """The body as it arrives, of an unknown length at most one byte over the limit.

    Raises what :func:`stated_length` does, also for a body that is cut off.
    """
    length = stated_length(environ)
    left = limit + 1 if length is None else length
    while left > 0:
        try:
            chunk: bytes = environ["wsgi.input"].read(min(left, _CHUNK_BYTES))
        except Exception as error:  # each server has its own for a client that is gone, or bad chunks
            raise IncompleteBody(f"its body could not be read: {type(error).__name__}") from None
        if not chunk:
            break
        left -= len(chunk)
        yield chunk
    if left and length is not None:
        raise IncompleteBody(
            f"{left} of the {length} bytes of its body did not arrive, or were read before it was verified"
        )


def body_again(body: bytes, environ: WSGIEnvironment) -> None:
    """Let the application read the body, of which nothing is in chunks any more."""
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)


class SettlingStream(Generic[_Chunk]):
    """The chunks of a response that is made while it is sent; once closed, it calls ``settle(is_whole)``.

    Its handler is done when its last chunk is: then the claim of its delivery is settled. The response is not
    whole if making it has failed, or was stopped in the middle because the client has gone.
    ``is_made``: whether the handler is done with it already, so that a client that goes stops nothing.
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
