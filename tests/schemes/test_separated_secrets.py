"""A setting that holds several secrets in one text, for providers that join theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webhook_verify import InvalidSecret, RejectedDelivery, Secret, Signer, Verifier
from webhook_verify.schemes import HeaderScheme

OLD, NEW, OTHER = ("v1,whsec_" + letter * 32 for letter in "abc")
BODY = '{"metadata": {"uuid": "1"}, "name": "Zoë"}'.encode()
NOW = 1_795_262_400

ACCEPTED: dict[str, object] = {
    "one": OLD,
    "two": f"{NEW}|{OLD}",
    "spaces around the bar": f" {NEW} | {OLD} ",
    "a line break at the end": f"{NEW}|{OLD}\n",
    "quotes around both": f'"{NEW}|{OLD}"',
    "a list": [NEW, OLD],
    "a list with a text of two": [f"{OTHER}|{NEW}", OLD],
    "a Secret": Secret(f"{NEW}|{OLD}"),
}


@pytest.mark.parametrize("secret", ACCEPTED.values(), ids=ACCEPTED)
def test_each_secret_of_the_text_verifies(secret: str) -> None:
    verifier = Verifier(secret, scheme="supabase", clock=lambda: NOW)
    headers = Signer(OLD, scheme="supabase").sign(BODY, timestamp=NOW)
    assert verifier.verify(BODY, headers).body == BODY
    unknown = Signer("v1,whsec_" + "d" * 32, scheme="supabase").sign(BODY, timestamp=NOW)
    with pytest.raises(RejectedDelivery):
        verifier.verify(BODY, unknown)


def test_labels_are_numbered() -> None:
    headers = Signer(OLD, scheme="supabase").sign(BODY, timestamp=NOW)

    def label(secret: str | Secret) -> str:
        return Verifier(secret, scheme="supabase", clock=lambda: NOW).verify(BODY, headers).secret_label

    assert label(f"{NEW}|{OLD}") == "secret-2"
    assert label(Secret(f"{NEW}|{OLD}", label="2026")) == "2026-2"
    assert label(Secret(OLD, label="2026")) == "2026"


def test_the_validity_window_is_that_of_the_text() -> None:
    ends = datetime.fromtimestamp(NOW, UTC)
    headers = Signer(OLD, scheme="supabase").sign(BODY, timestamp=NOW)
    secret = Secret(f"{NEW}|{OLD}", not_before=ends - timedelta(hours=1), expires_at=ends)
    verifier = Verifier(secret, scheme="supabase", clock=lambda: NOW)
    assert verifier.verify_at(BODY, headers, received_at=NOW - 1).body == BODY
    with pytest.raises(RejectedDelivery):
        verifier.verify_at(BODY, headers, received_at=NOW)


def test_a_signer_signs_with_each_secret() -> None:
    headers = Signer(f"{NEW}|{OLD}", scheme="supabase").sign(BODY, timestamp=NOW)
    for secret in (NEW, OLD):
        Verifier(secret, scheme="supabase", clock=lambda: NOW).verify(BODY, headers)


@pytest.mark.parametrize("text", [f"{NEW}|", f"|{NEW}", f"{NEW}||{OLD}", f"{NEW}| |{OLD}", "|"])
def test_a_missing_secret_is_an_error_that_does_not_show_the_others(text: str) -> None:
    with pytest.raises(InvalidSecret, match="before and after each '\\|'") as caught:
        Verifier(text, scheme="supabase")
    assert "bbbb" not in str(caught.value)


def test_an_invalid_secret_of_the_text_is_named_by_its_position() -> None:
    with pytest.raises(InvalidSecret, match=r"^secret-2: "):
        Verifier(f"{NEW}|v1,whsec_!", scheme="supabase")


def test_bytes_are_one_raw_key() -> None:
    key = b"abcdefgh|abcdefgh|abcdefgh|abcdefgh"
    headers = Signer(key, scheme="supabase").sign(BODY, timestamp=NOW)
    Verifier(key, scheme="supabase", clock=lambda: NOW).verify(BODY, headers)


def test_only_a_scheme_that_says_so_splits_a_text() -> None:
    row = HeaderScheme("acme", signature_header="x-acme-signature", secret_separator=";")
    plain = HeaderScheme("acme", signature_header="x-acme-signature")
    text = "first secret 0001;second secret 0002"
    by_second = Signer("second secret 0002", scheme=plain).sign(BODY)
    Verifier(text, scheme=row).verify(BODY, by_second)
    with pytest.raises(RejectedDelivery):
        Verifier(text, scheme=plain).verify(BODY, by_second)
    Verifier(text, scheme=plain).verify(BODY, Signer(text, scheme=plain).sign(BODY))
