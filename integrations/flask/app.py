"""A Flask application that receives webhooks."""

import os

from flask import Flask, Response

from webhook_verify import Delivery, Receiver, Verifier
from webhook_verify.adapters.flask import webhook

app = Flask(__name__)
app.url_map.merge_slashes = False  # or //webhooks/svix would be redirected
receiver = Receiver(Verifier(os.environ["WEBHOOK_SECRET"]))


def handle(delivery: Delivery) -> int:
    """What your service does with a genuine delivery; the status to answer with."""
    print(delivery.id, len(delivery.body), "bytes")  # delivery.json() is what is in it
    return 200


@app.post("/webhooks/svix")
@webhook(receiver)
def hook(delivery: Delivery) -> Response:
    """Answer a delivery that is verified already."""
    return Response(status=handle(delivery))


@app.get("/")
def alive() -> str:
    """Say that the server is up."""
    return "ok"
