"""Request heads of a valid delivery, a scheme that signs the URL, and an observer."""

from __future__ import annotations

from typing import Any

from tests.signing import NOW, SECRET
from webhook_verify import Delivery, Reason, RejectedDelivery, SignatureMismatch, Signer
from webhook_verify.receiver import Observer, RequestHead
from webhook_verify.schemes import StandardWebhooks

__all__ = ["BODY", "URL", "Hearing", "SignsURL", "head", "signed"]

BODY = b'{"type": "invoice.paid"}'


def signed(body: bytes = BODY, timestamp: int = NOW) -> dict[str, str]:
    return Signer(SECRET).sign(body, id="msg_1", timestamp=timestamp)


def head(headers: dict[str, str], path: str = "/hook") -> RequestHead:
    return RequestHead("POST", path, headers, headers.get("content-length", ""))


URL = "https://example.com/hook?tenant=1"


class SignsURL(StandardWebhooks):
    """Standard Webhooks with a signature that is valid only for one URL and POST."""

    signs_url = True

    def parse_headers(self, headers: Any, url: str | None, method: str | None) -> Any:
        if (url, method) != (URL, "POST"):
            raise SignatureMismatch(Reason.SIGNATURE_MISMATCH, f"signed for another URL than {url}")
        return super().parse_headers(headers, None, None)


class Hearing(Observer):
    """An observer that records all its calls."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        self.heard.append((delivery, head))

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        self.heard.append((error, head))
        assert seconds == error.seconds

    def on_handshake(self, kind: str, head: RequestHead) -> None:
        self.heard.append((kind, head))
