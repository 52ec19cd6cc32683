"""A Lambda function that receives webhooks. Its handler is ``app.function``."""

import os

from webhook_verify import Delivery, Receiver, Verifier
from webhook_verify.adapters.aws_lambda import Event, Response, webhook

receiver = Receiver(Verifier(os.environ["WEBHOOK_SECRET"]))


def handle(delivery: Delivery) -> int:
    print(delivery.id, delivery.event_type)
    return 200


@webhook(receiver)
def svix(delivery: Delivery, event: Event, context: object) -> Response:
    return {"statusCode": handle(delivery)}


def function(event: Event, context: object) -> Response:
    path = event.get("rawPath", event.get("path"))
    if path == "/webhooks/svix":
        return svix(event, context)
    return {"statusCode": 200, "body": "ok"} if path == "/" else {"statusCode": 404}
