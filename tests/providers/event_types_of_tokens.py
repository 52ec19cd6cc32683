"""The event types in the samples of schemes with a token, and whether the signature covers them."""

from __future__ import annotations

__all__ = ["OF_TOKENS"]

OF_TOKENS: list[tuple[str, str | None, bool]] = [
    ("atlassian-forge", None, False),
    ("fusionauth", "user.create", True),
    ("google-pubsub", None, False),
    ("jira-connect", "jira:issue_created", False),
    ("livekit", "room_started", True),
    ("messagebird", None, False),
    ("monday", "create_item", False),
    ("netlify", "ready", True),
    ("plaid", "ITEM", True),
    ("vonage", None, False),
]
