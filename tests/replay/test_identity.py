"""What a message is known by: the table of the documentation, for every kind of sender and every provider.

Each case is a first delivery and a second one. The second is claimed, so that its handler runs, or suppressed
as a duplicate of the first.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import AsyncReceiver, Delivery, Receiver, Secret, Signer, Verifier, open_sealed, schemes
from webhook_verify.delivery import make_delivery
from webhook_verify.http import RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.replay.identity import has_identity
from webhook_verify.schemes import HeaderScheme, Scheme, StandardWebhooks

SECRET = "a secret that is long enough"
CASES = Path(__file__).parents[1] / "data" / "senders"
NOW = 1_785_600_000


def acme(**options: Any) -> HeaderScheme:
    return HeaderScheme("acme", signature_header="x-signature", **options)


DATED: dict[str, Any] = {"timestamp_header": "x-time", "signed_content": "{timestamp}.{body}"}
SIGNED_ID: dict[str, Any] = {
    "id_header": "x-id",
    "timestamp_header": "x-time",
    "signed_content": "{id}.{timestamp}.{body}",
}

# The second deliveries: the id, the time and the body that differ from those of the first.
SAME, NEW_TIME = ("id-1", NOW, b'{"n":1}'), ("id-1", NOW + 8, b'{"n":1}')
OTHER_ID, OTHER = ("id-2", NOW, b'{"n":1}'), ("id-2", NOW, b'{"n":2}')
NO_ID = ("", NOW, b'{"n":1}')
SECONDS = {
    "same id same bytes": SAME,
    "same id new time": NEW_TIME,
    "other id same bytes": OTHER_ID,
    "other id other bytes": OTHER,
}

# For each kind of row: the identity, and the second deliveries that are suppressed.
KINDS: list[tuple[str, Scheme, dict[str, Any], str, set[str]]] = [
    ("signed id", acme(**SIGNED_ID), {}, "signed_id", {"same id same bytes", "same id new time"}),
    ("unsigned id", acme(id_header="x-id"), {}, "unsigned_id", {"same id same bytes", "same id new time"}),
    (
        "unsigned id, signed time",
        acme(id_header="x-id", **DATED),
        {},
        "unsigned_id",
        {"same id same bytes", "same id new time"},
    ),
    (
        "unsigned id that is not trusted",
        acme(id_header="x-id"),
        {"trust_unsigned_ids": False},
        "unsigned_id",
        {"same id same bytes", "same id new time", "other id same bytes"},
    ),
    (
        "unsigned id that is not trusted, signed time",
        acme(id_header="x-id", **DATED),
        {"trust_unsigned_ids": False},
        "unsigned_id",
        {"same id same bytes", "other id same bytes"},
    ),
    (
        "unsigned id that is new for each attempt, unique bodies",
        acme(id_header="x-id", id_on_retry="new", body_is_unique=True),
        {},
        "bytes",
        {"same id same bytes", "same id new time", "other id same bytes"},
    ),
    ("signed time", acme(**DATED), {}, "bytes", {"same id same bytes", "other id same bytes"}),
    (
        "unique bodies",
        acme(body_is_unique=True),
        {},
        "bytes",
        {"same id same bytes", "same id new time", "other id same bytes"},
    ),
]


class Served:
    """A receiver that counts its handler's runs, blocking or asyncio."""

    def __init__(self, kind: Any, scheme: Any, secret: Any = SECRET, **options: Any) -> None:
        guard = ReplayGuard(MemoryStore(), **options.pop("guard", {}))
        self.now = float(NOW)
        verifier = Verifier(secret, scheme=scheme, clock=lambda: self.now)
        self.receiver = kind(verifier, replay=guard, **options)
        self.handled: list[Delivery] = []

    def send(self, headers: dict[str, str], body: bytes, now: float = NOW) -> Any:
        self.now = now
        head = RequestHead("POST", "/hook", headers)
        if isinstance(self.receiver, Receiver):
            return self.receiver.handle_request(head, [body], self._run, int)

        async def run(delivery: Delivery) -> int:
            return self._run(delivery)

        async def chunks() -> Any:
            yield body

        return asyncio.run(self.receiver.handle_request(head, chunks(), run, int))

    def _run(self, delivery: Delivery) -> int:
        self.handled.append(delivery)
        return 200


both = pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])


@both
@rows(("name", "scheme", "guard", "identity", "suppressed"), KINDS, ids=[kind[0] for kind in KINDS])
def test_a_second_delivery_is_claimed_or_suppressed_as_its_row_says(
    kind: Any, name: str, scheme: Scheme, guard: dict[str, Any], identity: str, suppressed: set[str]
) -> None:
    def signed(message_id: str, timestamp: int, body: bytes) -> tuple[dict[str, str], bytes, float]:
        headers = Signer(SECRET, scheme=scheme).sign(body, id=message_id or "id-1", timestamp=timestamp)
        if not message_id:
            del headers["x-id"]
        return headers, body, timestamp

    for second, parts in SECONDS.items():
        served = Served(kind, scheme, guard=guard)
        served.send(*signed(*SAME))
        served.send(*signed(*parts))
        assert served.handled[0].identity == identity
        assert (len(served.handled) == 1) == (second in suppressed), second
    if identity == "unsigned_id":
        served = Served(kind, scheme, guard=guard)
        served.send(*signed(*NO_ID))
        served.send(*signed(*NO_ID))
        assert [each.identity for each in served.handled] == ["bytes"], "a missing id is not an id"


def _provider(name: str) -> tuple[Delivery, Scheme]:
    sample = SAMPLES[name]
    return sample.verify(sample.verifier(), *sample.signed()), schemes.resolve(sample.scheme)


def _seconds(delivery: Delivery, scheme: Scheme) -> Iterator[tuple[str, Delivery]]:
    """Yield second deliveries with the parts of this one, as the verifier makes them."""
    parts: Any = delivery._parts
    message_id, timestamp, body, name, label, event_type = parts[:6]

    def made(changed_id: str, seconds: int, tail: bytes) -> Delivery:
        signed_parts = None
        if len(parts) == 7:
            own, signed_body, before, content, after = parts[6]
            time = b"%d" % seconds if seconds and scheme.signs_timestamp else b""
            signed_parts = own, signed_body + tail, before + time, content + tail, after
        return make_delivery(
            changed_id, timestamp + seconds, body + tail, name, label, event_type, signed_parts
        )

    has_header = bool(message_id)
    yield "same id same bytes", made(message_id, 0, b"")
    yield "same id new time", made(message_id, 8, b"")
    yield "other id same bytes", made("id-2" if has_header else "", 0, b"")
    yield "other id other bytes", made("id-2" if has_header else "", 0, b" ")
    yield "no id", made("", 0, b"")


def test_every_provider_is_known_by_what_its_row_says() -> None:
    """The verdict follows from the row alone: where the id is, whether it is signed, and whether it stays."""
    wrong = []
    for name in SAMPLES:
        try:
            delivery, scheme = _provider(name)
        except ImportError:
            continue
        in_body = scheme.has_id_in_body
        first = ReplayGuard.storage_key("", delivery)
        verdicts = {
            what: first == ReplayGuard.storage_key("", each) for what, each in _seconds(delivery, scheme)
        }
        expected = {"same id same bytes": True}
        if delivery.id_is_signed or (delivery.id and scheme.id_on_retry != "new"):
            expected |= {"same id new time": True}
        else:
            expected |= {"same id new time": not scheme.signs_timestamp}
        if delivery.id and not in_body and scheme.id_on_retry != "new":
            expected |= {"other id same bytes": False, "other id other bytes": False, "no id": False}
        wrong += [f"{name}: {what}" for what, verdict in expected.items() if verdicts[what] != verdict]
    assert wrong == []


def test_a_guard_is_refused_for_exactly_the_providers_without_an_identity() -> None:
    refused = set()
    for name, sample in SAMPLES.items():
        scheme = schemes.resolve(sample.scheme)
        options: dict[str, Any] = {"public_url": "https://example.com"} if scheme.signs_url else {}
        try:
            Receiver(sample.verifier(), replay=ReplayGuard(MemoryStore()), **options)
        except ValueError:
            refused.add(name)
    by_row = {
        name
        for name, sample in SAMPLES.items()
        if schemes.resolve(sample.scheme).answer_is_data or not has_identity(schemes.resolve(sample.scheme))
    }
    assert refused == by_row
    assert {"saleor", "supabase", "meta", "dropbox", "microsoft-graph"} <= refused
    assert refused.isdisjoint(
        {"github", "stripe", "svix", "outpost", "shopify", "standard-webhooks", "slack"}
    )


@both
def test_the_error_names_both_ways_out_and_each_of_them_works(kind: Any) -> None:
    verifier = Verifier(SECRET, scheme=acme())
    with pytest.raises(ValueError, match=r"idempotency_key=.*body_is_unique=True"):
        kind(verifier, replay=ReplayGuard(MemoryStore()))
    kind(verifier, replay=ReplayGuard(MemoryStore()), idempotency_key=lambda delivery: delivery.body.hex())
    kind(Verifier(SECRET, scheme=acme(body_is_unique=True)), replay=ReplayGuard(MemoryStore()))


def test_no_key_helps_where_the_response_is_data() -> None:
    for scheme in (acme(id_header="x-id", answer_is_data=True), schemes.get("ms-teams")):
        verifier = Verifier("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", scheme=scheme)
        with pytest.raises(ValueError, match="uses the response as data"):
            Receiver(verifier, replay=ReplayGuard(MemoryStore()), idempotency_key=lambda delivery: "key")
        Receiver(verifier)


@both
def test_a_verifier_of_a_lookup_is_checked_like_any_other_when_it_is_found(kind: Any) -> None:
    verifier = Verifier(SECRET, scheme=acme(), clock=lambda: NOW)
    headers = Signer(SECRET, scheme=acme()).sign(b"{}")

    def served(**options: Any) -> Any:
        made = Served(kind, acme(), **options)
        guard = ReplayGuard(MemoryStore())
        made.receiver = kind(lambda head: verifier, replay=guard, namespace=lambda head: "acme", **options)
        return made

    with pytest.raises(ValueError, match="idempotency_key="):
        Served(kind, acme())
    own = served(idempotency_key=lambda delivery: "one")
    assert [own.send(headers, b"{}"), own.send(headers, b"{}").status] == [200, 200]
    assert len(own.handled) == 1
    with pytest.raises(ValueError, match="idempotency_key="):
        kind(
            lambda head: verifier, scheme=acme(), replay=ReplayGuard(MemoryStore()), namespace=lambda head: ""
        )
    lookup = Receiver(lambda head: verifier, replay=ReplayGuard(MemoryStore()), namespace=lambda head: "acme")
    with pytest.raises(ValueError, match="idempotency_key="):
        lookup.begin(RequestHead("POST", "/hook", headers))


@rows(
    ("function", "error"),
    [
        (lambda delivery: None, TypeError),
        (lambda delivery: b"key", TypeError),
        (lambda delivery: "", ValueError),
        (lambda delivery: [][1], IndexError),
    ],
)
def test_an_invalid_key_of_the_application_is_an_error_and_nothing_is_claimed(
    function: Any, error: type[Exception]
) -> None:
    served = Served(Receiver, "github", idempotency_key=function)
    with pytest.raises(error):
        served.send(Signer(SECRET, scheme="github").sign(b"{}", id="id-1"), b"{}")
    assert served.handled == []


@rows(
    ("options", "error"),
    [
        ({"idempotency_key": "id"}, TypeError),
        ({"idempotency_key": lambda delivery: "key", "replay": None}, ValueError),
    ],
)
def test_an_invalid_function_is_refused(options: dict[str, Any], error: type[Exception]) -> None:
    arguments = {"replay": ReplayGuard(MemoryStore()), **options}
    with pytest.raises(error, match="idempotency_key"):
        Receiver(Verifier(SECRET, scheme="github"), **arguments)


def test_a_coroutine_function_is_no_idempotency_key() -> None:
    async def key(delivery: Delivery) -> str:
        return delivery.id

    with pytest.raises(TypeError, match="idempotency_key"):
        AsyncReceiver(
            Verifier(SECRET, scheme="github"),
            replay=ReplayGuard(MemoryStore()),
            idempotency_key=key,  # type: ignore[arg-type]
        )


@rows(
    ("options", "error"),
    [
        ({"id_on_retry": "same"}, ValueError),
        ({"body_is_unique": 1}, TypeError),
        ({"answer_is_data": "yes"}, TypeError),
    ],
)
def test_invalid_options_of_a_row_are_refused(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(options))):
        acme(**options)
    with pytest.raises(TypeError, match="trust_unsigned_ids"):
        ReplayGuard(MemoryStore(), trust_unsigned_ids=1)  # type: ignore[arg-type]


@rows("scheme", [acme(id_header="x-id"), acme(id_header="x-id", id_on_retry="new"), acme(**DATED)])
def test_a_seal_keeps_the_identity(scheme: Scheme) -> None:
    headers = Signer(SECRET, scheme=scheme).sign(b"{}", id="id-1", timestamp=NOW)
    delivery = Verifier(SECRET, scheme=scheme, clock=lambda: NOW).verify(b"{}", headers)
    key = "a key of the application"
    opened = open_sealed(delivery.seal(key), key)
    assert (opened.identity, opened.idempotency_key) == (delivery.identity, delivery.idempotency_key)


# --- real senders -----------------------------------------------------------------------------------


def _case(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    return case


def _send_all(served: Served, case: dict[str, Any]) -> int:
    for each in case["deliveries"]:
        served.send(each["headers"], each["body"].encode(), each["clock"])
    return len(served.handled)


@both
@rows(("name", "handled"), [("go-outpost-two-events-same-body", 3), ("go-webhookx-retry-new-time", 1)])
def test_real_senders_lose_nothing_and_their_retries_are_duplicates(
    kind: Any, name: str, handled: int
) -> None:
    case = _case(name)
    row = dict(case["scheme"])
    row["signed_content"] = row.pop("content", "{body}")
    served = Served(kind, HeaderScheme(**row), case["secret"])
    assert _send_all(served, case) == handled


def test_outpost_is_handled_by_its_own_row() -> None:
    case = _case("go-outpost-two-events-same-body")
    assert _send_all(Served(Receiver, "outpost", case["secret"]), case) == 3


def test_supabase_has_no_guard_but_a_sender_like_it_can_be_known_by_an_id_in_the_body() -> None:
    """Each of its three attempts has an id of its own; `metadata.uuid` in the body stays."""
    case = _case("go-supabase-retry-new-id")
    with pytest.raises(ValueError, match="uses the response as data"):
        Served(Receiver, "supabase", case["secret"])
    like_it = StandardWebhooks("like-supabase", brand="webhook", id_on_retry="new")
    secret = Secret(case["secret"].removeprefix("v1,"))
    assert _send_all(Served(Receiver, like_it, secret), case) == 3

    def uuid(delivery: Delivery) -> str:
        return str(delivery.json()["metadata"]["uuid"])

    assert _send_all(Served(Receiver, like_it, secret, idempotency_key=uuid), case) == 1


def test_events_with_equal_bytes_and_no_id_are_not_dropped_silently() -> None:
    """Four events of one body: a guard that would lose three of them is refused."""
    row = HeaderScheme("saleor-hmac", signature_header="saleor-signature", event_type_header="saleor-event")
    with pytest.raises(ValueError, match="the second would be lost"):
        Served(Receiver, row)
    by_type = Served(Receiver, row, idempotency_key=lambda each: f"{each.event_type}:{each.body.hex()}")
    headers = Signer(SECRET, scheme=row).sign(b'[{"id":"T3JkZXI6MQ=="}]')
    for event in ("order_created", "order_paid", "order_updated", "order_updated"):
        by_type.send({**headers, "saleor-event": event}, b'[{"id":"T3JkZXI6MQ=="}]')
    assert [each.event_type for each in by_type.handled] == ["order_created", "order_paid", "order_updated"]
