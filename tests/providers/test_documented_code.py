"""Providers without a library that we found: the code samples of their documentation, rewritten in Python.

Each function returns the headers that the sample code expects for a secret, a body and the current time. The
functions are independent of `webhook_verify`. The source is the page at `docs.url` of the scheme.
"""

from __future__ import annotations

import hmac
import time
from base64 import b64encode
from collections.abc import Callable

from tests.providers.interop import CODE_SAMPLE, interop
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import we_take_what_they_sign
from tests.rows import rows

Signed = Callable[[str, bytes, int], dict[str, str]]


def hexed(secret: str, content: bytes, digest: str = "sha256") -> str:
    return hmac.new(secret.encode(), content, digest).hexdigest()


def encoded(secret: str, content: bytes, digest: str = "sha256") -> str:
    return b64encode(hmac.new(secret.encode(), content, digest).digest()).decode()


def stamped(secret: str, now: int, body: bytes) -> str:
    return hexed(secret, f"{now}.".encode() + body)


def cloudflare(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {"Webhook-Signature": f"time={now},sig1={stamped(secret, now, body)}"}


def tailscale(secret: str, body: bytes, now: int) -> dict[str, str]:
    other = stamped("the secret of another endpoint", now, body)
    return {"Tailscale-Webhook-Signature": f"t={now},v1={other},v1={stamped(secret, now, body)}"}


def exa(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {"Exa-Signature": f"t={now},v1={stamped(secret, now, body)}"}


def revenuecat(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {"X-RevenueCat-Webhook-Signature": f"t={now},v1={stamped(secret, now, body)}"}


def outseta(secret: str, body: bytes, now: int) -> dict[str, str]:
    digest = hmac.new(bytes.fromhex(secret), body, "sha256").hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}"}


DOCUMENTED: dict[str, Signed] = {
    "attio": lambda secret, body, now: {"Attio-Signature": hexed(secret, body)},
    "cloudflare-stream": cloudflare,
    "cursor": lambda secret, body, now: {"X-Webhook-Signature": f"sha256={hexed(secret, body)}"},
    "emailit": lambda secret, body, now: {
        "X-Emailit-Signature": stamped(secret, now, body),
        "X-Emailit-Timestamp": str(now),
    },
    "exa": exa,
    "expo": lambda secret, body, now: {"expo-signature": f"sha1={hexed(secret, body, 'sha1')}"},
    "fastspring": lambda secret, body, now: {"X-FS-Signature": encoded(secret, body)},
    "fourthwall": lambda secret, body, now: {"X-Fourthwall-Hmac-SHA256": encoded(secret, body)},
    "grafana": lambda secret, body, now: {"X-Grafana-Alerting-Signature": hexed(secret, body)},
    "help-scout": lambda secret, body, now: {"X-HelpScout-Signature": encoded(secret, body, "sha1")},
    "intercom-canvas-kit": lambda secret, body, now: {"X-Body-Signature": hexed(secret, body)},
    "logto": lambda secret, body, now: {"logto-signature-sha-256": hexed(secret, body)},
    "outseta": outseta,
    "plain": lambda secret, body, now: {"Plain-Request-Signature": hexed(secret, body)},
    "ramp": lambda secret, body, now: {"X-Ramp-Webhook-Signature": hexed(secret, body)},
    "revenuecat": revenuecat,
    "snyk": lambda secret, body, now: {"X-Hub-Signature": f"sha256={hexed(secret, body)}"},
    "tailscale": tailscale,
    "webex": lambda secret, body, now: {"X-Spark-Signature": hexed(secret, body, "sha1")},
    "yousign": lambda secret, body, now: {"X-Yousign-Signature-256": f"sha256={hexed(secret, body)}"},
}

# The last is not what a JSON library writes again.
BODIES = ("{}", '{"name": "gr\u00fcn \u2603 \U0001f511"}', '{"a":1,  "b":\t1.0e3}\n', "")


@interop(*DOCUMENTED, by=CODE_SAMPLE)
@rows("name", DOCUMENTED)
def test_we_take_what_the_documented_code_signs(name: str) -> None:
    for body in (SAMPLES[name].body(NOW, "msg_1"), *(text.encode() for text in BODIES)):
        now = int(time.time())
        headers = DOCUMENTED[name](SAMPLES[name].secret, body, now)
        assert we_take_what_they_sign(name, body, headers, now=now).body == body
