"""Failures whose body was changed on its way, by what frameworks, proxies and people do to bodies."""

from __future__ import annotations

import gzip
import html
import json
import unicodedata
import zlib
from base64 import b64encode
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode

from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from tests.diagnosis.corpus.builder import ANY, HMACS, JSON, changed, made
from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.genuine import Genuine

__all__: list[str] = []

ALL_JSON = (*JSON, "escaped JSON", "JSON with blanks", "indented JSON", "prices")
TEXTS = (*ALL_JSON, "form")


def _dumped(delivery: Genuine, **options: Any) -> Failure | None:
    return changed(delivery, body=json.dumps(json.loads(delivery.body), **options).encode())


@made("body_reserialized", kinds=ALL_JSON, count=24, bare=False)
def dumped_by_the_framework(delivery: Genuine) -> Failure | None:
    return _dumped(delivery)


@made("body_reserialized", kinds=(*JSON, "prices"), count=14)
def dumped_by_the_framework_and_passed_with_the_signed_headers(delivery: Genuine) -> Failure | None:
    return _dumped(delivery)


@made("body_reserialized", kinds=("JSON with blanks", "indented JSON", "escaped JSON"), count=16)
def stringified_by_javascript(delivery: Genuine) -> Failure | None:
    return _dumped(delivery, separators=(",", ":"), ensure_ascii=False)


@made("body_reserialized", kinds=ALL_JSON, count=14, bare=False)
def dumped_with_sorted_keys(delivery: Genuine) -> Failure | None:
    return _dumped(delivery, sort_keys=True)


@made("body_reserialized", kinds=("nested JSON", "40 kB"), count=6)
def sorted_and_passed_with_the_signed_headers(delivery: Genuine) -> Failure | None:
    return _dumped(delivery, sort_keys=True)


@made("body_reserialized", kinds=ALL_JSON, count=10)
def indented_for_people(delivery: Genuine) -> Failure | None:
    indented = json.dumps(json.loads(delivery.body), indent=4).encode()
    return None if delivery.kind == "prices" else changed(delivery, body=indented)


@made("body_reserialized", kinds=JSON, count=8, bare=False)
def read_into_a_model_that_drops_a_field(delivery: Genuine) -> Failure | None:
    value = json.loads(delivery.body)
    value.pop("type")
    return changed(delivery, body=json.dumps(value).encode())


@made("body_reserialized", kinds=("unicode JSON", "small JSON"), count=6)
def of_a_sender_in_go(delivery: Genuine) -> Failure | None:
    """Go writes <, > and & as escapes; the framework that parses it does not."""
    text = delivery.body.decode()
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    sent = replace(delivery, body=text.encode()).signed_again()
    return _dumped(sent)


def _as_javascript(value: Any) -> Any:
    """Numbers as JavaScript has them: 1.0 is 1."""
    if isinstance(value, dict):
        return {name: _as_javascript(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_javascript(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@made("body_reserialized", kinds=("prices", "JSON with blanks", "indented JSON"), count=9)
def stringified_with_the_numbers_of_javascript(delivery: Genuine) -> Failure | None:
    value = _as_javascript(json.loads(delivery.body))
    return changed(delivery, body=json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


@made("body_reserialized", kinds=("unicode JSON", "JSON with blanks", "small JSON"), count=8)
def encoded_by_php(delivery: Genuine) -> Failure | None:
    written = json.dumps(json.loads(delivery.body), separators=(",", ":")).replace("/", "\\/")
    return changed(delivery, body=written.encode()) if written.count('"') < 9_000 else None


@made("body_reserialized", kinds=ALL_JSON, count=12)
def marshalled_from_a_map_of_go(delivery: Genuine) -> Failure | None:
    """A map has no order, so Go sorts its keys; and it escapes <, > and &."""
    text = json.dumps(json.loads(delivery.body), separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return changed(delivery, body=text.encode())


@made("body_reserialized", kinds=JSON, count=8)
def dumped_and_verified_an_hour_later(delivery: Genuine) -> Failure | None:
    """Two things are wrong; the body is the one that no patience mends."""
    late = replace(delivery, now=delivery.now + 4000)
    body = json.dumps(json.loads(delivery.body)).encode()
    return changed(late, body=body, verifier=late.verifier())


@made("body_line_ends", kinds=("indented JSON",), count=8)
def stripped(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body.strip())


@made("body_line_ends", kinds=TEXTS, count=8)
def with_a_newline_as_files_end(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body + b"\n")


@made("body_line_ends", kinds=("indented JSON",), count=8)
def with_line_ends_of_windows(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body.replace(b"\n", b"\r\n"))


@made("body_byte_order_mark", kinds=TEXTS, count=10)
def saved_with_a_byte_order_mark(delivery: Genuine) -> Failure | None:
    return changed(delivery, body="\ufeff".encode() + delivery.body)


@made("body_escaped", kinds=("small JSON", "unicode JSON", "nested JSON"), count=10)
def escaped_for_html(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=html.escape(delivery.body.decode()).encode())


@made("body_escaped", kinds=("escaped JSON",), count=6)
def with_its_slashes_unescaped(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body.replace(b"\\/", b"/"))


@made("body_recoded", kinds=("unicode JSON", "40 kB", "binary"), count=10)
def read_as_latin_1(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body.decode("latin-1").encode())


@made("body_recoded", kinds=("40 kB",), count=4)
def written_as_latin_1(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body.decode().encode("latin-1"))


@made("body_recoded", kinds=("unicode JSON", "40 kB"), count=4)
def normalized(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=unicodedata.normalize("NFD", delivery.body.decode()).encode())


@made("body_recoded", kinds=("binary",), count=6)
def decoded_with_replacements(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body.decode("utf-8", "replace").encode())


@made("body_recoded", kinds=("unicode JSON", "40 kB"), count=6, bare=False)
def written_as_ascii_with_question_marks(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body.decode().encode("ascii", "replace"))


@made("body_compressed", kinds=ANY, count=12)
def left_compressed(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=gzip.compress(delivery.body)) if delivery.body else None


@made("body_compressed", kinds=JSON, count=4)
def left_deflated(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=zlib.compress(delivery.body))


@made("body_compressed", kinds=JSON, count=6, bare=False)
def signed_compressed_and_decompressed_on_its_way(delivery: Genuine) -> Failure | None:
    packed = gzip.compress(delivery.body)
    sent = replace(
        delivery,
        body=packed,
        headers={**delivery.headers, "content-encoding": "gzip", "content-length": str(len(packed))},
    )
    return changed(sent.signed_again(), body=delivery.body)


@made("body_in_base64", kinds=(*TEXTS, "binary"), count=12)
def handed_over_by_an_api_gateway(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=b64encode(delivery.body))


FORMS = ("form", "JSON in a form")


@made("body_decoded_form", kinds=FORMS, count=8)
def percent_decoded(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=unquote_plus(delivery.body.decode()).encode())


@made("body_decoded_form", schemes=(*HMACS, "twilio"), kinds=("form",), count=8)
def parsed_into_a_dict(delivery: Genuine) -> Failure | None:
    fields = dict(parse_qsl(delivery.body.decode()))
    return changed(delivery, body=json.dumps(fields).encode())


@made("body_decoded_form", schemes=(*HMACS, "twilio"), kinds=("form",), count=4)
def parsed_into_lists(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=json.dumps(parse_qs(delivery.body.decode())).encode())


@made("body_decoded_form", kinds=("JSON in a form",), count=6)
def only_the_field_payload(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=dict(parse_qsl(delivery.body.decode()))["payload"].encode())


@made("body_decoded_form", kinds=("form",), count=6)
def encoded_again(delivery: Genuine) -> Failure | None:
    """The sender writes %20 for a blank, the framework that encodes it again a plus."""
    sent = replace(delivery, body=delivery.body.replace(b"+", b"%20")).signed_again()
    return changed(sent, body=urlencode(parse_qsl(sent.body.decode())).encode())


@made("body_as_text", kinds=JSON, count=10)
def the_printed_dict(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=str(json.loads(delivery.body)).encode())


@made("body_as_text", kinds=TEXTS, count=8)
def the_printed_bytes(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=str(delivery.body).encode())


@made("body_escaped", kinds=JSON, count=6)
def json_in_a_json_string(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=json.dumps(delivery.body.decode()).encode())


@made("body_as_text", kinds=("form",), count=4)
def the_printed_dict_of_a_form(delivery: Genuine) -> Failure | None:
    fields = MultiDict(parse_qsl(delivery.body.decode()))
    return changed(delivery, body=str(ImmutableMultiDict(fields)).encode())


@made("body_as_text", kinds=JSON, count=4)
def the_printed_object_of_javascript(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=b"[object Object]")


@made("body_incomplete", kinds=("small JSON", "40 kB", "form"), count=10, bare=False)
def cut_by_a_limit(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body[: len(delivery.body) // 2])


@made("body_incomplete", kinds=JSON, count=6)
def cut_json(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body[:-20])


@made("body_incomplete", kinds=(*TEXTS, "binary"), count=10)
def read_before(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=b"")


@made("body_extended", kinds=(*TEXTS, "binary"), count=6)
def with_the_sizes_of_its_chunks(delivery: Genuine) -> Failure | None:
    size = b"%x" % len(delivery.body)
    return changed(delivery, body=b"\r\n".join((size, delivery.body, b"0", b"", b"")))


@made("body_extended", kinds=(*TEXTS, "binary"), count=6)
def read_into_a_larger_buffer(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body + bytes(64))


@made("body_extended", kinds=TEXTS, count=6)
def appended_to_itself(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=delivery.body * 2)
