"""What a Flask request says, and an answer as Flask sends it: the translation of the Flask adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any, cast

try:
    from flask import Request, Response, current_app, request
    from werkzeug.exceptions import RequestEntityTooLarge
    from werkzeug.wsgi import LimitedStream
except ImportError as missing:
    raise ImportError("webhook_verify.adapters.flask needs Flask: pip install 'flask>=3.0'") from missing

from webhook_verify.adapters import _wsgi as wsgi_request
from webhook_verify.adapters._request_target import wsgi_peer, wsgi_target
from webhook_verify.adapters._wsgi import SettlingStream
from webhook_verify.http import IncompleteBody, RequestHead, WebhookResponse
from webhook_verify.verification import body_too_large

__all__ = [
    "body_chunks",
    "current_request",
    "request_head",
    "settle_after_streaming",
    "status_code",
    "to_response",
]


def current_request() -> Request:
    """The request itself: each use of Flask's proxy for it would look it up anew."""
    found: Request = cast("Any", request)._get_current_object()
    return found


def request_head(request: Request, needs_request_target: bool) -> RequestHead:
    """What is known of a request before its body is read, with its target and peer where they are needed."""
    # Not request.headers, which spells every header anew.
    headers = wsgi_request.headers_of(request.environ)
    length = request.environ.get("CONTENT_LENGTH") or ""
    limit = request.max_content_length
    head = RequestHead(request.method, request.path, headers, length, framework_body_limit=limit)
    if needs_request_target:
        return head._replace(target=wsgi_target(request.environ), peer=wsgi_peer(request.environ))
    return head


def body_chunks(request: Request, limit: int) -> Iterator[bytes]:
    """The raw body, in one piece; Flask has it again for whoever asks next.

    Of a body without a length at most one byte over the limit is read. Raises :class:`IncompleteBody`;
    and RuntimeError if the body was read before and is gone.
    """
    cached = vars(request)
    if "stream" in cached:  # a cached property: somebody asked Flask for the body before
        body = _kept(request, limit)
    else:
        cached["stream"] = BytesIO(b"".join(wsgi_request.body_chunks(request.environ, limit)))
        body = request.get_data()  # which keeps it
    request.environ.pop("HTTP_TRANSFER_ENCODING", None)  # done with; Flask would take no length beside it
    cached["stream"] = BytesIO(body)
    yield body


def _kept(request: Request, limit: int) -> bytes:
    """What Flask has read and kept before, or can still read."""
    length = wsgi_request.stated_length(request.environ)
    vars(request)["stream"] = LimitedStream(request.stream, limit + 1, is_max=True)
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        raise body_too_large(limit) from None
    except Exception as error:  # each server has its own for a client that is gone, or bad chunks
        raise IncompleteBody(f"its body could not be read: {type(error).__name__}") from None
    if len(body) < (1 if length is None else length):
        raise RuntimeError(
            "the body was read before the webhook was verified, and is gone: in before_request functions "
            "use request.get_data() or get_json(), which keep it, not request.form, files, values or stream"
        )
    return body


def to_response(answer: WebhookResponse | Response) -> Response:
    """The view's response as it is, or the answer."""
    if isinstance(answer, WebhookResponse):
        return current_app.response_class(answer.body, answer.status, list(answer.headers))
    return answer


def status_code(response: Response) -> int:
    """The status of a response."""
    return response.status_code


def settle_after_streaming(response: Response, settle: Callable[[int | None], object]) -> bool:
    """Have a response that is still being made settle the claim when it is sent.

    False, and nothing is done, for a response that is made already, has failed, or has no body to send.
    """
    if not response.is_streamed or response.status_code == 204 or response.status_code >= 300:
        return False
    pieces = cast("Iterable[bytes]", response.response)  # or str, which Flask encodes
    response.response = SettlingStream(
        pieces, lambda is_whole: settle(response.status_code if is_whole else None)
    )
    return True
