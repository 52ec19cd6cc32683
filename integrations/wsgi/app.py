"""A plain WSGI application that receives webhooks. Any other WSGI application works the same way."""

import os
from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIEnvironment

from webhook_verify import Delivery, Receiver, Verifier
from webhook_verify.adapters.wsgi import WebhookMiddleware

receiver = Receiver(Verifier(os.environ["WEBHOOK_SECRET"]))


def handle(delivery: Delivery) -> int:
    """Handle a verified delivery, and return the status of the response."""
    print(delivery.id, len(delivery.body), "bytes")  # delivery.json() parses the body.
    return 200


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Respond to a verified delivery, and to a health check at /."""
    status, headers, body = 404, [("Content-Type", "text/plain")], b""
    if environ["PATH_INFO"] == "/webhooks/svix":
        if environ["REQUEST_METHOD"] == "POST":
            status = handle(environ["webhook_verify.delivery"])
        else:
            status = 405
            headers.append(("Allow", "POST"))
    elif environ["PATH_INFO"] == "/":
        status, body = 200, b"ok"
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]


app = WebhookMiddleware(application, receiver=receiver, path="/webhooks/svix")
