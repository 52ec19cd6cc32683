"""Known attacks on the body and its processing, and leaks: one test for each, named after it.

As in ``test_attacks_signature.py``, each docstring names the reference and the required behavior.
"""

from __future__ import annotations

import gc
import pickle
import tracemalloc
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.cases import CASES
from tests.conformance.spec_delivery import (
    BODY,
    GOOD,
    MAC,
    OTHER_KEY,
    PUBLIC,
    SIGNATURE_V1A,
    WRONG,
    WRONG_V1A,
    Case,
    Rejected,
    listed,
    signed,
    trio,
    v1,
)
from tests.conformance.verdicts import accepted, rejected, verifier
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import (
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    Verifier,
    asymmetric,
)

# --- The body -----------------------------------------------------------------------------------


def test_non_utf8_body() -> None:
    """The official Python libraries decode the body first: UnicodeDecodeError, a 500 for anybody.

    The body is bytes. What is signed is accepted whatever it is, what is not is rejected.
    """
    for body in (b"\xff", b"\xfe\xff\0a", b"\xc0\x80", b"\xed\xa0\x80", bytes(range(256))):
        assert accepted(signed(body=body), body).body == body
        assert rejected(GOOD, body) is Reason.SIGNATURE_MISMATCH


def test_decoded_body() -> None:
    """standardwebhooks for JavaScript: bodies that decode to the same text have the same signature.

    The MAC is over the bytes. Equal texts, by lossy decoding or by normalisation, are different bodies.
    """
    assert b"\xff".decode("utf-8", "replace") == b"\xfe".decode("utf-8", "replace")
    assert rejected(signed(body=b"\xff"), b"\xfe") is Reason.SIGNATURE_MISMATCH
    composed, decomposed = "\xe9".encode(), unicodedata.normalize("NFD", "\xe9").encode()
    assert rejected(signed(body=composed), decomposed) is Reason.SIGNATURE_MISMATCH
    assert rejected(signed(body=b"\xef\xbb\xbf{}"), b"{}") is Reason.SIGNATURE_MISMATCH
    assert rejected(signed(body=b"{}\r\n"), b"{}\n") is Reason.SIGNATURE_MISMATCH


def test_text_or_parsed_body() -> None:
    """stripe-python #570 and many more: a decoded or parsed body is another body than the one signed."""
    for body in (BODY.decode(), {"test": 2432232314}, None, 1, [BODY]):
        with pytest.raises(TypeError, match="raw request body"):
            verifier().verify(body, GOOD)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="raw request body"):
            verifier().begin(GOOD).update(body)  # type: ignore[arg-type]


def test_parse_before_verify() -> None:
    """symfony #65774, stripe-python #577: a body of ``1`` reached the parser before the check.

    What the body holds plays no part in the verdict, only its bytes do.
    """
    for body in (b"1", b"null", b"[", b"{" * 100_000, b"[" * 100_000, b"NaN", b'{"a":1,"a":2}', b""):
        assert accepted(signed(body=body), body).body == body
        assert rejected(GOOD, body) is Reason.SIGNATURE_MISMATCH


# --- Bounded work -------------------------------------------------------------------------------


def test_huge_digit_runs() -> None:
    """int() refuses 5000 digits with ValueError, and takes quadratic time for what it does read."""
    for digits in ("1" * 4300, "1" * 5000, "9" * 1_000_000, "0" * 1_000_000):
        assert rejected(trio(timestamp=digits)) is Reason.UNREADABLE_HEADER
        assert rejected(trio(signature=f"v1,{digits}")) is Reason.SIGNATURE_MISMATCH
        assert rejected(trio(signature=digits)) is Reason.SIGNATURE_MISMATCH
        assert rejected(trio(id=digits)) is Reason.SIGNATURE_MISMATCH
        assert accepted(signed(id=digits)).id == digits


def test_unbounded_hmac_entries(comparers: Callable[[Callable[[Any, Any], bool]], None]) -> None:
    """openai-node #2475: every entry cost one HMAC, so one request could cost thousands.

    Of 10,000 entries 32 are compared for each secret.
    """
    compared: list[object] = []

    def counting(one: object, other: object) -> bool:
        compared.append(other)
        return False

    comparers(counting)
    for secrets in (1, 2, 5):
        compared.clear()
        several = [bytes([100 + n]) * 32 for n in range(secrets)]
        with pytest.raises(SignatureMismatch):
            verifier(several).verify(BODY, listed(*[WRONG] * 10_000))
        assert len(compared) == 32 * secrets


def test_unbounded_ed25519_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for ``v1a``, where an entry costs some 100 microseconds and no work can be shared.

    Of 10,000 entries 8 are verified for each key.
    """
    verified: list[bytes] = []

    def counting_verifier(key: bytes) -> Callable[[bytes, bytes], bool]:
        def signed_by(signature: bytes, message: bytes) -> bool:
            verified.append(signature)
            return False

        return signed_by

    monkeypatch.setattr(asymmetric, "verifier", counting_verifier)
    with pytest.raises(SignatureMismatch):
        verifier(PUBLIC).verify(BODY, listed(*[WRONG_V1A] * 10_000))
    assert len(verified) == 8


@pytest.mark.slow
def test_unbounded_header_names() -> None:
    """What is remembered of header names is bounded: they come from the network.

    Long and odd names, met by the thousand, must not stay in memory.
    """
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(600):
            for name in (f"x-{number}-" + "a" * 10_000, f"\xe9-{number}-" + "\xe9" * 10_000):
                with pytest.raises(MalformedDelivery):
                    verifier().verify(b"", {name: ""})
                with pytest.raises(MalformedDelivery):
                    verifier().verify(b"", [(name.encode(), b"")])
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert kept < 500_000


# --- What leaks ---------------------------------------------------------------------------------

REJECTIONS = [case for case in CASES if isinstance(case.verdict, Rejected)]


@rows("case", REJECTIONS, ids=lambda case: case.name)
def test_cve_2018_1000089_secrets_in_error_reports(case: Case) -> None:
    """CVE-2018-1000089 (django-anymail): the secret stood in the error reports.

    No rejection shows secret, signature, body or right MAC: not in its text, its repr, its
    attributes or its pickle.
    """
    with pytest.raises(RejectedDelivery) as caught:
        Verifier(case.secret, clock=lambda: case.now, **case.options).verify(case.body, case.headers)
    error = caught.value
    shown = f"{error!s} {error!r} {error.args!r} {vars(error)!r} {pickle.dumps(error)!r}"
    for hidden in (SECRET[6:], MAC, MAC[:12], SIGNATURE_V1A[4:16], BODY.decode(), PUBLIC[5:17]):
        assert hidden not in shown


def test_secrets_in_reprs() -> None:
    """The same for what holds the secrets, which a debugger or an error report shows as it is."""
    for holder in (
        Secret(SECRET),
        verifier(),
        verifier([SECRET, PUBLIC]),
        Signer(SECRET),
        verifier().begin(GOOD),
    ):
        for text in (repr(holder), str(holder), f"{holder}"):
            assert SECRET[6:] not in text
            assert PUBLIC[5:] not in text
            assert MAC not in text


def test_distinguishing_error_replies() -> None:
    """corsair #348, symfony #65774: what differs between two refusals tells an attacker how far he came.

    Every wrong signature is refused with the same words, whatever is wrong with it.
    """
    wrong: list[tuple[dict[str, Any], bytes]] = [
        (GOOD, BODY + b" "),
        (trio(id="msg_2"), BODY),
        (listed(WRONG), BODY),
        (listed("garbage"), BODY),
        (listed("v1,"), BODY),
        (listed(f"v1,{MAC[:-1]}"), BODY),
        (listed(SIGNATURE_V1A), BODY),
        (listed(v1(key=OTHER_KEY)), BODY),
    ]
    texts = set()
    for headers, body in wrong:
        with pytest.raises(SignatureMismatch) as caught:
            verifier().verify(body, headers)
        texts.add((str(caught.value), caught.value.status_hint))
    assert len(texts) == 1
