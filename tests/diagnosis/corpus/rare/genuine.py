"""What is genuine, and what is for somebody else, of the held-out deliveries."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.corpus.rare.base import NOW, SECRETS, b64, sent
from tests.providers.samples import SAMPLES
from webhook_verify import Secret

__all__ = ["forgeries", "genuine"]


BODY_KINDS = (
    "stripe",
    "github",
    "slack",
    "meta",
    "standard-webhooks",
    "form",
    "multipart",
    "binary",
    "xml",
    "text",
    "big",
)


def genuine() -> Iterator[Failure]:
    for scheme in SECRETS:
        kinds = (
            ("",)
            if scheme in ("linear", "mailgun")
            else ("form",)
            if scheme == "twilio"
            else ("stripe", "github")
            if scheme == "emporix"
            else BODY_KINDS
        )
        for kind in kinds:
            one = sent(scheme, kind)
            yield one.arrives("genuine", "as it is")
    now = datetime.fromtimestamp(NOW, UTC)
    for scheme in ("github", "stripe", "svix", "shopify"):
        one = sent(scheme)
        secrets = [SAMPLES[scheme].other_secret, Secret(one.secret, expires_at=now + timedelta(1))]
        yield one.arrives("genuine", "of two secrets", secret=secrets)
        yield sent(scheme, at=NOW - 299).arrives("genuine", "almost too old")
        title = {name.title(): value for name, value in one.headers.items()}
        yield one.arrives("genuine", "title case", headers=title)
    one = sent("svix")
    signature = f"v1,{b64(bytes(32))} v1a,{b64(bytes(64))} {one.signature}"
    yield one.arrives("genuine", "three signatures", headers=one.header(signature))


def forgeries() -> Iterator[Failure]:
    for scheme in SECRETS:
        kinds = (
            ("",)
            if scheme in ("linear", "mailgun")
            else ("form",)
            if scheme == "twilio"
            else BODY_KINDS[:2]
            if scheme == "emporix"
            else BODY_KINDS
        )
        for number, kind in enumerate(kinds):
            one = sent(scheme, kind, secret=None)
            other = f"whsec_{b64encode(hashlib.sha256(scheme.encode()).digest()).decode()}"
            configured = SAMPLES[scheme].other_secret if scheme in SAMPLES else other
            yield one.arrives("wrong_secret_or_forgery", "for somebody else", secret=configured)
            if number % 3 == 0 and one.body:
                yield one.arrives(
                    "wrong_secret_or_forgery", "altered", body=one.body + b" ", secret=configured
                )
                yield one.arrives(
                    "wrong_secret_or_forgery", "replayed later", secret=configured, now=NOW + 5000
                )
