"""Translation between Flask's requests and responses and those of a receiver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any, cast

try:
    from flask import Flask, Request, Response, current_app, request
    from flask.typing import ResponseReturnValue
    from werkzeug.exceptions import RequestEntityTooLarge
    from werkzeug.wsgi import LimitedStream
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.flask needs Flask: pip install 'flask>=3.0'") from _missing

from webhook_verify.adapters import _wsgi as wsgi_request
from webhook_verify.adapters._request_target import wsgi_peer, wsgi_target
from webhook_verify.adapters._wsgi import SettlingStream
from webhook_verify.http import IncompleteBody, RequestHead, WebhookResponse
from webhook_verify.verification import body_too_large

__all__ = [
    "body_chunks",
    "current_request",
    "make_response",
    "request_head",
    "settle_after_streaming",
    "status_code",
    "to_response",
]


# The objects behind Flask's proxies: each attribute of a proxy looks its object up again.
current_request: Callable[[], Request] = cast("Any", request)._get_current_object
_current_app: Callable[[], Flask] = cast("Any", current_app)._get_current_object


def make_response(value: ResponseReturnValue) -> Response:
    """Return the response for a view's return value."""
    return _current_app().make_response(value)


def request_head(request: Request, needs_request_target: bool) -> RequestHead:
    """Return the head of a request, with its target and peer if they are needed."""
    # The property request.headers is not used, because it copies and renames every header.
    headers = wsgi_request.headers_of(request.environ)
    length = request.environ.get("CONTENT_LENGTH") or ""
    limit = request.max_content_length
    head = RequestHead(request.method, request.path, headers, length, framework_body_limit=limit)
    if needs_request_target:
        return head._replace(target=wsgi_target(request.environ), peer=wsgi_peer(request.environ))
    return head


def body_chunks(request: Request, limit: int) -> Iterator[bytes]:
    """Yield the raw body in one chunk, and leave it readable for the view.

    At most one byte over the limit is read from a body without a length.

    Raises:
        IncompleteBody: If the client disconnected.
        RuntimeError: If the application has consumed the body.
    """
    cached = vars(request)
    if "stream" in cached:  # It is a cached property, so the application has read the body.
        body = _kept(request, limit)
    else:
        cached["stream"] = BytesIO(b"".join(wsgi_request.body_chunks(request.environ, limit)))
        body = request.get_data()  # Flask caches the result.
    request.environ.pop("HTTP_TRANSFER_ENCODING", None)  # Flask ignores a length next to this header.
    cached["stream"] = BytesIO(body)
    yield body


def _kept(request: Request, limit: int) -> bytes:
    """Return the body that Flask has cached or can still read."""
    length = wsgi_request.stated_length(request.environ)
    vars(request)["stream"] = LimitedStream(request.stream, limit + 1, is_max=True)
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        raise body_too_large(limit) from None
    except Exception as error:  # Each server raises another type for a disconnect or invalid chunks.
        raise IncompleteBody(f"the body could not be read: {type(error).__name__}") from None
    if len(body) < (1 if length is None else length):
        raise RuntimeError(
            "the body was read before the webhook was verified, and cannot be read again. In before_request "
            "functions, use request.get_data() or get_json(), which cache the body, and not request.form, "
            "files, values or stream"
        )
    return body


def to_response(answer: WebhookResponse | Response) -> Response:
    """Return Flask's response for the receiver's, and a view's response unchanged."""
    if isinstance(answer, WebhookResponse):
        return _current_app().response_class(answer.body, answer.status, list(answer.headers))
    return answer


def status_code(response: Response) -> int:
    """Return the status of a response."""
    return response.status_code


def settle_after_streaming(response: Response, settle: Callable[[int | None], object]) -> bool:
    """Settle the claim after a streamed response was sent. Returns False for any other response."""
    # Werkzeug makes a list of a body that is complete. Its property is_streamed calls len() for it.
    if type(response.response) is list or not response.is_streamed:
        return False
    if response.status_code == 204 or response.status_code >= 300:
        return False
    pieces = cast("Iterable[bytes]", response.response)  # Or str, which Flask encodes.
    response.response = SettlingStream(
        pieces, lambda is_whole: settle(response.status_code if is_whole else None)
    )
    return True
