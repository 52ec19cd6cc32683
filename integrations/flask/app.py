"""A Flask application that receives webhooks."""

import os

from flask import Flask, Response

from webhook_verify import Delivery, Receiver, Verifier
from webhook_verify.adapters.flask import webhook

app = Flask(__name__)
app.url_map.merge_slashes = False  # Otherwise //webhooks/svix is redirected.
receiver = Receiver(Verifier(os.environ["WEBHOOK_SECRET"]))


def handle(delivery: Delivery) -> int:
    """Handle a verified delivery, and return the status of the response."""
    print(delivery.id, len(delivery.body), "bytes")  # delivery.json() parses the body.
    return 200


@app.post("/webhooks/svix")
@webhook(receiver)
def hook(delivery: Delivery) -> Response:
    """Respond to a verified delivery."""
    return Response(status=handle(delivery))


@app.get("/")
def alive() -> str:
    """Respond to a health check."""
    return "ok"
