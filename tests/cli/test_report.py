"""``report``: the file has what a diagnosis needs, and no secret, token, signature or text of the body."""

from __future__ import annotations

import base64
import json
import string
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.test_leaks import SECRETS, configured, leaks, output_of
from tests.effort import examples
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import Signer, schemes
from webhook_verify.cli.recording import RecordedRequest
from webhook_verify.cli.report.reduced_body import reduce_body
from webhook_verify.cli.report.reduced_headers import reduce_headers
from webhook_verify.cli.report.value_shape import filler, same_shape, secret_shape

NOW = 1_790_000_000
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"type": "invoice.paid", "customer": "Zo\\u00eb", "amount": 19.90}'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def record_of(
    body: bytes = BODY, arrived: bytes | None = None, scheme: str = "standard-webhooks", secret: str = SECRET
) -> RecordedRequest:
    url = "https://hooks.acme.example/in/17?token=abcdef123456"
    headers = Signer(secret, scheme=scheme).sign(body, id="msg_1", timestamp=NOW, url=url, method="POST")
    pairs = [*headers.items(), ("authorization", "Bearer abcdef123456"), ("cookie", "id=abcdef123456")]
    return RecordedRequest(pairs, body if arrived is None else arrived, url=url, received_at=NOW)


def reported(record: RecordedRequest, *options: str, scheme: str = "standard-webhooks") -> dict[str, Any]:
    """Return the content of the report."""
    Path("given.json").write_text(json.dumps(record.as_dict()))
    output_of("report", "--from", "given.json", "--scheme", scheme, "--force", "--out", "r.json", *options)
    content: dict[str, Any] = json.loads(Path("r.json").read_text())
    return content


# --- the file ---------------------------------------------------------------------------------------


def test_a_report_has_the_scheme_the_headers_the_shapes_the_versions_and_the_diagnosis() -> None:
    with configured(SECRET):
        report = reported(record_of(arrived=BODY.replace(b": ", b":")))

    assert report["scheme"] == "standard-webhooks"
    assert report["reason"] == "signature_mismatch"
    assert report["diagnosis"]["causes"][0]["cause"] == "body_reserialized"
    assert "fingerprints" not in report["diagnosis"]
    assert dict(report["headers"])["webhook-timestamp"] == str(NOW)
    assert dict(report["headers"])["authorization"] == dict(report["headers"])["cookie"] == "[removed]"
    assert report["body"] == '{"type":"aaaaaaa.aaaa", "customer":"Aa\\u00e9", "amount":99.90}'
    assert report["url"] == "https://xxxxx.xxxx.xxxxxxx/aa/00?aaaaa=aaaaaa000000"
    assert report["secrets"][0]["prefix"] == "whsec_"
    assert {"python", "webhook-verify", "platform"} <= report["versions"].keys()


def test_a_report_is_an_input_of_explain() -> None:
    with configured(SECRET):
        reported(record_of(arrived=b"{}"))
        printed = output_of("explain", "--from", "r.json", "--json")

    assert json.loads(printed)["reason"] == "signature_mismatch"


def test_the_file_is_for_its_owner_and_not_overwritten() -> None:
    Path("given.json").write_text(json.dumps(record_of().as_dict()))
    arguments = ["report", "--from", "given.json", "--out", "r.json"]
    with configured(SECRET):
        assert "Read the file before you send it" in output_of(*arguments)
        assert Path("r.json").stat().st_mode & 0o777 == 0o600
        assert "r.json exists: choose another --out FILE, or pass --force" in output_of(*arguments)
        assert "Wrote r.json" in output_of(*arguments, "--force")


def test_one_delivery_is_reported() -> None:
    line = json.dumps(record_of().as_dict())
    Path("two.jsonl").write_text(f"{line}\n{line}\n")
    with configured(SECRET):
        assert "2 deliveries: select one with --entry N" in output_of("report", "--from", "two.jsonl")
        assert "Wrote" in output_of("report", "--from", "two.jsonl", "--entry", "2")


def test_body_and_signatures_are_kept_if_that_is_wanted() -> None:
    record = record_of()
    signature = dict(record.headers)["webhook-signature"]
    with configured(SECRET):
        kept = reported(record, "--keep-body", "--keep-signatures")
        by_default = reported(record)

    assert (kept["body"], dict(kept["headers"])["webhook-signature"]) == (BODY.decode(), signature)
    assert dict(kept["headers"])["authorization"] == "[removed]"
    assert signature not in json.dumps(by_default)
    assert len(by_default["removed"]) > len(kept["removed"])


def test_a_token_is_never_kept() -> None:
    token = "glpat-Ab3dEf6hIj9kLm2"
    record = RecordedRequest([("x-gitlab-token", token)], b'{"a": "%s"}' % token.encode())
    with configured(token):
        report = reported(record, "--keep-signatures", "--keep-body", scheme="gitlab-token")

    assert leaks(json.dumps(report), token) == []


# --- no secret --------------------------------------------------------------------------------------

VALUES = st.text(string.ascii_letters + string.digits + " -_.@é東", min_size=20, max_size=40).filter(
    lambda text: len({*text}) > 8
)


@given(
    secret=SECRETS.filter(lambda secret: len({*secret}) > 8),  # the shape of AAAAAAAA is AAAAAAAA
    values=st.lists(VALUES, min_size=1, max_size=4),
    scheme=st.sampled_from(["github", "stripe", "slack", "square", "gitlab-token"]),
    is_form=st.booleans(),
    is_changed=st.booleans(),
)
@examples(60)
def test_a_report_contains_no_secret_token_signature_or_text_of_the_body(
    secret: str, values: list[str], scheme: str, is_form: bool, is_changed: bool
) -> None:
    fields = {f"field_{number}": value for number, value in enumerate(values)}
    body = json.dumps({**fields, "secret": secret}).encode()
    if is_form:
        body = urlencode(fields).encode()
    record = record_of(body, body + b"\n" if is_changed else body, scheme, secret)
    headers = [*record.headers, ("x-other", secret), ("x-signature", secret), ("x-first", values[0])]
    record = RecordedRequest(headers, record.body, url=f"{record.url}&{values[0]}", received_at=NOW)
    with configured(secret):
        text = json.dumps(reported(record, scheme=scheme), ensure_ascii=False)

    signatures = [part for value in dict(headers).values() for part in value.replace("=", " ", 1).split()]
    assert leaks(text, secret, *(each for each in signatures if len(each) >= 16)) == []
    assert leaks(text, *values) == []
    assert "abcdef123456" not in text


@rows("scheme", ["adyen", "mailgun", "microsoft-graph"])
def test_a_signature_in_the_body_is_reduced(scheme: str) -> None:
    secret = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
    body, _ = SAMPLES[scheme].signed(secret)
    record = RecordedRequest([], body)
    with configured(secret):
        text = json.dumps(reported(record, scheme=scheme))

    found = [value for value in body.decode().split('"') if len(value) >= 25 and " " not in value]
    assert leaks(text, *found) == []


# --- shapes -----------------------------------------------------------------------------------------


@given(st.text())
def test_a_shape_has_the_length_of_its_text(text: str) -> None:
    assert len(same_shape(text)) == len(text)
    assert same_shape(same_shape(text)) == same_shape(text)


BODIES = {
    b'{"a":1}': b'{"a":9}',
    b'{ "a" : [ 10.50, -1e3, true, null ] }\r\n': b'{ "a" : [ 90.90, -9e1, true, null ] }\r\n',
    b'{"a":"caf\\u00E9 \\/ \\n <b>"}': b'{"a":"aaa\\u00E9 \\/ \\n <a>"}',
    b'{"a":"\\ud83c\\udf89"}': b'{"a":"\\ud83d\\ude00"}',
    '{"a":"Zoë 東 🎉"}'.encode(): '{"a":"Aaé 東 😀"}'.encode(),
    b'{"4f9a8b7c6d5e4f3a2b1c":1}': b'{"0a0a0a0a0a0a0a0a0a0a":9}',
    b'{"a": "cut of': b'{"a": "aaa aa',
    b'{"a": "cut\\': b'{"a": "aaa\\',
    b"{'a': True}": b"{'a': Aaaa}",
    b'\xef\xbb\xbf{"a":1}': b'\xef\xbb\xbf{"a":9}',
    b"a=x+y&b=%C3%A9%2f": b"a=a+a&b=%C3%A9%2f",
    b"<a>Text</a>": b"<a>Aaaa</a>",
    b"\xff\xfeab": b"\xe9\xe9aa",
    b"": b"",
}


@rows(("body", "reduced"), BODIES.items(), ids=map(repr, BODIES))
def test_a_body_keeps_its_keys_and_its_spelling(body: bytes, reduced: bytes) -> None:
    assert reduce_body(body) == reduced
    assert len(reduced) == len(body)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_every_body_has_a_shape(body: bytes) -> None:
    reduce_body(body)


SIGNATURES = {
    "sha256=" + "9f" * 32: "sha256=" + "0a" * 32,
    "t=1700000000,v1=" + "9f" * 32: "t=1700000000,v1=" + "0a" * 32,
    "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=": "v1," + filler("A+" * 21 + "a="),
    "9F" * 20: "0A" * 20,
    "v1,": "v1,",
    "": "",
}


@rows(("value", "reduced"), SIGNATURES.items())
def test_a_signature_keeps_its_form(value: str, reduced: str) -> None:
    for scheme in ("github", "standard-webhooks"):
        result = reduce_headers([("x-hub-signature-256", value)], schemes.get(scheme), False)
        assert result.pairs == [("x-hub-signature-256", reduced)]


SECRET_SHAPES: list[tuple[str | bytes, dict[str, Any]]] = [
    (SECRET, {"prefix": "whsec_", "characters": 32, "alphabet": "base64", "padding": 0, "quoted": False}),
    (
        " 0a1b\n",
        {"characters": 4, "alphabet": "lower-case hex", "whitespace_after": 1},
    ),
    ('"YWJj="', {"characters": 5, "padding": 1, "quoted": True}),
    (b"\0" * 32, {"kind": "bytes", "bytes": 32}),
    ("-----BEGIN PUBLIC KEY-----\n", {"kind": "PEM"}),
]


@rows(("secret", "shape"), SECRET_SHAPES)
def test_a_secret_is_described_by_its_shape(secret: str | bytes, shape: dict[str, Any]) -> None:
    assert secret_shape(secret).items() >= shape.items()


def test_an_unreadable_base64_is_still_a_shape() -> None:
    assert secret_shape(base64.b64encode(b"a").decode())["padding"] == 2
