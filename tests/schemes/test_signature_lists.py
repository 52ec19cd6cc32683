"""Headers with several signatures without names, and timestamps in several formats."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from tests.schemes.own_scheme import BODY, NOW, SECRET, WRONG, mac, own, refused, verify
from webhook_verify import RejectedDelivery, Signer, Verifier
from webhook_verify.schemes import SignatureList

RIGHT = mac(BODY).hex()
DATED = mac(b"%d." % NOW + BODY).hex()
DATE_FIRST: dict[str, Any] = {
    "signature_list": SignatureList(",", starts_with_timestamp=True),
    "signed_content": "{timestamp}.{body}",
}
VERSIONS: dict[str, Any] = {"signature_list": SignatureList(" ", entry_prefix="v1,")}
PREFIXED: dict[str, Any] = {"signature_list": SignatureList(","), "signature_prefix": "v0="}
BARE: dict[str, Any] = {"signature_list": SignatureList(",")}

ACCEPTED: list[tuple[dict[str, Any], str]] = [
    (BARE, RIGHT),
    (BARE, f"{WRONG},{RIGHT}"),
    (BARE, f"{RIGHT},{WRONG}"),
    (BARE, f"{WRONG}, {RIGHT.upper()}"),
    (BARE, f",garbage,,{RIGHT},"),
    (BARE, "é," * 31 + RIGHT),
    (PREFIXED, f"v0={RIGHT}"),
    (PREFIXED, f"v0={WRONG},{RIGHT}"),
    (VERSIONS, f"v1,{RIGHT}"),
    (VERSIONS, f"v2,{RIGHT} v1,{WRONG}  v1,{RIGHT}"),
    (DATE_FIRST, f"{NOW},{DATED}"),
    (DATE_FIRST, f"{NOW}, {WRONG}, {DATED}"),
    ({"signature_list": SignatureList(" | ")}, f"{WRONG}|{RIGHT}"),
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    (BARE, ""),
    (BARE, " "),
    (BARE, ","),
    (BARE, WRONG),
    (BARE, RIGHT[:-1]),
    (BARE, f"{RIGHT}{WRONG}"),
    (BARE, f"{WRONG};{RIGHT}"),
    (BARE, f"{WRONG} {RIGHT}"),
    (BARE, f"v0={RIGHT}"),
    (BARE, "x," * 32 + RIGHT),
    (PREFIXED, RIGHT),
    (PREFIXED, f"v0= {RIGHT}"),
    (PREFIXED, f"{WRONG},v0={RIGHT}"),
    (PREFIXED, f"v0={WRONG},v0={RIGHT}"),
    (VERSIONS, RIGHT),
    (VERSIONS, f"v2,{RIGHT}"),
    (VERSIONS, f"v1,v1,{RIGHT}"),
    (VERSIONS, f"v1,{WRONG},v1,{RIGHT}"),
    (DATE_FIRST, DATED),
    (DATE_FIRST, f"{DATED},{NOW}"),
    (DATE_FIRST, f",{DATED}"),
    (DATE_FIRST, f"{NOW}"),
    (DATE_FIRST, f"{NOW},{RIGHT}"),
    (DATE_FIRST, f"{NOW + 1},{DATED}"),
    (DATE_FIRST, f"0{NOW},{DATED}"),
    (DATE_FIRST, f"{NOW},{NOW},{WRONG}"),
    (DATE_FIRST, f"{NOW - 301},{mac(b'%d.' % (NOW - 301) + BODY).hex()}"),
    (DATE_FIRST, f"{NOW + 301},{mac(b'%d.' % (NOW + 301) + BODY).hex()}"),
]


@rows(("options", "header"), ACCEPTED)
def test_one_right_signature_is_enough(options: dict[str, Any], header: str) -> None:
    assert verify(own(**options), {"x-signature": header}).body == BODY


@rows(("options", "header"), REFUSED)
def test_a_list_without_a_right_signature_is_refused(options: dict[str, Any], header: str) -> None:
    refused(own(**options), {"x-signature": header})


@rows("options", [BARE, PREFIXED, VERSIONS, DATE_FIRST])
def test_a_signer_writes_one_signature_for_each_secret(options: dict[str, Any]) -> None:
    row, other = own(**options), "another secret of enough characters"
    headers = Signer([other, SECRET], scheme=row).sign(BODY, timestamp=NOW)
    for secret in (SECRET, other):
        assert verify(row, headers, secret=secret).body == BODY
    refused(row, headers, BODY + b" ")
    refused(row, {})


@given(st.text(max_size=80) | st.text(",0123456789abcdef ", max_size=80), st.sampled_from([*REFUSED]))
def test_a_hostile_list_is_refused_and_nothing_else(text: str, refusal: tuple[dict[str, Any], str]) -> None:
    verifier = Verifier(SECRET, scheme=own(**refusal[0]), clock=lambda: NOW)
    with pytest.raises(RejectedDelivery):
        verifier.verify(BODY, {"x-signature": text})


FAULTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"separator": ""}, ValueError, "separator must be a text"),
    ({"separator": "="}, ValueError, "separator must be a text"),
    ({"separator": "and"}, ValueError, "separator must be a text"),
    ({"separator": None}, TypeError, "separator must be a str, not 'NoneType'"),
    ({"entry_prefix": b"v1"}, TypeError, "entry_prefix must be a str, not 'bytes'"),
]
CONFLICTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({**BARE, "signature_field": "v1"}, ValueError, "signature_list requires a single signature_header"),
    ({**BARE, "signature_header": ["a", "b"]}, ValueError, "signature_list requires a single"),
    ({**BARE, "algorithm": "token", "signature_encoding": "text"}, ValueError, "signature_list requires"),
    ({**DATE_FIRST, "signed_content": "{body}"}, ValueError, "signed_content must contain {timestamp}"),
    ({**DATE_FIRST, "timestamp_header": "x-t"}, ValueError, "either timestamp_header or timestamp_field"),
    ({**BARE, "signed_content": "{timestamp}{body}"}, ValueError, "either timestamp_header or"),
    ({"signature_list": ","}, TypeError, "signature_list must be a SignatureList, not 'str'"),
    ({"timestamp_unit": ()}, ValueError, "timestamp_unit must be one of"),
    ({"timestamp_unit": ("s", "min")}, ValueError, "timestamp_unit must be one of"),
    ({"timestamp_unit": 1}, ValueError, "timestamp_unit must be one of"),
]


@rows(("options", "error", "text"), FAULTS)
def test_a_wrong_list_is_refused_when_it_is_made(
    options: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        SignatureList(**options)


@rows(("options", "error", "text"), CONFLICTS)
def test_a_list_that_does_not_fit_is_refused_when_the_row_is_made(
    options: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        own(**options)


# --- several formats of a timestamp -----------------------------------------------------------------

BOTH = {"timestamp_header": "x-t", "signed_content": "{timestamp}.{body}", "timestamp_unit": ("ms", "s")}


@rows("text", [str(NOW), f"{NOW}000", f"{NOW - 300}999"])
def test_a_row_reads_several_formats_and_writes_the_first(text: str) -> None:
    row = own(**BOTH)
    headers = {"x-signature": mac(f"{text}.".encode() + BODY).hex(), "x-t": text}
    assert verify(row, headers).timestamp_is_signed
    assert Signer(SECRET, scheme=row).sign(BODY, timestamp=NOW)["x-t"] == f"{NOW}000"


@rows("text", ["", f"{NOW}0", f"{NOW}00", f"{NOW - 301}", f"{NOW}.0", "2026-09-21T14:13:20Z"])
def test_another_format_is_refused(text: str) -> None:
    refused(own(**BOTH), {"x-signature": mac(f"{text}.".encode() + BODY).hex(), "x-t": text})


# --- padding ----------------------------------------------------------------------------------------

STANDARD = b64encode(mac(BODY)).decode()
URL_SAFE = STANDARD.replace("+", "-").replace("/", "_")
SPELLINGS = {
    "base64": STANDARD,
    "base64-unpadded": STANDARD.rstrip("="),
    "base64url-padded": URL_SAFE,
    "base64url": URL_SAFE.rstrip("="),
}


@rows("encoding", SPELLINGS)
@rows("spelling", SPELLINGS)
def test_a_row_names_the_padding_and_takes_no_other(encoding: str, spelling: str) -> None:
    row = own(signature_encoding=encoding)
    headers = {"x-signature": SPELLINGS[spelling]}
    if SPELLINGS[encoding] == SPELLINGS[spelling]:
        assert verify(row, headers).body == BODY
        assert Signer(SECRET, scheme=row).sign(BODY) == headers
    else:
        refused(row, headers)
