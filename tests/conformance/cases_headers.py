"""Rows of the conformance table: names of headers, what is absent or stands twice, timestamps, ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from string import ascii_letters, digits
from types import MappingProxyType
from typing import Any

from starlette.datastructures import Headers as StarletteHeaders

from tests.conformance.spec_delivery import (
    ACCEPTED,
    ASGI,
    DUPLICATE,
    GOOD,
    GOOD_SVIX,
    ID,
    MISMATCH,
    MISSING,
    PAIRS,
    SIGNATURE,
    SVIX_PAIRS,
    TIMESTAMP,
    TOO_NEW,
    TOO_OLD,
    UNREADABLE,
    WRONG,
    Accepted,
    Case,
    Rejected,
    case,
    environ,
    message,
    nested,
    octets,
    renamed,
    signed,
    trio,
)

# --- Headers ------------------------------------------------------------------------------------

NAMES = [
    case("names: lower case", ACCEPTED, GOOD),
    case("names: title case", ACCEPTED, renamed(str.title, GOOD)),
    case("names: upper case", ACCEPTED, renamed(str.upper, GOOD)),
    case("names: any case", ACCEPTED, renamed(lambda name: name[:3] + name[3:].swapcase(), GOOD)),
    case("names: svix, lower case", ACCEPTED, GOOD_SVIX),
    case("names: svix, title case", ACCEPTED, renamed(str.title, GOOD_SVIX)),
    case("names: svix, upper case", ACCEPTED, renamed(str.upper, GOOD_SVIX)),
    case("names: mapping of bytes", ACCEPTED, dict(octets(GOOD))),
    case("names: bytes, title case", ACCEPTED, renamed(lambda name: name.title().encode(), GOOD)),
    case("names: str names, bytes values", ACCEPTED, {name: value.encode() for name, value in PAIRS}),
    case("names: read-only mapping", ACCEPTED, MappingProxyType(GOOD)),
    case("names: list of pairs", ACCEPTED, PAIRS),
    case("names: list of pairs, signature first", ACCEPTED, PAIRS[::-1]),
    case("names: list of lists", ACCEPTED, [list(pair) for pair in PAIRS]),
    case("names: tuple of pairs", ACCEPTED, tuple(PAIRS)),
    case("names: ASGI", ACCEPTED, octets(GOOD)),
    case("names: ASGI, svix", ACCEPTED, octets(GOOD_SVIX)),
    case("names: WSGI environ", ACCEPTED, environ(GOOD)),
    case("names: WSGI environ, svix", ACCEPTED, environ(GOOD_SVIX)),
    case("names: email.message.Message", ACCEPTED, message(PAIRS)),
    case("names: Starlette headers", ACCEPTED, StarletteHeaders(raw=octets(GOOD))),
    case("names: list values, as API gateways send", ACCEPTED, {name: [value] for name, value in PAIRS}),
    case("names: among others", ACCEPTED, {"Host": "a.example", **GOOD, "X-Id": "msg_2", "webhook": ""}),
    case("names: among what is no header", ACCEPTED, {1: 2, None: None, "x": object(), "\ud800": "", **GOOD}),
    case("names: with underscores", MISSING, renamed(lambda name: name.replace("-", "_"), GOOD)),
    case("names: x- in front", MISSING, renamed(lambda name: "x-" + name, GOOD)),
    case("names: blank behind", MISSING, renamed(lambda name: name + " ", GOOD)),
    case("names: Kelvin sign for the k", MISSING, renamed(lambda n: n.replace("k", "\u212a"), GOOD)),
    case("names: WSGI in lower case", MISSING, renamed(lambda n: "http_" + n.replace("-", "_"), GOOD)),
    case("headers: empty mapping", MISSING, {}),
    case("headers: empty list", MISSING, []),
    case("headers: None", UNREADABLE, None),
    case("headers: a number", UNREADABLE, 42),
    case("headers: a text", UNREADABLE, "webhook-id: msg_1"),
    case("headers: list of texts", UNREADABLE, ["webhook-id: msg_1"]),
    case("headers: list of triples", UNREADABLE, [("webhook-id", ID, "more")]),
    case("headers: name that cannot be hashed", UNREADABLE, [(["webhook-id"], ID)]),
    case("value: timestamp as int", UNREADABLE, trio(timestamp=TIMESTAMP)),
    case("value: timestamp as float", UNREADABLE, trio(timestamp=float(TIMESTAMP))),
    case("value: id as int", UNREADABLE, trio(id=1)),
    case("value: id as an int that has too many digits to print", UNREADABLE, trio(id=10**5000)),
    case("value: id as bytearray", UNREADABLE, trio(id=bytearray(ID, "ascii"))),
    case("value: id as object", UNREADABLE, trio(id=object())),
    case("value: id nested too deep to print", UNREADABLE, trio(id=nested(ID, 100_000))),
    case("value: signature as mapping", UNREADABLE, trio(signature={"v1": SIGNATURE})),
    case("value: list of a list", UNREADABLE, trio(signature=[[SIGNATURE]])),
]

BLANKS: dict[str, object] = {"empty": "", "blank": "  ", "tab": "\t", "None": None, "empty list": []}
ABSENT = [
    case(f"missing: {name} {how}", MISSING, headers)
    for brand in ("webhook", "svix")
    for name in trio(brand=brand)
    for how, headers in [
        ("absent", {each: value for each, value in trio(brand=brand).items() if each != name}),
        *((how, {**trio(brand=brand), name: blank}) for how, blank in BLANKS.items()),
    ]
]

DUPLICATES = [
    *(case(f"twice, same: {name}", ACCEPTED, [*PAIRS, (name, value)]) for name, value in PAIRS),
    *(case(f"twice, differing: {name}", DUPLICATE, [*PAIRS, (name, value + "0")]) for name, value in PAIRS),
    *(case(f"twice, differing: {n}", DUPLICATE, [(n, v + "0"), *SVIX_PAIRS]) for n, v in SVIX_PAIRS),
    case("twice: good signature, then wrong one", DUPLICATE, [*PAIRS, ("webhook-signature", WRONG)]),
    case("twice: wrong signature, then good one", DUPLICATE, [("webhook-signature", WRONG), *PAIRS]),
    case("twice: value, then empty", DUPLICATE, [*PAIRS, ("webhook-id", "")]),
    case("twice: empty, then value", DUPLICATE, [("webhook-id", ""), *PAIRS]),
    case("twice: absent, then value", ACCEPTED, {"Webhook-Id": None, **GOOD}),
    case("twice: letter case, same", ACCEPTED, {"Webhook-Id": ID, **GOOD}),
    case("twice: letter case, differing", DUPLICATE, {"Webhook-Id": "msg_2", **GOOD}),
    case("twice: bytes and str, same", ACCEPTED, {b"webhook-id": ID.encode(), **GOOD}),
    case("twice: bytes and str, differing", DUPLICATE, {b"webhook-id": b"msg_2", **GOOD}),
    case("twice: environ and plain, differing", DUPLICATE, {"HTTP_WEBHOOK_ID": "msg_2", **GOOD}),
    case("twice: in one list, same", ACCEPTED, trio(id=[ID, ID])),
    case("twice: in one list, differing", DUPLICATE, trio(id=[ID, "msg_2"])),
    case("twice: in one list, one empty", DUPLICATE, trio(id=[ID, ""])),
    case("twice: ASGI, differing", DUPLICATE, [*ASGI, (b"Webhook-Id", b"msg_2")]),
    case("twice: Message, differing", DUPLICATE, message([*PAIRS, ("Webhook-Id", "msg_2")])),
    case("twice: Starlette, differing", DUPLICATE, StarletteHeaders(raw=[*ASGI, (b"webhook-id", b"msg_2")])),
    case("joined by a WSGI server: id", MISMATCH, trio(id=f"{ID},{ID}")),
    case("joined by a WSGI server: timestamp", UNREADABLE, trio(timestamp=f"{TIMESTAMP},{TIMESTAMP}")),
    case("joined by a WSGI server: signature", ACCEPTED, trio(signature=f"{WRONG}, {SIGNATURE}")),
    case("joined by a WSGI server: good signature first", MISMATCH, trio(signature=f"{SIGNATURE}, {WRONG}")),
]

ALIEN = trio("msg_2", str(TIMESTAMP - 1), WRONG)
ALIEN_SVIX = trio("msg_2", str(TIMESTAMP - 1), WRONG, "svix")
RIVALS = list(zip(GOOD_SVIX, GOOD, strict=True))


def without(name: str, headers: dict[str, Any]) -> dict[str, Any]:
    """The headers but one."""
    return {each: value for each, value in headers.items() if each != name}


BRANDS = [
    case("brands: both, the same", ACCEPTED, {**GOOD, **GOOD_SVIX}),
    case("brands: webhook good, svix wrong", ACCEPTED, {**GOOD, **ALIEN_SVIX}),
    case("brands: webhook good, svix wrong but first", ACCEPTED, {**ALIEN_SVIX, **GOOD}),
    case("brands: webhook wrong, svix good", MISMATCH, {**ALIEN, **GOOD_SVIX}),
    case("brands: webhook stale, svix good", TOO_OLD, {**signed(timestamp=1), **GOOD_SVIX}),
    case("brands: webhook unreadable, svix good", UNREADABLE, {**trio(timestamp="hello"), **GOOD_SVIX}),
    *(case(f"brands: svix, and no {name}", ACCEPTED, {**without(name, ALIEN), **GOOD_SVIX}) for name in GOOD),
    *(case(f"brands: svix, and blank {name}", ACCEPTED, {**ALIEN, name: " ", **GOOD_SVIX}) for name in GOOD),
    *(case(f"brands: webhook, and no {n}", ACCEPTED, {**GOOD, **without(n, ALIEN_SVIX)}) for n in GOOD_SVIX),
    *(case(f"brands: {n} for svix's own", MISSING, {**without(n, GOOD_SVIX), w: GOOD[w]}) for n, w in RIVALS),
    *(case(f"brands: {n} for webhook's own", MISSING, {**without(w, GOOD), n: GOOD[w]}) for n, w in RIVALS),
    case("brands: scheme svix reads svix", Accepted(scheme="svix"), GOOD_SVIX, options={"scheme": "svix"}),
    case("brands: scheme svix reads webhook", Accepted(scheme="svix"), GOOD, options={"scheme": "svix"}),
]

# --- Timestamp and id ---------------------------------------------------------------------------


def bounds(tolerance: str, options: Mapping[str, Any], bound: int) -> list[Case]:
    """The last instants inside the tolerance and the first ones outside, whole seconds being compared."""
    rows: list[tuple[str, Accepted | Rejected, float]] = [
        (f"{bound} s old", ACCEPTED, bound),
        (f"{bound}.999 s old", ACCEPTED, bound + 0.999),
        (f"{bound + 1} s old", TOO_OLD, bound + 1),
        (f"{bound} s ahead", ACCEPTED, -bound),
        (f"{bound}.001 s ahead, in the second before", TOO_NEW, -bound - 0.001),
        (f"{bound + 1} s ahead", TOO_NEW, -bound - 1),
    ]
    return [
        case(f"tolerance {tolerance}: {what}", verdict, GOOD, now=TIMESTAMP + age, options=options)
        for what, verdict, age in rows
    ]


TOLERANCES = [
    *bounds("by default", {}, 300),
    *bounds("60", {"tolerance": 60}, 60),
    *bounds("1.9", {"tolerance": 1.9}, 1),
    *bounds("0.5", {"tolerance": 0.5}, 0),
    *bounds("an hour", {"tolerance": timedelta(hours=1)}, 3600),
]
T = str(TIMESTAMP)
Y9999 = 253402300799  # the last second that a datetime can hold
FAR_TIMESTAMPS: dict[str, tuple[str, Rejected]] = {
    "one digit": ("1", TOO_OLD),
    "a year old": (str(TIMESTAMP - 31_536_000), TOO_OLD),
    "a year ahead": (str(TIMESTAMP + 31_536_000), TOO_NEW),
    "milliseconds cut to twelve digits": (str(TIMESTAMP * 1000)[:12], TOO_NEW),
    "the last second of year 9999": (str(Y9999), TOO_NEW),
    "after the year 9999": (str(Y9999 + 1), TOO_NEW),
    "twelve nines": ("999999999999", TOO_NEW),
}
UNREADABLE_TIMESTAMPS = {
    "milliseconds": T + "000",
    "thirteen digits": "1000000000000",
    "zero": "0",
    "minus zero": "-0",
    "minus one": "-1",
    "minus sign": "-" + T,
    "plus sign": "+" + T,
    "leading zero": "0" + T,
    "newline behind": T + "\n",
    "carriage return behind": T + "\r",
    "NUL behind": T + "\0",
    "no-break space behind": T + "\xa0",
    "point": T + ".",
    "point and zero": T + ".0",
    "fraction": T + ".5",
    "exponent": "1e9",
    "underscore": T[:3] + "_" + T[3:],
    "comma": T[:1] + "," + T[1:],
    "hexadecimal": hex(TIMESTAMP),
    "Arabic-Indic digits": T.translate({48 + digit: 0x660 + digit for digit in range(10)}),
    "fullwidth digits": T.translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
    "one fullwidth digit": "\uff11" + T[1:],
    "superscripts": "\xb9\xb2\xb3",
    "Roman numeral": "\u2169",
    "hello": "hello",
    "digits and letters": T + "abc",
    "nan": "nan",
    "inf": "inf",
    "ISO 8601": "2021-02-25T15:02:10Z",
    "quoted": f'"{T}"',
    "5000 digits": "1" * 5000,
    "a million digits": "9" * 1_000_000,
}
PADDED_TIMESTAMPS = {"blank in front": " " + T, "blank behind": T + " ", "tab behind": T + "\t"}
TIMESTAMPS = [
    *TOLERANCES,
    *(case(f"timestamp: {n}", verdict, signed(timestamp=t)) for n, (t, verdict) in FAR_TIMESTAMPS.items()),
    *(case(f"timestamp: {n}", UNREADABLE, signed(timestamp=t)) for n, t in UNREADABLE_TIMESTAMPS.items()),
    *(case(f"timestamp: {n}", ACCEPTED, trio(timestamp=t)) for n, t in PADDED_TIMESTAMPS.items()),
    *(case(f"timestamp: signed {n}", MISMATCH, signed(timestamp=t)) for n, t in PADDED_TIMESTAMPS.items()),
    case("timestamp: bytes", ACCEPTED, trio(timestamp=T.encode())),
    case("timestamp: bytes that are no ASCII", UNREADABLE, trio(timestamp=T.encode() + b"\xb2")),
    case("timestamp: the last of year 9999, then", ACCEPTED, signed(timestamp=Y9999), now=Y9999),
    case("timestamp: in the year 10000, then", TOO_NEW, signed(timestamp=Y9999 + 1), now=Y9999 + 1),
]

CLOSED_ID = f"{ascii_letters}{digits}-_.~:+/@"
READABLE_IDS = {
    "one letter": "m",
    "one sign": "!",
    "UUID": "65a9dad4-1b60-4686-83fd-65b25078a4b4",
    "dots": "org.example.42",
    "dots alone": "...",
    "dot and a timestamp": f"msg_1.{TIMESTAMP}",
    "every printable ASCII character but the dot": "".join(map(chr, range(0x21, 0x7F))).replace(".", ""),
    "every character that may be beside a dot": CLOSED_ID,
    "blank inside": "msg 1",
    "10,000 characters": "m" * 10_000,
}
UNREADABLE_IDS: dict[str, str | bytes] = {
    **{f"a dot and {sign!r}": f"a.{sign}" for sign in sorted({*map(chr, range(0x21, 0x7F))} - {*CLOSED_ID})},
    "a dot and a blank": "a. b",
    "non-ASCII letter": "msg_\xe9",
    "emoji": "msg_\U0001f4a9",
    "lone surrogate": "msg_\ud800",
    "NUL": "msg_\0",
    "newline": "msg_1\n",
    "carriage return": "msg_\r1",
    "tab": "msg_\t1",
    "escape": "\x1b[31mmsg_1",
    "DEL": "msg_\x7f",
    "no-break space": "msg_\xa01",
    "byte order mark": "\ufeffmsg_1",
    "bytes that are no ASCII": b"msg_\xe9",
    "bytes that are UTF-8": "msg_\xe9".encode(),
}
IDS = [
    *(case(f"id: {name}", ACCEPTED, signed(text)) for name, text in READABLE_IDS.items()),
    *(case(f"id: {name}", UNREADABLE, signed(text)) for name, text in UNREADABLE_IDS.items()),
    case("id: signed blanks around it", MISMATCH, signed(id=" msg_1 ")),
    case("id: blanks around it were not signed", ACCEPTED, trio(id=f" {ID} ")),
]
