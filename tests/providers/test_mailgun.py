"""Mailgun: interoperability with its library, and invalid signature objects."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailgun.security import SecurityGuard

from tests.providers.interop import interop
from tests.providers.sample import NOW
from tests.providers.signed_bodies import (
    HEX,
    MAILGUN,
    OTHER_HEX,
    TOKEN,
    VERIFIERS,
    assert_unreadable,
    email,
    proof,
    refusal,
)
from tests.providers.verdicts import accepts
from webhook_verify import Secret, SignatureMismatch, Signer, TimestampOutsideTolerance, Verifier
from webhook_verify.schemes.providers import mailgun

SECRET = "0123456789abcdef0123456789abcdef"
EVENT = b'{"event-data": {"event": "opened"}}'


@interop("mailgun", by="mailgun (PyPI)")
@given(st.from_regex(r"[0-9a-f]{50}", fullmatch=True), st.sampled_from([-901, -900, 0, 900, 901]))
def test_mailgun_signs_and_verifies_as_its_sdk(token: str, later: int) -> None:
    stamp = NOW - later
    body = mailgun.SCHEME.sign_body(
        EVENT, mailgun.SCHEME.signing_key(Secret(SECRET)), id=token, timestamp=stamp
    )

    signed = json.loads(body)["signature"]
    assert SecurityGuard.verify_webhook(SECRET, **signed, max_age_seconds=0)

    verifier = Verifier(SECRET, scheme="mailgun", clock=lambda: NOW)
    assert accepts(lambda: verifier.verify(body, {})) == (abs(later) <= 900), "the SDK's own 15 minutes"


MAILGUN_UNREADABLE: dict[str, dict[str, Any]] = {
    "no signature": {"signature": None},
    "the signature is a list": {"signature": [proof()["signature"]]},
    "no timestamp": {"timestamp": None},
    "a blank timestamp": {"timestamp": ""},
    "a timestamp with a fraction": {"timestamp": f"{NOW}.0"},
    "a float": {"timestamp": float(NOW)},
    "a boolean": {"timestamp": True},
    "a sign": {"timestamp": f"+{NOW}"},
    "a blank": {"timestamp": f" {NOW}"},
    "a leading zero": {"timestamp": f"0{NOW}"},
    "other digits": {"timestamp": "١٧٩٠٠٠٠٠٠٠"},
    "too many digits": {"timestamp": "9" * 13},
    "a huge number": {"timestamp": 10**4_000},
    "a negative one": {"timestamp": -NOW},
    "no token": {"token": None},
    "an empty token": {"token": ""},
    "a blank token": {"token": " "},
    "a token that is not ASCII": {"token": "é"},
    "a token with a newline": {"token": "a\nb"},
    "a surrogate": {"token": "\ud800"},
    "a token too long": {"token": "a" * 257},
    "a number": {"token": 1},
}  # fmt: skip


@pytest.mark.parametrize("changed", MAILGUN_UNREADABLE.values(), ids=MAILGUN_UNREADABLE)
def test_mailgun_unreadable(changed: dict[str, Any]) -> None:
    """Signed as they are, so that nothing but the grammar refuses them."""
    genuine = proof(changed.get("timestamp", str(NOW)), changed.get("token", TOKEN))
    assert_unreadable(MAILGUN, email(**{**genuine, **changed}))


MAILGUN_WRONG = {
    "another token": {"token": TOKEN[:-1] + "4"},
    "another timestamp": {"timestamp": str(NOW + 1)},
    "a digit moved into the token": {"timestamp": str(NOW)[:-1], "token": "0" + TOKEN},
    "truncated": {"signature": proof()["signature"][:-2]},
    "base64": {"signature": b64encode(bytes.fromhex(proof()["signature"])).decode()},
    "not hex": {"signature": "x" * 64},
    "not ASCII": {"signature": "é" * 64},
    "empty": {"signature": ""},
    "by another key": {"signature": proof(key=OTHER_HEX)["signature"]},
}


@pytest.mark.parametrize("changed", MAILGUN_WRONG.values(), ids=MAILGUN_WRONG)
def test_mailgun_wrong(changed: dict[str, Any]) -> None:
    error = refusal(MAILGUN, email(**changed))
    assert isinstance(error, SignatureMismatch | TimestampOutsideTolerance)


@pytest.mark.parametrize("timestamp", [str(NOW), NOW])
@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_mailgun_takes_both_kinds_of_timestamp_and_hex(timestamp: object, change: Any) -> None:
    body = email(timestamp=timestamp, signature=change(proof()["signature"]))

    delivery = VERIFIERS[MAILGUN].verify(body, {})
    assert (delivery.id, delivery.id_is_signed) == (TOKEN, True)
    assert (delivery.timestamp.timestamp(), delivery.timestamp_is_signed) == (NOW, True)


def test_mailgun_takes_the_parent_accounts_signature() -> None:
    by_child = proof(key=OTHER_HEX)["signature"]
    body = email(**{"signature": by_child, "parent-signature": proof()["signature"]})
    assert VERIFIERS[MAILGUN].verify(body, {}).id == TOKEN
    assert isinstance(
        refusal(MAILGUN, email(**{"signature": by_child, "parent-signature": 1})), SignatureMismatch
    )


@pytest.mark.parametrize("later", [-901, 901])
def test_mailgun_old_and_new(later: int) -> None:
    assert isinstance(refusal(MAILGUN, email(**proof(str(NOW - later)))), TimestampOutsideTolerance)


def test_mailgun_another_event_with_the_same_token_is_the_same_delivery() -> None:
    """The event is not signed, so that a second one is kept out is all that there is."""
    once = VERIFIERS[MAILGUN].verify(email(), {})
    other = VERIFIERS[MAILGUN].verify(email().replace(b"opened", b"failed"), {})
    assert (once.id, once.signed_content_digest) == (other.id, other.signed_content_digest)
    assert once.signed_content_digest == hashlib.sha256(f"{NOW}{TOKEN}".encode()).digest()


# --- the forms of routes ----------------------------------------------------------------------------

MAIL = {"recipient": "support@example.com", "subject": "Gr\u00fc\u00dfe", "body-plain": "a=b & c"}


def _urlencoded(**fields: Any) -> bytes:
    return urlencode({**MAIL, **proof(), **fields}).encode()


def _multipart(**fields: Any) -> bytes:
    head = '--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    texts = "".join(head % pair for pair in {**MAIL, **proof(), **fields}.items())
    file = '--x\r\nContent-Disposition: form-data; name="attachment-1"; filename="a"\r\n\r\n'
    return texts.encode() + file.encode() + b"\xff\0\r\n--x--\r\n"


@pytest.mark.parametrize("form", [_urlencoded, _multipart])
def test_a_route_forwards_mail_as_a_form(form: Any) -> None:
    delivery = VERIFIERS[MAILGUN].verify(form(), {})
    assert (delivery.id, delivery.timestamp.timestamp(), delivery.body_is_signed) == (TOKEN, NOW, False)
    assert delivery.form()["subject"] == MAIL["subject"]
    for name, value in {"token": "x" + TOKEN, "timestamp": str(NOW + 1), "signature": "0" * 64}.items():
        with pytest.raises(SignatureMismatch):
            VERIFIERS[MAILGUN].verify(form(**{name: value}), {})
    for name, value in {"token": "", "timestamp": f"0{NOW}"}.items():
        assert_unreadable(MAILGUN, form(**proof(**{name: value})))
    with pytest.raises(TimestampOutsideTolerance):
        VERIFIERS[MAILGUN].verify(form(**proof(timestamp=str(NOW - 901))), {})


def test_a_form_with_a_duplicate_field_is_unreadable() -> None:
    for name in ("timestamp", "token", "signature"):
        assert_unreadable(MAILGUN, _urlencoded() + f"&{name}={proof()[name]}".encode())


def test_a_signer_signs_an_urlencoded_form() -> None:
    signer = Signer(HEX, scheme="mailgun")
    body = signer.sign_body(urlencode({**MAIL, "token": "old"}).encode(), id=TOKEN, timestamp=NOW)
    assert body == _urlencoded()
    with pytest.raises(ValueError, match="cannot sign this body"):
        signer.sign_body(_multipart())
