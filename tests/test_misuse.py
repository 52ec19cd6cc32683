"""Common mistakes and their error messages: each row is from a review."""

from __future__ import annotations

import copy
from base64 import b64decode, b64encode
from typing import Any

import pytest

from tests.signing import NOW, SECRET, VERIFIER
from webhook_verify import (
    AsyncReceiver,
    InvalidSecret,
    MalformedDelivery,
    Reason,
    Receiver,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    Verifier,
    WeakSecretWarning,
)
from webhook_verify.adapters.asgi import WebhookMiddleware
from webhook_verify.receiver import Observer, RequestHead, WebhookResponse

PUBLIC = "1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
DER = bytes.fromhex("302a300506032b6570032100") + b64decode(PUBLIC)
PEM = b"-----BEGIN PUBLIC KEY-----\n" + b64encode(DER) + b"\n-----END PUBLIC KEY-----\n"


def signed(body: bytes = b"{}") -> dict[str, str]:
    return Signer(SECRET).sign(body, id="msg_1", timestamp=NOW)


@pytest.mark.parametrize(
    "public",
    [DER, b64encode(DER).decode(), "whsec_" + b64encode(DER).decode(), b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"],
    ids=["DER", "the text of a PEM alone", "with whsec_", "OpenSSH"],
)
def test_a_public_key_never_becomes_an_hmac_key(public: str | bytes) -> None:
    """Key confusion, facts 4.8: everybody knows it, so everybody could sign."""
    for kind in (Verifier, Signer):
        with pytest.raises(InvalidSecret, match="Ed25519 key"):
            kind(public)


@pytest.mark.parametrize(
    "front", [b"", b"\n\n", b"\xef\xbb\xbf", b"# acme's key\n", b"Bag Attributes\n  x: y\n"]
)
def test_a_pem_in_bytes_is_a_pem_whatever_stands_before_it(front: bytes) -> None:
    with pytest.raises(SignatureMismatch):
        Verifier(front + PEM, clock=lambda: NOW).verify(b"{}", signed())


@pytest.mark.parametrize("zeros", [bytes(24), bytes(64), "whsec_" + "A" * 32], ids=["24", "64", "whsec_AAAA"])
def test_an_all_zero_key_is_a_placeholder(zeros: str | bytes) -> None:
    with pytest.warns(WeakSecretWarning, match="all zeros"):
        Verifier(zeros)


def test_the_error_says_which_of_several_secrets_is_wrong() -> None:
    with pytest.raises(InvalidSecret, match=r"^secret-2: "):
        Verifier([SECRET, "oops!"])
    with pytest.raises(InvalidSecret, match=r"^2026-05: ") as caught:
        Signer([SECRET, Secret("oops!", label="2026-05")])
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "secret",
    [bytearray(32), memoryview(bytes(32)), {SECRET: "label"}, 5, None],
    ids=["bytearray", "memoryview", "dict", "int", "None"],
)
def test_a_secret_of_another_type_is_named(secret: Any) -> None:
    for kind in (Verifier, Signer):
        with pytest.raises(TypeError, match=type(secret).__name__):
            kind(secret)


def test_a_secret_is_immutable_and_can_be_copied_within_the_process() -> None:
    secret = Secret(SECRET, label="2026-11")
    with pytest.raises(AttributeError):
        secret.label = ""  # type: ignore[misc]
    assert copy.copy(secret) is copy.deepcopy(secret) is secret


def test_a_signer_signs_nothing_that_no_verifier_accepts() -> None:
    last = 253_402_300_799
    headers = Signer(SECRET).sign(b"{}", timestamp=last)
    assert VERIFIER.verify_at(b"{}", headers, received_at=last).timestamp.year == 9999
    with pytest.raises(ValueError, match=str(last)):
        Signer(SECRET).sign(b"{}", timestamp=last + 1)


@pytest.mark.parametrize("limit", [0, -1, float("nan")], ids=str)
def test_a_limit_that_limits_nothing_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match="larger than zero"):
        VERIFIER.begin(signed(), max_body_bytes=limit)


def test_empty_pieces_take_no_memory_and_do_not_start_the_mac() -> None:
    verification = VERIFIER.begin(signed(), max_body_bytes=2)
    for piece in (b"", b"{}", b""):
        verification.update(piece)
    assert verification.finish().body == b"{}"


@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
def test_on_reject_is_no_coroutine_function(kind: Any) -> None:
    async def on_reject(error: RejectedDelivery, head: RequestHead) -> None: ...

    with pytest.raises(TypeError, match="coroutine"):
        kind(VERIFIER, on_reject=on_reject)


def test_the_lookup_of_a_blocking_receiver_is_no_coroutine_function() -> None:
    async def lookup(head: RequestHead) -> Verifier:
        return VERIFIER

    AsyncReceiver(lookup)
    with pytest.raises(TypeError, match="coroutine"):
        Receiver(lookup)


def test_on_reject_that_returns_something_else_is_told_so() -> None:
    receiver = Receiver(VERIFIER, on_reject=lambda error, head: 410)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="a WebhookResponse or None, not 'int'"):
        receiver.rejection_response(RejectedDelivery(Reason.TOO_OLD, ""), RequestHead("POST", "/", {}))


def test_on_reject_that_asks_for_an_ambiguous_header_does_not_escape() -> None:
    def on_reject(error: RejectedDelivery, head: RequestHead) -> WebhookResponse | None:
        return WebhookResponse(410) if head.header("x-tenant") else None

    twice = [("x-tenant", "a"), ("x-tenant", "b")]
    answer = Receiver(VERIFIER, on_reject=on_reject).rejection_response(
        RejectedDelivery(Reason.TOO_OLD, ""), RequestHead("POST", "/", twice)
    )
    assert answer.status == 401


def test_the_status_does_not_tell_which_sender_is_known() -> None:
    known = Receiver(lambda head: VERIFIER)
    unknown = Receiver(lambda head: None)
    for receiver in (known, unknown):
        with pytest.raises(MalformedDelivery):
            receiver.begin(RequestHead("POST", "/", {}))
        with pytest.raises(RejectedDelivery) as caught:
            receiver.begin(RequestHead("POST", "/", signed() | {"webhook-signature": "v2,x"}))
        assert caught.value.status_hint == 401


def test_a_body_that_is_too_long_costs_no_lookup() -> None:
    def lookup(head: RequestHead) -> Verifier:
        raise AssertionError("asked for nothing")

    with pytest.raises(MalformedDelivery):
        Receiver(lookup, max_body_bytes=10).begin(RequestHead("POST", "/", signed(), "11"))


@pytest.mark.parametrize("path", [b"/x", None, 5, ["/a", 5], [], "x"], ids=repr)
def test_a_path_that_is_none_is_told(path: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    with pytest.raises((TypeError, ValueError), match="path must be"):
        WebhookMiddleware(app, receiver=AsyncReceiver(VERIFIER), path=path)


class Counter(Observer):
    """An observer that counts, or fails at counting."""

    def __init__(self, error: Exception | None = None) -> None:
        self.seen: list[str] = []
        self.error = error

    def on_verified(self, delivery: Any, head: RequestHead, seconds: float) -> None:
        self._note(f"verified {delivery.id} at {head.path}", seconds)

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        self._note(f"{error.reason} of {error.message_id}", seconds)

    def _note(self, what: str, seconds: float) -> None:
        assert 0 <= seconds < 1
        self.seen.append(what)
        if self.error is not None:
            raise self.error


def served(
    receiver: Receiver, headers: dict[str, str], length: str = "", body: bytes = b"{}"
) -> int | WebhookResponse:
    return receiver.handle_request(RequestHead("POST", "/hook", headers, length), [body], lambda _: 200, int)


def test_an_observer_is_told_of_every_verdict_once() -> None:
    counter = Counter()
    receiver = Receiver(VERIFIER, max_body_bytes=10, observer=counter)
    assert served(receiver, signed()) == 200
    rejected = [({}, "", b""), (signed(), "", b"x"), (signed(), "11", b""), (signed(), "", b"x" * 11)]
    for headers, length, body in rejected:
        assert isinstance(served(receiver, headers, length, body), WebhookResponse)
    assert counter.seen == [
        "verified msg_1 at /hook",
        "missing_header of None",
        "signature_mismatch of msg_1",
        "body_too_large of None",
        "body_too_large of msg_1",
    ]


def test_an_observer_that_fails_costs_no_delivery(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver(VERIFIER, observer=Counter(RuntimeError("the counter is down")))
    assert served(receiver, signed()) == 200
    assert "observer hook on_verified raised an exception" in caplog.text
