"""Twitch EventSub: HMAC-SHA256 of `{id}{timestamp}{body}`, in `twitch-eventsub-message-signature`."""

from __future__ import annotations

from webhook_verify.handshakes import TwitchChallenge
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "twitch",
    signature_header="twitch-eventsub-message-signature",
    signature_prefix="sha256=",
    signed_content="{id}{timestamp}{body}",
    timestamp_header="twitch-eventsub-message-timestamp",
    timestamp_unit="rfc3339",
    tolerance=600,
    id_header="twitch-eventsub-message-id",
    event_type_in_body="subscription.type",
    handshake=TwitchChallenge(),
    docs=SchemeDocs(
        title="Twitch EventSub",
        secret_from=(
            "the secret that you passed to `POST /helix/eventsub/subscriptions`, 10 to 100 characters"
        ),
        url="https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
        notes=(
            "`Twitch-Eventsub-Message-Type` and `Twitch-Eventsub-Message-Retry` are not signed: use "
            "the body instead."
        ),
    ),
)
