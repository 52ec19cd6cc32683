"""Translation between Django's requests and responses and those of a receiver.

The raw body is read here, before any parser. If the project prevents that, the error is one of the project's
configuration, and not a rejection of the delivery.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from inspect import iscoroutinefunction
from typing import Any, BinaryIO

try:
    from asgiref.sync import async_to_sync, sync_to_async
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.http import (
        HttpRequest,
        HttpResponse,
        RawPostDataException,
        StreamingHttpResponse,
        UnreadablePostError,
    )
    from django.http.response import HttpResponseBase
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.django needs Django: pip install 'django>=5.2'") from _missing

from webhook_verify.adapters._request_target import asgi_peer, asgi_target, wsgi_peer, wsgi_target
from webhook_verify.adapters._wsgi import SettlingStream, headers_of
from webhook_verify.http import IncompleteBody, RequestHead, WebhookResponse

__all__ = ["body_chunks", "request_head", "settle_after_streaming", "to_response"]


def request_head(request: HttpRequest, needs_request_target: bool) -> RequestHead:
    """Return the head of a request, with its target and peer if they are needed."""
    # Under ASGI the scope has the headers as they were sent, so a duplicate header is detected. The property
    # request.headers is not used, because it copies and renames every header.
    scope = getattr(request, "scope", None)
    headers = headers_of(request.META) if scope is None else scope["headers"]
    length = str(request.META.get("CONTENT_LENGTH") or "")
    limit: int | None = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    head = RequestHead(request.method or "", request.path_info, headers, length, framework_body_limit=limit)
    if not needs_request_target:
        return head
    if scope is None:
        return head._replace(target=wsgi_target(request.META), peer=wsgi_peer(request.META))
    return head._replace(target=asgi_target(scope), peer=asgi_peer(scope))


def body_chunks(request: HttpRequest) -> Iterator[bytes]:
    """Yield the raw body.

    Raises:
        ImproperlyConfigured: If the body was read before, or the server cannot pass on a chunked body.
        IncompleteBody: If the client disconnected.
    """
    meta = request.META
    stated = str(meta.get("CONTENT_LENGTH") or "")
    if not stated and meta.get("wsgi.input_terminated"):
        yield from iter(partial(_read, meta["wsgi.input"]), b"")  # Django itself sees an empty body here.
        return
    if not stated and "wsgi.input" in meta and meta.get("HTTP_TRANSFER_ENCODING"):
        raise ImproperlyConfigured(
            "a chunked body cannot be read, because this WSGI server does not set wsgi.input_terminated. Use "
            "gunicorn or an ASGI server, or let the reverse proxy buffer requests"
        )
    try:
        body = request.body
    except RawPostDataException as error:
        raise ImproperlyConfigured(
            "the body was read before the webhook was verified: by request.read(), by request.POST or FILES "
            "of a multipart form, or by request.data of REST framework. Read request.body there first"
        ) from error
    except UnreadablePostError:
        raise IncompleteBody("client disconnected") from None
    if stated.isdecimal() and len(body) < int(stated):
        raise IncompleteBody("the body is shorter than its Content-Length: client disconnected")
    yield body


def _read(stream: BinaryIO) -> bytes:
    try:
        return stream.read(65_536)
    except Exception as error:  # Each server raises another type for invalid chunks.
        kind = type(error).__name__  # The text is left out, because it may contain a part of the body.
    raise IncompleteBody(f"the server could not read the chunked body: {kind}")


def to_response(answer: WebhookResponse | HttpResponseBase, method: str) -> HttpResponseBase:
    """Return Django's response for the receiver's, and a view's response unchanged."""
    if not isinstance(answer, WebhookResponse):
        return answer
    response = HttpResponse(b"" if method == "HEAD" else answer.body, status=answer.status)
    del response.headers["Content-Type"]
    for name, value in answer.headers:
        response.headers[name] = value
    return response


def settle_after_streaming(response: HttpResponseBase, settle: Callable[[int | None], Any]) -> bool:
    """Settle the claim after a streaming response was sent. Returns False for any other response."""
    if not isinstance(response, StreamingHttpResponse):
        return False
    awaits = iscoroutinefunction(settle)
    content: Any = response.streaming_content
    if response.is_async:
        response.streaming_content = _settled(content, settle if awaits else sync_to_async(settle), response)
    else:
        call = async_to_sync(settle) if awaits else settle
        response.streaming_content = SettlingStream(
            content, lambda is_whole: call(response.status_code if is_whole else None)
        )
    return True


async def _settled(
    pieces: AsyncIterable[bytes],
    settle: Callable[[int | None], Awaitable[object]],
    response: StreamingHttpResponse,
) -> AsyncIterator[bytes]:
    status: int | None = None
    try:
        async for piece in pieces:
            yield piece
        status = response.status_code
    finally:
        await settle(status)
