"""A message hides an argument only if it has the shape of a secret: names, dates and paths are shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import examples
from tests.rows import rows
from webhook_verify.cli.secret_shape import HIDDEN, has_secret_shape, shown_file

NAMES = [
    "secret.txt",
    "body",
    "recorded-2026.jsonl",
    "recorded-delivery",
    "deliverys.jsonl",
    "absent/secret.txt",
    "github-webhook-secret",
    "MyWebhookSecret.txt",
    "internationalization.json",
    "überweisungsbestätigung.json",
    "my recorded delivery.json",
    "Downloads/www.example.com_Archive [26-11-30 10-00-00].har",
    "./captures/2026-11-30/stripe_invoice.payment_succeeded.json",
    "/tmp/tmp.8sKx2Jf/body.json",
    "550e8400-e29b-41d4-a716-446655440000.json",
    "capture-20261130T100000Z.json",
    r"C:\Users\me\Downloads\delivery.json",
    "2026-11-30T10:00:00Z",
    "https://example.com/hook",
    "microsoft-graph-webhooks",
    "webhook_secret_staging",
    "WEBHOOK_SECRET_PRODUCTION",
]
SECRETS = [
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_abc",
    "whsecMfKQ9r8GKYqrTwjUPD8I",
    "xoxb-123456789012-abcdefghijkl",
    "JBSWY3DPEHPK3PXP",
    "a1b2c3d4e5f6a7b8.c9d0",
    "9f86d081884c7d659a2feaa0c55ad015",
    "correct horse battery staple",
    "it's a \"secret\" to 'everybody'",
    "00000000000000000000",
    "AAAAAAAAAAAAAAAAAAAA",
    "aaaaaaaaaaaaaaaaaaaa",
    "!!!!!!!!!!!!!!!!!!!!",
    "////////////////////",
]


@rows("name", NAMES)
def test_a_name_is_shown(name: str) -> None:
    assert not has_secret_shape(name)
    assert shown_file(name) == name


@rows("secret", SECRETS)
def test_a_secret_is_hidden(secret: str) -> None:
    assert has_secret_shape(secret)
    assert shown_file(secret) == HIDDEN


@given(st.binary(min_size=16, max_size=64))
@examples(300)
def test_random_bytes_in_base64_or_hex_are_hidden(key: bytes) -> None:
    # Repeated bytes are not random: their text may be a word.
    texts = [base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode(), key.hex()]
    if len(set(key)) > 12:
        assert all(has_secret_shape(text) for text in texts)


def test_of_a_path_only_the_part_with_the_shape_of_a_secret_is_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("captures").mkdir()
    assert shown_file("captures/9f86d081884c7d659a2feaa0.json") == f"captures/{HIDDEN}.json"
    assert shown_file("captures/9f86d081884c7d659a2feaa0") == f"captures/{HIDDEN}"
    assert shown_file("absent/9f86d081884c7d659a2feaa0.json") == f"{HIDDEN}.json"
    assert shown_file(f"{tmp_path}/bdy.json") == f"{tmp_path}/bdy.json"
    assert shown_file("a\0" * 20) == HIDDEN
