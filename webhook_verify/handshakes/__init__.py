"""What a provider asks of an endpoint before, or beside, its deliveries, and what is answered.

A :class:`Handshake` belongs to a scheme, or is given to a receiver, which asks it first, so every adapter has
it. It sees an unsigned request (``respond_to_request``) only where the provider signs none, and else a
verified delivery. Each is imported when it is asked for: most services need none.
"""

from __future__ import annotations

from webhook_verify.handshakes.base import EndpointCheck, Handshake, SignContent

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.handshakes.challenges import DropboxChallenge, MetaChallenge, ValidationToken
    from webhook_verify.handshakes.pings import DiscordPing, LineCheck
    from webhook_verify.handshakes.slack import SlackChallenge
    from webhook_verify.handshakes.sns import ConfirmSubscriptions, SubscriptionNotices
    from webhook_verify.handshakes.twitch import TwitchChallenge
    from webhook_verify.handshakes.zoom import ZoomValidation

__all__ = [
    "ConfirmSubscriptions",
    "DiscordPing",
    "DropboxChallenge",
    "EndpointCheck",
    "Handshake",
    "LineCheck",
    "MetaChallenge",
    "SignContent",
    "SlackChallenge",
    "SubscriptionNotices",
    "TwitchChallenge",
    "ValidationToken",
    "ZoomValidation",
]

_MODULES = {
    "ConfirmSubscriptions": "sns",
    "DiscordPing": "pings",
    "DropboxChallenge": "challenges",
    "LineCheck": "pings",
    "MetaChallenge": "challenges",
    "SlackChallenge": "slack",
    "SubscriptionNotices": "sns",
    "TwitchChallenge": "twitch",
    "ValidationToken": "challenges",
    "ZoomValidation": "zoom",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
