"""Failures about bodies whose sender writes JSON or forms in its own way, and which were written again."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode

from tests.diagnosis.corpus.builder import HMACS, changed, made
from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.genuine import Genuine

__all__: list[str] = []

_TEXT = {"url": "https://shop.example/?a=1", "by": 'ann+x@shop.example <"Ann">', "text": "50% = Zoë's 🎉"}


def _dumped(sent: Genuine) -> Failure | None:
    return changed(sent, body=json.dumps(json.loads(sent.body)).encode())


def _sent(delivery: Genuine, text: str) -> Genuine:
    return replace(delivery, body=text.encode()).signed_again()


def _escaped(text: str, chars: str, form: str) -> str:
    for char in chars:
        text = text.replace('\\"' if char == '"' else char, f"\\u{ord(char):{form}}")
    return text


@made("body_reserialized", schemes=HMACS, kinds=("small JSON",), count=5)
def of_a_sender_with_the_escapes_of_meta(delivery: Genuine) -> Failure | None:
    text = json.dumps(_TEXT, separators=(",", ":")).replace("/", "\\/")
    return _dumped(_sent(delivery, _escaped(text, "<%@", "04X")))


@made("body_reserialized", schemes=HMACS, kinds=("small JSON",), count=5)
def of_a_sender_with_gson(delivery: Genuine) -> Failure | None:
    text = json.dumps(_TEXT, separators=(",", ":"), ensure_ascii=False)
    return _dumped(_sent(delivery, _escaped(text, "<>&='", "04x")))


@made("body_reserialized", schemes=HMACS, kinds=("small JSON",), count=5)
def of_a_sender_with_symfony(delivery: Genuine) -> Failure | None:
    text = json.dumps(_TEXT, separators=(",", ":")).replace("/", "\\/")
    return _dumped(_sent(delivery, _escaped(text, "<>&'\"", "04X")))


@made("body_reserialized", schemes=(*HMACS, "sendgrid"), kinds=("small JSON",), count=6)
def of_a_sender_with_a_line_for_each_event(delivery: Genuine) -> Failure | None:
    events = ",\r\n".join(json.dumps({"n": number, **_TEXT}, separators=(",", ":")) for number in range(3))
    return _dumped(_sent(delivery, f"[{events}]\r\n"))


@made("body_reserialized", schemes=HMACS, kinds=("small JSON",), count=5)
def of_a_sender_with_other_numbers(delivery: Genuine) -> Failure | None:
    return _dumped(_sent(delivery, '{"a":1e5,"b":"x","c":2.5}'))


@made("body_decoded_form", schemes=HMACS, kinds=("form",), count=6)
def encoded_by_php_and_again_by_python(delivery: Genuine) -> Failure | None:
    sent = _sent(
        delivery, "payload=" + quote("~done~ *x* (a)", safe="").replace("~", "%7E").replace("%20", "+")
    )
    return changed(sent, body=urlencode(parse_qsl(sent.body.decode())).encode())


@made("body_decoded_form", schemes=HMACS, kinds=("form",), count=6)
def encoded_by_javascript_and_again_by_python(delivery: Genuine) -> Failure | None:
    sent = _sent(delivery, "payload=" + quote("~done~ *x* (it's!)", safe="~*'()!"))
    return changed(sent, body=urlencode(parse_qsl(sent.body.decode())).encode())
