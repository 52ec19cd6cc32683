"""What providers ask in a handshake, signed by a scheme of the tests, and what a receiver answers."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import b64encode

from webhook_verify import Receiver, Verifier
from webhook_verify.handshakes import ConfirmSubscriptions, Handshake
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.schemes import HeaderScheme

__all__ = [
    "BRAINTREE_CHALLENGE",
    "CONFIRM",
    "EBAY_CODE",
    "EBAY_TOKEN",
    "GRAPH_TOKEN",
    "JSON",
    "META",
    "SECRET",
    "SIGNED",
    "SLACK_TOKEN",
    "SUBSCRIBE",
    "SUBSCRIBED_TOPIC",
    "TEXT",
    "VERIFY_TOKEN",
    "X_ANSWER",
    "X_TOKEN",
    "ZOOM_ANSWER",
    "ZOOM_TOKEN",
    "Confirmed",
    "answered",
    "as_json",
    "checked",
    "mac_hex",
    "sha256_hex",
    "signed",
    "sns",
    "twitch",
    "zoom",
]

SECRET = "the secret of an app"
VERIFY_TOKEN = "a token of ours"
SUBSCRIBED_TOPIC = "arn:aws:sns:eu-central-1:123456789012:orders"

SUBSCRIBE = (
    "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"
    f"&TopicArn={SUBSCRIBED_TOPIC}&Token=2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92"
)

# What Slack, Zoom and Telegram's like do: time and body under an HMAC, or a token.
SIGNED = HeaderScheme(
    "signed",
    signature_header="x-signature",
    signature_prefix="v0=",
    timestamp_header="x-timestamp",
    signed_content="v0:{timestamp}:{body}",
)


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, "sha256").hexdigest()
    return {"x-signature": f"v0={digest}", "x-timestamp": stamp}


def as_json(**fields: object) -> bytes:
    return json.dumps(fields).encode()


class Confirmed:
    """A fetch that notes what it was asked for."""

    def __init__(self, error: Exception | None = None) -> None:
        self.urls: list[str] = []
        self._error = error

    def __call__(self, url: str) -> bytes:
        self.urls.append(url)
        if self._error is not None:
            raise self._error
        return b"<ConfirmSubscriptionResponse/>"


CONFIRM = ConfirmSubscriptions(Confirmed())


def twitch(status: str, **more: object) -> bytes:
    subscription = {"id": "f1c2a387", "status": status, "type": "channel.follow", "version": "1"}
    return as_json(subscription=subscription, **more)


def sns(kind: str = "SubscriptionConfirmation", topic: str = SUBSCRIBED_TOPIC, url: str = SUBSCRIBE) -> bytes:
    return as_json(Type=kind, MessageId="165545c9", Token="2336412f37", TopicArn=topic, SubscribeURL=url)


def zoom(token: object) -> bytes:
    return as_json(payload={"plainToken": token}, event_ts=1, event="endpoint.url_validation")


def sha256_hex(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def mac_hex(content: str) -> str:
    return hmac.new(SECRET.encode(), content.encode(), "sha256").hexdigest()


TEXT = {"content-type": "text/plain", "x-content-type-options": "nosniff"}
JSON = {"content-type": "application/json"}
ZOOM_TOKEN = "qgg8vlvZRS6UYooatFL8Aw"
ZOOM_ANSWER = f'{{"plainToken": "{ZOOM_TOKEN}", "encryptedToken": "{mac_hex(ZOOM_TOKEN)}"}}'.encode()
EBAY_CODE, EBAY_TOKEN = "a8628072-3d33-45ee-9004-bee86830a22d", "71745723-d031-455c-bfa5-f90d11b4f20a"
X_TOKEN = "M2IyNmU1ZTItMDE0Yi00ODM2LThjNWMtYmY0ZjcwMzQ3YjEw"
X_ANSWER = as_json(response_token=f"sha256={b64encode(bytes.fromhex(mac_hex(X_TOKEN))).decode()}")
BRAINTREE_CHALLENGE = "20f9f8ed05f77439fe955c977e4c8a53"
SLACK_TOKEN = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
GRAPH_TOKEN = "Validation: Testing client application reachability for subscription Request-Id: 522a8e7e-096a"
META = "/hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="


def answered(handshake: Handshake, body: bytes, verifier: Verifier | None = None) -> WebhookResponse:
    """What a blocking receiver answers to a signed body; 299 if the handler ran."""
    receiver = Receiver(verifier or Verifier(SECRET, scheme=SIGNED), handshake=handshake)
    head = RequestHead("POST", "/hook", signed(body), "")
    answer = receiver.handle_request(head, [body], lambda _: WebhookResponse(299), lambda made: made.status)
    assert isinstance(answer, WebhookResponse)
    return answer


def checked(handshake: Handshake, method: str, target: str) -> WebhookResponse | None:
    greeted = handshake.respond_to_request(method, target)
    return None if greeted is None else greeted.answer
