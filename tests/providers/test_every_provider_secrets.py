"""More tests for every provider: valid secrets, replays, and no leaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.providers.attacks import (
    GARBAGE,
    PLACES,
    change_signatures,
    outcome,
    scheme_of,
    signature_headers,
    stamps_changed,
)
from tests.providers.every_sample import every_one, of, one_of_each_kind
from tests.providers.sample import NOW, Sample
from tests.rows import rows
from webhook_verify import (
    Delivery,
    InvalidSecret,
    Reason,
    Receiver,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    Verifier,
    WeakSecretWarning,
)
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.replay.identity import has_identity
from webhook_verify.schemes import HeaderScheme

# --- secrets ----------------------------------------------------------------------------------------


@every_one
@rows("maker", [Verifier, Signer])
@rows("empty", ["", " ", "\n", '""', b"", b" ", b"\n"], ids=repr)
def test_an_empty_secret(sample: Sample, maker: Any, empty: str | bytes) -> None:
    for secret in (empty, [empty], [sample.secret, empty], []):
        with pytest.raises(InvalidSecret):
            maker(secret, scheme=sample.scheme)


def takes_text(sample: Sample) -> bool:
    scheme = scheme_of(sample)
    return (
        isinstance(scheme, HeaderScheme)
        and scheme.algorithm.name.startswith("HMAC")
        and scheme.secret_encoding == "text"
        and "verifying_key" not in vars(type(scheme))  # Qiniu's secret has two parts
    )


@of(takes_text)
def test_a_short_text_warns_and_works(sample: Sample) -> None:
    """Providers let their users choose it."""
    with pytest.warns(WeakSecretWarning):
        body, headers = sample.signed("short")
    with pytest.warns(WeakSecretWarning):
        verifier = sample.verifier("short")

    assert isinstance(sample.verify(verifier, body, headers), Delivery)


@of(takes_text)
@rows("public", ["-----BEGIN PUBLIC KEY-----", "ssh-ed25519 AAAA", "whpk_AAAA", b"\0" * 32])
def test_what_everybody_knows_is_no_secret(sample: Sample, public: str | bytes) -> None:
    with pytest.raises(InvalidSecret):
        sample.verifier(public)


def dated(secret: Any, **window: Any) -> Secret:
    return Secret(secret.reveal() if isinstance(secret, Secret) else secret, **window)


@every_one
def test_rotation(sample: Sample) -> None:
    """Two secrets in either order: the one that matched is named."""
    new, old = dated(sample.secret, label="new"), dated(sample.other_secret, label="old")
    for secrets in ([new, old], [old, new]):
        verifier = sample.verifier(secrets)
        assert sample.verify(verifier, *sample.signed()).secret_label == "new"
        assert sample.verify(verifier, *sample.signed(sample.other_secret)).secret_label == "old"


@every_one
def test_an_expired_secret(sample: Sample) -> None:
    now = datetime.fromtimestamp(NOW, UTC)
    expired = dated(sample.secret, label="gone", expires_at=now)
    other = dated(sample.other_secret, label="here")
    last = dated(sample.secret, label="last", expires_at=now + timedelta(seconds=1))
    late = dated(sample.secret, label="late", not_before=now + timedelta(seconds=1))

    assert sample.verify(sample.verifier([other, last]), *sample.signed()).secret_label == "last"
    for secrets in ([expired, other], [other, expired], [late, other]):
        assert isinstance(outcome(sample, *sample.signed(), secret=secrets), SignatureMismatch)
    assert outcome(sample, *sample.signed(), secret=[expired, late]).reason is Reason.NO_SECRET


# --- replay -----------------------------------------------------------------------------------------


with_a_guard = of(lambda sample: not scheme_of(sample).answer_is_data)


def signed_content_of(delivery: Delivery) -> str:
    return delivery.signed_content_digest.hex()


class Endpoint:
    """A receiver with replay protection, and what its handler was given."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample
        guard = ReplayGuard(MemoryStore(), trust_unsigned_ids=False)
        own_key = None if has_identity(scheme_of(sample)) else signed_content_of
        self._receiver = Receiver(
            sample.verifier(), public_url=sample.origin, replay=guard, idempotency_key=own_key
        )
        self.handled: list[Delivery] = []

    def post(self, body: bytes, headers: dict[str, Any]) -> int:
        method = self._sample.method or "POST"
        head = RequestHead(method, "/hook", headers, target=self._sample.target)
        response = self._receiver.handle_request(head, [body], self._handle, lambda answer: answer.status)
        return response.status

    def _handle(self, delivery: Delivery) -> WebhookResponse:
        self.handled.append(delivery)
        return WebhookResponse(204)


@with_a_guard
def test_replay(sample: Sample) -> None:
    """The second time it is answered, and not handled; whatever an attacker changes of what is not signed."""
    endpoint, (body, headers) = Endpoint(sample), sample.signed()

    assert [endpoint.post(body, headers) for _ in range(3)] == [204, 200, 200]
    for changed in unsigned_changes(sample, headers):
        assert endpoint.post(body, changed) in (200, 400, 401, 403)
    assert len(endpoint.handled) == 1


def unsigned_changes(sample: Sample, headers: dict[str, str]) -> Iterator[dict[str, Any]]:
    yield {**headers, "x-request-id": "other", "date": "Sat, 21 Nov 2026 10:00:00 GMT"}
    yield from (change_signatures(sample, headers, case) for case in (str.upper, str.lower))
    yield from stamps_changed(sample)
    for name, value in headers.items():
        for other in ("msg_2", "", None, f"{value},{value}", f" {value} ", f"{value},v1=00", value + "="):
            yield {**headers, name: other}


@with_a_guard
def test_two_messages_are_two(sample: Sample) -> None:
    """Else a replay store could simply answer everything."""
    endpoint = Endpoint(sample)
    first, second = sample.signed(id="msg_1"), sample.signed(id="msg_22")

    assert endpoint.post(*first) == 204
    if first[0] != second[0] or scheme_of(sample).signs_id:
        assert endpoint.post(*second) == 204


# --- leaks ------------------------------------------------------------------------------------------


@one_of_each_kind
def test_nothing_leaks(sample: Sample) -> None:
    """No secret, no signature and no body in what a rejection shows; nor another error behind it."""
    body, headers = sample.signed()
    rejections = [
        outcome(sample, *sample.signed(sample.other_secret)),
        outcome(sample, body[:-1] + b"x", headers),
        outcome(sample, *sample.signed(timestamp=NOW - 86_400)),
        *(outcome(sample, body, change_signatures(sample, headers, change)) for change in PLACES.values()),
        *(outcome(sample, body, {**headers, name: value}) for name in headers for value in GARBAGE),
    ]
    hidden = hidden_parts(sample, body, headers) | hidden_parts(sample, *sample.signed(sample.other_secret))

    refused = [each for each in rejections if isinstance(each, RejectedDelivery)]
    assert refused
    for each in refused:
        shown = f"{each} {each!r} {each.args!r} {vars(each)!r}"
        assert not [part for part in hidden if part in shown]
        assert (each.__context__, each.__cause__) == (None, None)


def hidden_parts(sample: Sample, body: bytes, headers: dict[str, str]) -> set[str]:
    secrets = [str(dated(each).reveal()) for each in (sample.secret, sample.other_secret)]
    # A nonce beside the signature is a message id, which is logged.
    values = [re.sub('nonce="[^"]*"', "", headers[name]) for name in signature_headers(sample)]
    signatures = [part for value in values for part in re.findall(r"[\w+/=-]{20,}", value)]
    return {*secrets, *signatures, body.decode("latin-1")[:40]}
