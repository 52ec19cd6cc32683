"""Held-out failures whose body was read as text: escaped, in another character set, with other line ends."""

from __future__ import annotations

import codecs
import html
import json
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, quote

from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.corpus.rare.base import BODIES, in_turn, sent

__all__ = ["failures"]


_next = in_turn()


def line_ends() -> Iterator[Failure]:
    for kind in ("multipart", "xml"):
        body = BODIES[kind]
        yield _next(kind).arrives(
            "body_line_ends",
            "CRLF to LF",
            body=body.rstrip(b"\n") if kind == "xml" else body.replace(b"\r\n", b"\n"),
        )
        yield _next(kind).arrives("body_line_ends", "stripped", body=body.strip())
        yield _next(kind).arrives(
            "body_line_ends",
            "universal newlines to CRLF",
            body=re.sub(b"\r?\n", b"\r\n", body),
        )
    for kind, how, made in (
        ("stripe", "LF to CRLF", BODIES["stripe"].replace(b"\n", b"\r\n")),
        ("stripe", "LF to CR", BODIES["stripe"].replace(b"\n", b"\r")),
        ("stripe", "a newline at the end, as an editor writes", BODIES["stripe"] + b"\n"),
        ("sendgrid", "rstrip", BODIES["sendgrid"].rstrip()),
        ("sendgrid", "LF alone at the end", BODIES["sendgrid"].replace(b"\r\n", b"\n")),
        ("svix", "echo appends LF", BODIES["svix"] + b"\n"),
        ("github", "CRLF appended", BODIES["github"] + b"\r\n"),
        ("form", "CRLF appended", BODIES["form"] + b"\r\n"),
        ("text", "two newlines", BODIES["text"] + b"\n\n"),
        ("big", "LF to CRLF", BODIES["big"].replace(b"\n", b"\r\n")),
    ):
        yield _next(kind).arrives("body_line_ends", how, body=made)
    joined = BODIES["stripe"].replace(b"\n", b"")
    yield sent("stripe").arrives(
        "body_line_ends body_reserialized", "curl -d @file drops newlines", body=joined
    )
    spaced = b" ".join(line.strip() for line in BODIES["stripe"].splitlines())
    yield sent("stripe").arrives("body_line_ends body_reserialized", "lines joined by a blank", body=spaced)
    signed = BODIES["svix"] + b"\n"
    yield sent("github", signed).arrives(
        "body_line_ends", "signed with newline, trimmed", body=signed.strip()
    )
    signed = BODIES["stripe"].replace(b"\n", b"\r\n") + b"\r\n"
    yield sent("stripe", signed).arrives(
        "body_line_ends", "textarea CRLF to LF", body=signed.replace(b"\r\n", b"\n")
    )


def marks() -> Iterator[Failure]:
    for kind in ("stripe", "github", "form", "text", "big", "xml"):
        yield _next(kind).arrives("body_byte_order_mark", "added", body=codecs.BOM_UTF8 + BODIES[kind])
    for kind in ("svix", "xml", "slack"):
        signed = codecs.BOM_UTF8 + BODIES[kind]
        yield _next(signed).arrives("body_byte_order_mark", "utf-8-sig removes it", body=BODIES[kind])
    signed = codecs.BOM_UTF8 + BODIES["xml"]
    broken = signed.decode("latin-1").encode()
    yield sent("shopify", signed).arrives("body_recoded", "mark and all through latin-1", body=broken)
    yield sent("shopify").arrives(
        "body_byte_order_mark", "two marks", body=codecs.BOM_UTF8 * 2 + BODIES["shopify"]
    )


def escaped() -> Iterator[Failure]:
    for kind in ("svix", "stripe", "slack", "xml", "github"):
        text = BODIES[kind].decode()
        yield _next(kind).arrives("body_escaped", "html.escape", body=html.escape(text).encode())
        yield (
            _next(kind).arrives(
                "body_escaped", "htmlspecialchars ENT_NOQUOTES", body=html.escape(text, quote=False).encode()
            )
            if html.escape(text, quote=False) != text
            else _next(kind).arrives(
                "body_escaped",
                "htmlspecialchars",
                body=html.escape(text).replace("&#x27;", "&#039;").encode(),
            )
        )
    for kind in ("slack", "xml"):
        yield _next(kind).arrives(
            "body_escaped", "html.unescape", body=html.unescape(BODIES[kind].decode()).encode()
        )
    for kind in ("svix", "github"):
        slashed = re.sub(rb"(['\"\\])", rb"\\\1", BODIES[kind])
        yield _next(kind).arrives("body_escaped", "addslashes, as WordPress does", body=slashed)
    yield sent("slack").arrives(
        "body_escaped", "stripslashes", body=re.sub(rb"\\(.)", rb"\1", BODIES["slack"])
    )
    yield sent("slack").arrives(
        "body_escaped body_reserialized", "slashes unescaped", body=BODIES["slack"].replace(b"\\/", b"/")
    )
    yield sent("meta").arrives(
        "body_escaped body_reserialized", "slashes unescaped", body=BODIES["meta"].replace(b"\\/", b"/")
    )
    yield sent("svix").arrives(
        "body_escaped body_reserialized", "slashes escaped", body=BODIES["svix"].replace(b"/", b"\\/")
    )
    text = BODIES["github"].decode()
    ascii_ = "".join(one if one < "\x7f" else f"\\u{ord(one):04x}" for one in text).encode()
    yield sent("github").arrives("body_escaped body_reserialized", "non-ASCII to \\u", body=ascii_)
    upper = "".join(one if one < "\x7f" else f"\\u{ord(one):04X}" for one in text)
    net = (
        upper.replace("'", "\\u0027")
        .replace("<", "\\u003C")
        .replace(">", "\\u003E")
        .replace("&", "\\u0026")
        .replace('\\"', "\\u0022")
    )
    yield sent("github").arrives("body_escaped body_reserialized", ".NET System.Text.Json", body=net.encode())
    yield sent("stripe").arrives(
        "body_escaped", "percent-encoded whole", body=quote(BODIES["stripe"]).encode()
    )
    yield sent("svix").arrives(
        "body_escaped", "encodeURIComponent", body=quote(BODIES["svix"], safe="!'()*~").encode()
    )
    yield sent("linear").arrives(
        "body_escaped body_reserialized body_as_text",
        "a JSON string of it",
        body=json.dumps(sent("linear").body.decode()).encode(),
    )
    yield sent("shopify").arrives(
        "body_escaped body_reserialized body_as_text",
        "JSON.stringify of the text",
        body=json.dumps(BODIES["shopify"].decode(), ensure_ascii=False).encode(),
    )


def recoded() -> Iterator[Failure]:
    for kind in ("svix", "github", "stripe", "form", "big", "xml", "binary"):
        body = BODIES[kind]
        if kind != "form":
            yield _next(kind).arrives(
                "body_recoded", "latin-1 to UTF-8", body=body.decode("latin-1").encode()
            )
        if kind not in ("form", "binary"):
            text = body.decode()
            yield _next(kind).arrives(
                "body_recoded", "UTF-8 to latin-1, with ?", body=text.encode("latin-1", "replace")
            )
            yield _next(kind).arrives(
                "body_recoded", "to ASCII, with ?", body=text.encode("ascii", "replace")
            )
    for kind, how, made in (
        ("stripe", "cp1252 to UTF-8", BODIES["stripe"].decode("cp1252").encode()),
        ("svix", "cp437 to UTF-8", BODIES["svix"].decode("cp437").encode()),
        ("stripe", "mac_roman to UTF-8", BODIES["stripe"].decode("mac_roman").encode()),
        ("xml", "to cp1252", BODIES["xml"].decode().encode("cp1252")),
        ("svix", "to UTF-16 with a mark", BODIES["svix"].decode().encode("utf-16")),
        ("github", "to UTF-16LE", BODIES["github"].decode().encode("utf-16-le")),
        ("stripe", "to ASCII, ignore", BODIES["stripe"].decode().encode("ascii", "ignore")),
        ("github", "ASCII with U+FFFD", BODIES["github"].decode("ascii", "replace").encode()),
        ("binary", "UTF-8 with U+FFFD", BODIES["binary"].decode("utf-8", "replace").encode()),
        ("svix", "latin-1 twice", BODIES["svix"].decode("latin-1").encode().decode("latin-1").encode()),
        ("stripe", "the high bit dropped", bytes(one & 0x7F for one in BODIES["stripe"])),
        ("stripe", "NFD", unicodedata.normalize("NFD", BODIES["stripe"].decode()).encode()),
    ):
        yield _next(kind).arrives("body_recoded", how, body=made)
    nfd = unicodedata.normalize("NFD", BODIES["github"].decode())
    yield sent("github", nfd.encode()).arrives(
        "body_recoded", "NFC", body=unicodedata.normalize("NFC", nfd).encode()
    )
    for how, made in (
        ("backslashreplace", BODIES["svix"].decode().encode("ascii", "backslashreplace")),
        ("xmlcharrefreplace", BODIES["svix"].decode().encode("ascii", "xmlcharrefreplace")),
    ):
        yield sent("svix").arrives("body_recoded body_escaped", how, body=made)


def as_text() -> Iterator[Failure]:
    for kind in ("svix", "stripe", "big", "standard-webhooks"):
        yield _next(kind).arrives("body_as_text", "str() of the dict", body=str(json.loads(BODIES[kind])))
    for kind in ("svix", "form", "binary", "xml"):
        yield _next(kind).arrives("body_as_text", "str() of the bytes", body=str(BODIES[kind]))
    pairs = parse_qsl(BODIES["form"].decode(), keep_blank_values=True)
    lists = parse_qs(BODIES["form"].decode(), keep_blank_values=True)
    for scheme, how, made in (
        ("slack", "QueryDict", f"<QueryDict: {lists}>"),
        ("slack", "ImmutableMultiDict", f"ImmutableMultiDict({pairs})"),
        ("slack", "FormData", f"FormData({pairs})"),
        ("github", "dict of a form", str(dict(pairs))),
    ):
        yield sent(scheme, "form").arrives("body_as_text body_decoded_form", how, body=made)
    yield sent("github").arrives("body_as_text", "a memoryview", body=f"<memory at 0x{0x7F3A1C2B4D00:x}>")
    yield sent("stripe").arrives("body_as_text", "[object Object]", body="[object Object]")
    yield sent("svix").arrives("body_as_text", "BytesIO", body="<_io.BytesIO object at 0x7f3a1c2b4d00>")
    yield sent("svix").arrives(
        "body_as_text",
        "a bound method",
        body="<bound method Request.body of <starlette.requests.Request object at 0x7f3a1c2b4d00>>",
    )
    yield sent("zoom").arrives("body_as_text", "bytearray", body=str(bytearray(BODIES["svix"])))
    yield sent("zendesk").arrives("body_as_text", "None", body="None")
    ruby = re.sub(r'":', '"=>', BODIES["svix"].decode()).replace("null", "nil")
    yield sent("svix").arrives("body_as_text", "Ruby's inspect", body=ruby)
    node = json.dumps({"type": "Buffer", "data": list(BODIES["svix"])}, separators=(",", ":"))
    yield sent("svix").arrives("body_as_text body_reserialized", "JSON of a Node Buffer", body=node)


def failures() -> Iterator[Failure]:
    for make in (line_ends, marks, escaped, recoded, as_text):
        yield from make()
