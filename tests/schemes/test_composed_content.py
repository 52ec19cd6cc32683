"""`HeaderScheme`: a signed content with other headers, parts of the URL, parameters and optional segments.

The signatures are created with the standard library only.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from tests.schemes.own_scheme import BODY, NOW, SECRET, mac, own, refused, verify
from webhook_verify import MalformedDelivery, Reason, RejectedDelivery, SignatureMismatch, Signer, Verifier
from webhook_verify.schemes.listed_headers import MAX_LISTED_HEADERS
from webhook_verify.schemes.parameters import MAX_PARAMETERS

URL = "https://hooks.example.com/in/a%20b?tenant=7&data.id=ABC1&e=%C3%A9+x"
FORM = b"From=%2B1500&Body=Z%C3%BCrich+x&Digits=2&Digits=1&Empty="
SORTED = "BodyZürich xDigits1Digits2EmptyFrom+1500".encode()
LISTED = f"x-listed:X-Topic, x-listed,x-time;x-time:{NOW};x-topic:a b"
HEADERS = {
    "x-id": "msg_1",
    "x-time": str(NOW),
    "X-User": "user-1",
    "x-topic": " a b ",
    "x-listed": "X-Topic, x-listed,x-time",
}

CONTENTS: dict[str, tuple[str, bytes, bytes]] = {
    # the template, the body, the signed content
    "a header": ("{header:X-User}.{body}", BODY, b"user-1." + BODY),
    "a header next to the body": ("{header:x-user}{body}", BODY, b"user-1" + BODY),
    "a header behind the body": ("{body}.{header:x-user}", BODY, BODY + b".user-1"),
    "no body": ("{id}.{header:x-user}.{timestamp}", BODY, b"msg_1.user-1.%d" % NOW),
    "only the timestamp": ("{timestamp}", BODY, b"%d" % NOW),
    "the hash of the body": ("{id}\n{sha256:body}", BODY, b"msg_1\n" + sha256(BODY).hexdigest().encode()),
    "a parameter of the query": ("{query:data.id}:{body}", BODY, b"ABC1:" + BODY),
    "it in lower case": ("{query:data.id|lower}:{body}", BODY, b"abc1:" + BODY),
    "it decoded": ("{query:e}:{body}", BODY, "é x:".encode() + BODY),
    "the path": ("{method}\n{path}\n{body}", BODY, b"POST\n/in/a%20b\n" + BODY),
    "the target": ("{target}\n{body}", BODY, URL[len("https://hooks.example.com") :].encode() + b"\n" + BODY),
    "the target, escaped": (
        "{target|escaped}\n{body}",
        BODY,
        b"/in/a%2520b?tenant%253D7%2526data.id%253DABC1%2526e%253D%2525C3%2525A9%252Bx\n" + BODY,
    ),
    "the origin": ("{origin}{path}\n{body}", BODY, b"https://hooks.example.com/in/a%20b\n" + BODY),
    "listed headers": ("{method}\n{headers:x-listed}\n{body}", BODY, f"POST\n{LISTED}\n".encode() + BODY),
    "a field of the form": ("{timestamp}.{form:From}", FORM, b"%d.+1500" % NOW),
    "the parameters of the form": ("{url}{parameters}", FORM, URL.encode() + SORTED),
    "an empty form": ("{url}{parameters}", b"", URL.encode()),
    "the parameters of the query": (
        "{parameters:query=&}.{body}",
        BODY,
        "data.id=ABC1&e=é x&tenant=7.".encode() + BODY,
    ),
    "those of the form, each name one time": (
        "{parameters:form=,}",
        FORM,
        "Body=Zürich xDigits=2,1Empty=From=+1500".encode(),
    ),
    "a present segment": ("{?id:{query:data.id};}ts:{timestamp};", BODY, b"id:ABC1;ts:%d;" % NOW),
    "an absent segment": ("{?id:{query:other};}ts:{timestamp};", BODY, b"ts:%d;" % NOW),
    "a segment without an empty field": ("{?e:{form:Empty};}{form:Digit}", b"Digit=1&Empty=", b"1"),
    "the first alternative": ("{?{query:data.id}.|{query:tenant}.|none.}{body}", BODY, b"ABC1." + BODY),
    "the second alternative": ("{?{query:x}.|{query:tenant}.|none.}{body}", BODY, b"7." + BODY),
    "the last alternative": ("{?{query:x}.|none.}{body}", BODY, b"none." + BODY),
    "braces": ("{{header:x-user}}{header:x-user}}}.{body}", BODY, b"{header:x-user}user-1}." + BODY),
    "a text in UTF-8": ("é{header:x-user}é{body}", BODY, "éuser-1é".encode() + BODY),
}


def _row(template: str) -> Any:
    return own(signed_content=template, id_header="x-id", timestamp_header="x-time")


@rows(("template", "body", "signed"), CONTENTS.values(), ids=CONTENTS)
def test_the_content(template: str, body: bytes, signed: bytes) -> None:
    row = _row(template)
    headers = {"x-signature": mac(signed).hex(), **HEADERS}

    delivery = verify(row, headers, body, url=URL, method="POST")

    assert delivery.body == body
    assert delivery.timestamp_is_signed is ("timestamp" in template or "x-listed" in template)
    assert delivery.body_is_signed is any(part in template for part in ("body}", "parameters}", "=,}"))
    assert refused(row, {**headers, "x-signature": mac(signed + b" ").hex()}, body, url=URL, method="POST")


@rows("template", [template for template, _, _ in CONTENTS.values()])
def test_the_signer_writes_what_the_scheme_reads(template: str) -> None:
    row = _row(template)
    body = FORM if "form" in template or "parameters" in template else BODY
    body = b"Digit=1&Empty=" if "Digit}" in template else body

    headers = Signer(SECRET, scheme=row).sign(body, id="msg_1", timestamp=NOW, url=URL, method="POST")

    assert verify(row, headers, body, url=URL, method="POST").body == body


REFUSED: dict[str, tuple[str, dict[str, Any], bytes, str, Reason]] = {
    # the template, the changed headers, the body, the URL, the reason
    "no header": ("{header:x-user}.{body}", {"X-User": None}, BODY, URL, Reason.MISSING_HEADER),
    "a blank header": ("{header:x-user}.{body}", {"X-User": " "}, BODY, URL, Reason.MISSING_HEADER),
    "two headers": ("{header:x-user}.{body}", {"X-User": ["a", "b"]}, BODY, URL, Reason.DUPLICATE_HEADER),
    "the separator in a header": (
        *("{header:x-user}.{body}", {"X-User": "a.b"}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
    "the separator behind the body": (
        *("{body}.{header:x-user}", {"X-User": "a.b"}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
    "a brace next to the body": (
        *("{header:x-user}{body}", {"X-User": 'a{"'}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
    "the separator in an id": (
        *("{id}.{header:x-user}.{timestamp}", {"x-id": "msg.1"}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
    "another segment in a parameter": (
        *("{?id:{query:a};}{?user:{header:x-none};}ts:{timestamp};", {}, BODY, f"{URL}&a=1;user:2"),
        Reason.UNREADABLE_HEADER,
    ),
    "no parameter": ("{query:a}.{body}", {}, BODY, URL, Reason.MISSING_HEADER),
    "a parameter twice": ("{query:a}.{body}", {}, BODY, f"{URL}&a=1&a=2", Reason.UNREADABLE_HEADER),
    "a query without UTF-8": ("{query:a}.{body}", {}, BODY, f"{URL}&a=%FF", Reason.UNREADABLE_HEADER),
    "a large query": (
        *("{query:a}.{body}", {}, BODY, URL + "&a=1" * MAX_PARAMETERS),
        Reason.UNREADABLE_HEADER,
    ),
    "no form": ("{url}{parameters}", {}, BODY, URL, Reason.UNREADABLE_BODY),
    "a large form": ("{url}{parameters}", {}, b"a=1&" * MAX_PARAMETERS + b"a=1", URL, Reason.UNREADABLE_BODY),
    "a form without UTF-8": ("{url}{parameters}", {}, b"a=%FF", URL, Reason.UNREADABLE_BODY),
    "a name from the query": ("{url}{parameters}", {}, b"ant%3D7From=1", URL, Reason.UNREADABLE_BODY),
    "the form in the query": ("{url}{parameters}", {}, b"", f'{URL}&b={{"a": 1}}', Reason.UNREADABLE_HEADER),
    "no field": ("{form:a}", {}, b"b=1", URL, Reason.UNREADABLE_BODY),
    "a field twice": ("{form:a}", {}, b"a=1&a=2", URL, Reason.UNREADABLE_BODY),
    "the separator in a field": ("{form:a}.{form:b}", {}, b"a=1.2&b=3", URL, Reason.UNREADABLE_BODY),
    "no list": ("{headers:x-listed}\n{body}", {"x-listed": None}, BODY, URL, Reason.MISSING_HEADER),
    "a list without itself": (
        *("{headers:x-listed}\n{body}", {"x-listed": "x-time"}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
    "a list without the timestamp": (
        *("{headers:x-listed}\n{body}", {"x-listed": "x-listed,x-topic"}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
    "a listed header that is missing": (
        *("{headers:x-listed}\n{body}", {"x-topic": None}, BODY, URL),
        Reason.MISSING_HEADER,
    ),
    "a long list": (
        "{headers:x-listed}\n{body}",
        {"x-listed": ",".join(["x-listed", "x-time", *(f"x-{n}" for n in range(MAX_LISTED_HEADERS))])},
        *(BODY, URL, Reason.UNREADABLE_HEADER),
    ),
    "a list with a duplicate": (
        *("{headers:x-listed}\n{body}", {"x-listed": "x-listed,x-time,X-Time"}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
    "a list of no names": (
        *("{headers:x-listed}\n{body}", {"x-listed": "x-listed,x-time,a b"}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
    "the beginning of the next header in a listed one": (
        *("{headers:x-listed}\n{body}", {"x-topic": f"a;x-time:{NOW}"}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
    "a line break in a listed header": (
        *("{headers:x-listed}\n{body}", {"x-topic": "a\n{"}, BODY, URL),
        Reason.UNREADABLE_HEADER,
    ),
}


@rows(("template", "changed", "body", "url", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_could_be_another_request_is_refused(
    template: str, changed: dict[str, Any], body: bytes, url: str, reason: Reason
) -> None:
    headers = {name: value for name, value in {**HEADERS, **changed}.items() if value is not None}
    error = refused(_row(template), {"x-signature": "0" * 64, **headers}, body, url=url, method="POST")

    assert isinstance(error, MalformedDelivery)
    assert error.reason is reason


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no part": ({"signed_content": "text"}, "signed_content must contain"),
    "nothing": ({"signed_content": ""}, "signed_content must contain"),
    "two bodies": ({"signed_content": "{header:x}.{body}.{body}"}, "signed_content must contain"),
    "an unknown part": ({"signed_content": "{cookie:a}.{header:x}"}, "signed_content must contain"),
    "no name": ({"signed_content": "{header:}.{body}"}, "signed_content must contain"),
    "an invalid name": ({"signed_content": "{header:a b}.{body}"}, "signed_content must contain"),
    "an unknown change": ({"signed_content": "{header:x|upper}.{body}"}, "signed_content must contain"),
    "a change of the body": ({"signed_content": "{header:x}.{body|lower}"}, "signed_content must contain"),
    "other separators": ({"signed_content": "{parameters:query&=}"}, "signed_content must contain"),
    "an open segment": ({"signed_content": "{?a{header:x}.{body}"}, "signed_content must contain"),
    "a segment in a segment": ({"signed_content": "{?a{?{header:x}}}.{body}"}, "signed_content must contain"),
    "a segment with the body": ({"signed_content": "{?{body}}"}, "must not contain {body}"),
    "two values side by side": (
        {"signed_content": "{header:a}{header:b}.{body}"},
        "needs a separator",
    ),
    "a value next to the form": ({"signed_content": "{header:a}{parameters}"}, "needs a separator"),
    "a value behind the body": ({"signed_content": "{body}{header:a}"}, "needs a separator"),
    "a value next to a segment": ({"signed_content": "{header:a}{?{header:b}}.{body}"}, "needs a separator"),
    "many segments": (
        {"signed_content": "".join(f"{{?{{query:{n}}};}}" for n in range(7)) + "{body}"},
        "more than 64 combinations",
    ),
    "a timestamp in an unsigned body": (
        {"signed_content": "{header:a}", "timestamp_in_body": "t"},
        "timestamp_in_body requires",
    ),
}


@rows(("options", "message"), FAULTS.values(), ids=FAULTS)
def test_an_ambiguous_template_is_refused_when_it_is_made(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        own(**options)


SEGMENTS: dict[str, tuple[str, bool]] = {
    "in each case": ("{?{query:a}.{parameters}.|{parameters}.}{timestamp}", True),
    "only with a parameter of the query": ("{?{query:a}.{parameters}.}{timestamp}", False),
    "after another": ("{?{query:a}.|{parameters}.}{timestamp}", False),
    "one field": ("{form:a}", False),
}


@rows(("template", "is_signed"), SEGMENTS.values(), ids=SEGMENTS)
def test_the_body_is_signed_if_no_request_can_leave_it_out(template: str, is_signed: bool) -> None:
    assert own(signed_content=template, timestamp_header="x-time").signs_body is is_signed


def test_a_signed_event_type_in_a_header_is_known_as_signed() -> None:
    row = own(signed_content="{header:x-user}.{body}", event_type_header="x-user")
    delivery = verify(row, {"x-signature": mac(b"a." + BODY).hex(), "x-user": "a"})
    assert (delivery.event_type, delivery.event_type_is_signed) == ("a", True)


def test_the_content_is_what_a_delivery_is_known_by() -> None:
    """A body that is not signed must not make a replay look new."""
    row = own(signed_content="{header:x-user}")
    headers = {"x-signature": mac(b"a").hex(), "x-user": "a"}
    one, other = (verify(row, headers, body) for body in (b"1", b"2"))
    assert one.idempotency_key == other.idempotency_key
    assert not one.body_is_signed


_TEXTS = st.text(max_size=8) | st.sampled_from(["", " ", ".", "\ud800", "a.b", "\xff", "x-listed,x-time"])


@given(
    headers=st.dictionaries(st.sampled_from([*HEADERS, "x-signature"]), _TEXTS | st.none()),
    query=_TEXTS,
    body=st.binary(max_size=20) | st.just(FORM),
)
def test_it_decides_about_every_request(headers: dict[str, Any], query: str, body: bytes) -> None:
    for template in (
        "{?a:{query:a};}{header:x-user}.{headers:x-listed}\n{body}",
        "{method}\n{target|escaped}\n{url}{parameters}",
        "{?{parameters:query=,}.{parameters:form=&}.|.}{header:x-user}",
        "{query:b|lower}.{form:a}",
    ):
        verifier = Verifier(SECRET, scheme=_row(template), clock=lambda: NOW)
        with pytest.raises(RejectedDelivery):
            verifier.verify(body, headers, url=f"https://a/b?{query}", method="POST")


def test_an_unknown_scheme_of_the_url_is_not_an_error() -> None:
    row = own(signed_content="{origin}{path}.{body}")
    error = refused(row, {"x-signature": "0" * 64}, url="\ud800?#", method="POST")
    assert isinstance(error, SignatureMismatch)
