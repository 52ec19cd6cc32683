"""A plain WSGI application that receives webhooks; in front of any other it works the same."""

import os
from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIEnvironment

from webhook_verify import Delivery, Receiver, Verifier
from webhook_verify.adapters.wsgi import WebhookMiddleware

receiver = Receiver(Verifier(os.environ["WEBHOOK_SECRET"]))


def handle(delivery: Delivery) -> int:
    """What your service does with a genuine delivery; the status to answer with."""
    print(delivery.id, len(delivery.body), "bytes")  # delivery.json() is what is in it
    return 200


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a delivery that is verified already, and say at / that the server is up."""
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
