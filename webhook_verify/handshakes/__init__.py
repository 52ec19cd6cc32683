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
    from webhook_verify.handshakes.bodies import LarkChallenge, MondayChallenge, UnsignedPing
    from webhook_verify.handshakes.challenges import DropboxChallenge, MetaChallenge, ValidationToken
    from webhook_verify.handshakes.handed_over import AsanaSecret, NotionToken
    from webhook_verify.handshakes.headers import CloudEventsValidation, OktaChallenge
    from webhook_verify.handshakes.pings import DiscordPing, LineCheck
    from webhook_verify.handshakes.queries import (
        BraintreeChallenge,
        EbayChallenge,
        QueryChallenge,
        XChallenge,
    )
    from webhook_verify.handshakes.secret_store import (
        AsyncSecretStore,
        FileSecretStore,
        MemorySecretStore,
        SecretStore,
    )
    from webhook_verify.handshakes.slack import SlackChallenge
    from webhook_verify.handshakes.sns import ConfirmSubscriptions, SubscriptionNotices
    from webhook_verify.handshakes.twitch import TwitchChallenge
    from webhook_verify.handshakes.zoom import ZoomValidation

__all__ = [
    "AsanaSecret",
    "AsyncSecretStore",
    "BraintreeChallenge",
    "CloudEventsValidation",
    "ConfirmSubscriptions",
    "DiscordPing",
    "DropboxChallenge",
    "EbayChallenge",
    "EndpointCheck",
    "FileSecretStore",
    "Handshake",
    "LarkChallenge",
    "LineCheck",
    "MemorySecretStore",
    "MetaChallenge",
    "MondayChallenge",
    "NotionToken",
    "OktaChallenge",
    "QueryChallenge",
    "SecretStore",
    "SignContent",
    "SlackChallenge",
    "SubscriptionNotices",
    "TwitchChallenge",
    "UnsignedPing",
    "ValidationToken",
    "XChallenge",
    "ZoomValidation",
]

_MODULES = {
    "AsanaSecret": "handed_over",
    "AsyncSecretStore": "secret_store",
    "BraintreeChallenge": "queries",
    "CloudEventsValidation": "headers",
    "ConfirmSubscriptions": "sns",
    "DiscordPing": "pings",
    "DropboxChallenge": "challenges",
    "EbayChallenge": "queries",
    "FileSecretStore": "secret_store",
    "LarkChallenge": "bodies",
    "LineCheck": "pings",
    "MemorySecretStore": "secret_store",
    "MetaChallenge": "challenges",
    "MondayChallenge": "bodies",
    "NotionToken": "handed_over",
    "OktaChallenge": "headers",
    "QueryChallenge": "queries",
    "SecretStore": "secret_store",
    "SlackChallenge": "slack",
    "SubscriptionNotices": "sns",
    "TwitchChallenge": "twitch",
    "UnsignedPing": "bodies",
    "ValidationToken": "challenges",
    "XChallenge": "queries",
    "ZoomValidation": "zoom",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
