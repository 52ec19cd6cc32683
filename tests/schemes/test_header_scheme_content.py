"""`HeaderScheme`: the signed content with id, timestamp, URL and body in any order.

The signatures are created with the standard library only. Separate tests check that the ``Signer`` writes
the format that the scheme reads.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.rows import rows
from tests.schemes.own_scheme import BODY, NOW, SECRET, WRONG, mac, own, refused, verify
from webhook_verify import Reason, Secret, SignatureMismatch, Signer, Verifier
from webhook_verify.schemes import HeaderScheme

CONTENTS: dict[str, tuple[str, bytes]] = {
    "the body": ("{body}", BODY),
    "words before": ("v0:{body}", b"v0:" + BODY),
    "words behind": ("{body}.v0", BODY + b".v0"),
    "words in UTF-8": ("é{body}é", "é".encode() + BODY + "é".encode()),
    "braces": ("{{{body}}}", b"{" + BODY + b"}"),
    "braces around a name": ("{{id}}{body}", b"{id}" + BODY),
    "a percent sign": ("%s{body}%", b"%s" + BODY + b"%"),
    "the id": ("{id}.{body}", b"msg_1." + BODY),
    "the timestamp": ("{timestamp}.{body}", b"%d." % NOW + BODY),
    "the timestamp, behind": ("{body}.{timestamp}", BODY + b".%d" % NOW),
    "the timestamp twice": ("{timestamp}{body}{timestamp}", b"%d%b%d" % (NOW, BODY, NOW)),
    "the address": ("{url}{body}", b"https://example.com/a?b={c}" + BODY),
    "all": (
        "{method}{url}{body}{timestamp}:{id}",
        b"POSThttps://example.com/a?b={c}" + BODY + b"%d:msg_1" % NOW,
    ),
}
URL = "https://example.com/a?b={c}"


@pytest.mark.parametrize(("signed_content", "signed"), CONTENTS.values(), ids=CONTENTS)
def test_the_content(signed_content: str, signed: bytes) -> None:
    row = own(signed_content=signed_content, id_header="x-id", timestamp_header="x-time")
    headers = {"x-signature": mac(signed).hex(), "x-id": "msg_1", "x-time": str(NOW)}

    delivery = verify(row, headers, url=URL, method="POST")

    assert delivery.body == BODY
    signer = Signer(SECRET, scheme=row)
    assert signer.sign(BODY, id="msg_1", timestamp=NOW, url=URL, method="POST") == headers
    streamed = Verifier(SECRET, scheme=row, clock=lambda: NOW).begin(headers, URL, "POST")
    for place in range(len(BODY)):
        streamed.update(BODY[place : place + 1])
    assert streamed.finish() == delivery


@pytest.mark.parametrize(
    ("signed_content", "url", "method"),
    [
        *(("{url}{body}", None, method) for method in (None, "POST")),
        *(("{method}{body}", url, None) for url in (None, URL)),
        *(("{method}{url}{body}", *given) for given in ((None, None), (URL, None), (None, "POST"))),
    ],
)
def test_a_receiver_that_does_not_say_its_address_is_told(
    signed_content: str, url: str | None, method: str | None
) -> None:
    """It is the receiver's mistake, and not the sender's."""
    row = own(signed_content=signed_content)
    with pytest.raises(TypeError, match="set public_url= on the receiver"):
        Verifier(SECRET, scheme=row).verify(BODY, {"x-signature": WRONG}, url=url, method=method)
    with pytest.raises(TypeError, match="set public_url= on the receiver"):
        Signer(SECRET, scheme=row).sign(BODY, url=url, method=method)


@pytest.mark.parametrize(
    ("url", "method"), [("https://example.com/A", "POST"), ("https://example.com/a", "PUT")]
)
def test_another_address_is_another_content(url: str, method: str) -> None:
    row = own(signed_content="{method}{url}{body}")
    signed = Signer(SECRET, scheme=row).sign(BODY, url="https://example.com/a", method="POST")
    assert verify(row, signed, url="https://example.com/a", method="POST")
    assert isinstance(refused(row, signed, url=url, method=method), SignatureMismatch)


def test_an_address_that_is_no_text_is_signed_by_nobody() -> None:
    assert isinstance(
        refused(
            own(signed_content="{method}{url}{body}"), {"x-signature": WRONG}, url="\ud800", method="\ud800"
        ),
        SignatureMismatch,
    )


EVENT_TYPES: dict[str, tuple[object, str | None]] = {
    "a text": ("push", "push"),
    "with blanks": ("Push Hook", "Push Hook"),
    "bytes": (b"push", "push"),
    "none": (None, None),
    "empty": ("", None),
    "no ASCII": ("pu\u00e9", None),
    "a line break": ("push\nX", None),
    "an escape": ("\x1b[31m", None),
}


@rows(
    "options",
    [
        {},
        {"id_header": "x-id"},
        {"id_header": "x-id", "signed_content": "{id}{body}"},
        {"timestamp_header": "x-time", "signed_content": "{timestamp}{body}"},
        {"timestamp_header": "x-time", "signed_content": "{body}{timestamp}", "id_header": "x-id"},
        {"signature_field": "v1", "timestamp_field": "t", "signed_content": "{timestamp}.{body}"},
        {"timestamp_in_body": "at"},
    ],
    ids=str,
)
@rows(("value", "told"), EVENT_TYPES.values(), ids=EVENT_TYPES)
def test_the_event_type_is_that_of_the_header_which_nobody_signs(
    options: dict[str, Any], value: object, told: str | None
) -> None:
    row = HeaderScheme("typed", signature_header="x-sign", event_type_header="X-Event", **options)
    body = b'{"at": %d}' % NOW
    headers = Signer("secret of the row", scheme=row).sign(body, id="msg_1", timestamp=NOW)
    verifier = Verifier("secret of the row", scheme=row, clock=lambda: NOW)
    forms: list[Any] = [{**headers, "x-event": value}, [*headers.items(), ("X-EVENT", value)]]
    for all_headers in forms:
        assert verifier.verify(body, all_headers).event_type == told
        assert verifier.begin(all_headers).finish(body).event_type == told
    assert verifier.verify(body, headers).event_type is None


@pytest.mark.parametrize("id", ["", " ", None])
def test_a_signed_id_is_there(id: Any) -> None:
    row = own(signed_content="{id}.{body}", id_header="x-id")
    assert refused(row, {"x-signature": WRONG, "x-id": id}).reason is Reason.MISSING_HEADER


@pytest.mark.parametrize("id", ["é", "a\nb", "\0", "\ud800"])
def test_a_signed_id_is_printable_ascii(id: str) -> None:
    row = own(signed_content="{id}.{body}", id_header="x-id")
    assert refused(row, {"x-signature": WRONG, "x-id": id}).reason is Reason.UNREADABLE_HEADER


FORM = b"amount=1.50&to=bob"
MOVED: dict[str, tuple[str, str, bytes]] = {
    "into the id before it": ("{id}.{body}", "m.amount=1", b"50&to=bob"),
    "into the id behind it": ("{body}.{id}", "50&to=bob.m", b"amount=1"),
    "over a line break": ("{timestamp}:{id} {body}", "m amount=1.50&to=bob", b""),
    "JSON, where nothing parts them": ("{id}{body}", 'm{"a":', b"1}"),
}


@pytest.mark.parametrize(("signed_content", "id", "body"), MOVED.values(), ids=MOVED)
def test_the_border_between_id_and_body_cannot_be_moved(signed_content: str, id: str, body: bytes) -> None:
    """Else whoever has one delivery could make another of it, with an id that nobody has seen."""
    row = own(
        signed_content=signed_content,
        id_header="x-id",
        timestamp_header="x-t" if "{t" in signed_content else "",
    )
    headers = Signer(SECRET, scheme=row).sign(FORM, id="m", timestamp=1)
    assert refused(row, {**headers, "x-id": id}, body).reason is Reason.UNREADABLE_HEADER
    with pytest.raises(ValueError, match=r"^id (contains characters that could belong to|must be printable)"):
        Signer(SECRET, scheme=row).sign(FORM, id=id)


def test_an_id_may_hold_what_parts_it_from_a_timestamp() -> None:
    row = own(signed_content="{id}.{timestamp}.{body}", id_header="x-id", timestamp_header="x-t")
    headers = Signer(SECRET, scheme=row).sign(FORM, id="m.1")
    assert Verifier(SECRET, scheme=row).verify(FORM, headers).id == "m.1"


@pytest.mark.parametrize("id", ["", "a b", "é", "a\n"])
def test_an_id_that_no_header_holds_is_not_signed(id: str) -> None:
    with pytest.raises(ValueError, match="id must be printable ASCII"):
        Signer(SECRET, scheme=own(id_header="x-id")).sign(BODY, id=id)
    with pytest.raises(TypeError, match="id must be a str"):
        Signer(SECRET, scheme=own(id_header="x-id")).sign(BODY, id=5)  # type: ignore[arg-type]


def test_during_a_rotation_there_is_a_signature_of_each_key_if_there_is_room() -> None:
    new, old = "the new secret, and long", "the old secret, and long"
    rooms: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["new"]),
        ({"signature_header": ("x-a", "x-b")}, ["new", "old"]),
        ({"signature_field": "s"}, ["new", "old"]),
    ]
    for options, verified_by in rooms:
        row = own(**options)
        headers = Signer([new, old], scheme=row).sign(BODY)
        by: list[str] = []
        for label, secret in (("new", new), ("old", old)):
            try:
                by.append(verify(row, headers, secret=Secret(secret, label=label)).secret_label)
            except SignatureMismatch:
                assert label == "old"
        assert by == verified_by


@pytest.mark.parametrize("delimiter", [".", ":", "|", "--"])
@pytest.mark.parametrize("sign", '{["<=& ')
def test_an_id_before_a_timestamp_holds_no_beginning_of_a_body_beside_what_parts_them(
    delimiter: str, sign: str
) -> None:
    """A body that holds a later timestamp between two delimiters would pass again then."""
    content = delimiter.join(("{id}", "{timestamp}", "{body}"))
    row = own(id_header="x-id", timestamp_header="x-time", signed_content=content)
    later = NOW + 200
    body = f"{sign}a{delimiter}{later}{delimiter}b".encode()
    signature = mac(delimiter.join(("msg_1", str(NOW), body.decode())).encode()).hex()
    headers = {"x-signature": signature, "x-time": str(NOW), "x-id": "msg_1"}
    assert verify(row, headers, body).id == "msg_1"

    moved = {**headers, "x-time": str(later), "x-id": delimiter.join(("msg_1", str(NOW), f"{sign}a"))}
    assert refused(row, moved, b"b").reason is Reason.UNREADABLE_HEADER
