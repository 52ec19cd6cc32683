"""The headers and the raw body of a WSGI request: what the adapters for WSGI, Flask and Django share.

A server that does not say where a chunked body ends, and a client that goes away in the middle of one,
are neither a delivery nor a bad signature.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from webhook_verify.http import IncompleteBody

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

__all__ = ["body_again", "headers_of", "pieces_of", "stated_length"]

_PIECE = 65_536


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


def pieces_of(environ: WSGIEnvironment, limit: int) -> Iterator[bytes]:
    """The body as it arrives, of an unknown length at most one byte over the limit.

    Raises what :func:`stated_length` does, also for a body that is cut off.
    """
    length = stated_length(environ)
    left = limit + 1 if length is None else length
    while left > 0:
        try:
            piece: bytes = environ["wsgi.input"].read(min(left, _PIECE))
        except Exception as error:  # each server has its own for a client that is gone, or bad chunks
            raise IncompleteBody(f"its body could not be read: {type(error).__name__}") from None
        if not piece:
            break
        left -= len(piece)
        yield piece
    if left and length is not None:
        raise IncompleteBody(
            f"{left} of the {length} bytes of its body did not arrive, or were read before it was verified"
        )


def body_again(body: bytes, environ: WSGIEnvironment) -> None:
    """Let the application read the body, of which nothing is in chunks any more."""
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
