"""Zoom: the validation of the URL of an endpoint, for which the receiver signs a token.

An attacker who can make the receiver sign any content can forge deliveries. The request is therefore verified
first, and a token must not be the beginning of the signed content of a delivery, which is `v0:<time>:<body>`.
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
# Tokens of Zoom are 22 characters of base64url, without the colon, dot and brace of a delivery.
_TOKEN = re.compile(r"[A-Za-z0-9_=+/-]{1,64}")


class ZoomValidation(Handshake):
    """The response to `endpoint.url_validation`: the `plainToken` and its HMAC-SHA256 in hex, as JSON.

    A token must be 1 to 64 characters of base64. Source: Zoom's developer documentation, Using
    webhooks, Validate your webhook endpoint.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """Return the response to a validation request.

        Args:
            delivery: The verified delivery.
            sign_content: Signs the token with the secret that verified the delivery.

        Returns:
            The response, or None if the delivery is not this handshake.

        Raises:
            MalformedDelivery: If the token has another form.
        """
        if b'"endpoint.url_validation"' not in delivery.body:
            return None
        asked = object_in(delivery)
        if asked.get("event") != "endpoint.url_validation":
            return None
        payload: object = asked.get("payload")
        token = cast("dict[str, object]", payload).get("plainToken") if isinstance(payload, dict) else None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            error = refused(_KIND)
            raise error
        encrypted = a2b_base64(sign_content(token.encode())).hex()
        body = json.dumps({"plainToken": token, "encryptedToken": encrypted}).encode()
        return HandshakeResponse(_KIND, WebhookResponse(200, body, (("content-type", "application/json"),)))
