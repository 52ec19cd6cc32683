"""The test helpers with every provider: requests that its scheme accepts, and the contract tests.

Messages that are identified by their body, or by an id in it, must differ between tests. A timestamp or a
signature in the body must be that of the request.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from tests.providers.sample import NOW, Sample
from tests.providers.samples import SAMPLES
from webhook_verify import Delivery, Reason, Receiver, RejectedDelivery, Signer, Verifier, schemes
from webhook_verify.adapters import flask
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.replay.identity import has_identity
from webhook_verify.schemes import HeaderScheme
from webhook_verify.testing import ReceiverContract, signed
from webhook_verify.testing.payloads import dated, fresh

# One of each kind: by what is signed, and by what a message is known.
KNOWN_BY_JSON = [
    "github",  # nothing but the body
    "gitlab-token",  # nothing at all
    "stripe",  # an id in the body
    "line",  # several ids in it
    "hubspot",  # the same, and the address
    "calendly",  # a timestamp, and no id: a retry is another
    "linear",  # a timestamp in the body
    "twitch",  # an id in a header
    "discord",  # a public key
    "mailgun",  # a signature in the body, an id and a timestamp with it
]
# No JSON, or JSON that is written anew where it is signed: so each time another payload.
KNOWN_OTHERWISE = ["adyen", "emporix", "microsoft-graph", "twilio"]

pytestmark = pytest.mark.filterwarnings("ignore::webhook_verify.WeakSecretWarning")


def _signed_content(delivery: Delivery) -> str:
    return delivery.signed_content_digest.hex()


class OfAProvider(ReceiverContract):
    """The suite, over a Flask view that takes the deliveries of one scheme."""

    path = "/hook"
    sample: Sample

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def app(cls) -> None:
        scheme, cls.count = schemes.resolve(cls.sample.scheme), 0
        public_url = "https://example.com" if scheme.signs_url else None
        verifier = Verifier(cls.sample.secret, scheme=scheme)
        own_key = None if has_identity(scheme) else _signed_content
        guard = ReplayGuard(MemoryStore(), trust_unsigned_ids=False)
        receiver = Receiver(verifier, guard, public_url=public_url, idempotency_key=own_key)
        app = Flask(scheme.name)

        @app.post("/hook")
        @flask.webhook(receiver)
        def hook(delivery: Delivery) -> str:
            if cls.fails:
                raise RuntimeError("the handler fails")
            cls.count += 1
            return "ok"

        cls.client, cls.tolerance = app.test_client(), scheme.tolerance
        cls.signer = cls.sample.signer()
        cls.url = "https://example.com/hook" if scheme.signs_url else None
        other = cls.sample.other_secret
        cls.wrong_secret = cls.sample.signing_secret.get(other, other)

    count = 0
    fails = False

    @contextmanager
    def failing(self) -> Iterator[None]:
        type(self).fails = True
        yield
        type(self).fails = False

    def handled(self) -> int:
        return type(self).count


class FromOnePayload(OfAProvider):
    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def one(cls) -> None:
        cls.payload = cls.sample.body(int(time.time()), "msg_1")


class FromAMethod(OfAProvider):
    made = 0

    def payload(self) -> bytes:
        type(self).made += 1
        body = self.sample.body(int(time.time()), f"msg{self.made}")
        if not body.startswith(b"{"):
            return body + b"&Made=%d" % self.made
        return body.replace(b"invoice.paid", b"paid.%d" % self.made)


_IN_MAKE_TEST = {"github", "stripe", "twitch", "mailgun", "emporix"}

for _base, _names in ((FromOnePayload, KNOWN_BY_JSON), (FromAMethod, KNOWN_OTHERWISE)):
    for _name in _names:
        _title = f"Test_{_name.replace('-', '_')}"
        _marks = [] if _name in _IN_MAKE_TEST else [pytest.mark.slow]
        globals()[_title] = type(_title, (_base,), {"sample": SAMPLES[_name], "pytestmark": _marks})


def reason(sample: Sample, body: bytes, headers: object) -> str:
    try:
        sample.verify(sample.verifier(), body, headers)
    except RejectedDelivery as rejected:
        return rejected.reason
    return "verified"


@pytest.mark.parametrize("name", ["adyen", "mailgun", "microsoft-graph"])
def test_a_signature_in_the_body(name: str) -> None:
    sample = SAMPLES[name]
    signer = Signer(sample.secret, scheme=name, clock=lambda: NOW)
    payload = sample.body(NOW, "msg_1")
    request = signed(payload, signer, id="a" * 50)

    assert request.headers == ()
    assert request.body == signer.sign_body(payload, id="a" * 50)
    assert reason(sample, request.body, {}) == "verified"
    assert request.unsigned().body == payload
    assert "msg_1" not in repr(request)
    if schemes.get(name).signs_timestamp:
        assert reason(sample, request.stale().body, {}) == Reason.TOO_OLD
        assert reason(sample, request.future().body, {}) == Reason.TOO_NEW


def test_a_timestamp_in_the_body() -> None:
    sample = SAMPLES["linear"]
    signer = Signer(sample.secret, scheme="linear", clock=lambda: NOW)
    request = signed({"action": "create"}, signer)

    assert request.body == b'{"action":"create","webhookTimestamp":%d}' % (NOW * 1000)
    assert reason(sample, request.body, dict(request.headers)) == "verified"
    stale, future = request.stale(), request.future()
    assert reason(sample, stale.body, dict(stale.headers)) == Reason.TOO_OLD
    assert reason(sample, future.body, dict(future.headers)) == Reason.TOO_NEW


def test_who_signs_in_headers_has_no_body_to_sign() -> None:
    with pytest.raises(ValueError, match="github sends the signature in headers"):
        Signer("0123456789abcdef", scheme="github").sign_body(b"{}")


def row(path: str, *, dates: str = "", unit: str = "s") -> HeaderScheme:
    return HeaderScheme(
        "own", signature_header="x-own", id_in_body=path, timestamp_in_body=dates, timestamp_unit=unit
    )


@pytest.mark.parametrize(
    ("path", "body", "there"),
    [
        ("id", b'{"id":"evt_1","a":1}', True),
        ("id", b"{}", True),
        ("event.id", b'{"event":{"id":7}}', True),
        ("events.*.id", b'{"events":[{"id":"1"},{"id":"2"}]}', True),
        ("*.id", b'[{"id":"1"}]', True),
        ("event.id", b'{"event":"a text"}', False),
        ("ids.*", b'{"ids":["1"]}', False),
        ("id", b"[1]", False),
    ],
)
def test_the_same_payload_as_another_message(path: str, body: bytes, there: bool) -> None:
    scheme = row(path)
    one, other = fresh(body, scheme), fresh(body, scheme)

    assert (scheme.message_id_from_body(one) != scheme.message_id_from_body(other)) is there
    assert one != other
    assert one != body


@pytest.mark.parametrize("body", [b"", b"a=1&b=2", b"\xff"])
def test_what_is_no_json_stays_as_it_is(body: bytes) -> None:
    assert fresh(body, row("id")) == body
    assert dated(body, row("", dates="at"), NOW) == body


def test_a_message_that_a_signed_header_tells_stays_as_it_is() -> None:
    assert fresh(b'{"id":1}', schemes.get("standard-webhooks")) == b'{"id":1}'


@pytest.mark.parametrize(
    ("unit", "body", "written"),
    [
        ("s", b"{}", b'{"at":1790000000}'),
        ("ms", b'{"at":1,"b":2}', b'{"at":1790000000000,"b":2}'),
        ("s", b'{"at":"1"}', b'{"at":"1790000000"}'),
        ("rfc3339", b'{"at":null}', b'{"at":"2026-09-21T14:13:20Z"}'),
        ("s", b'{"at":1} \n', b'{"at":1790000000} \n'),
    ],
)
def test_a_timestamp_is_written_as_the_provider_writes_it(unit: str, body: bytes, written: bytes) -> None:
    assert dated(body, row("", dates="at", unit=unit), NOW) == written
