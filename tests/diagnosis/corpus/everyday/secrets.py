"""Everyday failures of the secret: another one, a part of one, one in the wrong form."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from tests.diagnosis.corpus.everyday.changes import resigned, when, without_prefix
from tests.diagnosis.corpus.everyday.senders import NOW, SENDERS, failure
from tests.diagnosis.corpus.failure import Failure
from webhook_verify import Secret

__all__ = ["failures"]

_HOUR = 3600


def failures() -> Iterator[Failure]:
    stripe, svix, standard, github = (
        SENDERS["stripe"],
        SENDERS["svix"],
        SENDERS["standard"],
        SENDERS["github"],
    )
    for one in (svix, standard):
        bare, raw = without_prefix(one.secret), base64.b64decode(without_prefix(one.secret))
        yield failure("the base64 itself as the key", "secret_is_encoded", one, secret=bare.encode())
        yield failure("sender's key is the base64 itself", "secret_is_text", one, signed_with=bare.encode())
        yield failure("key in hex, as text", "secret_is_encoded", one, secret=raw.hex().encode())
        yield failure(
            "sender's key has its whsec_", "secret_is_text secret_prefix", one, headers=resigned(one.secret)
        )
    yield failure("without its whsec_", "secret_prefix", stripe, secret=without_prefix(stripe.secret))
    yield failure(
        "decoded",
        "secret_is_text secret_prefix",
        stripe,
        secret=base64.b64decode(without_prefix(stripe.secret)),
    )
    form = SENDERS["github-form"]
    yield failure("hex, decoded", "secret_is_text", form, secret=bytes.fromhex(form.secret))
    for name in ("github", "stripe", "slack", "paddle", "telegram"):
        one = SENDERS[name]
        yield failure(
            "in base64, from Kubernetes",
            "secret_is_encoded",
            one,
            secret=base64.b64encode(one.secret.encode()).decode(),
        )
    for name in ("github", "slack", "shopify", "square", "twilio", "hubspot", "mailgun", "zoom"):
        one = SENDERS[name]
        yield failure("a newline after it", "secret_has_blanks", one, secret=one.secret.encode() + b"\n")
    for name in ("stripe", "paddle", "linear"):
        one = SENDERS[name]
        yield failure("in quotes", "secret_has_blanks", one, secret=f'"{one.secret}"'.encode())
    yield failure(
        "in single quotes",
        "secret_has_blanks",
        SENDERS["slack"],
        secret=f"'{SENDERS['slack'].secret}'".encode(),
    )
    yield failure(
        "a blank before it",
        "secret_has_blanks",
        SENDERS["zoom"],
        secret=f" {SENDERS['zoom'].secret}".encode(),
    )
    yield failure(
        "\\r after it",
        "secret_has_blanks",
        SENDERS["shopify"],
        secret=SENDERS["shopify"].secret.encode() + b"\r",
    )
    yield failure(
        "a no-break space after it", "secret_has_blanks", stripe, secret=f"{stripe.secret}\u00a0".encode()
    )
    yield failure(
        "a newline at the sender", "secret_has_blanks", github, signed_with=github.secret.encode() + b"\n"
    )
    yield failure(
        "a newline in base64, by echo",
        "secret_has_blanks secret_is_encoded",
        github,
        secret=base64.b64encode(github.secret.encode() + b"\n").decode(),
    )
    yield failure(
        "the line of an .env file",
        "secret_has_blanks secret_prefix",
        SENDERS["slack"],
        secret=f"SLACK_SIGNING_SECRET={SENDERS['slack'].secret}",
    )
    wrong = "wrong_secret_or_forgery"
    for name, other in (
        ("stripe", "whsec_AAq8m0c1yRkZ3tXw7nB5pL2sD9fG4hJ6K"),
        ("github", "another secret of ours"),
        ("slack", "z26uFbvR1xHJEdHE1OQiO6t8"),
        ("shopify", "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"),
        ("svix", "whsec_AAAAAAAAKYqrTwjUPD8ILPZIo2LaLaSw"),
        ("twilio", "SK11c2d3e4f5a6b7c8d9e0f1a2b3c4d5ff"),
        ("square", "EAAAEOuLQObrVwJvCvoio3H13b8Ssqz1"),
        ("hubspot", "11111111-2d4e-4f60-9182-a3b4c5d6e7f8"),
        ("mailgun", "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"),
        ("paddle", "pdl_ntfset_01aaaaabcdefghjkmnpqrstvwx_Qm9vYmFyQmF6UXV4"),
        ("telegram", "another-token"),
        ("discord", hashlib.sha256(b"x").hexdigest()),
        ("zoom", "aaaaaLrTzB2mXw7nYp5sDf"),
        ("linear", "lin_wh_aaaaaaaa0VbN4mXc7Lz1"),
        ("large", "whsec_AAAAAAAAKYqrTwjUPD8ILPZIo2LaLaSw"),
    ):
        causes = f"{wrong} secret_of_another_kind" if other.startswith("shpat_") else wrong
        yield failure("another secret", causes, SENDERS[name], secret=other)
    for name in ("svix", "github", "stripe"):
        one = SENDERS[name]
        old = Secret(one.secret, label="old", expires_at=when(NOW - _HOUR))
        new = Secret(
            one.secret[:-6] + "aaaaaa" if name != "svix" else "whsec_AAAAAAAAKYqrTwjUPD8ILPZIo2LaLaSw",
            label="new",
        )
        yield failure("expired", "secret_expired", one, secret=[new, old])
    soon = Secret(SENDERS["paddle"].secret, not_before=when(NOW + _HOUR))
    yield failure("not yet valid", "secret_not_yet_valid", SENDERS["paddle"], secret=soon)
