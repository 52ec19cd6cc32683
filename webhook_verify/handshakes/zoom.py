"""Zoom: the validation of an endpoint's URL, which asks the receiver to sign something.

Whoever gets any content signed by the secret can forge deliveries. So the request is verified first, and no
token is signed that could be, or begin, the content of a delivery, which is ``v0:<time>:<body>``.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64
from typing import TYPE_CHECKING, cast

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import object_in, refused
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery

__all__ = ["ZoomValidation"]

_KIND = "zoom endpoint.url_validation"
# Zoom's are 22 characters of base64url: no colon, no dot, no brace, nothing that a delivery is made of.
_TOKEN = re.compile(r"[A-Za-z0-9_=+/-]{1,64}")


class ZoomValidation(Handshake):
    """``endpoint.url_validation``: the ``plainToken`` and its HMAC-SHA256 in hex, as JSON.

    Refuses a token that is not 1 to 64 characters of base64. Source: Zoom's developer documentation, Using
    webhooks, Validate your webhook endpoint.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """See :meth:`Handshake.respond_to_delivery`."""
        if b'"endpoint.url_validation"' not in delivery.body:
            return None
        asked = object_in(delivery)
        if asked.get("event") != "endpoint.url_validation":
            return None
        payload: object = asked.get("payload")
        token = cast("dict[str, object]", payload).get("plainToken") if isinstance(payload, dict) else None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise refused(_KIND)
        encrypted = a2b_base64(sign_content(token.encode())).hex()
        body = json.dumps({"plainToken": token, "encryptedToken": encrypted}).encode()
        return HandshakeResponse(_KIND, WebhookResponse(200, body, (("content-type", "application/json"),)))
