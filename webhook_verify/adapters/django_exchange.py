"""What a Django request says, and an answer as Django sends it: the translation of the Django adapter.

The raw body is read here, before any parser. Whatever is in the way of it is an error of the receiver's
own configuration, and never a rejection of the delivery.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

try:
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
    from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
except ImportError as missing:
    raise ImportError("webhook_verify.adapters.django needs Django: pip install 'django>=5.2'") from missing

from webhook_verify.adapters.wsgi import IncompleteBody
from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.exchange import Answer, RequestFacts

__all__ = ["facts_of", "pieces_of", "response_of"]


def facts_of(request: HttpRequest) -> RequestFacts:
    """What is known of a request before its body is read."""
    # Under ASGI the headers as they were sent, so that one that stands twice is seen.
    scope = getattr(request, "scope", None)
    headers = request.headers if scope is None else scope["headers"]
    length = str(request.META.get("CONTENT_LENGTH") or "")
    return RequestFacts(request.method or "", request.path_info, headers, length)


def pieces_of(request: HttpRequest, stated: str) -> Iterator[bytes]:
    """The raw body, of this stated length.

    Raises :class:`MalformedDelivery` (413), ImproperlyConfigured, or :class:`IncompleteBody` if the
    client went away.
    """
    meta = request.META
    if not stated and meta.get("wsgi.input_terminated"):
        yield from _unstated(meta["wsgi.input"])  # Django takes a body without a length for empty
        return
    if not stated and "wsgi.input" in meta and meta.get("HTTP_TRANSFER_ENCODING"):
        raise ImproperlyConfigured(
            "a chunked webhook cannot be read under this WSGI server, which sets no wsgi.input_terminated: "
            "use gunicorn or an ASGI server, or let the proxy in front buffer requests"
        )
    try:
        body = request.body
    except RequestDataTooBig:
        raise _too_big() from None
    except RawPostDataException as error:
        raise ImproperlyConfigured(
            "the body of a webhook was read before its view: by request.read(), by request.POST or FILES of "
            "a multipart form, or by request.data of REST framework. Read request.body there, first of all"
        ) from error
    except UnreadablePostError:
        raise IncompleteBody("the client went away") from None
    if stated.isdecimal() and len(body) < int(stated):
        raise IncompleteBody("the body is shorter than its Content-Length: the client went away")
    yield body


def _unstated(stream: BinaryIO) -> Iterator[bytes]:
    """A body of unknown length, which the WSGI server ends."""
    left = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    while piece := _read(stream):
        if left is not None and (left := left - len(piece)) < 0:
            raise _too_big()
        yield piece


def _read(stream: BinaryIO) -> bytes:
    try:
        return stream.read(65_536)
    except Exception as error:  # each server has its own for chunks that are none
        kind = type(error).__name__  # its text may hold a part of the body
    raise IncompleteBody(f"the server could not read its chunks: {kind}")


def _too_big() -> MalformedDelivery:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    detail = f"the body is larger than the setting DATA_UPLOAD_MAX_MEMORY_SIZE, {limit} bytes"
    return MalformedDelivery(Reason.BODY_TOO_LARGE, detail)


def response_of(answer: Answer, method: str) -> HttpResponse:
    """The answer to a request of that method."""
    response = HttpResponse(b"" if method == "HEAD" else answer.body, status=answer.status)
    del response.headers["Content-Type"]
    for name, value in answer.headers:
        response.headers[name] = value
    return response
