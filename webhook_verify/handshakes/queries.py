"""Unsigned challenges in a query that are returned or hashed: Onfleet, Adobe, eBay, X and Braintree.

Any client can send such a request, so the response must not help to forge a delivery. A value that is signed
has a form that no signed content of the provider has.
"""

from __future__ import annotations

import hashlib
import re
from binascii import a2b_base64
from typing import TYPE_CHECKING

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import (
    check_types,
    echo_unsigned,
    json_text,
    parameters,
    plain_text,
    reject_signed_token,
)
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery
    from webhook_verify.http import RequestHead

__all__ = ["BraintreeChallenge", "EbayChallenge", "QueryChallenge", "XChallenge"]

# X sends base64 or names. A delivery of X is a JSON object, so it begins with a brace.
_X_TOKEN = re.compile(r"[A-Za-z0-9_=+/-]{1,256}")
_EBAY_CODE = re.compile(r"[A-Za-z0-9_-]{1,128}")
_EBAY_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,80}")
# As in Braintree's SDKs. The signed content of a delivery is XML in base64, which is much longer.
_BRAINTREE_CHALLENGE = re.compile(r"[a-f0-9]{20,32}")
_BRAINTREE_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")


class QueryChallenge(Handshake):
    """A challenge in the query of a GET request, which is returned as text.

    Onfleet sends `check`, Adobe I/O Events `challenge`. Sources: Onfleet's API reference, Create webhook;
    Adobe's guide to I/O Events webhooks, The challenge request.

    Args:
        parameter: The name of the parameter.
        provider: The name of the provider, for the log.

    Raises:
        TypeError: If an argument is not a str.
        ValueError: If `parameter` is empty.
    """

    __slots__ = ("_kind", "_parameter")

    methods: tuple[str, ...] = ("GET",)
    needs_request_target = True

    def __init__(self, parameter: str, provider: str = "query") -> None:
        check_types(str, parameter=parameter, provider=provider)
        if not parameter:
            raise ValueError("parameter must be the name of a parameter, such as 'challenge', not ''")
        self._parameter = parameter
        self._kind = f"{provider} {parameter}"

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """Return the challenge of a GET request.

        Args:
            method: The HTTP method.
            target: The path and query as sent.

        Returns:
            The response, or None if the request is not this handshake.
        """
        challenge = parameters(target).get(self._parameter)
        return None if method != "GET" or challenge is None else echo_unsigned(self._kind, challenge)


class EbayChallenge(Handshake):
    """The challenge code of eBay: the SHA-256 of code, verification token and endpoint, as JSON.

    Source: eBay's guide to Marketplace account deletion notifications.

    Args:
        verification_token: The token that you chose in the developer portal: 32 to 80 letters, digits,
            hyphens and underscores.
        endpoint: The URL of the endpoint, exactly as in the developer portal.

    Raises:
        TypeError: If an argument is not a str.
        ValueError: If an argument does not have the form that eBay requires.
    """

    __slots__ = ("_suffix",)

    methods: tuple[str, ...] = ("GET",)
    needs_request_target = True

    def __init__(self, verification_token: str, endpoint: str) -> None:
        check_types(str, verification_token=verification_token, endpoint=endpoint)
        if not _EBAY_TOKEN.fullmatch(verification_token):
            raise ValueError(
                "verification_token must have 32 to 80 letters, digits, hyphens and underscores. Copy it "
                "from the developer portal"
            )
        if not endpoint.startswith("https://"):
            raise ValueError("endpoint must be the https URL that you entered in the developer portal")
        self._suffix = (verification_token + endpoint).encode("utf-8", "surrogatepass")

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """Return the response to a challenge code.

        Args:
            method: The HTTP method.
            target: The path and query as sent.

        Returns:
            The response, 400 for a code of another form, or None if the request is not this handshake.
        """
        code = parameters(target).get("challenge_code")
        if method != "GET" or code is None:
            return None
        if not _EBAY_CODE.fullmatch(code):
            return HandshakeResponse("ebay challenge_code", WebhookResponse.for_status(400))
        digest = hashlib.sha256(code.encode() + self._suffix).hexdigest()
        return HandshakeResponse("ebay challenge_code", json_text(challengeResponse=digest))


class XChallenge(Handshake):
    """The Challenge-Response Check of X: the HMAC-SHA256 of `crc_token`, as JSON.

    X repeats the check every hour. A token must be 1 to 256 characters of base64 or `_-`, which cannot be a
    delivery of X. The first valid secret signs. Behind a lookup, the check gets 405, because no lookup runs
    for it. Source: X's documentation, Webhooks quickstart, The CRC check.
    """

    __slots__ = ()

    methods: tuple[str, ...] = ("GET",)
    needs_request_target = True
    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> None:
        """Reject a delivery whose body is a token, because any client can get the signature of a token.

        Args:
            delivery: The verified delivery.
            sign_content: Not used.

        Raises:
            MalformedDelivery: If the body is a token.
        """
        reject_signed_token("x crc_token", delivery, _X_TOKEN)

    def respond_to_unsigned(
        self, head: RequestHead, body: bytes, sign_content: SignContent | None
    ) -> HandshakeResponse | None:
        """Return the response to a check.

        Args:
            head: The head of the request.
            body: Not used.
            sign_content: Signs the token.

        Returns:
            The response, 400 for a token of another form, or None if the request is not this handshake.
        """
        token = parameters(head.target).get("crc_token")
        if head.method != "GET" or token is None or sign_content is None:
            return None
        if not _X_TOKEN.fullmatch(token):
            return HandshakeResponse("x crc_token", WebhookResponse.for_status(400))
        mac = sign_content(token.encode()).decode()
        return HandshakeResponse("x crc_token", json_text(response_token=f"sha256={mac}"))


class BraintreeChallenge(Handshake):
    """The challenge of Braintree: the public key and the HMAC of `bt_challenge` in hex, as text.

    A challenge must be 20 to 32 digits of lower-case hex, as in Braintree's SDKs. Source: Braintree's guide
    to webhooks, Create, and `WebhookNotificationGateway.verify` of its Python SDK.

    Args:
        public_key: The public key of the API credentials, whose private key is the secret.

    Raises:
        TypeError: If `public_key` is not a str.
        ValueError: If `public_key` contains other characters than letters, digits, `_` and `-`.
    """

    __slots__ = ("_public_key",)

    methods: tuple[str, ...] = ("GET",)
    needs_request_target = True
    handles_deliveries = True

    def __init__(self, public_key: str) -> None:
        check_types(str, public_key=public_key)
        if not _BRAINTREE_KEY.fullmatch(public_key):
            raise ValueError("public_key must be letters, digits, _ and -. Copy it from Settings > API")
        self._public_key = public_key

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> None:
        """Reject a delivery whose body is a challenge, because any client can get its signature.

        Args:
            delivery: The verified delivery.
            sign_content: Not used.

        Raises:
            MalformedDelivery: If the body is a challenge.
        """
        reject_signed_token("braintree bt_challenge", delivery, _BRAINTREE_CHALLENGE)

    def respond_to_unsigned(
        self, head: RequestHead, body: bytes, sign_content: SignContent | None
    ) -> HandshakeResponse | None:
        """Return the response to a challenge.

        Args:
            head: The head of the request.
            body: Not used.
            sign_content: Signs the challenge.

        Returns:
            The response, 400 for a challenge of another form, or None if the request is not this handshake.
        """
        challenge = parameters(head.target).get("bt_challenge")
        if head.method != "GET" or challenge is None or sign_content is None:
            return None
        if not _BRAINTREE_CHALLENGE.fullmatch(challenge):
            return HandshakeResponse("braintree bt_challenge", WebhookResponse.for_status(400))
        mac = a2b_base64(sign_content(challenge.encode())).hex()
        return HandshakeResponse("braintree bt_challenge", plain_text(f"{self._public_key}|{mac}"))
