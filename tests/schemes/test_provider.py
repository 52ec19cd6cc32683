"""What a :class:`HeaderScheme` is: every option, and everything that it refuses when it is made.

Signatures are made here by the standard library alone; that the ``Signer`` writes what the row reads is
tested beside it.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from webhook_verify import (
    Delivery,
    InvalidSecret,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
    schemes,
)
from webhook_verify.handshakes import EndpointCheck
from webhook_verify.keys import TokenKey
from webhook_verify.schemes import HeaderScheme, SchemeDocs
from webhook_verify.schemes.algorithms import ALGORITHMS
from webhook_verify.schemes.encodings import ENCODINGS
from webhook_verify.schemes.json_fields import strings_at
from webhook_verify.schemes.timestamps import UNITS
from webhook_verify.verifier import handshake_signature

NOW = 1_790_000_000
SECRET = "a secret of enough characters"
BODY = b'{"type": "invoice.paid"}'


def own(**options: Any) -> HeaderScheme:
    return HeaderScheme("own", **{"signature_header": "X-Signature", **options})


def mac(content: bytes, digest: str = "sha256", key: bytes = SECRET.encode()) -> bytes:
    return hmac.digest(key, content, digest)


def verify(
    row: HeaderScheme, headers: Any, body: bytes = BODY, secret: Any = SECRET, **request: str
) -> Delivery:
    return Verifier(secret, scheme=row, clock=lambda: NOW).verify(body, headers, **request)


def refused(row: HeaderScheme, headers: Any, body: bytes = BODY, **request: str) -> RejectedDelivery:
    with pytest.raises(RejectedDelivery) as caught:
        verify(row, headers, body, **request)
    return caught.value


# --- the constructor --------------------------------------------------------------------------------

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no header": ({"signature_header": ""}, "signature_header is the name"),
    "no headers": ({"signature_header": ()}, "signature_header is the name"),
    "a blank one of several": ({"signature_header": ("x-a", "")}, "signature_header is the name"),
    "one twice": ({"signature_header": ("x-a", "X-A")}, "signature_header is the name"),
    "an unknown algorithm": ({"algorithm": "md5"}, r"algorithm is one of hmac-sha256, .*; not 'md5'"),
    "an unknown encoding": ({"signature_encoding": "base32"}, r"encoding is one of hex, .*; not 'base32'"),
    "an unknown habit": (
        {"secret_encoding": "rot13"},
        r"secret_encoding is one of text, base64, hex; not 'rot13'",
    ),
    "an unknown unit": ({"timestamp_unit": "us"}, r"timestamp_unit is one of s, ms, rfc3339; not 'us'"),
    "no body": ({"signed_content": "{id}", "id_header": "x-id"}, r"content has \{body\} once"),
    "the body twice": ({"signed_content": "{body}{body}"}, r"content has \{body\} once"),
    "an unknown part": ({"signed_content": "{path}{body}"}, r"content has \{body\} once"),
    "a part's part": ({"signed_content": "{url.host}{body}"}, r"content has \{body\} once"),
    "a nameless part": ({"signed_content": "{}{body}"}, r"content has \{body\} once"),
    "a format": ({"signed_content": "{url:>9}{body}"}, r"content has \{body\} once"),
    "a conversion": ({"signed_content": "{url!r}{body}"}, r"content has \{body\} once"),
    "a conversion of the body": ({"signed_content": "{body!s}"}, r"content has \{body\} once"),
    "a brace": ({"signed_content": "{body}}"}, r"content has \{body\} once"),
    "a header with a blank": (
        {"signature_header": "x signature"},
        "without blanks and colons; not 'x signature'",
    ),
    "a header with its colon": ({"id_header": "x-id:"}, "id_header is the name of a header, .*; not 'x-id:'"),
    "a header of other letters": ({"signature_header": ["x-a", "x-ä"]}, "signature_header is .*; not 'x-ä'"),
    "a timestamp's header with a break": (
        {"timestamp_header": "x-time\n", "signed_content": "{timestamp}{body}"},
        "timestamp_header is the name of a header",
    ),
    "a digit before a timestamp of the future": (
        {"signed_content": "{body}{timestamp}", "timestamp_header": "x-t", "accept_future_timestamps": True},
        "accept_future_timestamps needs something between",
    ),
    "a digit behind it": (
        {"signed_content": "{timestamp}{body}", "timestamp_header": "x-t", "accept_future_timestamps": True},
        "accept_future_timestamps needs something between",
    ),
    "a header for two": ({"id_header": "X-Both", "event_type_header": "x-both"}, "a header has one meaning"),
    "an event type of the signature": ({"event_type_header": "x-signature"}, "a header has one meaning"),
    "an id from nowhere": ({"signed_content": "{id}.{body}"}, r"\{id\}, so id_header must say"),
    "a timestamp from nowhere": ({"signed_content": "{timestamp}.{body}"}, r"content has \{timestamp\}"),
    "a timestamp from two places": (
        {
            "signed_content": "{timestamp}.{body}",
            "timestamp_header": "x-t",
            "timestamp_field": "t",
            "signature_field": "v1",
        },
        r"content has \{timestamp\}: timestamp_header or",
    ),
    "a timestamp from the body that is signed beside it": (
        {"signed_content": "{timestamp}.{body}", "timestamp_header": "x-t", "timestamp_in_body": "t"},
        r"content has \{timestamp\}: timestamp_header or",
    ),
    "a field alone": ({"timestamp_field": "t"}, "signature_field names another"),
    "one field for both": ({"timestamp_field": "t", "signature_field": "t"}, "signature_field names another"),
    "lists in two headers": (
        {"signature_header": ("x-a", "x-b"), "signature_field": "v1"},
        "a list of fields stands in one signature_header",
    ),
    "a prefix of a list": (
        {"signature_prefix": "sha256=", "signature_field": "v1"},
        "without signature_prefix",
    ),
    "no separator": ({"field_separator": "", "signature_field": "v1"}, "separator is what stands between"),
    "a separator that is in fields": (
        {"field_separator": "=", "signature_field": "v1"},
        "separator is what stands",
    ),
    "a signature in text": ({"signature_encoding": "text"}, "encoding text is a token's"),
    "a token in hex": ({"algorithm": "token"}, "a token has no other"),
    "a token that signs": (
        {
            "algorithm": "token",
            "signature_encoding": "text",
            "signed_content": "{id}{body}",
            "id_header": "x-id",
        },
        "a token signs nothing",
    ),
    "a token that signs a time": (
        {"algorithm": "token", "signature_encoding": "text", "timestamp_in_body": "t"},
        "a token signs nothing",
    ),
    "no tolerance": ({"tolerance": 0}, "tolerance is finite and longer than zero"),
    "a tolerance of NaN": ({"tolerance": float("nan")}, "tolerance is finite"),
    "a tolerance without end": ({"tolerance": float("inf")}, "tolerance is finite"),
    "a path with a gap": ({"id_in_body": "a..b"}, "a path has a name"),
    "a path that ends": ({"timestamp_in_body": "a."}, "a path has a name"),
}


@rows(("options", "message"), FAULTS.values(), ids=FAULTS)
def test_what_does_not_fit_together_is_refused_when_it_is_made(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        own(**options)


KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "a header": ({"signature_header": 5}, "signature_header is the name of a header, a str"),
    "headers": ({"signature_header": ["x-a", None]}, "signature_header is the name of a header, a str"),
    "a header in bytes": ({"signature_header": b"x-a"}, "signature_header is the name of a header, a str"),
    "an id's header": ({"id_header": None}, "id_header is a str, not NoneType"),
    "content": ({"signed_content": b"{body}"}, "signed_content is a str, not bytes"),
    "a tolerance": ({"tolerance": timedelta(minutes=5)}, "tolerance is a number of seconds, not timedelta"),
    "a tolerance in text": ({"tolerance": "300"}, "tolerance is a number of seconds, not str"),
    "a tolerance that is true": ({"tolerance": True}, "tolerance is a number of seconds, not bool"),
    "a handshake's name": ({"handshake": "slack"}, r"handshake is a Handshake, such as .*, not str"),
    "a handshake's class": (
        {"handshake": EndpointCheck},
        r"handshake is a Handshake, such as .*, not type",
    ),
}


@pytest.mark.parametrize(("options", "message"), KINDS.values(), ids=KINDS)
def test_what_is_of_another_kind_is_refused_when_it_is_made(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        own(**options)


@pytest.mark.parametrize("name", ["", " "])
def test_a_provider_has_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="a provider has a name"):
        HeaderScheme(name, signature_header="x-signature")


def test_a_row_says_what_it_signs() -> None:
    told = {
        "nothing but the body": (own(), (False, False, True, False, False)),
        "a token": (own(algorithm="token", signature_encoding="text"), (False, False, False, False, False)),
        "an id": (own(signed_content="{id}{body}", id_header="x-id"), (True, False, True, False, False)),
        "a timestamp": (
            own(signed_content="{timestamp}{body}", timestamp_header="x-t"),
            (False, True, True, False, False),
        ),
        "a timestamp in the body": (own(timestamp_in_body="t"), (False, True, True, False, True)),
        "the address": (own(signed_content="{url}{body}"), (False, False, True, True, False)),
        "the method": (own(signed_content="{method}{body}"), (False, False, True, True, False)),
        "an id that is not signed": (own(id_header="x-id"), (False, False, True, False, False)),
        "a timestamp that is not signed": (own(timestamp_header="x-t"), (False, False, True, False, False)),
    }
    for what, (row, expected) in told.items():
        signs = row.signs_id, row.signs_timestamp, row.signs_body, row.signs_url, row.parses_body
        assert signs == expected, what


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ("x-signature",)),
        ({"signature_header": ("X-A", "X-B")}, ("x-a", "x-b")),
        ({"id_header": "X-Id"}, ("x-signature", "x-id")),
        ({"timestamp_header": "X-T"}, ("x-signature",)),  # it is not signed, so it is not read
        ({"timestamp_header": "X-T", "signed_content": "{timestamp}{body}"}, ("x-signature", "x-t")),
    ],
)
def test_a_row_names_the_headers_that_it_reads(options: dict[str, Any], names: tuple[str, ...]) -> None:
    assert own(**options).header_names == names


def test_a_row_has_what_its_page_says() -> None:
    texts = {"secret_from": "the settings", "url": "https://own.example", "notes": "None."}
    row = own(docs=SchemeDocs(title="Own", **texts))
    told = (row.name, row.docs.title, row.docs.secret_from, row.docs.url, row.docs.notes)
    assert told == ("own", "Own", "the settings", "https://own.example", "None.")
    assert own().docs.title == "own"
    assert own(docs=SchemeDocs(**texts)).docs.title == "own"
    assert own(docs=SchemeDocs(**texts)).docs.secret_from == "the settings"
    assert repr(row) == "<scheme own>"


def test_the_texts_of_a_page_are_frozen_and_can_be_copied() -> None:
    docs = SchemeDocs(title="Own", secret_from="the settings", url="https://own.example", notes="None.")
    with pytest.raises(AttributeError, match="frozen"):
        docs.title = "Other"
    copied = deepcopy(docs)
    assert (copied.title, copied.secret_from) == ("Own", "the settings")
    assert (copied.url, copied.notes) == ("https://own.example", "None.")
    assert repr(docs) == "SchemeDocs(title='Own')"


def test_the_texts_of_a_page_are_a_value_of_their_own() -> None:
    with pytest.raises(TypeError, match="docs must be a SchemeDocs, not 'str'"):
        own(docs="Own")


def test_a_row_has_its_tolerance_and_handshake() -> None:
    check = EndpointCheck("HEAD")
    row = own(tolerance=60, accept_future_timestamps=True, handshake=check)
    assert (row.tolerance, row.accept_future_timestamps, row.handshake) == (60, True, check)
    assert Verifier(SECRET, scheme=row).tolerance == 60


# --- the signature's header -------------------------------------------------------------------------


@pytest.mark.parametrize("digest", ["sha256", "sha1", "sha512"])
def test_algorithms(digest: str) -> None:
    row = own(algorithm=f"hmac-{digest}")
    assert verify(row, {"x-signature": mac(BODY, digest).hex()}).body == BODY
    others = {"sha256", "sha1", "sha512"} - {digest}
    for other in others:
        assert refused(row, {"x-signature": mac(BODY, other).hex()}).reason is Reason.SIGNATURE_MISMATCH


def test_a_prefix_is_needed_and_compared_exactly() -> None:
    row, right = own(signature_prefix="sha256="), mac(BODY).hex()
    assert verify(row, {"x-signature": f"sha256={right}"})
    for wrong in (right, f"SHA256={right}", f"sha1={right}", f" sha256={right}", f"sha256= {right}"):
        assert isinstance(refused(row, {"x-signature": wrong}), SignatureMismatch)


def test_of_several_headers_one_right_signature_is_enough() -> None:
    row, right = own(signature_header=("x-new", "x-old")), mac(BODY).hex()
    assert verify(row, {"x-new": right})
    assert verify(row, {"x-old": right})
    assert verify(row, {"x-new": "garbage", "x-old": right})
    assert verify(row, {"x-new": " ", "x-old": right})
    assert isinstance(refused(row, {"x-new": "garbage", "x-old": "more"}), SignatureMismatch)
    assert refused(row, {"x-new": "", "x-old": " "}).reason is Reason.MISSING_HEADER


LIST = {"signature_field": "v1", "timestamp_field": "t", "signed_content": "{timestamp}.{body}"}
RIGHT = mac(b"%d." % NOW + BODY).hex()
WRONG = "0" * 64


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(f"t={NOW},v1={RIGHT}", id="plain"),
        pytest.param(f"v1={RIGHT},t={NOW}", id="in another order"),
        pytest.param(f"t={NOW}, v1={RIGHT}", id="with blanks"),
        pytest.param(f" t={NOW} ,v1={RIGHT} ", id="with blanks around"),
        pytest.param(f"t={NOW},v1={WRONG},v1={RIGHT}", id="several, the last is right"),
        pytest.param(f"t={NOW},v1={RIGHT},v1={WRONG}", id="several, the first is right"),
        pytest.param(f"t={NOW},v0={WRONG},v1={RIGHT},v2=x", id="of other versions"),
        pytest.param(f"t={NOW},v1={RIGHT},t={NOW}", id="an equal timestamp twice"),
        pytest.param(f",,=,=a,=b,v1,v1=,t={NOW},v1={RIGHT},x,", id="garbage between"),
        pytest.param(f"t={NOW},v1={RIGHT.upper()}", id="in upper case"),
        pytest.param(f"t={NOW}," + "x=1," * 30 + f"v1={RIGHT}", id="the 32nd field"),
    ],
)
def test_a_list_of_fields(header: str) -> None:
    assert verify(own(**LIST), {"x-signature": header}).timestamp.timestamp() == NOW


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        pytest.param("", Reason.MISSING_HEADER, id="empty"),
        pytest.param(" ", Reason.MISSING_HEADER, id="blank"),
        pytest.param(f"v1={RIGHT}", Reason.MISSING_HEADER, id="no timestamp"),
        pytest.param(f"t=,v1={RIGHT}", Reason.MISSING_HEADER, id="an empty timestamp"),
        pytest.param(f"t= ,v1={RIGHT}", Reason.MISSING_HEADER, id="a blank timestamp"),
        pytest.param(f"t=now,v1={RIGHT}", Reason.UNREADABLE_HEADER, id="no number"),
        pytest.param(f"t={NOW}=1,v1={RIGHT}", Reason.UNREADABLE_HEADER, id="an equals sign in it"),
        pytest.param(f"t={NOW},v1={RIGHT},t={NOW + 1}", Reason.DUPLICATE_HEADER, id="two timestamps"),
        pytest.param(f"t={NOW}", Reason.SIGNATURE_MISMATCH, id="no signature"),
        pytest.param(f"t={NOW},v0={RIGHT}", Reason.SIGNATURE_MISMATCH, id="another version"),
        pytest.param(f"t={NOW},V1={RIGHT}", Reason.SIGNATURE_MISMATCH, id="the version in upper case"),
        pytest.param(f"t={NOW};v1={RIGHT}", Reason.UNREADABLE_HEADER, id="another separator"),
        pytest.param(f"t={NOW},v1= {RIGHT}", Reason.SIGNATURE_MISMATCH, id="a blank in it"),
        pytest.param(f"t={NOW},\tv1={RIGHT}", Reason.SIGNATURE_MISMATCH, id="a tab"),
        pytest.param(f"t={NOW + 1},v1={RIGHT}", Reason.SIGNATURE_MISMATCH, id="another timestamp"),
        pytest.param(
            f"t={NOW}," + "x=1," * 31 + f"v1={RIGHT}", Reason.SIGNATURE_MISMATCH, id="the 33rd field"
        ),
    ],
)
def test_no_list_of_fields(header: str, reason: Reason) -> None:
    assert refused(own(**LIST), {"x-signature": header}).reason is reason


def test_another_separator() -> None:
    row = own(**LIST, field_separator=";")
    assert verify(row, {"x-signature": f"t={NOW};v1={RIGHT}"})
    assert Signer(SECRET, scheme=row).sign(BODY, timestamp=NOW) == {"x-signature": f"t={NOW};v1={RIGHT}"}


def test_fields_without_a_name_are_skipped_where_there_is_no_timestamp() -> None:
    assert verify(own(signature_field="v1"), {"x-signature": f"=a,=b,v1={mac(BODY).hex()},=c"})


def test_one_mac_however_many_entries() -> None:
    """The list is bounded, and the work as well."""
    header = f"t={NOW}," + ",".join([f"v1={WRONG}"] * 10_000)
    reading = own(**LIST).parse_headers({"x-signature": header}, None, None)
    assert len(reading[2]) == 31


# --- encodings --------------------------------------------------------------------------------------

OCTETS = bytes(range(224, 256))
CANONICAL = b64encode(OCTETS).decode()
URL_SAFE = urlsafe_b64encode(OCTETS).decode().rstrip("=")

READ: dict[str, tuple[str, str, str]] = {
    "hex": ("hex", OCTETS.hex(), CANONICAL),
    "hex, upper case": ("hex", OCTETS.hex().upper(), CANONICAL),
    "hex, mixed case": ("hex", OCTETS.hex().title(), CANONICAL),
    "hex, short": ("hex", OCTETS.hex()[:-2], ""),
    "hex, odd": ("hex", OCTETS.hex()[:-1], ""),
    "hex, long": ("hex", OCTETS.hex() + "00", ""),
    "hex, a blank": ("hex", " " + OCTETS.hex()[1:], ""),
    "hex, blanks between": ("hex", "e0 " * 21 + "e", ""),
    "hex, no digit": ("hex", "g" * 64, ""),
    "hex, other digits": ("hex", "\u0660" * 64, ""),
    "hex, a surrogate": ("hex", "\ud800" * 64, ""),
    "hex, nothing": ("hex", "", ""),
    "base64": ("base64", CANONICAL, CANONICAL),
    "base64, no padding": ("base64", CANONICAL.rstrip("="), ""),
    "base64, more padding": ("base64", CANONICAL + "=", ""),
    "base64, other letters": ("base64", "é" * 44, ""),
    "base64url": ("base64url", URL_SAFE, CANONICAL),
    "base64url, padding": ("base64url", URL_SAFE + "=", ""),
    "base64url, other letters": ("base64url", "é" * 43, ""),
    "text": ("text", "a token", "a token"),
    "text, other letters": ("text", "é", ""),
    "text, endless": ("text", "x" * 2_001, ""),
}


@pytest.mark.parametrize(("encoding", "text", "canonical"), READ.values(), ids=READ)
def test_what_an_encoding_reads(encoding: str, text: str, canonical: str) -> None:
    assert ENCODINGS[encoding][0](text, 0 if encoding == "text" else 32) == canonical


def test_the_alphabets_of_base64_are_not_mixed() -> None:
    bodies = (b"%d" % number for number in range(1_000))
    body = next(each for each in bodies if set("+/") <= set(b64encode(mac(each)).decode()))
    standard = b64encode(mac(body)).decode()
    safe = urlsafe_b64encode(mac(body)).decode()

    assert verify(own(signature_encoding="base64"), {"x-signature": standard}, body)
    assert verify(own(signature_encoding="base64url"), {"x-signature": safe.rstrip("=")}, body)
    for encoding, other in (("base64", safe), ("base64url", standard.rstrip("="))):
        assert isinstance(
            refused(own(signature_encoding=encoding), {"x-signature": other}, body), SignatureMismatch
        )


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["hex", "base64", "base64url"]))
def test_an_encoding_reads_what_it_writes(octets: bytes, encoding: str) -> None:
    read, write, _ = ENCODINGS[encoding]
    canonical = b64encode(octets).decode()
    assert read(write(canonical), 32) == canonical


@given(st.text(max_size=70), st.sampled_from(list(ENCODINGS)), st.sampled_from([0, 20, 32]))
def test_an_encoding_raises_nothing(text: str, encoding: str, size: int) -> None:
    assert ENCODINGS[encoding][0](text, size).isascii()


@pytest.mark.parametrize("size", [0, 32])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_encoding_bounds_its_work(encoding: str, size: int) -> None:
    assert ENCODINGS[encoding][0]("0" * 1_000_000, size) == ""


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("hex", mac(BODY).hex()),
        ("base64", b64encode(mac(BODY)).decode()),
        ("base64url", urlsafe_b64encode(mac(BODY)).decode().rstrip("=")),
    ],
)
def test_a_signature_in_each_encoding(encoding: str, written: str) -> None:
    row = own(signature_encoding=encoding)
    assert verify(row, {"x-signature": written}).secret_label == "secret-1"
    assert Signer(SECRET, scheme=row).sign(BODY) == {"x-signature": written}


# --- secrets ----------------------------------------------------------------------------------------

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("habit", "secret", "key"),
    [
        pytest.param("text", "whsec_abcdefghijkl", b"whsec_abcdefghijkl", id="text with its prefix"),
        pytest.param("text", "ein Schlüssel, geheim", "ein Schlüssel, geheim".encode(), id="text in UTF-8"),
        pytest.param("text", KEY, KEY, id="bytes"),
        pytest.param("base64", b64encode(KEY).decode(), KEY, id="base64"),
        pytest.param("base64", b64encode(KEY).decode().rstrip("="), KEY, id="base64 without padding"),
        pytest.param("base64", KEY, KEY, id="bytes, not base64"),
        pytest.param("hex", KEY.hex(), KEY, id="hex"),
        pytest.param("hex", KEY.hex().upper(), KEY, id="hex in upper case"),
    ],
)
def test_what_the_text_of_a_secret_means(habit: str, secret: str | bytes, key: bytes) -> None:
    row = own(secret_encoding=habit)
    signed = {"x-signature": mac(BODY, key=key).hex()}
    assert verify(row, signed, secret=secret)
    assert Signer(secret, scheme=row).sign(BODY) == signed


@rows(
    ("habit", "secret"),
    [
        *(("base64", text) for text in ("====", "not base64!", "a", "whsec_" + b64encode(KEY).decode())),
        *(("hex", text) for text in ("0", "0g" * 16, "00 11 22 33", "0x" + KEY.hex(), "\u0660" * 32)),
        *((habit, text) for habit in ("text", "base64", "hex") for text in ("", " ", b"", b"\0" * 16)),
        *(("text", text) for text in ("-----BEGIN PUBLIC KEY-----\nMIIB", "ssh-rsa AAAA", "whpk_AAAA")),
        ("hex", "00" * 32),
        ("base64", b64encode(bytes(32)).decode()),
    ],
)
def test_no_secret(habit: str, secret: str | bytes) -> None:
    for maker in (Verifier, Signer):
        with pytest.raises(InvalidSecret) as caught:
            maker(secret, scheme=own(secret_encoding=habit))
        assert len(secret) < 4 or str(secret) not in str(caught.value)


# --- timestamps -------------------------------------------------------------------------------------

TIMES: dict[str, tuple[str, str, int]] = {
    "s": ("s", "1790000000", 1_790_000_000),
    "s, the least": ("s", "1", 1),
    "s, the most": ("s", "999999999999", 999_999_999_999),
    "s, too many digits": ("s", "1000000000000", 0),
    "s, nought": ("s", "0", 0),
    "s, a nought in front": ("s", "01", 0),
    "s, a sign": ("s", "+1", 0),
    "s, minus": ("s", "-1", 0),
    "s, a fraction": ("s", "1.0", 0),
    "s, a blank": ("s", " 1", 0),
    "s, a line's end": ("s", "1\n", 0),
    "s, an underscore": ("s", "1_0", 0),
    "s, other digits": ("s", "\u0661", 0),
    "s, an exponent": ("s", "1e9", 0),
    "s, nothing": ("s", "", 0),
    "ms": ("ms", "1790000000999", 1_790_000_000),
    "ms, the first second": ("ms", "999", 0),
    "ms, the least": ("ms", "1000", 1),
    "ms, the most": ("ms", "999999999999999", 999_999_999_999),
    "ms, too many digits": ("ms", "1000000000000000", 0),
    "ms, a fraction": ("ms", "1790000000999.5", 0),
    "rfc3339": ("rfc3339", "2026-09-21T14:13:20Z", 1_790_000_000),
    "rfc3339, a fraction": ("rfc3339", "2026-09-21T14:13:20.9Z", 1_790_000_000),
    "rfc3339, nine digits": ("rfc3339", "2026-09-21T14:13:20.999999999Z", 1_790_000_000),
    "rfc3339, ten digits": ("rfc3339", "2026-09-21T14:13:20.9999999999Z", 0),
    "rfc3339, no digits": ("rfc3339", "2026-09-21T14:13:20.Z", 0),
    "rfc3339, a zone": ("rfc3339", "2026-09-21T16:13:20+02:00", 1_790_000_000),
    "rfc3339, a zone in the west": ("rfc3339", "2026-09-21T09:43:20-04:30", 1_790_000_000),
    "rfc3339, an unknown zone": ("rfc3339", "2026-09-21T14:13:20-00:00", 1_790_000_000),
    "rfc3339, no zone": ("rfc3339", "2026-09-21T14:13:20", 0),
    "rfc3339, a zone of a day": ("rfc3339", "2026-09-21T14:13:20+24:00", 0),
    "rfc3339, a zone of 60 minutes": ("rfc3339", "2026-09-21T14:13:20+00:60", 0),
    "rfc3339, a zone without colon": ("rfc3339", "2026-09-21T16:13:20+0200", 0),
    "rfc3339, the hour 24": ("rfc3339", "2026-09-21T24:00:00Z", 0),
    "rfc3339, small letters": ("rfc3339", "2026-09-21t14:13:20z", 0),
    "rfc3339, a blank": ("rfc3339", "2026-09-21 14:13:20Z", 0),
    "rfc3339, a week": ("rfc3339", "2026-W39-1T14:13:20Z", 0),
    "rfc3339, no day": ("rfc3339", "2026-02-30T14:13:20Z", 0),
    "rfc3339, other digits": ("rfc3339", "2026-09-21T14:13:2\u0660Z", 0),
    "rfc3339, before 1970": ("rfc3339", "1969-12-31T23:59:59Z", 0),
    "rfc3339, the year 1": ("rfc3339", "0001-01-01T00:00:00+23:59", 0),
    "rfc3339, a letter behind": ("rfc3339", "2026-09-21T14:13:20Zx", 0),
    "rfc3339, nothing": ("rfc3339", "", 0),
}


@rows(("unit", "text", "seconds"), TIMES.values(), ids=TIMES)
def test_the_grammar_of_timestamps(unit: str, text: str, seconds: int) -> None:
    assert UNITS[unit][0](text) == seconds


@given(st.integers(1, 253_402_300_799), st.sampled_from(list(UNITS)))
def test_a_unit_reads_what_it_writes(seconds: int, unit: str) -> None:
    read, write, _ = UNITS[unit]
    assert read(write(seconds)) == seconds


@given(st.text(max_size=40), st.sampled_from(list(UNITS)))
def test_a_unit_raises_nothing(text: str, unit: str) -> None:
    assert UNITS[unit][0](text) >= 0


@pytest.mark.parametrize("unit", UNITS)
def test_a_timestamp_in_a_header_is_signed_as_it_was_received(unit: str) -> None:
    row = own(signed_content="{timestamp}.{body}", timestamp_header="X-Time", timestamp_unit=unit)
    text = UNITS[unit][1](NOW)
    signed = {"x-signature": mac(text.encode() + b"." + BODY).hex(), "x-time": text}
    assert verify(row, signed).timestamp.timestamp() == NOW
    assert Signer(SECRET, scheme=row).sign(BODY, timestamp=NOW) == signed


def test_a_timestamp_that_is_not_signed_is_sent_and_not_read() -> None:
    row = own(timestamp_header="x-time")
    signed = Signer(SECRET, scheme=row).sign(BODY, timestamp=NOW)
    assert signed["x-time"] == str(NOW)
    for stamp in ("1", "garbage", "", None, ["a", "b"]):
        delivery = verify(row, {**signed, "x-time": stamp})
        assert (delivery.timestamp_is_signed, delivery.timestamp.timestamp()) == (False, NOW)


NO_TIMES: list[Any] = [None, "now", True, 1.5, [], {}, -1, 10**400]
STAMPED = {"timestamp_in_body": "meta.at", "timestamp_unit": "ms"}


@pytest.mark.parametrize(
    ("at", "error", "reason"),
    [
        (1000 * NOW, None, None),
        (str(1000 * NOW), None, None),
        (1000 * (NOW - 300), None, None),
        (1000 * (NOW - 301), TimestampOutsideTolerance, Reason.TOO_OLD),
        (1000 * (NOW + 301), TimestampOutsideTolerance, Reason.TOO_NEW),
        (999_999_999_999_999, TimestampOutsideTolerance, Reason.TOO_NEW),
        *((odd, MalformedDelivery, Reason.UNREADABLE_BODY) for odd in NO_TIMES),
    ],
)
def test_a_timestamp_in_the_body(at: Any, error: Any, reason: Any) -> None:
    """It is looked at when the signature is right, and no earlier."""
    body = json.dumps({"meta": {"at": at}}).encode()
    headers = {"x-signature": mac(body).hex()}
    row = own(**STAMPED)
    if error is None:
        assert verify(row, headers, body).timestamp.timestamp() == int(at) // 1000
    else:
        caught = refused(row, headers, body)
        assert (type(caught), caught.reason) == (error, reason)
        assert refused(row, {"x-signature": WRONG}, body).reason is Reason.SIGNATURE_MISMATCH


def test_only_old_ones_are_refused_where_the_provider_does_so() -> None:
    for row in (
        own(**LIST, accept_future_timestamps=True),
        own(timestamp_in_body="t", accept_future_timestamps=True),
    ):
        sign = Signer(SECRET, scheme=row).sign
        for skew in (0, 300, -300, -301, -(10**9)):
            body = b'{"t": %d}' % (NOW - skew)
            assert verify(row, sign(body, timestamp=NOW - skew), body)
        old = b'{"t": %d}' % (NOW - 301)
        assert refused(row, sign(old, timestamp=NOW - 301), old).reason is Reason.TOO_OLD


# --- what is signed ---------------------------------------------------------------------------------

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
    with pytest.raises(TypeError, match="give the receiver public_url="):
        Verifier(SECRET, scheme=row).verify(BODY, {"x-signature": WRONG}, url=url, method=method)
    with pytest.raises(TypeError, match="give the receiver public_url="):
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
    with pytest.raises(ValueError, match="a message id"):
        Signer(SECRET, scheme=row).sign(FORM, id=id)


def test_an_id_may_hold_what_parts_it_from_a_timestamp() -> None:
    row = own(signed_content="{id}.{timestamp}.{body}", id_header="x-id", timestamp_header="x-t")
    headers = Signer(SECRET, scheme=row).sign(FORM, id="m.1")
    assert Verifier(SECRET, scheme=row).verify(FORM, headers).id == "m.1"


@pytest.mark.parametrize("id", ["", "a b", "é", "a\n"])
def test_an_id_that_no_header_holds_is_not_signed(id: str) -> None:
    with pytest.raises(ValueError, match="a message id is printable ASCII"):
        Signer(SECRET, scheme=own(id_header="x-id")).sign(BODY, id=id)
    with pytest.raises(TypeError, match="a message id is str"):
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


# --- ids and fields of the body ---------------------------------------------------------------------

FIELDS: dict[str, tuple[str, str, list[str]]] = {
    "a field": ("id", '{"id": "a"}', ["a"]),
    "a field's field": ("a.b.c", '{"a": {"b": {"c": "d"}}}', ["d"]),
    "a number": ("id", '{"id": 5}', ["5"]),
    "minus": ("id", '{"id": -5}', ["-5"]),
    "nought": ("id", '{"id": 0}', ["0"]),
    "a number of 100 digits": ("id", '{"id": 1%s}' % ("0" * 99), ["1" + "0" * 99]),
    "a number of 200 digits": ("id", '{"id": 1%s}' % ("0" * 199), []),
    "a number of 5000 digits": ("id", '{"id": 1%s}' % ("0" * 4_999), []),
    "a fraction": ("id", '{"id": 1.0}', []),
    "an exponent": ("id", '{"id": 1e3}', []),
    "NaN": ("id", '{"id": NaN}', []),
    "Infinity": ("id", '{"id": Infinity}', []),
    "true": ("id", '{"id": true}', []),
    "null": ("id", '{"id": null}', []),
    "empty": ("id", '{"id": ""}', []),
    "blank": ("id", '{"id": " \\t"}', []),
    "an object": ("id", '{"id": {}}', []),
    "a list": ("id", '{"id": ["a"]}', []),
    "absent": ("id", "{}", []),
    "of 256 characters": ("id", '{"id": "%s"}' % ("x" * 256), ["x" * 256]),
    "of 257 characters": ("id", '{"id": "%s"}' % ("x" * 257), []),
    "a surrogate": ("id", '{"id": "\\ud800"}', ["\ud800"]),
    "a field of a text": ("a.b", '{"a": "b"}', []),
    "a number as a name": ("a.0", '{"a": ["b"]}', []),
    "each of a list": ("a.*.id", '{"a": [{"id": "b"}, {"id": 1}]}', ["b", "1"]),
    "each of lists": ("*.*", '[["a"], ["b", "c"]]', ["a", "b", "c"]),
    "each of none": ("a.*.id", '{"a": []}', []),
    "each, and one without": ("a.*.id", '{"a": [{"id": "b"}, {}]}', []),
    "each of what is no list": ("a.*.id", '{"a": {"id": "b"}}', []),
    "each of 1000": ("*", json.dumps([1] * 1_000), ["1"] * 1_000),
    "each of 1001": ("*", json.dumps([1] * 1_001), []),
    "no JSON": ("id", "id=a", []),
    "nothing": ("id", "", []),
    "a list on top": ("id", '[{"id": "a"}]', []),
    "a text on top": ("id", '"id"', []),
    "deep lists": ("id", "[" * 100_000, []),
    "deep objects": ("a", '{"a":' * 100_000 + "1" + "}" * 100_000, []),
    "a byte order mark": ("id", '\ufeff{"id": "a"}', []),
    "a name twice: the last": ("id", '{"id": "a", "id": "b"}', ["b"]),
}


@rows(("path", "body", "texts"), FIELDS.values(), ids=FIELDS)
def test_the_texts_at_a_path(path: str, body: str, texts: list[str]) -> None:
    assert strings_at(body.encode(), path) == texts


@pytest.mark.parametrize("body", [b"\xff", b'{"id": "\xff"}', '{"id": "a"}'.encode("utf-16"), b"\0"])
def test_what_is_not_utf_8_has_no_fields(body: bytes) -> None:
    assert strings_at(body, "id") == []


@given(st.binary(max_size=50) | st.text(st.sampled_from('{}[]":,id*.1-e \\u'), max_size=50).map(str.encode))
def test_looking_for_a_field_raises_nothing(body: bytes) -> None:
    assert isinstance(strings_at(body, "id.*.id"), list)


def test_an_id_in_the_body_goes_before_one_that_nobody_signed() -> None:
    row = own(id_in_body="id", id_header="x-id")
    body = b'{"id": "evt_1"}'
    delivery = verify(row, {"x-signature": mac(body).hex(), "x-id": "other"}, body)
    assert (delivery.id, delivery.id_is_signed) == ("evt_1", True)

    delivery = verify(row, {"x-signature": mac(BODY).hex(), "x-id": "other"})
    assert (delivery.id, delivery.id_is_signed) == ("other", False)


def test_several_ids_are_one() -> None:
    body = b'{"items": [{"id": 1}, {"id": 2}]}'
    delivery = verify(own(id_in_body="items.*.id"), {"x-signature": mac(body).hex()}, body)
    assert (delivery.id, delivery.id_is_signed) == ("1,2", True)


def test_an_id_in_the_body_is_looked_for_once_and_only_for_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def counted(self: HeaderScheme, body: bytes) -> str:
        asked.append(body)
        return "evt_1"

    monkeypatch.setattr(HeaderScheme, "message_id_from_body", counted)
    delivery = verify(own(id_in_body="id"), {"x-signature": mac(BODY).hex()})
    assert (delivery.body, delivery.secret_label, len(delivery.signed_content_digest), asked) == (
        BODY,
        "secret-1",
        32,
        [],
    )

    assert [delivery.id, delivery.id, str(delivery.id_is_signed)] == ["evt_1", "evt_1", "True"]
    assert asked == [BODY]


def test_the_digest_is_that_of_what_was_signed() -> None:
    row = own(**LIST)
    delivery = verify(row, {"x-signature": f"t={NOW},v1={RIGHT}"})
    assert delivery.signed_content_digest == sha256(b"%d." % NOW + BODY).digest()
    assert (
        delivery.signed_content_digest
        == verify(row, {"x-signature": f"t={NOW},v1={RIGHT.upper()},v1=x"}).signed_content_digest
    )


# --- tokens -----------------------------------------------------------------------------------------

TOKEN = own(algorithm="token", signature_encoding="text", id_in_body="id")


def test_a_token_is_shown_and_signs_nothing() -> None:
    body = b'{"id": 7}'
    assert Signer("the token", scheme=TOKEN).sign(body) == {"x-signature": "the token"}

    delivery = verify(TOKEN, {"x-signature": "the token"}, body, "the token")

    assert (delivery.body_is_signed, delivery.timestamp_is_signed) == (False, False)
    assert (delivery.id, delivery.id_is_signed) == ("7", False)


@pytest.mark.parametrize(
    "shown", ["the Token", "the token ", " the token", "the toke", "the tokenn", "\ud800", "é"]
)
def test_another_token(shown: str) -> None:
    with pytest.raises(SignatureMismatch):
        verify(TOKEN, {"x-signature": shown}, secret="the token")


@pytest.mark.parametrize("secret", ["é", "a\nb", b"\xff", "a\0"])
def test_a_token_is_printable_ascii(secret: str | bytes) -> None:
    with pytest.raises(InvalidSecret, match="printable ASCII"):
        Verifier(secret, scheme=TOKEN)


def test_a_token_key() -> None:
    key = TokenKey("right")
    right, wrong = [("v1", "right")], [("v1", "wrong"), ("v1", "")]

    assert key.verify(right, b"", BODY, b"")
    assert key.verify([*wrong, *right], b"", b"", b"")
    assert not key.verify(wrong, b"", BODY, b"")
    assert not key.verify([], b"", BODY, b"")
    assert (key.accepts(right), key.accepts([])) == (True, False)
    assert key.sign(BODY) == "right"
    for signatures, matches in ((right, True), (wrong, False)):
        running = key.start(signatures)
        running.update(BODY)
        assert running.matches() is matches
    assert "right" not in repr(key)


# --- the MAC of a handshake -------------------------------------------------------------------------


def test_the_mac_of_a_handshake() -> None:
    secrets = [Secret(SECRET, label="new"), Secret("another secret, as long", label="old")]
    verifier = Verifier(secrets, scheme=own())
    assert handshake_signature(verifier)("new", b"token") == b64encode(mac(b"token"))
    assert handshake_signature(verifier)("old", b"token") == b64encode(
        mac(b"token", key=b"another secret, as long")
    )
    with pytest.raises(LookupError, match="no secret has the label 'gone'"):
        handshake_signature(verifier)("gone", b"token")
    with pytest.raises(TypeError, match="secret-1 is no HMAC key"):
        handshake_signature(Verifier("the token", scheme=TOKEN))("secret-1", b"token")


# --- the registry -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("registry")
def test_a_row_is_registered_and_found_by_its_name() -> None:
    row = schemes.register(own())
    assert schemes.get("own") is row
    assert "own" in schemes.names()
    headers = Signer(SECRET, scheme="own").sign(BODY)
    assert Verifier(SECRET, scheme="own").verify(BODY, headers).scheme == "own"


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("name", ["stripe", "github", "standard-webhooks", "svix", "emporix"])
def test_the_name_of_what_is_built_in_is_taken(name: str) -> None:
    with pytest.raises(ValueError, match=f"a scheme named '{name}' is registered already"):
        schemes.register(HeaderScheme(name, signature_header="x-signature"))
    assert schemes.get(name).header_names != ("x-signature",)


@pytest.mark.parametrize("make", [Verifier, Signer])
def test_a_row_needs_no_name_in_the_registry(make: Callable[..., object]) -> None:
    assert make(SECRET, scheme=own())


def test_what_its_algorithms_are_called() -> None:
    assert ALGORITHMS["hmac-sha256"].name == "HMAC-SHA256"
    assert [name for name, algorithm in ALGORITHMS.items() if not algorithm.signs] == ["token"]
