"""Responses to the challenges and checks that providers send to an endpoint in addition to deliveries.

A scheme has its handshake, or a receiver gets one. The receiver calls it before the handler, so that it works
with every adapter. A handshake only handles unsigned requests (`respond_to_request`) if the provider does not
sign them, and otherwise verified deliveries. Each class is imported at its first use, because most services
need none of them.
"""

from __future__ import annotations

from webhook_verify.handshakes.base import EndpointCheck, Handshake, SignContent

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
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
