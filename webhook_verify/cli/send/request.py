"""The requests of `send`: valid, tampered, stale, or signed with an old secret."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from webhook_verify.cli.sample_payloads import template
from webhook_verify.cli.usage_errors import HIDDEN, UsageError
from webhook_verify.errors import WebhookVerifyError
from webhook_verify.schemes import Scheme, retry_window
from webhook_verify.signer import Signer
from webhook_verify.testing.requests import SignedRequest, signed

__all__ = ["SendRequest", "content_type", "redacted"]

_STALE_BY = 60
"""How far a stale delivery exceeds the maximum age, in seconds."""


@dataclass(frozen=True)
class SendRequest:
    """The configuration of the requests: send `body`, or else a sample event of `event_type`.

    Raises UsageError at construction if a receiver cannot detect a tampered or stale delivery of this scheme.
    """

    secrets: list[str]
    scheme: Scheme
    url: str
    event_type: str
    body: bytes | None
    tamper: bool
    stale: bool

    def __post_init__(self) -> None:
        name = self.scheme.name
        if self.tamper and not self.scheme.signs_body:
            raise UsageError(f"--tamper: {name} does not sign the whole body, so a change is undetectable")
        if self.stale and not self.scheme.signs_timestamp:
            raise UsageError(
                f"--stale: {name} does not sign a timestamp, so a stale delivery is undetectable"
            )
        if self.stale and self.scheme.has_timestamp_in_body and self.body is not None:
            raise UsageError(
                f"--stale: {name} has its timestamp in the body. Omit --stale and put an old timestamp into "
                "the --body file, or omit --body"
            )

    @property
    def expects_refusal(self) -> bool:
        """Whether a correct receiver responds with 4xx, else with 2xx."""
        return self.tamper or self.stale

    def request(self) -> SignedRequest:
        """Return a request with a new message id, signed now. Raises UsageError if it cannot be signed."""
        message_id = f"msg_{os.urandom(8).hex()}"
        max_age = int(max(self.scheme.tolerance, retry_window(self.scheme)))
        when = int(time.time()) - (max_age + _STALE_BY if self.stale else 0)
        try:
            body = self.body
            if body is None:
                body = template(self.event_type, self.scheme, message_id, when)
            request = self._signed(body, message_id, when)
        except ModuleNotFoundError:
            raise
        except (ImportError, WebhookVerifyError, ValueError) as error:
            raise UsageError(str(error)) from None
        return request.tampered() if self.tamper else request

    def _signed(self, body: bytes, id: str, when: int) -> SignedRequest:
        return signed(body, Signer(self.secrets, scheme=self.scheme), id=id, timestamp=when, url=self.url)


def content_type(body: bytes) -> str:
    """Return the content type that the body looks like: JSON, or else a form."""
    return "application/json" if body.lstrip()[:1] in (b"{", b"[") else "application/x-www-form-urlencoded"


_MIN_OPAQUE_CHARS = 12


def redacted(text: str, request: SignedRequest, secrets: Iterable[str]) -> str:
    """Return a response text with the request's signatures and the secrets redacted.

    They are found as plain text, and escaped as in JSON or a URL.
    """
    values = {piece for _, value in request.headers for piece in re.split(r"[\s,;]+", value)}
    values |= {part for value in values for part in re.split(r"=(?!=*$)", value)}
    values |= {value.strip() for value in secrets}
    values |= {value.partition("_")[2] for value in secrets}
    if not request.headers:  # the signature is in the body
        values |= set(re.findall(r'"([^"]{20,})"', request.body.decode("utf-8", "replace")))
    opaque = sorted(
        (value for value in values - {request.id} if len(value) >= _MIN_OPAQUE_CHARS), key=len, reverse=True
    )
    plain = unquote(text).replace("\\/", "/")
    shown = plain if any(value.lower() in plain.lower() for value in opaque) else text
    for value in opaque:
        shown = re.sub(re.escape(value), HIDDEN, shown, flags=re.IGNORECASE)
    return shown
