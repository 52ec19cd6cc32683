"""`Delivery.form`, and `Delivery.json` where a provider sends JSON in a form field."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from tests.signing import NOW, SECRET
from webhook_verify import Delivery, Signer, UnreadableEvent, Verifier
from webhook_verify.form import MAX_FORM_FIELDS, FormFields, decode_percent, is_form, parse_form
from webhook_verify.schemes import HeaderScheme

GITHUB_FORM = json.loads((Path(__file__).parent / "data" / "github-form-body.json").read_text("utf-8"))
KEY = "a secret that is long enough"


def delivered(body: bytes, scheme: Any = "standard-webhooks") -> Delivery:
    secret = SECRET if scheme == "standard-webhooks" else KEY
    headers = Signer(secret, scheme=scheme).sign(body, id="msg_1", timestamp=NOW)
    return Verifier(secret, scheme=scheme, clock=lambda: NOW).verify(body, headers)


def form_of(pairs: list[tuple[str, str]]) -> bytes:
    return urlencode(pairs).encode()


FORMS: dict[bytes, list[tuple[str, str]]] = {
    b"": [],
    b"a=1": [("a", "1")],
    b"a=1&b=2&a=3": [("a", "1"), ("b", "2"), ("a", "3")],
    b"a=": [("a", "")],
    b"a=b=c": [("a", "b=c")],
    b"a+b=c%20d": [("a b", "c d")],
    b"a%5B0%5D=1&b[x]=2": [("a[0]", "1"), ("b[x]", "2")],
    b"q=%C3%A9%F0%9F%98%80": [("q", "é😀")],
    b"q=caf%c3%a9": [("q", "café")],
    b"q=%7B%22a%22%3A1%7D": [("q", '{"a":1}')],
    b"q=1;r=2": [("q", "1;r=2")],
    b"q=%26%3D%25%2B": [("q", "&=%+")],
    b"q=!$'()*,-._~:@/?": [("q", "!$'()*,-._~:@/?")],
    b"q=%00%0A": [("q", "\0\n")],
    b"=1": [("", "1")],
}


def part(name: str, value: str, more: str = "", before: str = "") -> str:
    return f'{before}Content-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


def multipart(*parts: str, boundary: str = "x", end: str = "--\r\n") -> bytes:
    return ("".join(f"--{boundary}\r\n{each}" for each in parts) + f"--{boundary}{end}").encode()


FORMS |= {
    multipart(part("a", "1")): [("a", "1")],
    multipart(part("a", "1"), part("b", "é\r\n--y"), part("a", "")): [
        ("a", "1"),
        ("b", "é\r\n--y"),
        ("a", ""),
    ],
    multipart(part("a", "1"), part("f", "PK\0", '; filename="a.zip"')): [("a", "1")],
    multipart(part("f", "1", "; filename*=UTF-8''a")): [],
    multipart(part("a", "1", before="Content-Type: text/plain\r\n")): [("a", "1")],
    multipart(part("a", "1").replace("Content-Disposition", "content-disposition")): [("a", "1")],
    multipart(part("json", '{"a": 1}'), boundary="-" * 24 + "0123", end="--"): [("json", '{"a": 1}')],
    b"--a=1": [("--a", "1")],
}


@rows(("body", "pairs"), FORMS.items(), ids=map(repr, FORMS))
def test_a_form_is_its_fields_in_order(body: bytes, pairs: list[tuple[str, str]]) -> None:
    form = delivered(body).form()

    assert list(form.pairs) == pairs
    assert form == FormFields(pairs)


NO_FORMS = {
    "JSON": (b'{"a": "b=c"}', "[0]"),
    "a JSON text": (b'"a=b"', "[0]"),
    "XML": (b"<a b=1/>", "[0]"),
    "a name alone": (b"a", "a"),
    "a cut escape": (b"a=1&b=%4", "b"),
    "an escape that is not hex": (b"a=%zz", "a"),
    "an invalid name": (b"a=1&%zz=1", "[1]"),
    "a space": (b"a=b c", "a"),
    "a line break": (b"a=1\n", "a"),
    "raw UTF-8": ("a=é".encode(), "a"),
    "Latin-1 in escapes": (b"x=1&a=caf%E9", "a"),
    "UTF-16": ("a=1".encode("utf-16"), "[0]"),
    "multipart without its end": (multipart(part("a", "1"), end="\r\n"), "[0]"),
    "multipart with a text behind": (multipart(part("a", "1")) + b"more", "[0]"),
    "multipart with a text before": (b"\r\n" + multipart(part("a", "1")), "[0]"),
    "multipart with another boundary": (multipart(part("a", "1")).replace(b"--x--", b"--y--"), "[0]"),
    "multipart with a longer boundary inside": (multipart(part("a", "1\r\n--xy")), "[0]"),
    "multipart without a name": (multipart("Content-Disposition: form-data\r\n\r\n1\r\n"), "[0]"),
    "multipart with a bare name": (multipart(part("a", "1")).replace(b'"a"', b"a"), "[0]"),
    "multipart with an escape in a name": (multipart(part('a\\"b', "1")), "[0]"),
    "multipart with two names": (multipart(part("b", "1", before="X: 1\r\n" + part("a", "")[:-4])), "[0]"),
    "multipart without a header": (multipart("\r\n1\r\n"), "[0]"),
    "multipart with a long header": (multipart(part("a", "1", before=f"X: {'x' * 2_000}\r\n")), "[0]"),
    "multipart with a transfer encoding": (
        multipart(part("a", "MQ==", before="Content-Transfer-Encoding: base64\r\n")),
        "[0]",
    ),
    "multipart in Latin-1": (multipart(part("a", "é")).decode().encode("latin-1"), "[0]"),
    "multipart with line feeds": (multipart(part("a", "1")).replace(b"\r\n", b"\n"), "[0]"),
    "multipart with a long boundary": (multipart(part("a", "1"), boundary="x" * 71), "[0]"),
    "multipart with too many parts": (multipart(*[part("a", "")] * (MAX_FORM_FIELDS + 1)), "[0]"),
}


@rows(("body", "path"), NO_FORMS.values(), ids=NO_FORMS)
def test_anything_else_is_unreadable_with_the_path_of_the_first_fault(body: bytes, path: str) -> None:
    with pytest.raises(UnreadableEvent, match=r"expected name=value .* call delivery\.json\(\)") as caught:
        delivered(body).form()

    assert (caught.value.path, caught.value.status_hint) == (path, 422)
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)


def test_a_form_has_a_limit() -> None:
    most = form_of([("a", "1")] * MAX_FORM_FIELDS)

    assert len(delivered(most).form().pairs) == MAX_FORM_FIELDS
    with pytest.raises(UnreadableEvent, match="at most 1000 fields, received more"):
        delivered(most + b"&a=1").form()
    with pytest.raises(UnreadableEvent, match="at most 1000 fields"):
        delivered(b"&" * 1_000_000).form()


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=20))
def test_a_form_reads_what_urlencode_writes(pairs: list[tuple[str, str]]) -> None:
    pairs = [(name, value) for name, value in pairs if (name + value).isprintable()]

    assert list(delivered(form_of(pairs)).form().pairs) == pairs


@given(st.binary(max_size=60))
def test_every_body_is_a_form_or_unreadable(body: bytes) -> None:
    delivery = delivered(body)
    with suppress(UnreadableEvent):
        assert isinstance(delivery.form(), FormFields)


@given(st.lists(st.sampled_from([*b"%0aFg=\r\n _&+\x00\xff."]), max_size=20).map(bytes))
def test_percent_encoding_is_decoded_as_by_the_standard_library(text: bytes) -> None:
    assert decode_percent(text) == unquote_to_bytes(text)


def test_the_fields_are_a_mapping_of_the_first_values() -> None:
    form = delivered(b"b=2&a=1&b=3").form()

    assert dict(form) == {"b": "2", "a": "1"}
    assert list(form) == ["b", "a"]
    assert (len(form), form["b"], form.get("c"), "a" in form) == (2, "2", None, True)
    assert (form.get_all("b"), form.get_all("c")) == (["2", "3"], [])
    with pytest.raises(KeyError):
        form["c"]
    assert form != FormFields([("a", "1")])
    assert hash(form) == hash(FormFields(form.pairs))
    assert form != {"b": "2", "a": "1"}


def test_the_representation_of_fields_contains_no_part_of_the_body() -> None:
    assert repr(delivered(b"token=secret").form()) == "FormFields(<1 fields>)"


# --- JSON in a form field ---------------------------------------------------------------------------

IN_FIELD = {"zen": "Design for failure.", "type": "é"}


def payload_form(value: object = IN_FIELD, **more: str) -> bytes:
    return form_of([("payload", json.dumps(value)), *more.items()])


def test_the_form_of_github_is_read_as_its_json() -> None:
    body = GITHUB_FORM["body"].encode()
    delivery = Verifier(GITHUB_FORM["secret"], scheme="github").verify(body, GITHUB_FORM["headers"])

    assert delivery.json() == {"zen": "Design for failure.", "hook_id": 1}
    assert delivery.form()["payload"] == delivery.json_body.decode()
    assert (delivery.body, delivery.signed_body) == (body, body)
    assert (delivery.event_type, delivery.event_type_is_signed) == ("ping", False)


OWN = HeaderScheme("own", signature_header="x-sign", json_form_field="event")
ALL_SIGNED = HeaderScheme(
    "all-signed",
    signature_header="x-sign",
    signed_content="{id}.{timestamp}.{body}",
    id_header="x-id",
    timestamp_header="x-time",
    json_form_field="payload",
    event_type_in_body="type",
)


@rows(
    ("scheme", "body", "value"),
    [
        ("github", payload_form(), IN_FIELD),
        ("github", payload_form(other="1"), IN_FIELD),
        ("github", form_of([("other", "1"), ("payload", "[1]")]), [1]),
        ("github", b'{"payload": 1}', {"payload": 1}),
        ("github", b'{"a": "&payload=1"}', {"a": "&payload=1"}),
        ("github", b'"x&payload=1"', "x&payload=1"),
        ("github", b"1", 1),
        ("slack", payload_form(), IN_FIELD),
        (ALL_SIGNED, payload_form(), IN_FIELD),
        (OWN, b"event=true", True),
    ],
)
def test_json_is_that_of_the_field_if_the_body_is_a_form_with_it(
    scheme: Any, body: bytes, value: object
) -> None:
    assert delivered(body, scheme).json() == value


@rows(
    ("scheme", "body", "path", "text"),
    [
        ("github", b"payload=1&payload=2", "payload", "expected one value, received 2: read delivery.form()"),
        ("github", b"payload=%7B", "payload", "the field is not JSON in UTF-8"),
        ("github", b"payload=", "payload", "the field is not JSON in UTF-8"),
        ("github", b"other=1", "", "the body is not JSON in UTF-8, but a form: call delivery.form()"),
        ("github", b'payload={"a":1}', "", "the body is not JSON in UTF-8"),
        ("stripe", payload_form(), "", "the body is not JSON in UTF-8, but a form: call delivery.form()"),
        (OWN, payload_form(), "", "the body is not JSON in UTF-8, but a form: call delivery.form()"),
        ("standard-webhooks", payload_form(), "", "not JSON in UTF-8, but a form: call delivery.form()"),
    ],
)
def test_json_that_is_not_there_is_unreadable(scheme: Any, body: bytes, path: str, text: str) -> None:
    with pytest.raises(UnreadableEvent) as caught:
        delivered(body, scheme).json()

    assert caught.value.path == path
    assert text in caught.value.detail
    assert caught.value.__context__ is None


AS_FORM_PARSERS_READ = {
    b"a=1&b&c=2": [("a", "1"), ("b", ""), ("c", "2")],
    b"a=1&&b=2": [("a", "1"), ("b", "2")],
    b"a=1&": [("a", "1")],
    b"&a=1&&": [("a", "1")],
    b"Flag&a=%C3%A9": [("Flag", ""), ("a", "\xe9")],
    b"=1&a=": [("", "1"), ("a", "")],
}


@rows(("body", "pairs"), AS_FORM_PARSERS_READ.items())
def test_a_field_without_an_equals_sign_has_an_empty_value(body: bytes, pairs: list[tuple[str, str]]) -> None:
    assert [*parse_form(body).pairs] == pairs == parse_qsl(body.decode(), keep_blank_values=True)


@rows("body", [b"a", b"&", b"&&", b"true", b"1", b"[1]", b'{"a":1}', b"a=1&b[&c=%zz", b'a=1&{"b"}'])
def test_a_json_text_is_not_a_form(body: bytes) -> None:
    assert not is_form(body)
