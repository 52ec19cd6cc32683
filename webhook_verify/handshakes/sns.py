"""Amazon SNS: the confirmation of a subscription, and the notice that one has ended.

An attacker with an AWS account can make SNS send a signed confirmation request for another topic to any URL.
Subscriptions are therefore only confirmed if the application requests it, and only at an address of SNS.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import object_in, parameters, refused
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery

__all__ = ["ConfirmSubscriptions", "SubscriptionNotices"]

_logger = logging.getLogger("webhook_verify")

_KIND = "sns SubscriptionConfirmation"
_HOST = re.compile(r"sns\.([a-z0-9-]{3,32})\.amazonaws\.com(\.cn)?")
_TOPIC = re.compile(r"arn:aws[a-z-]{0,16}:sns:[a-z0-9-]{3,32}:[0-9]{12}:[A-Za-z0-9_.-]{1,256}")
_MAX_URL_CHARS = 2048


class SubscriptionNotices(Handshake):
    """The response 200 to both kinds of notices, with a warning in the log. Nothing is confirmed.

    Source: Amazon SNS, Parsing message formats: ``SubscriptionConfirmation``, ``UnsubscribeConfirmation``.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """Return the response to a notice.

        Args:
            delivery: The verified delivery.
            sign_content: Not used.

        Returns:
            The response, or None if the delivery is not this handshake.

        Raises:
            MalformedDelivery: If a subscription to confirm has another topic or URL.
        """
        # The signed form is searched, because the received body may contain an escape such as \u0053.
        if b'"SubscribeURL"' not in delivery.signed_body:
            return None
        told = object_in(delivery)
        if told.get("Type") == "SubscriptionConfirmation":
            return self._confirmed(told)
        if told.get("Type") == "UnsubscribeConfirmation":
            return HandshakeResponse(
                "sns UnsubscribeConfirmation", WebhookResponse(200), "a subscription has ended"
            )
        return None

    def _confirmed(self, message: Mapping[str, object]) -> HandshakeResponse:
        return HandshakeResponse(
            _KIND,
            WebhookResponse(200),
            "subscription not confirmed: pass handshake=ConfirmSubscriptions(fetch) to the receiver",
        )


class ConfirmSubscriptions(SubscriptionNotices):
    """A handshake that confirms subscriptions to the topic of the verifier by a GET of the `SubscribeURL`.

    The secret of the scheme is the ARN of the topic, so other topics are not confirmed. The URL must be
    https, at `sns.<region>.amazonaws.com` (or `.com.cn`) in the region of the topic, and call
    `ConfirmSubscription` for the topic in the signed body and nothing else.

    Args:
        fetch: A function of the URL that sends the GET with a timeout and without redirects, and raises an
            error unless the response is a success. After an error, the notice gets 503 and SNS retries.
        hosts: Other hosts that may confirm, with their ports, for development with an emulator. Http is
            accepted there, and the region is not compared.

    Raises:
        TypeError: If `fetch` is not callable, or `hosts` is not a list of names.
    """

    __slots__ = ("_fetch", "_hosts")

    may_block = True

    def __init__(self, fetch: Callable[[str], object], *, hosts: Sequence[str] = ()) -> None:
        if not callable(fetch):
            raise TypeError(f"fetch must be a function of the URL, not {type(fetch).__name__!r}")
        names = cast("Sequence[object]", hosts)
        if isinstance(hosts, str) or not all(isinstance(name, str) and name for name in names):
            raise TypeError("hosts must be a list of host names, such as ['localhost.localstack.cloud:4566']")
        self._hosts = tuple(hosts)
        if self._hosts:
            _logger.warning(
                "ConfirmSubscriptions calls hosts that are not Amazon's: for development only (%s)",
                ", ".join(self._hosts),
            )
        self._fetch = fetch

    def _confirmed(self, message: Mapping[str, object]) -> HandshakeResponse:
        topic, url = message.get("TopicArn"), message.get("SubscribeURL")
        if not isinstance(topic, str) or not isinstance(url, str) or not _is_of_sns(url, topic, self._hosts):
            raise refused(_KIND)
        try:
            self._fetch(url)
        except Exception as error:
            _logger.error("could not confirm an SNS subscription: fetch raised %s", type(error).__name__)
            return HandshakeResponse(
                _KIND,
                WebhookResponse.for_status(503, ("retry-after", "60")),
                "subscription not confirmed: fetch failed",
            )
        return HandshakeResponse(_KIND, WebhookResponse(200))


def _is_of_sns(url: str, topic: str, other_hosts: Sequence[str] = ()) -> bool:
    """Return whether the URL is an SNS address that confirms a subscription to the topic."""
    if len(url) > _MAX_URL_CHARS or not (url.isascii() and url.isprintable()) or {" ", "\\", "#"} & set(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = _HOST.fullmatch(parts.netloc)  # which allows neither a user nor a port
    is_other = parts.scheme in ("http", "https") and parts.netloc in other_hosts
    is_amazon = parts.scheme == "https" and host is not None and topic.split(":")[3:4] == [host[1]]
    if not (is_other or is_amazon) or parts.path not in ("", "/"):
        return False
    asked = parameters(url)
    if not _TOPIC.fullmatch(topic):
        return False
    return asked.get("Action") == "ConfirmSubscription" and asked.get("TopicArn") == topic
