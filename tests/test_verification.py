"""Verification in chunks: its end, its required input, and the key that decides.

The settings of the verifier are in ``test_verifier.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify import (
    Delivery,
    KeyUnavailable,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    Verifier,
)
from webhook_verify.delivery import LAST_SECOND
from webhook_verify.schemes import HeaderScheme, StandardWebhooks

NOW = 1_700_000_000
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "b3RoZXIg" * 4
BODY = b'{"type": "invoice.paid"}'
VERIFIER = Verifier(SECRET, clock=lambda: NOW)


def signed(body: bytes = BODY, secret: Any = SECRET) -> dict[str, str]:
    return Signer(secret).sign(body, id="msg_1", timestamp=NOW)


# --- pieces -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [[], [BODY], [BODY[:3], BODY[3:]]], ids=len)
def test_a_finished_verification_takes_nothing_more(pieces: list[bytes]) -> None:
    verification = VERIFIER.begin(signed(b"".join(pieces)))
    for piece in pieces:
        verification.update(piece)
    verification.finish()

    with pytest.raises(ValueError, match="finished"):
        verification.update(b"more")
    with pytest.raises(ValueError, match="finished"):
        verification.finish()


@pytest.mark.parametrize("sizes", [[11], [10, 1], [5, 5, 1]], ids=str)
@pytest.mark.parametrize("ends", ["update", "finish"])
def test_a_body_over_the_limit_ends_the_verification(sizes: list[int], ends: str) -> None:
    verification = VERIFIER.begin(signed(), max_body_bytes=10)
    for size in sizes[:-1]:
        verification.update(b"x" * size)
    with pytest.raises(MalformedDelivery) as caught:
        getattr(verification, ends)(b"x" * sizes[-1])

    error = caught.value
    assert (error.reason, error.message_id, error.scheme) == (
        Reason.BODY_TOO_LARGE,
        "msg_1",
        "standard-webhooks",
    )
    assert "10" in error.detail
    with pytest.raises(ValueError, match="finished"):
        verification.update(b"x")


@pytest.mark.parametrize("sizes", [[10], [9, 1], [4, 5, 1]], ids=str)
@pytest.mark.parametrize("ends", ["update", "finish"])
def test_a_body_as_large_as_the_limit_is_verified(sizes: list[int], ends: str) -> None:
    verification = VERIFIER.begin(signed(b"x" * 10), max_body_bytes=10)
    for size in sizes[:-1]:
        verification.update(b"x" * size)
    last = b"x" * sizes[-1]
    if ends == "update":
        verification.update(last)
        last = b""
    assert verification.finish(last).body == b"x" * 10


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("cut", [0, 5], ids=["in one", "in two"])
def test_the_body_of_a_delivery_is_bytes(kind: Any, cut: int) -> None:
    verification = VERIFIER.begin(signed())
    piece = bytearray(BODY[:cut])
    verification.update(memoryview(piece) if kind is memoryview else kind(piece))
    piece[:] = bytes(cut)  # the caller's buffer is used again
    delivery = verification.finish(kind(BODY[cut:]))
    assert (type(delivery.body), delivery.body) == (bytes, BODY)


@rows("begun", [b"", b"{", b"{}"], ids=repr)
@rows("piece", ["text", None, 5, [1]], ids=repr)
@rows("takes", ["update", "finish"])
def test_a_piece_that_is_not_bytes_is_a_mistake_of_the_caller(begun: bytes, piece: Any, takes: str) -> None:
    verification = VERIFIER.begin(signed())
    verification.update(begun)
    with pytest.raises(TypeError, match="bytes"):
        getattr(verification, takes)(piece)


@pytest.mark.parametrize("cut", [0, 1, 2], ids=["in one", "in two", "in three"])
def test_the_key_that_matches_names_the_delivery(cut: int) -> None:
    verifier = Verifier([Secret(OTHER, label="other"), Secret(SECRET, label="this")], clock=lambda: NOW)
    verification = verifier.begin(signed())
    for place in range(cut):
        verification.update(BODY[place : place + 1])
    delivery = verification.finish(BODY[cut:])

    assert (delivery.secret_label, delivery.id, delivery.scheme) == ("this", "msg_1", "standard-webhooks")
    assert (delivery.body, delivery.timestamp.timestamp(), delivery.event_type) == (BODY, NOW, "invoice.paid")


@pytest.mark.parametrize("cut", [0, 1, 2], ids=["in one", "in two", "in three"])
def test_a_mismatch_names_the_message_and_the_scheme(cut: int) -> None:
    verification = VERIFIER.begin(signed(secret=OTHER))
    for place in range(cut):
        verification.update(BODY[place : place + 1])
    with pytest.raises(SignatureMismatch) as caught:
        verification.finish(BODY[cut:])

    assert (caught.value.reason, caught.value.message_id, caught.value.scheme) == (
        Reason.SIGNATURE_MISMATCH,
        "msg_1",
        "standard-webhooks",
    )


def test_the_message_id_is_known_before_the_body() -> None:
    assert VERIFIER.begin(signed()).message_id == "msg_1"


# --- keys that are fetched --------------------------------------------------------------------------


class Key:
    """A key that answers as its secret says, and counts how often it is asked."""

    def __init__(self, answer: str, asked: list[str]) -> None:
        self._answer = answer
        self._asked = asked

    def verify(self, *proof: Any) -> bool:
        self._asked.append(self._answer)
        if self._answer == "unavailable":
            raise KeyUnavailable(Reason.KEY_UNAVAILABLE, "the key cannot be fetched")
        return self._answer == "right"

    def accepts(self, signatures: Any) -> bool:
        return True


class Fetching(StandardWebhooks):
    fetches_keys = True

    def __init__(self) -> None:
        super().__init__("fetching", brand="webhook")
        self.asked: list[str] = []

    def verifying_key(self, secret: Secret) -> Any:
        return Key(str(secret.reveal()), self.asked)


@pytest.mark.parametrize(
    ("answers", "asked", "outcome"),
    [
        (["right", "wrong"], ["right"], "secret-1"),
        (["wrong", "right"], ["wrong", "right"], "secret-2"),
        (["right", "right"], ["right"], "secret-1"),
        (["right", "unavailable"], ["right"], "secret-1"),
        (["unavailable", "right"], ["unavailable", "right"], "secret-2"),
        (["unavailable", "wrong"], ["unavailable", "wrong"], Reason.KEY_UNAVAILABLE),
        (["wrong", "unavailable"], ["wrong", "unavailable"], Reason.KEY_UNAVAILABLE),
        (["wrong", "wrong"], ["wrong", "wrong"], Reason.SIGNATURE_MISMATCH),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else str(value),
)
def test_a_key_that_cannot_be_fetched_says_nothing_about_the_others(
    answers: list[str], asked: list[str], outcome: object
) -> None:
    """And once a key has matched, no other is fetched."""
    scheme = Fetching()
    verifier = Verifier(answers, scheme=scheme, clock=lambda: NOW)
    expected = ("msg_1", "fetching", outcome) if isinstance(outcome, Reason) else outcome

    def verdict(judge: Callable[[], Delivery]) -> object:
        scheme.asked.clear()
        try:
            return judge().secret_label
        except RejectedDelivery as rejection:
            return rejection.message_id, rejection.scheme, rejection.reason

    assert verdict(lambda: verifier.verify(BODY, signed())) == expected
    assert scheme.asked == asked
    assert verdict(lambda: verifier.begin(signed()).finish(BODY)) == expected
    assert scheme.asked == asked


def test_only_a_scheme_that_fetches_may_wait() -> None:
    assert Verifier("right", scheme=Fetching(), clock=lambda: NOW).begin(signed()).may_block
    assert not VERIFIER.begin(signed()).may_block
    plain = HeaderScheme("plain", signature_header="x-signature")
    headers = Signer(SECRET, scheme=plain).sign(BODY)
    assert not Verifier(SECRET, scheme=plain).begin(headers).may_block


# --- what a scheme signs ----------------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "seconds"), [("svix", NOW), ("stripe", NOW), ("github", NOW + 9)])
def test_the_timestamp_is_the_signed_one_or_the_second_of_receipt(scheme: str, seconds: int) -> None:
    headers = Signer(SECRET, scheme=scheme).sign(BODY, timestamp=NOW)
    verifier = Verifier(SECRET, scheme=scheme, clock=lambda: NOW + 9.5)
    pieces = verifier.begin(headers)
    pieces.update(BODY[:5])
    for delivery in (
        verifier.verify(BODY, headers),
        verifier.verify_at(BODY, headers, received_at=NOW + 9.5),
        verifier.begin(headers).finish(BODY),
        pieces.finish(BODY[5:]),
    ):
        assert delivery.timestamp.timestamp() == seconds
        assert delivery.scheme == scheme


class Addressed(StandardWebhooks):
    """Reads nothing but a delivery for one URL and method."""

    def parse_headers(self, headers: Any, url: str | None, method: str | None) -> Any:
        if (url, method) != ("https://example.com", "PUT"):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"not for {url} and {method}")
        return super().parse_headers(headers, None, None)


def test_url_and_method_reach_the_scheme() -> None:
    verifier = Verifier(SECRET, scheme=Addressed("addressed", brand="webhook"), clock=lambda: NOW)
    called: Any = {"url": "https://example.com", "method": "PUT"}
    assert verifier.verify(BODY, signed(), **called).id == "msg_1"
    assert verifier.verify_at(BODY, signed(), received_at=NOW, **called).id == "msg_1"
    assert verifier.begin(signed(), **called).finish(BODY).id == "msg_1"


class Dated(StandardWebhooks):
    """The body is the timestamp."""

    parses_body = True
    has_timestamp_in_body = True

    def timestamp_from_body(self, body: bytes) -> int:
        return int(body)


class DatedLater(Dated):
    accept_future_timestamps = True


@pytest.mark.parametrize(
    ("kind", "now", "timestamp", "reason"),
    [
        (Dated, NOW, NOW, None),
        (Dated, NOW + 0.9, NOW - 300, None),
        (Dated, NOW, NOW - 301, Reason.TOO_OLD),
        (Dated, NOW, NOW + 300, None),
        (Dated, NOW, NOW + 301, Reason.TOO_NEW),
        (DatedLater, NOW, NOW + 301, None),
        (DatedLater, NOW, NOW - 300, None),
        (DatedLater, NOW, NOW - 301, Reason.TOO_OLD),
        (Dated, NOW, 0, Reason.UNREADABLE_BODY),
        (DatedLater, NOW, 0, Reason.UNREADABLE_BODY),
        (Dated, LAST_SECOND, LAST_SECOND, None),
        (Dated, LAST_SECOND, LAST_SECOND + 1, Reason.TOO_NEW),
        (DatedLater, LAST_SECOND, LAST_SECOND, None),
        (DatedLater, LAST_SECOND, LAST_SECOND + 1, Reason.TOO_NEW),
    ],
)
def test_a_timestamp_in_the_body_has_the_same_bounds(
    kind: type[Dated], now: float, timestamp: int, reason: Reason | None
) -> None:
    verifier = Verifier(SECRET, scheme=kind("dated", brand="webhook"), clock=lambda: now)
    body = str(timestamp).encode()
    headers = Signer(SECRET).sign(body, id="msg_1", timestamp=NOW - 9_999)
    if reason is None:
        assert verifier.verify(body, headers).timestamp.timestamp() == timestamp
        return
    with pytest.raises(RejectedDelivery) as caught:
        verifier.verify(body, headers)
    error = caught.value
    assert (error.reason, error.message_id, error.scheme) == (reason, "msg_1", "dated")
    assert len(error.detail) > 10


class Typed(StandardWebhooks):
    """Names the type of event in a header."""

    def parse_headers(self, headers: Any, url: str | None, method: str | None) -> Any:
        return *super().parse_headers(headers, url, method)[:5], "invoice.paid"


class TypedPart(Typed):
    signs_id = False


class TypedFetching(Typed):
    fetches_keys = True


@pytest.mark.parametrize("kind", [Typed, TypedPart, TypedFetching])
@pytest.mark.parametrize("cut", [0, 1, 2], ids=["in one", "in two", "in three"])
def test_a_delivery_has_the_event_type_of_its_reading(kind: type[Typed], cut: int) -> None:
    verifier = Verifier(SECRET, scheme=kind("typed", brand="webhook"), clock=lambda: NOW)
    verification = verifier.begin(signed())
    for place in range(cut):
        verification.update(BODY[place : place + 1])
    for delivery in (verification.finish(BODY[cut:]), verifier.verify(BODY, signed())):
        assert (delivery.event_type, delivery.id, delivery.scheme) == ("invoice.paid", "msg_1", "typed")
        assert (delivery.body, delivery.secret_label, delivery.timestamp.timestamp()) == (
            BODY,
            "secret-1",
            NOW,
        )
    with pytest.raises(ValueError, match="finished"):
        verification.finish()
    with pytest.raises(ValueError, match="finished"):
        verification.update(b"more")


class Several(Fetching):
    """Signs two contents. A body is `first|second`."""

    parses_body = True

    def parse_body(self, reading: Any, body: bytes) -> Any:
        first, second = body.split(b"|")
        proofs = ((reading[2], b"<", first, b">"), (reading[2], b"", second, b""))
        return (("msg_2", proofs, body),)


def test_the_digest_of_several_contents_frames_each() -> None:
    """No two lists of contents have one digest, and no new version may change it: replay stores hold it."""
    verifier = Verifier("right", scheme=Several(), clock=lambda: NOW)
    deliveries = {body: verifier.verify(body, signed()) for body in (b"ab|c", b"a|bc")}
    assert deliveries[b"ab|c"].signed_content_digest == hashlib.sha256(b"4:<ab>1:c").digest()
    assert deliveries[b"a|bc"].signed_content_digest == hashlib.sha256(b"3:<a>2:bc").digest()
    assert {delivery.id for delivery in deliveries.values()} == {"msg_2"}


@pytest.mark.parametrize(
    ("received_at", "seconds"),
    [(-5.5, 0), (-0.5, 0), (0, 0), (0.5, 0), (1.5, 1), (LAST_SECOND + 0.5, LAST_SECOND), (1e15, LAST_SECOND)],
)
def test_a_clock_out_of_range_is_the_nearest_second_in_it(received_at: float, seconds: int) -> None:
    headers = Signer(SECRET, scheme="github").sign(BODY)
    delivery = Verifier(SECRET, scheme="github").verify_at(BODY, headers, received_at=received_at)
    assert delivery.timestamp.timestamp() == seconds
