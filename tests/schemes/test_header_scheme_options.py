"""`HeaderScheme`: its properties, rejected options, and its name.

The other ``test_header_scheme_*.py`` test deliveries with these options.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from tests.rows import rows
from tests.schemes.own_scheme import BODY, SECRET, own
from webhook_verify import Signer, Verifier, schemes
from webhook_verify.handshakes import EndpointCheck
from webhook_verify.schemes import HeaderScheme, SchemeDocs
from webhook_verify.schemes.algorithms import ALGORITHMS

# --- the constructor --------------------------------------------------------------------------------

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no header": ({"signature_header": ""}, "signature_header must be a header name"),
    "no headers": ({"signature_header": ()}, "signature_header must be a header name"),
    "a blank one of several": ({"signature_header": ("x-a", "")}, "signature_header must be a header name"),
    "one twice": ({"signature_header": ("x-a", "X-A")}, "signature_header must be a header name"),
    "an unknown algorithm": ({"algorithm": "md5"}, r"algorithm must be one of hmac-sha256, .*; not 'md5'"),
    "an unknown encoding": (
        {"signature_encoding": "base32"},
        r"encoding must be one of hex, .*; not 'base32'",
    ),
    "an unknown habit": (
        {"secret_encoding": "rot13"},
        r"secret_encoding must be one of text, base64, hex; not 'rot13'",
    ),
    "an unknown unit": (
        {"timestamp_unit": "us"},
        r"timestamp_unit must be one of s, ms, rfc3339, http-date; not 'us'",
    ),
    "no body": (
        {"signed_content": "a text without parts"},
        r"content must contain \{body\} exactly once",
    ),
    "the body twice": ({"signed_content": "{body}{body}"}, r"content must contain \{body\} exactly once"),
    "an unknown part": ({"signed_content": "{paths}{body}"}, r"content must contain \{body\} exactly once"),
    "a part's part": ({"signed_content": "{url.host}{body}"}, r"content must contain \{body\} exactly once"),
    "a nameless part": ({"signed_content": "{}{body}"}, r"content must contain \{body\} exactly once"),
    "a format": ({"signed_content": "{url:>9}{body}"}, r"content must contain \{body\} exactly once"),
    "a conversion": ({"signed_content": "{url!r}{body}"}, r"content must contain \{body\} exactly once"),
    "a conversion of the body": (
        {"signed_content": "{body!s}"},
        r"content must contain \{body\} exactly once",
    ),
    "a brace": ({"signed_content": "{body}}"}, r"content must contain \{body\} exactly once"),
    "a header with a blank": (
        {"signature_header": "x signature"},
        "without spaces or colons; not 'x signature'",
    ),
    "a header with its colon": ({"id_header": "x-id:"}, "id_header must be a header name, .*; not 'x-id:'"),
    "a header of other letters": (
        {"signature_header": ["x-a", "x-ä"]},
        "signature_header must be .*; not 'x-ä'",
    ),
    "a timestamp's header with a break": (
        {"timestamp_header": "x-time\n", "signed_content": "{timestamp}{body}"},
        "timestamp_header must be a header name",
    ),
    "a digit before a timestamp of the future": (
        {"signed_content": "{body}{timestamp}", "timestamp_header": "x-t", "accept_future_timestamps": True},
        "accept_future_timestamps requires a separator without digits",
    ),
    "a digit behind it": (
        {"signed_content": "{timestamp}{body}", "timestamp_header": "x-t", "accept_future_timestamps": True},
        "accept_future_timestamps requires a separator without digits",
    ),
    "a header for two": (
        {"id_header": "X-Both", "event_type_header": "x-both"},
        "a header must not have two meanings",
    ),
    "an event type of the signature": (
        {"event_type_header": "x-signature"},
        "a header must not have two meanings",
    ),
    "an id from nowhere": ({"signed_content": "{id}.{body}"}, r"\{id\}, so id_header must name"),
    "a timestamp from nowhere": ({"signed_content": "{timestamp}.{body}"}, r"content contains \{timestamp\}"),
    "a timestamp from two places": (
        {
            "signed_content": "{timestamp}.{body}",
            "timestamp_header": "x-t",
            "timestamp_field": "t",
            "signature_field": "v1",
        },
        r"content contains \{timestamp\}, so either timestamp_header or",
    ),
    "a timestamp from the body that is signed beside it": (
        {"signed_content": "{timestamp}.{body}", "timestamp_header": "x-t", "timestamp_in_body": "t"},
        r"content contains \{timestamp\}, so either timestamp_header or",
    ),
    "a field alone": ({"timestamp_field": "t"}, "requires signature_field, and the two must differ"),
    "one field for both": (
        {"timestamp_field": "t", "signature_field": "t"},
        "requires signature_field, and the two must differ",
    ),
    "lists in two headers": (
        {"signature_header": ("x-a", "x-b"), "signature_field": "v1"},
        "signature_field requires a single signature_header",
    ),
    "a prefix of a list": (
        {"signature_prefix": "sha256=", "signature_field": "v1"},
        "without signature_prefix",
    ),
    "no separator": ({"field_separator": "", "signature_field": "v1"}, "separator must not be empty"),
    "a separator that is in fields": (
        {"field_separator": "=", "signature_field": "v1"},
        "separator must not be empty, and must not contain =",
    ),
    "a signature in text": ({"signature_encoding": "text"}, "requires signature_encoding text"),
    "a token in hex": ({"algorithm": "token"}, "token requires signature_encoding text"),
    "a token that signs": (
        {
            "algorithm": "token",
            "signature_encoding": "text",
            "signed_content": "{id}{body}",
            "id_header": "x-id",
        },
        "token signs nothing",
    ),
    "a token that signs a time": (
        {"algorithm": "token", "signature_encoding": "text", "timestamp_in_body": "t"},
        "token signs nothing",
    ),
    "no tolerance": ({"tolerance": 0}, "tolerance must be finite and greater than 0"),
    "a tolerance of NaN": ({"tolerance": float("nan")}, "tolerance must be finite"),
    "a tolerance without end": ({"tolerance": float("inf")}, "tolerance must be finite"),
    "a path with a gap": ({"id_in_body": "a..b"}, "must be paths of names"),
    "a path that ends": ({"timestamp_in_body": "a."}, "must be paths of names"),
}


@rows(("options", "message"), FAULTS.values(), ids=FAULTS)
def test_what_does_not_fit_together_is_refused_when_it_is_made(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        own(**options)


KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "a header": (
        {"signature_header": 5},
        r"signature_header must be a header name \(a str\), or several; not 'int'",
    ),
    "headers": (
        {"signature_header": ["x-a", None]},
        r"signature_header must be a header name \(a str\), or several; not",
    ),
    "a header in bytes": (
        {"signature_header": b"x-a"},
        r"signature_header must be a header name \(a str\), or several; not",
    ),
    "an id's header": ({"id_header": None}, "id_header must be a str, not 'NoneType'"),
    "content": ({"signed_content": b"{body}"}, "signed_content must be a str, not 'bytes'"),
    "a tolerance": (
        {"tolerance": timedelta(minutes=5)},
        "tolerance must be a number of seconds, not 'timedelta'",
    ),
    "a tolerance in text": ({"tolerance": "300"}, "tolerance must be a number of seconds, not 'str'"),
    "a tolerance that is true": ({"tolerance": True}, "tolerance must be a number of seconds, not 'bool'"),
    "a handshake's name": ({"handshake": "slack"}, r"handshake must be a Handshake, such as .*, not 'str'"),
    "a handshake's class": (
        {"handshake": EndpointCheck},
        r"handshake must be a Handshake, such as .*, not 'type'",
    ),
}


@pytest.mark.parametrize(("options", "message"), KINDS.values(), ids=KINDS)
def test_what_is_of_another_kind_is_refused_when_it_is_made(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        own(**options)


@pytest.mark.parametrize("name", ["", " "])
def test_a_provider_has_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="name must not be empty"):
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
    with pytest.raises(ValueError, match=f"scheme '{name}' is already registered"):
        schemes.register(HeaderScheme(name, signature_header="x-signature"))
    assert schemes.get(name).header_names != ("x-signature",)


@pytest.mark.parametrize("make", [Verifier, Signer])
def test_a_row_needs_no_name_in_the_registry(make: Callable[..., object]) -> None:
    assert make(SECRET, scheme=own())


def test_what_its_algorithms_are_called() -> None:
    assert ALGORITHMS["hmac-sha256"].name == "HMAC-SHA256"
    assert [name for name, algorithm in ALGORITHMS.items() if not algorithm.signs] == ["token"]
