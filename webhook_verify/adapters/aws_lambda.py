"""AWS Lambda functions behind API Gateway (REST or HTTP API), a function URL or a load balancer.

```python
@webhook(Receiver(verifier))
def handler(delivery: Delivery, event: Event, context: object) -> Response: ...
```

The handler runs only with a verified delivery. It returns a response with a ``statusCode``, or None for 204.
If it raises, Lambda reports the error, the gateway responds with 502, and the sender retries.
"""

from __future__ import annotations

from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, cast

from webhook_verify.adapters._checks import check_blocking_receiver
from webhook_verify.adapters._request_target import event_peer, event_target
from webhook_verify.delivery import Delivery
from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.receiver import Receiver, RequestHead, WebhookResponse

__all__ = ["Event", "Handler", "Response", "webhook"]

Event = dict[str, Any]
"""The event that Lambda passes to the function."""

Response = dict[str, Any]
"""The response for Lambda: ``statusCode``, ``headers``, ``body`` and ``isBase64Encoded``."""

Handler = Callable[[Delivery, Event, Any], Mapping[str, Any] | None]


def webhook(receiver: Receiver) -> Callable[[Handler], Callable[[Event, Any], Response]]:
    """Decorate a handler of ``(delivery, event, context)``, which makes it a Lambda function.

    Args:
        receiver: The receiver that verifies.

    Returns:
        The decorator.

    Raises:
        TypeError: If `receiver` is not a `Receiver`. From the decorator, if the handler is a coroutine
            function. From the Lambda function, if an event is not an HTTP request, or a response has no
            ``statusCode``.
    """
    check_blocking_receiver(receiver, "receiver must be a Receiver, because Lambda calls blocking code")

    def decorate(handler: Handler) -> Callable[[Event, Any], Response]:
        if iscoroutinefunction(handler):
            raise TypeError("handler must be a plain function, not a coroutine function")

        @wraps(handler)
        def function(event: Event, context: Any) -> Response:
            return _serve(receiver, event, lambda delivery: _checked(handler(delivery, event, context)))

        return function

    return decorate


def _serve(receiver: Receiver, event: Event, run: Callable[[Delivery], Response]) -> Response:
    head = _head(event)
    if receiver.needs_request_target:
        head = head._replace(target=event_target(event), peer=event_peer(event))
    response = receiver.handle_request(head, _pieces(event), run, lambda made: made["statusCode"])
    return _response(response, event, head.method) if isinstance(response, WebhookResponse) else response


def _head(event: Event) -> RequestHead:
    """Return the head of an event: format 1.0 (REST API, load balancer) or 2.0 (HTTP API, function URL)."""
    parts = _mapping(event)
    http = _mapping(_mapping(parts.get("requestContext")).get("http"))
    method = http.get("method") or parts.get("httpMethod")
    path = parts.get("rawPath") or parts.get("path")
    if not isinstance(method, str) or not isinstance(path, str):
        raise TypeError(
            "event must be an HTTP request of API Gateway, a function URL or a load balancer, not an event "
            f"with the keys {sorted(parts)}. Handle the events of a queue or a bus in another function"
        )
    headers: Any = parts.get("multiValueHeaders") or parts.get("headers") or {}
    return RequestHead(method, path, headers)


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _pieces(event: Event) -> Iterator[bytes]:
    """Yield the body as it was sent, as far as the gateway preserves it."""
    body: object = event.get("body")
    if body is None:
        return
    if not isinstance(body, str):
        raise TypeError(
            f"event['body'] must be the raw body, a str or None, not {type(body).__name__!r}. Do not parse "
            "it before the function; in a REST API use the proxy integration"
        )
    if event.get("isBase64Encoded"):
        yield _decoded(body)
    else:
        yield body.encode("utf-8", "surrogatepass")  # The gateway has replaced invalid UTF-8 already.


def _decoded(body: str) -> bytes:
    try:
        return a2b_base64(body, strict_mode=True)
    except ValueError:
        pass  # The error is raised below, because this one has a reference to the body.
    raise MalformedDelivery(Reason.UNREADABLE_HEADER, "isBase64Encoded is set, but the body is not base64")


def _checked(response: Mapping[str, Any] | None) -> Response:
    if response is None:
        return {"statusCode": 204}
    if type(_mapping(response).get("statusCode")) is not int:
        raise TypeError('handler must return a dict with an int "statusCode", or None for 204')
    return dict(response)


def _response(answer: WebhookResponse, event: Event, method: str) -> Response:
    try:
        body, is_encoded = answer.body.decode(), False
    except UnicodeDecodeError:
        body, is_encoded = b64encode(answer.body).decode(), True
    response: Response = {
        "statusCode": answer.status,
        "headers": dict(answer.headers),
        "body": "" if method == "HEAD" else body,
        "isBase64Encoded": is_encoded,
    }
    if event.get("multiValueHeaders"):  # A load balancer that sends these reads no other headers.
        response["multiValueHeaders"] = {name: [value] for name, value in answer.headers}
    return response
