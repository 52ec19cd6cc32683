"""The contract: what is sent to a receiver over HTTP, and what it must answer, in whatever framework.

Each row is a request as bytes on a socket. It has one expected answer; where a server decides before
any app has a say, the row names the :class:`Trait` of the server, the answer there, and the reason.
Whether the handler has run is expected of each row, too.
"""

from __future__ import annotations

import gzip
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import partial

from tests.integrations.expected import (
    ACCEPTED,
    FAILED,
    MALFORMED,
    NOT_ALLOWED,
    NOT_FOUND,
    NO_ANSWER,
    NO_CONTENT,
    REFUSED,
    TOO_LARGE,
    UNAUTHORIZED,
    But,
    Expected,
    Row,
    Trait,
)
from tests.integrations.sender import (
    BODY,
    LIMIT,
    OLD_KEY,
    PATH,
    TOLERANCE,
    WRONG_KEY,
    altered,
    chunked,
    chunks,
    ed25519,
    ended,
    event,
    expecting,
    framed,
    garbage,
    gone,
    head,
    in_pauses,
    mac,
    nested,
    new_id,
    post,
    signed,
    smuggled,
    twice,
    with_signatures,
    without,
)
from tests.integrations.wire import Sending


def _accepted() -> Iterator[Row]:
    form = b"type=invoice.paid&customer=Zo%C3%AB&plus=a+b"
    multipart = b'--xx\r\nContent-Disposition: form-data; name="type"\r\n\r\ninvoice.paid\r\n--xx--\r\n'
    zipped = gzip.compress(BODY, mtime=0)
    bodies = {
        "body empty": (b"", "application/json"),
        "body not UTF-8": (b'{"name": "Zo\xeb\xff\x00"}', "application/json"),
        "body not JSON, labelled so": (b"{not json", "application/json"),
        "body without a content type": (BODY, ""),
        "body form-encoded": (form, "application/x-www-form-urlencoded"),
        "body multipart": (multipart, "multipart/form-data; boundary=xx"),
        "body broken multipart": (b"--yy\r\nno end", "multipart/form-data"),
        "body in UTF-16, by its charset": (
            BODY.decode().encode("utf-16"),
            "application/json; charset=utf-16",
        ),
        "body of just the limit": (b"x" * LIMIT, "application/octet-stream"),
    }
    yield Row("genuine", post, ACCEPTED)
    yield Row("genuine, svix- headers", lambda: post(signed(brand="svix")), ACCEPTED)
    yield Row("genuine, id with dots", lambda: post(signed(msg_id=f"{new_id()}.a.b")), ACCEPTED)
    yield Row("genuine, almost too old", lambda: post(signed(age=TOLERANCE - 10)), ACCEPTED)
    yield Row("genuine, almost too new", lambda: post(signed(age=10 - TOLERANCE)), ACCEPTED)
    yield Row("genuine, with a query", partial(post, target=f"{PATH}?a=1&b=%2F"), ACCEPTED)
    yield Row("genuine, HTTP/1.0", partial(post, version="1.0"), ACCEPTED)
    for name, (body, content_type) in bodies.items():
        yield Row(name, partial(post, None, body, content_type=content_type), ACCEPTED)
    yield Row("body empty, no length", lambda: Sending(head(signed(b""))), ACCEPTED)
    yield Row(
        "body said to be gzip, signed as it is",
        lambda: post([*signed(), ("Content-Encoding", "gzip")]),
        ACCEPTED,
    )
    yield Row(
        "body in gzip, signed as it is",
        lambda: post([*signed(zipped), ("Content-Encoding", "gzip")], zipped),
        ACCEPTED,
    )


def _arriving() -> Iterator[Row]:
    each_byte = [BODY[at : at + 1] for at in range(len(BODY))]
    large = [b"x" * 65_536] * 5
    yield Row("chunked", lambda: chunked([BODY]), ACCEPTED)
    yield Row("chunked, byte by byte", lambda: chunked(each_byte), ACCEPTED)
    yield Row("chunked, in pauses", lambda: chunked([BODY[:9], BODY[9:]], pauses=True), ACCEPTED)
    yield Row("chunked, empty", lambda: chunked([]), ACCEPTED)
    yield Row("chunked, large", lambda: chunked(large), ACCEPTED)
    yield Row("chunked, tampered", lambda: chunked([BODY, b" "], signed()), UNAUTHORIZED)
    yield Row("chunked, unsigned", lambda: chunked([BODY], []), MALFORMED)
    yield Row("head and body in pauses", in_pauses, ACCEPTED)
    yield Row("expects 100-continue", partial(expecting, True), ACCEPTED)
    yield Row(
        "expects 100-continue, refused on its headers",
        partial(expecting, False),
        UNAUTHORIZED,
        (
            But(
                Trait.READS_FIRST,
                None,
                "it waits for the body, which a client that was refused does not send",
            ),
        ),
    )


def _keys() -> Iterator[Row]:
    old, wrong = partial(mac, key=OLD_KEY), partial(mac, key=WRONG_KEY)
    lists: dict[str, tuple[list[Callable[[str, str, bytes], str]], Expected]] = {
        "both keys of a rotation": ([old, mac], ACCEPTED),
        "Ed25519": ([ed25519], ACCEPTED),
        "Ed25519 and HMAC": ([ed25519, mac], ACCEPTED),
        "100 signatures, the good one first": ([mac, *[garbage] * 99], ACCEPTED),
        "100 signatures, the good one last": ([*[garbage] * 99, mac], UNAUTHORIZED),
        "garbage beside a good one": ([lambda *_: "v1 v2,x ,, v1,= v1a,zz", mac], ACCEPTED),
        "wrong key": ([wrong], UNAUTHORIZED),
        "unknown version": ([lambda *a: mac(*a).replace("v1,", "v2,")], UNAUTHORIZED),
        "HMAC, called v1a": ([lambda *a: mac(*a).replace("v1,", "v1a,")], UNAUTHORIZED),
        "version in upper case": ([lambda *a: mac(*a).replace("v1,", "V1,")], UNAUTHORIZED),
        "signature cut short": ([lambda *a: mac(*a)[:-4]], UNAUTHORIZED),
        "signature in hex": ([lambda *a: "v1," + b64decode(mac(*a)[3:]).hex()], UNAUTHORIZED),
        "signature without a version": ([lambda *a: mac(*a)[3:]], UNAUTHORIZED),
    }
    yield Row("old key in a rotation", lambda: post(signed(key=OLD_KEY)), ACCEPTED)
    for name, (makers, expected) in lists.items():
        yield Row(name, lambda makers=makers: post(with_signatures(*makers)), expected)  # type: ignore[misc]


def _forged() -> Iterator[Row]:
    yield Row("tampered body", lambda: post(signed(), BODY.replace(b"1.0", b"9.0")), UNAUTHORIZED)
    yield Row("tampered body, same JSON", lambda: post(signed(), BODY.strip()), UNAUTHORIZED)
    yield Row("tampered id", lambda: altered("id", lambda value: f"{value}x"), UNAUTHORIZED)
    yield Row("tampered timestamp", lambda: altered("timestamp", lambda v: str(int(v) + 1)), UNAUTHORIZED)
    yield Row("stale", lambda: post(signed(age=TOLERANCE + 1)), UNAUTHORIZED)
    yield Row("stale by years", lambda: post(signed(timestamp="1")), UNAUTHORIZED)
    yield Row("from the future", lambda: post(signed(age=-TOLERANCE - 30)), UNAUTHORIZED)
    for name, timestamp in {
        "no number": "now",
        "negative": "-5",
        "with a fraction": "1700000000.0",
        "leading zero": "01700000000",
        "too long": "1" * 13,
    }.items():
        yield Row(
            f"timestamp {name}", partial(lambda text: post(signed(timestamp=text)), timestamp), MALFORMED
        )
    yield Row("unsigned", lambda: post([]), MALFORMED)
    yield Row(
        "forged webhook- headers before good svix- ones",
        lambda: post([*signed(key=WRONG_KEY), *signed(brand="svix")]),
        UNAUTHORIZED,
    )
    yield Row(
        "two brands, neither complete",
        lambda: post([*signed()[:2], *signed(brand="svix")[2:]]),
        MALFORMED,
    )


def _headers() -> Iterator[Row]:
    for part in ("id", "timestamp", "signature"):
        name = f"webhook-{part}"
        yield Row(f"{part} missing", lambda name=name: post(without(signed(), name)), MALFORMED)  # type: ignore[misc]
        yield Row(f"{part} blank", partial(altered, part, lambda _: "  "), MALFORMED)
    yield Row(
        "header names in odd case",
        lambda: post([(name.title().swapcase(), value) for name, value in signed()]),
        ACCEPTED,
    )
    yield Row(
        "blanks around header values",
        lambda: post([(name, f"  {value} \t") for name, value in signed()]),
        ACCEPTED,
    )
    yield from _duplicates()
    yield Row(
        "underscore headers beside the good ones",
        lambda: post([*smuggled("msg_other"), *signed(), *smuggled("msg_other")]),
        ACCEPTED,
    )
    yield Row("underscore headers alone", lambda: post(smuggled()), MALFORMED)
    yield Row("id of 100 letters not in ASCII", lambda: altered("id", lambda _: "\xeb" * 100), MALFORMED)
    yield Row(
        "method override header",
        lambda: post([*signed(), ("X-HTTP-Method-Override", "GET"), ("X-Forwarded-Prefix", "/x")]),
        ACCEPTED,
    )
    yield Row("80 other headers", lambda: post([*signed(), *[("X-A", "a")] * 80]), ACCEPTED)


def _duplicates() -> Iterator[Row]:
    joined = "the app gets one header with a comma in it, "
    matches_not = But(Trait.JOINS, UNAUTHORIZED, joined + "which nobody has signed")
    no_number = But(Trait.JOINS, MALFORMED, joined + "which is no timestamp")
    yield Row("id twice, differing", lambda: twice("id", new_id()), MALFORMED, (matches_not,))
    yield Row("timestamp twice, differing", lambda: twice("timestamp", "1700000000"), MALFORMED)
    yield Row("signature twice, differing", lambda: twice("signature", garbage()), MALFORMED, (matches_not,))
    yield Row("id twice, the same", lambda: twice("id"), ACCEPTED, (matches_not,))
    yield Row("timestamp twice, the same", lambda: twice("timestamp"), ACCEPTED, (no_number,))
    yield Row("signature twice, the same", lambda: twice("signature"), ACCEPTED, (matches_not,))


def _sizes() -> Iterator[Row]:
    reads_first = (But(Trait.READS_FIRST, None, "it waits for the body that the length promises"),)
    closes_with = But(Trait.CLOSES_WITH, NO_ANSWER, "it takes the client for gone")
    pieces = [b"x" * 65_536] * 16
    yield Row(
        "oversize by its length, body not sent",
        lambda: Sending(head(signed(), f"Content-Length: {LIMIT + 1}")),
        TOO_LARGE,
        reads_first,
    )
    yield Row(
        "oversize by far, body not sent",
        lambda: Sending(head(signed(), "Content-Length: 99999999999")),
        TOO_LARGE,
        reads_first,
    )
    yield Row("oversize by its length, body sent", lambda: post(None, b"x" * (LIMIT + 1)), TOO_LARGE)
    yield Row("oversize in chunks", lambda: chunked([*pieces, b"y"]), TOO_LARGE)
    yield Row("oversize in chunks, unsigned", lambda: chunked([*pieces, b"y"], []), MALFORMED)
    yield Row(
        "length shorter than the body",
        lambda: framed(f"Content-Length: {len(BODY) - 1}"),
        UNAUTHORIZED,
        (But(Trait.NOTHING_AFTER, REFUSED, "the byte too many is no request"),),
    )
    yield Row(
        "length longer than the body",
        lambda: ended(f"Content-Length: {len(BODY) + 1}", BODY),
        REFUSED,
        (closes_with,),
    )
    yield Row(
        "chunks without an end",
        lambda: ended("Transfer-Encoding: chunked", next(chunks([BODY]))),
        REFUSED,
        (closes_with,),
    )
    yield Row("length no number", lambda: framed("Content-Length: some"), REFUSED)
    yield Row("length negative", lambda: framed(f"Content-Length: -{len(BODY)}"), REFUSED)
    yield Row("two lengths", lambda: framed(f"Content-Length: {len(BODY)}", "Content-Length: 3"), REFUSED)
    yield Row(
        "length beside chunks",
        lambda: framed(
            "Content-Length: 3", "Transfer-Encoding: chunked", body=b"".join(chunks([BODY])), pairs=signed()
        ),
        REFUSED,
        (But(Trait.PREFERS_CHUNKS, ACCEPTED, "the app gets the whole body, and closes the connection"),),
    )
    yield Row(
        "chunk size no number",
        lambda: Sending(head(signed(), "Transfer-Encoding: chunked"), (b"zz\r\n" + BODY,)),
        REFUSED,
    )


def _hostile() -> Iterator[Row]:
    unfolded = But(
        Trait.UNFOLDS, UNAUTHORIZED, "the app gets an id with a blank in it, which nobody has signed"
    )
    yield Row(
        "id folded over two lines",
        lambda: altered("id", lambda v: f"{v[:9]}\r\n {v[9:]}"),
        REFUSED,
        (unfolded,),
    )
    yield Row("header with a NUL", lambda: altered("id", lambda value: f"{value}\0"), REFUSED)
    yield Row("header without a name", lambda: post([*signed(), ("", "x")]), REFUSED)
    yield Row("header name with a blank", lambda: post([*signed(), ("webhook-id ", "x")]), REFUSED)
    yield Row(
        "header of 400 kB",
        lambda: altered("signature", lambda value: value + " v1,x" * 80_000),
        REFUSED,
        (But(Trait.HEADERS_431, Expected(431), "it is the newer status for the same"),),
    )
    yield Row("no HTTP", lambda: Sending(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), REFUSED)


def _nested() -> Iterator[Row]:
    name = "refused on its headers, with a body like a request"
    yield Row(name, partial(nested, in_chunks=False), UNAUTHORIZED)
    yield Row(f"{name}, in chunks", partial(nested, in_chunks=True), UNAUTHORIZED)


def _routes() -> Iterator[Row]:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        yield Row(f"method {method}", partial(post, method=method), NOT_ALLOWED)
    yield Row("method HEAD", lambda: Sending(head([], method="HEAD")), NOT_ALLOWED._replace(body=b""))
    yield Row("method OPTIONS", lambda: Sending(head([], method="OPTIONS")), NOT_ALLOWED)
    yield Row(
        "method post in lower case",
        partial(post, method="post"),
        REFUSED,
        (
            But(Trait.UPPER_METHOD, ACCEPTED, "the app gets a POST"),
            But(Trait.ANY_METHOD, NOT_ALLOWED, "the app gets it as it came"),
        ),
    )
    for name, path in {
        "path not ours": "/webhooks/other",
        "path with a slash at the end": f"{PATH}/",
        "path in upper case": PATH.upper(),
        "path with something behind": f"{PATH}/x",
        "path with two slashes": PATH.replace("/svix", "//svix"),
        "path with a dot": "/webhooks/./svix",
    }.items():
        yield Row(name, partial(post, target=path), NOT_FOUND)
        yield Row(f"{name}, unsigned", partial(post, [], target=path), NOT_FOUND)
    yield Row("path percent-encoded", partial(post, target="/webhooks/%73vix"), ACCEPTED)
    yield Row("path percent-encoded, unsigned", partial(post, [], target="/webhooks/%73vix"), MALFORMED)


def _handlers() -> Iterator[Row]:
    yield Row("handler answers 500", lambda: event("fail"), FAILED)
    yield Row("handler answers 204", lambda: event("no_content"), NO_CONTENT)
    yield Row(
        "handler raises",
        lambda: event("raise"),
        FAILED,
        (But(Trait.CRASH_IS_502, Expected(502, handled=True), "the function's caller answers"),),
    )


def _gone() -> Iterator[Row]:
    length = f"Content-Length: {len(BODY)}"
    yield Row("client gone in its headers", lambda: gone(head(signed(), length)[:-30]), NO_ANSWER)
    yield Row("client gone before the body", lambda: gone(head(signed(), length)), NO_ANSWER)
    yield Row("client gone in its body", lambda: gone(head(signed(), length), BODY[:9]), NO_ANSWER)
    yield Row(
        "client gone in a chunk",
        lambda: gone(head(signed(), "Transfer-Encoding: chunked"), b"40\r\n" + BODY[:9]),
        NO_ANSWER,
    )
    yield Row(
        "client gone between chunks, signed so far",
        lambda: gone(head(signed(), "Transfer-Encoding: chunked"), next(chunks([BODY]))),
        NO_ANSWER,
    )


ROWS = [
    *_accepted(),
    *_arriving(),
    *_keys(),
    *_forged(),
    *_headers(),
    *_sizes(),
    *_hostile(),
    *_nested(),
    *_routes(),
    *_handlers(),
    *_gone(),
]
