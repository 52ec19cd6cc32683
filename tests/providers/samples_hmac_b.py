"""Samples of providers that sign with HMAC, second half, and the Standard Webhooks family."""

from __future__ import annotations

from collections.abc import Callable

from tests.providers.sample import Sample

__all__ = ["SAMPLES"]

_TEXT, _OTHER_TEXT = "9f86d081884c7d659a2feaa0c55ad015", "a text of thirty-two characters."
_BASE64, _OTHER_BASE64 = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
_WHSEC, _OTHER_WHSEC = f"whsec_{_BASE64}", f"whsec_{_OTHER_BASE64}"


def _with(text: str) -> Callable[[int, str], bytes]:
    """A body in which ``ID`` stands for the message id."""
    return lambda timestamp, msg_id: text.replace("ID", msg_id).encode()


def _plain(scheme: str) -> Sample:
    return Sample(scheme=scheme, secret=_TEXT, other_secret=_OTHER_TEXT)


def _member(scheme: str, secret: str = _WHSEC, other_secret: str = _OTHER_WHSEC) -> Sample:
    return Sample(scheme=scheme, secret=secret, other_secret=other_secret)


def _has_id(scheme: str, body: str) -> Sample:
    return Sample(scheme=scheme, secret=_TEXT, other_secret=_OTHER_TEXT, body=_with(body))


SAMPLES: list[Sample] = [
    _plain("dropbox"),
    _has_id("box", '{"type": "webhook_event", "id": "ID", "trigger": "FILE.UPLOADED"}'),
    _plain("docusign"),
    _has_id("coinbase-commerce", '{"id": 1, "event": {"id": "ID", "type": "charge:confirmed"}}'),
    _plain("lemon-squeezy"),
    _has_id("workos", '{"id": "ID", "event": "dsync.user.created", "data": {}}'),
    _has_id("typeform", '{"event_id": "ID", "event_type": "form_response"}'),
    _plain("calendly"),
    _has_id("vercel", '{"id": "ID", "type": "deployment.created"}'),
    _plain("meta"),
    _plain("twitch"),
    _has_id("mux", '{"type": "video.asset.ready", "id": "ID"}'),
    _plain("sanity"),
    _has_id("line", '{"destination": "U1", "events": [{"type": "follow", "webhookEventId": "ID"}]}'),
    _member("clerk"),
    _member("resend"),
    _member("openai"),
    _member("anthropic"),
    _member("polar"),
    _member("replicate"),
    _member("supabase", f"v1,{_WHSEC}", f"v1,{_OTHER_WHSEC}"),
    _member("brex", _BASE64, _OTHER_BASE64),
    _member("dodo-payments"),
    _member("gitlab"),
]
