"""Amazon SNS: the confirmation of a subscription, and the notice that one has ended.

Anybody with an account at AWS can have SNS send a genuine confirmation of a topic of theirs to any URL. So
nothing is confirmed unless asked for, and the address must be the one that SNS itself would be called at.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
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
    """Neither kind of notice is for the handler: both are answered 200, with a warning, and nothing is done.

    Source: Amazon SNS, Parsing message formats: ``SubscriptionConfirmation``, ``UnsubscribeConfirmation``.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """See :meth:`Handshake.respond_to_delivery`."""
        # The body as it was signed: in the one that came, the name may be spelled with \u0053.
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
            _KIND, WebhookResponse(200), "not confirmed: handshake=ConfirmSubscriptions(...) would"
        )


class ConfirmSubscriptions(SubscriptionNotices):
    """Confirms a subscription to the topic whose notices are verified, by a GET of the ``SubscribeURL``.

    ``fetch``: a function of the URL that makes the GET, with a time limit and without following redirects,
    and raises if the answer is no success. The notice is then answered 503, and SNS comes back. Raises
    TypeError for what is no function. The scheme's secret is the topic's ARN: no other topic is confirmed.

    The URL must be https, at ``sns.<region>.amazonaws.com`` (or ``.com.cn``) of the topic's own region, and
    call ``ConfirmSubscription`` for the topic in the signed body and nothing else.
    """

    __slots__ = ("_fetch",)

    may_block = True

    def __init__(self, fetch: Callable[[str], object]) -> None:
        if not callable(fetch):
            raise TypeError(f"fetch is a function of the URL, not {type(fetch).__name__}")
        self._fetch = fetch

    def _confirmed(self, message: Mapping[str, object]) -> HandshakeResponse:
        topic, url = message.get("TopicArn"), message.get("SubscribeURL")
        if not isinstance(topic, str) or not isinstance(url, str) or not _is_of_sns(url, topic):
            raise refused(_KIND)
        try:
            self._fetch(url)
        except Exception as error:
            _logger.error("an SNS subscription could not be confirmed: %s", type(error).__name__)
            return HandshakeResponse(
                _KIND,
                WebhookResponse.for_status(503, ("retry-after", "60")),
                "not confirmed: fetch has failed",
            )
        return HandshakeResponse(_KIND, WebhookResponse(200))


def _is_of_sns(url: str, topic: str) -> bool:
    """Whether it is the address of SNS that confirms a subscription to the topic."""
    if len(url) > _MAX_URL_CHARS or not (url.isascii() and url.isprintable()) or {" ", "\\", "#"} & set(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = _HOST.fullmatch(parts.netloc)  # so neither a user, nor a port
    if parts.scheme != "https" or host is None or parts.path not in ("", "/"):
        return False
    asked = parameters(url)
    if not _TOPIC.fullmatch(topic) or topic.split(":")[3] != host[1]:
        return False
    return asked.get("Action") == "ConfirmSubscription" and asked.get("TopicArn") == topic
