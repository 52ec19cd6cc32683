"""Held-out failures whose cause lies in the secret."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.corpus.rare.base import BODIES, NOW, SECRETS, Sent, b64, by_hand, mac, sent
from tests.providers.samples import SAMPLES
from webhook_verify import Secret

__all__ = ["failures", "standard"]


def standard(key: bytes, configured: str, scheme: str = "standard-webhooks") -> Sent:
    """Standard Webhooks, signed by hand with this key."""
    body, stamp = BODIES["svix"], str(NOW)
    tag = b64(mac(key, b"msg_9." + stamp.encode() + b"." + body))
    return by_hand(
        scheme,
        {"webhook-id": "msg_9", "webhook-timestamp": stamp, "webhook-signature": "v1," + tag},
        body,
        configured,
    )


def _github(key: bytes | str, configured: str) -> Sent:
    return by_hand(
        "github",
        {"x-hub-signature-256": "sha256=" + mac(key, BODIES["github"]).hex()},
        BODIES["github"],
        configured,
    )


def _stripe(key: bytes | str, configured: str) -> Sent:
    body, t = BODIES["stripe"], str(NOW).encode()
    return by_hand(
        "stripe", {"stripe-signature": f"t={NOW},v1={mac(key, t + b'.' + body).hex()}"}, body, configured
    )


def _shopify(key: bytes | str, configured: str) -> Sent:
    return by_hand(
        "shopify", {"x-shopify-hmac-sha256": b64(mac(key, BODIES["shopify"]))}, BODIES["shopify"], configured
    )


def texts() -> Iterator[Failure]:
    for scheme in ("standard-webhooks", "svix", "clerk"):
        secret = SECRETS[scheme]
        yield standard(secret.encode(), secret, scheme).arrives(
            "secret_is_text", "key is the text with whsec_"
        )
        yield standard(secret[6:].encode(), secret, scheme).arrives(
            "secret_is_text secret_prefix", "key is the text after whsec_"
        )
        yield standard(secret[6:].encode(), secret[6:], scheme).arrives(
            "secret_is_text", "key is the text, configured bare"
        )
    key = "an32characterlongsharedsecret0AB"
    yield standard(key.encode(), key).arrives("secret_is_text", "a text that happens to be base64")
    hexed = hashlib.sha256(b"k").hexdigest()
    yield standard(hexed.encode(), hexed).arrives("secret_is_text", "hex digits that happen to be base64")
    yield standard(bytes.fromhex(hexed), hexed).arrives(
        "secret_is_text secret_is_encoded", "hex digits, taken for base64"
    )
    padded = SECRETS["svix"].rstrip("=")
    yield standard(padded.encode(), padded, "resend").arrives("secret_is_text", "Resend, by hand")


def encoded() -> Iterator[Failure]:
    raw = bytes(range(40, 72))
    for how, text in (
        ("hex", raw.hex()),
        ("HEX", raw.hex().upper()),
        ("base64", b64(raw)),
        ("base64 unpadded", b64(raw).rstrip("=")),
    ):
        yield _github(raw, text).arrives("secret_is_encoded", how)
        yield _shopify(raw, text).arrives("secret_is_encoded", how)
        yield _stripe(raw, text).arrives("secret_is_encoded", how)
    whsec = "whsec_" + b64(raw)
    yield _stripe(raw, whsec).arrives("secret_is_encoded secret_prefix", "base64 after whsec_")
    yield _github(SECRETS["github"], b64(SECRETS["github"])).arrives(
        "secret_is_encoded", "the base64 of a Kubernetes Secret"
    )
    yield _stripe(SECRETS["stripe"], b64(SECRETS["stripe"])).arrives(
        "secret_is_encoded", "the base64 of a Kubernetes Secret"
    )
    yield _shopify(SECRETS["shopify"], b64(SECRETS["shopify"] + "\n")).arrives(
        "secret_is_encoded secret_has_blanks", "echo | base64, with its newline"
    )
    yield _github("p&ss w/ord+with=signs", quote("p&ss w/ord+with=signs", safe="")).arrives(
        "secret_is_encoded secret_has_blanks", "percent-encoded, as in a URL"
    )
    svix = SECRETS["svix"]
    yield standard(b64decode(svix[6:]), b64(svix), "svix").arrives("secret_is_encoded", "base64 of whsec_...")
    yield standard(b64decode(svix[6:]), b64(svix[6:]), "svix").arrives(
        "secret_is_encoded", "base64 of the base64"
    )


def prefixes() -> Iterator[Failure]:
    stripe = SECRETS["stripe"]
    yield _stripe(stripe, stripe[6:]).arrives("secret_prefix", "whsec_ cut here")
    yield _stripe(stripe[6:], stripe).arrives("secret_prefix", "whsec_ cut there")
    for scheme, prefix in (("shopify", "shpss_"), ("linear", "lin_wh_"), ("paddle", "pdl_ntfset_")):
        secret = SECRETS[scheme]
        one = sent(scheme)
        yield one.arrives("secret_prefix", f"{prefix} cut here", secret=secret.removeprefix(prefix))
    one = sent("shopify", secret=SECRETS["shopify"].removeprefix("shpss_"))
    yield one.arrives("secret_prefix", "shpss_ cut there", secret=SECRETS["shopify"])
    yield _github(SECRETS["github"], "sha256=" + SECRETS["github"]).arrives(
        "secret_prefix", "sha256= copied from somewhere"
    )
    yield _github(SECRETS["github"], "whsec_" + SECRETS["github"]).arrives("secret_prefix", "whsec_ added")
    yield _stripe(stripe, "whsec_" + stripe).arrives("secret_prefix", "whsec_ twice")
    for line in (
        "GITHUB_WEBHOOK_SECRET={}",
        "export GITHUB_WEBHOOK_SECRET={}",
        'export SECRET="{}"',
        "Webhook secret: {}",
        "Secret: {}",
        "WEBHOOK_SECRET: '{}'",
        '"webhookSecret": "{}",',
        "Bearer {}",
        "base64:{}",
        "hex:{}",
    ):
        yield _github(SECRETS["github"], line.format(SECRETS["github"])).arrives(
            "secret_prefix secret_has_blanks", line
        )
        if "=" in line or "Signing" in line:
            yield _stripe(stripe, line.format(stripe).replace("GITHUB", "STRIPE")).arrives(
                "secret_prefix secret_has_blanks", line
            )
    yield _stripe(stripe, f"Signing secret {stripe}").arrives(
        "secret_prefix secret_has_blanks", "the dashboard's label"
    )


def blanks() -> Iterator[Failure]:
    for how, form in (
        ("LF", "{}\n"),
        ("CRLF", "{}\r\n"),
        ("CR", "{}\r"),
        ("a blank before", " {}"),
        ("a tab behind", "{}\t"),
        ("double quotes", '"{}"'),
        ("single quotes", "'{}'"),
        ("backticks", "`{}`"),
        ("curly quotes", "\u201c{}\u201d"),
        ("single curly quotes", "\u2018{}\u2019"),
        ("guillemets", "\u00ab{}\u00bb"),
        ("a no-break space", "{}\u00a0"),
        ("a zero-width space", "{}\u200b"),
        ("a zero-width space before", "\u200b{}"),
        ("a byte order mark", "\ufeff{}"),
        ("quotes and LF", '"{}"\n'),
        ("escaped quotes", '\\"{}\\"'),
        ("a literal \\n", "{}\\n"),
        ("a comma, from a list", "{},"),
        ("a semicolon, from code", "{};"),
        ("quote and comma", '"{}",'),
        ("angle brackets", "<{}>"),
        ("opening quote alone", '"{}'),
        ("closing quote alone", "{}'"),
        ("a full stop", "{}."),
        ("two blanks", "  {}  "),
        ("a comment", "{} # of production"),
        ("braces of a template", "{{{}}}"),
        ("a zero byte", "{}\0"),
    ):
        scheme = ("github", "stripe", "shopify", "slack")[len(how) % 4]
        secret = SECRETS[scheme]
        yield sent(scheme).arrives("secret_has_blanks", how, secret=form.format(secret))
    for how, form in (("LF", "{}\n"), ("double quotes", '"{}"'), ("CRLF", "{}\r\n")):
        one = sent("github", secret=form.format(SECRETS["github"]))
        yield one.arrives("secret_has_blanks", f"the sender's has {how}", secret=SECRETS["github"])
        yield sent("telegram").arrives("secret_has_blanks", how, secret=form.format(SECRETS["telegram"]))
    inside = "ab12 cd34 ef56 0078 9a9b"
    yield _github(inside.replace(" ", ""), inside).arrives("secret_has_blanks", "blanks between groups")
    yield _shopify(SECRETS["shopify"], SECRETS["shopify"][:20] + "\n" + SECRETS["shopify"][20:]).arrives(
        "secret_has_blanks", "wrapped at the end of a line"
    )


def windows() -> Iterator[Failure]:
    now = datetime.fromtimestamp(NOW, UTC)
    turn = (
        "github",
        "stripe",
        "svix",
        "slack",
        "shopify",
        "hubspot",
        "zoom",
        "paddle",
        "square",
        "discord",
        "gitlab-token",
    )
    for number, scheme in enumerate(turn):
        one = sent(scheme)
        past, future = (
            (timedelta(seconds=1), timedelta(days=90), timedelta(hours=3))[number % 3],
            timedelta(minutes=10 ** (number % 4)),
        )
        other = SAMPLES[scheme].other_secret
        old = Secret(one.secret, label="2026-08", expires_at=now - past)
        yield one.arrives("secret_expired", f"{past} ago", secret=[Secret(other, label="2026-11"), old])
        new = Secret(one.secret, label="2026-12", not_before=now + future)
        yield one.arrives(
            "secret_not_yet_valid", f"in {future}", secret=[Secret(other, label="2026-11"), new]
        )
    one = sent("stripe")
    yield one.arrives(
        "secret_expired", "the only one", secret=Secret(one.secret, expires_at=now - timedelta(days=2))
    )
    yield one.arrives(
        "secret_not_yet_valid", "the only one", secret=Secret(one.secret, not_before=now + timedelta(days=2))
    )
    olds = [Secret(f"an older secret, number {n}", expires_at=now - timedelta(days=n)) for n in range(1, 6)]
    yield one.arrives(
        "secret_expired",
        "one of many",
        secret=[*olds, Secret(one.secret, expires_at=now - timedelta(9)), "a secret that is valid"],
    )


def credentials() -> Iterator[Failure]:
    for scheme, credential in (
        ("github", "ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX"),
        ("stripe", "sk_test_0aB1cD2eF3gH4iJ5kL6mN7oP"),
        ("slack", "xoxp-1234567890-0aB1cD2eF3gH4iJ5"),
    ):
        yield sent(scheme).arrives("secret_of_another_kind", credential[:4], secret=credential)
    test = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
    one = sent("zendesk", secret=test)
    yield one.arrives("published_secret", "a test of Zendesk", secret="an own secret of the webhook")


def failures() -> Iterator[Failure]:
    for make in (texts, encoded, prefixes, blanks, windows, credentials):
        yield from make()
