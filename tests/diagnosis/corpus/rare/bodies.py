"""Held-out failures whose body was written anew, wrapped, cut or is another."""

from __future__ import annotations

import bz2
import gzip
import json
import re
import zlib
from base64 import encodebytes, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, quote, quote_plus, unquote, unquote_plus, urlencode

from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.corpus.rare.base import BIG, BODIES, REWRITTEN, b64, in_turn, sent

__all__ = ["failures", "rewritten_by_tools"]


_next = in_turn()


def truths_of(old: bytes, new: bytes) -> str:
    """Parsed and written anew; and what else is true where only a part of the style is another."""

    def plain(raw: bytes) -> str:
        text = raw.decode().replace("\\/", "/")
        return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)

    truths = "body_reserialized"
    if old.strip() == new.strip():
        truths += " body_line_ends"
    same = plain(old).encode("utf-16", "surrogatepass") == plain(new).encode("utf-16", "surrogatepass")
    return truths + " body_escaped" if same else truths


def rewritten_by_tools(step: int = 1) -> Iterator[Failure]:
    for one in REWRITTEN[::step]:
        of, new = one["of"], one["body"].encode()
        genuine = sent(of)
        yield genuine.arrives(truths_of(genuine.body, new), one["tools"], body=new)


def big_rewritten() -> Iterator[Failure]:
    value = json.loads(BIG)
    for scheme, how, new in (
        ("stripe", "default", json.dumps(value)),
        ("github", "compact", json.dumps(value, separators=(",", ":"), ensure_ascii=False)),
        ("svix", "indent 2", json.dumps(value, indent=2)),
        ("hubspot", "sorted", json.dumps(value, sort_keys=True)),
    ):
        yield sent(scheme, "big").arrives("body_reserialized", how, body=new.encode())


def compressed() -> Iterator[Failure]:
    raw = zlib.compressobj(wbits=-15)
    for kind, how, made in (
        ("stripe", "gzip", gzip.compress(BODIES["stripe"])),
        ("big", "gzip", gzip.compress(BODIES["big"], 1)),
        ("svix", "zlib", zlib.compress(BODIES["svix"])),
        ("form", "gzip", gzip.compress(BODIES["form"])),
        ("binary", "gzip", gzip.compress(BODIES["binary"])),
        ("github", "raw deflate", raw.compress(BODIES["github"]) + raw.flush()),
        ("xml", "zlib, best", zlib.compress(BODIES["xml"], 9)),
        ("text", "gzip twice", gzip.compress(gzip.compress(BODIES["text"]))),
        (
            "slack",
            "gzip in two members",
            gzip.compress(BODIES["slack"][:99]) + gzip.compress(BODIES["slack"][99:]),
        ),
    ):
        yield _next(kind).arrives("body_compressed", how, body=made)
    yield sent("svix").arrives(
        "body_compressed body_in_base64", "gzip in base64", body=b64(gzip.compress(BODIES["svix"])).encode()
    )
    for name, made in (("br", bytes.fromhex(_BROTLI)), ("bzip2", bz2.compress(BODIES["text"]))):
        one = sent("github", "text")
        yield one.arrives(
            "body_compressed", name, body=made, headers={**one.headers, "content-encoding": name}
        )
    one = sent("github")
    yield one.arrives(
        "body_compressed body_recoded",
        "gzip decoded as text",
        body=gzip.compress(one.body).decode("utf-8", "replace"),
        headers={**one.headers, "content-encoding": "gzip"},
    )


_BROTLI = "8b018070696e6703"  # of "ping"


def in_base64() -> Iterator[Failure]:
    for kind in ("stripe", "form", "binary", "big", "github", "multipart"):
        yield _next(kind).arrives("body_in_base64", "API gateway", body=b64(BODIES[kind]).encode())
    body = BODIES["svix"]
    yield sent("svix").arrives("body_in_base64", "URL-safe", body=urlsafe_b64encode(BODIES["svix"]))
    yield sent("svix").arrives(
        "body_in_base64", "URL-safe, no padding", body=urlsafe_b64encode(body).rstrip(b"=")
    )
    yield sent("svix").arrives("body_in_base64", "lines of 76", body=encodebytes(body))
    yield sent("github").arrives(
        "body_in_base64",
        "lines of 60 with CRLF",
        body=b"\r\n".join(re.findall(b".{1,60}", b64(BODIES["github"]).encode())),
    )
    yield sent("slack").arrives(
        "body_in_base64", "as a JSON string", body=json.dumps(b64(BODIES["slack"])).encode()
    )
    yield sent("meta").arrives(
        "body_in_base64", "data URI", body=b"data:application/json;base64," + b64(BODIES["meta"]).encode()
    )
    yield sent("shopify").arrives("body_in_base64", "twice", body=b64(b64(BODIES["shopify"])).encode())
    event = {
        "version": "2.0",
        "rawPath": "/in",
        "headers": {"content-type": "application/json"},
        "body": b64(BODIES["stripe"]),
        "isBase64Encoded": True,
    }
    yield sent("stripe").arrives(
        "body_in_base64 body_reserialized", "the whole Lambda event", body=json.dumps(event).encode()
    )
    event = {
        "httpMethod": "POST",
        "path": "/in",
        "body": BODIES["shopify"].decode(),
        "isBase64Encoded": False,
    }
    yield sent("shopify").arrives(
        "body_reserialized body_escaped", "the whole Lambda event, text", body=json.dumps(event).encode()
    )


def decoded_forms() -> Iterator[Failure]:
    form = BODIES["form"]
    pairs = parse_qsl(form.decode(), keep_blank_values=True)
    github = b"payload=" + quote_plus(BODIES["github"]).encode()
    for scheme, how, made in (
        ("slack", "unquote_plus", unquote_plus(form.decode()).encode()),
        ("slack", "unquote", unquote(form.decode()).encode()),
        ("slack", "parsed, without blank values", urlencode(parse_qsl(form.decode())).encode()),
        ("github", "blanks as %20", urlencode(pairs, quote_via=quote).encode()),
        ("shopify", "sorted", urlencode(sorted(pairs)).encode()),
        ("zoom", "a JSON object of it", json.dumps(dict(pairs)).encode()),
        (
            "paddle",
            "JSON of lists, parse_qs",
            json.dumps(parse_qs(form.decode(), keep_blank_values=True)).encode(),
        ),
        ("typeform", "lower-case escapes", re.sub(rb"%[0-9A-F]{2}", lambda one: one[0].lower(), form)),
        ("hubspot", "! unescaped, as querystring.stringify", form.replace(b"%21", b"!")),
    ):
        also = "" if "JSON" in how or "unquote" in how else " body_reserialized"
        yield sent(scheme, "form").arrives("body_decoded_form" + also, how, body=made)
    one = sent("github", github)
    yield one.arrives("body_decoded_form", "the payload field of a form", body=BODIES["github"])
    yield one.arrives("body_decoded_form", "the form unquoted", body=unquote_plus(github.decode()).encode())
    slack = b"payload=" + quote_plus(BODIES["slack"]).encode()
    yield sent("slack", slack).arrives("body_decoded_form", "Slack's payload field", body=BODIES["slack"])
    yield sent("slack", slack).arrives(
        "body_decoded_form", "form as JSON", body=json.dumps({"payload": BODIES["slack"].decode()}).encode()
    )
    yield sent("slack", slack).arrives(
        "body_decoded_form body_reserialized",
        "quoted anew",
        body=urlencode({"payload": BODIES["slack"].decode()}, quote_via=quote).encode(),
    )


def incomplete() -> Iterator[Failure]:
    for kind in ("stripe", "github", "form", "binary", "big"):
        yield _next(kind).arrives("body_incomplete", "read before", body=b"")
    for kind, how, made in (
        ("big", "cut at 16 KiB", BODIES["big"][:16384]),
        ("big", "cut at 8 KiB", BODIES["big"][:8192]),
        ("big", "the second chunk alone", BODIES["big"][16384:]),
        ("stripe", "the first line alone", BODIES["stripe"].splitlines(keepends=True)[0]),
        ("stripe", "cut at 512", BODIES["stripe"][:512]),
        ("github", "last byte missing", BODIES["github"][:-1]),
        ("svix", "first byte missing", BODIES["svix"][1:]),
        ("github", "as many bytes as characters", BODIES["github"][: len(BODIES["github"].decode())]),
        ("big", "as many bytes as characters", BODIES["big"][: len(BODIES["big"].decode())]),
        ("form", "the last field lost", BODIES["form"].rpartition(b"&")[0]),
        ("multipart", "cut in a part", BODIES["multipart"][:120]),
        ("binary", "a C string", BODIES["binary"][:0] + b""),
        ("xml", "cut", BODIES["xml"][:-12]),
    ):
        yield _next(kind).arrives("body_incomplete", how, body=made)
    last = max(n for n in range(100, 300) if BODIES["github"][n : n + 1] == b",")
    yield sent("github").arrives("body_incomplete", "cut at a comma", body=BODIES["github"][:last])


def extended() -> Iterator[Failure]:
    svix = BODIES["svix"]
    for kind, how, made in (
        ("svix", "chunk framing", b"%x\r\n%b\r\n0\r\n\r\n" % (len(svix), svix)),
        (
            "github",
            "chunk framing in two",
            b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n"
            % (100, BODIES["github"][:100], len(BODIES["github"]) - 100, BODIES["github"][100:]),
        ),
        ("form", "twice", BODIES["form"] * 2),
        ("stripe", "twice", BODIES["stripe"] * 2),
        ("big", "twice", BODIES["big"] * 2),
        ("svix", "NULs behind it, of a fixed buffer", svix + bytes(1024 - len(svix))),
        ("svix", "the rest of a longer body in a reused buffer", svix + b'd":null}}'),
        ("slack", "a prefix against hijacking", b")]}',\n" + BODIES["slack"]),
    ):
        yield _next(kind).arrives("body_extended", how, body=made)


def unreadable() -> Iterator[Failure]:
    yield sent("mailgun").sends("body_unreadable", "a form", body=BODIES["form"])
    yield sent("mailgun").sends(
        "body_unreadable",
        "an older webhook's form",
        body=b"timestamp=1790000000&token=abc&signature=00ff&event=opened",
    )
    yield sent("mailgun").arrives("body_unreadable body_incomplete", "nothing", body=b"")
    yield sent("adyen").sends("body_unreadable", "SOAP", body=b"<?xml version='1.0'?><soap:Envelope/>")
    yield sent("adyen").sends(
        "body_unreadable",
        "HTTP POST form",
        body=b"live=false&eventCode=AUTHORISATION&pspReference=8&success=true",
    )
    yield sent("adyen").arrives("body_unreadable body_incomplete", "cut", body=sent("adyen").body[:200])
    yield sent("microsoft-graph").sends("body_unreadable", "text", body=b"validation")
    yield sent("microsoft-graph").sends("body_unreadable", "a JSON list", body=b"[1, 2]")
    yield sent("aws-sns").sends("body_unreadable", "raw message delivery", body=b'{"order": 1}')
    yield sent("aws-sns").sends("body_unreadable", "text", body=b"An order has come")
    yield sent("adyen").arrives(
        "body_unreadable body_as_text", "dict", body=str(json.loads(sent("adyen").body))
    )


def failures() -> Iterator[Failure]:
    for make in (big_rewritten, compressed, in_base64, decoded_forms, incomplete, extended, unreadable):
        yield from make()
