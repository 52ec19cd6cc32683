"""The conformance table: what a receiver is sent, and the verdict it must reach.

Drawn from Standard Webhooks 1.0.0 and from what the official libraries test. The delivery that most
rows vary is the specification's own: its secret, id, timestamp and body, received in the very second
it was signed. Rows are signed here with ``hmac`` and ``cryptography`` alone, so that the package
under test is not its own judge; an altered delivery carries the signature of its unaltered self, and
a delivery that is refused for its form carries a good signature of just that form.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.datastructures import Headers as StarletteHeaders

from tests.signing import SECRET
from webhook_verify import (
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    TimestampOutsideTolerance,
)

# The specification's delivery, signed both ways (its "v1" and "v1a" vectors).
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
PRIVATE = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
SIGNATURE_V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="

KEY = b64decode(SECRET.removeprefix("whsec_"))
PUBLIC_BYTES = b64decode(PUBLIC.removeprefix("whpk_"))
SEED = b64decode(PRIVATE.removeprefix("whsk_"))[:32]
# RFC 8410: twelve bytes that say Ed25519, then the key.
PUBLIC_PEM = (
    f"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA{PUBLIC.removeprefix('whpk_')}\n-----END PUBLIC KEY-----\n"
)
PADDED = "aDeFC3Zn55XB3PDD2zF0JP9cyrDHdV/18VOmkTcuyto="  # 32 bytes, so its base64 ends in one "="
PADDED_KEY = b64decode(PADDED)
OTHER_KEY = bytes(range(100, 132))
OTHER_SECRET = "whsec_" + b64encode(OTHER_KEY).decode()
WRONG = "v1," + b64encode(bytes(32)).decode()
WRONG_V1A = "v1a," + b64encode(bytes(64)).decode()


@dataclass(frozen=True)
class Accepted:
    """A Delivery, verified by the secret of this label."""

    key: str = "secret-1"
    scheme: str = "standard-webhooks"


@dataclass(frozen=True)
class Rejected:
    """The error that must be raised: exactly this class, reason and status hint."""

    error: type[RejectedDelivery]
    reason: Reason
    status_hint: int


MISSING = Rejected(MalformedDelivery, Reason.MISSING_HEADER, 400)
DUPLICATE = Rejected(MalformedDelivery, Reason.DUPLICATE_HEADER, 400)
UNREADABLE = Rejected(MalformedDelivery, Reason.UNREADABLE_HEADER, 400)
TOO_OLD = Rejected(TimestampOutsideTolerance, Reason.TOO_OLD, 401)
TOO_NEW = Rejected(TimestampOutsideTolerance, Reason.TOO_NEW, 401)
MISMATCH = Rejected(SignatureMismatch, Reason.SIGNATURE_MISMATCH, 401)
NO_SECRET = Rejected(SignatureMismatch, Reason.NO_SECRET, 401)
ACCEPTED = Accepted()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One delivery as it is received, and the verdict. ``options`` are the Verifier's."""

    name: str
    verdict: Accepted | Rejected
    headers: Any
    body: bytes | bytearray | memoryview = BODY
    secret: Any = SECRET
    now: float = TIMESTAMP
    options: Mapping[str, Any] = field(default_factory=dict)


def case(name: str, verdict: Accepted | Rejected, headers: Any, **delivery: Any) -> Case:
    """A row of the table."""
    return Case(name=name, verdict=verdict, headers=headers, **delivery)


# --- How the other side signs -------------------------------------------------------------------


def content(id: str | bytes, timestamp: object, body: bytes) -> bytes:
    """The signed content."""
    octets = id if isinstance(id, bytes) else id.encode("utf-8", "surrogatepass")
    return b".".join((octets, str(timestamp).encode("utf-8"), body))


def v1(id: str | bytes = ID, timestamp: object = TIMESTAMP, body: bytes = BODY, *, key: bytes = KEY) -> str:
    """The ``v1`` entry that a sender with this key makes."""
    mac = hmac.new(key, content(id, timestamp, body), hashlib.sha256).digest()
    return "v1," + b64encode(mac).decode()


def v1a(id: str = ID, timestamp: object = TIMESTAMP, body: bytes = BODY, *, seed: bytes = SEED) -> str:
    """The ``v1a`` entry that a sender with this private key makes."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(content(id, timestamp, body))
    return "v1a," + b64encode(signature).decode()


def trio(
    id: object = ID, timestamp: object = str(TIMESTAMP), signature: object = SIGNATURE, brand: str = "webhook"
) -> dict[str, Any]:
    """The three headers of one brand."""
    return {f"{brand}-id": id, f"{brand}-timestamp": timestamp, f"{brand}-signature": signature}


def signed(
    id: str | bytes = ID, timestamp: object = TIMESTAMP, body: bytes = BODY, *, key: bytes = KEY
) -> dict[str, Any]:
    """The three headers of a delivery that is genuine as far as the signature goes."""
    return trio(id, str(timestamp), v1(id, timestamp, body, key=key))


def listed(*entries: str) -> dict[str, Any]:
    """The specification's delivery with this list of signatures."""
    return trio(signature=" ".join(entries))


def renamed(rename: Callable[[str], Any], headers: dict[str, Any]) -> dict[Any, Any]:
    """The same headers under other spellings of their names."""
    return {rename(name): value for name, value in headers.items()}


def environ(headers: dict[str, Any]) -> dict[str, Any]:
    """A WSGI environ, or Django's META."""
    http = renamed(lambda name: "HTTP_" + name.upper().replace("-", "_"), headers)
    return {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "wsgi.input": object(), **http}


def octets(headers: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """An ASGI scope's headers."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def message(pairs: Iterable[tuple[str, str]]) -> Message:
    """The headers as the standard library parses them: repeats stay repeats."""
    parsed = Message()
    for name, value in pairs:
        parsed[name] = value
    return parsed


def nested(value: object, depth: int) -> object:
    """A list in a list in a list."""
    for _ in range(depth):
        value = [value]
    return value


GOOD = trio()
GOOD_SVIX = trio(brand="svix")
PAIRS = list(GOOD.items())
SVIX_PAIRS = list(GOOD_SVIX.items())
ASGI = octets(GOOD)

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
    "blank in front": " " + T,
    "blank behind": T + " ",
    "tab behind": T + "\t",
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
TIMESTAMPS = [
    *TOLERANCES,
    *(case(f"timestamp: {n}", verdict, signed(timestamp=t)) for n, (t, verdict) in FAR_TIMESTAMPS.items()),
    *(case(f"timestamp: {n}", UNREADABLE, signed(timestamp=t)) for n, t in UNREADABLE_TIMESTAMPS.items()),
    case("timestamp: bytes", ACCEPTED, trio(timestamp=T.encode())),
    case("timestamp: bytes that are no ASCII", UNREADABLE, trio(timestamp=T.encode() + b"\xb2")),
    case("timestamp: the last of year 9999, then", ACCEPTED, signed(timestamp=Y9999), now=Y9999),
    case("timestamp: in the year 10000, then", TOO_NEW, signed(timestamp=Y9999 + 1), now=Y9999 + 1),
]

READABLE_IDS = {
    "one letter": "m",
    "one sign": "!",
    "UUID": "65a9dad4-1b60-4686-83fd-65b25078a4b4",
    "dots": "org.example.42",
    "dots alone": "...",
    "dot and a timestamp": f"msg_1.{TIMESTAMP}",
    "every printable ASCII character": "".join(map(chr, range(0x21, 0x7F))),
    "blank inside": "msg 1",
    "10,000 characters": "m" * 10_000,
}
UNREADABLE_IDS: dict[str, str | bytes] = {
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
    case("id: blanks around it belong to it", ACCEPTED, signed(id=" msg_1 ")),
    case("id: blanks around it were not signed", MISMATCH, trio(id=f" {ID} ")),
]

# --- Signatures ---------------------------------------------------------------------------------

MAC = SIGNATURE.removeprefix("v1,")
MAC_BYTES = b64decode(MAC)
SIG_V1A = SIGNATURE_V1A.removeprefix("v1a,")
V1A_BYTES = b64decode(SIG_V1A)
BAD = {
    "wrong": WRONG,
    "another secret's": v1(key=OTHER_KEY),
    "v2": f"v2,{MAC}",
    "v0": f"v0,{MAC}",
    "V1": f"V1,{MAC}",
    "v1a": f"v1a,{MAC}",
    "v11": f"v11,{MAC}",
    "v": f"v,{MAC}",
    "version that is not ASCII": f"v\xb9,{MAC}",
    "no version": f",{MAC}",
    "no comma": MAC,
    "no comma, version in front": f"v1{MAC}",
    "equals sign for the comma": f"v1={MAC}",
    "colon for the comma": f"v1:{MAC}",
    "two commas": f"v1,,{MAC}",
    "comma behind": f"v1,{MAC},",
    "third field": f"v1,{MAC},v1",
    "v1 alone": "v1",
    "v1 and a comma alone": "v1,",
    "comma alone": ",",
    "first 8 characters": f"v1,{MAC[:8]}",
    "first 40 characters": f"v1,{MAC[:40]}",
    "last 40 characters": f"v1,{MAC[4:]}",
    "first 31 bytes": "v1," + b64encode(MAC_BYTES[:31]).decode(),
    "one byte more": "v1," + b64encode(MAC_BYTES + b"\0").decode(),
    "twice over": f"v1,{MAC}{MAC}",
    "hex": "v1," + MAC_BYTES.hex(),
    "base64url": "v1," + urlsafe_b64encode(MAC_BYTES).decode(),
    "no padding": "v1," + MAC.rstrip("="),
    "too much padding": f"v1,{MAC}=",
    "padding in front": f"v1,={MAC[:-1]}",
    "other trailing bits of the same 32 bytes": f"v1,{MAC[:-2]}F=",
    "lower case": f"v1,{MAC.lower()}",
    "one character changed": f"v1,h{MAC[1:]}",
    "newline inside": f"v1,{MAC[:20]}\n{MAC[20:]}",
    "newline behind": f"v1,{MAC}\n",
    "NUL behind": f"v1,{MAC}\0",
    "quoted": f'"v1,{MAC}"',
    "percent-encoded": "v1," + MAC.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
    "no base64 at all": "v1,dawfeoifkpqwoekfpqoekf",
    "44 characters of no base64": "v1," + "!" * 44,
    "44 characters that are not ASCII": "v1," + "\xe9" * 44,
    "44 emoji": "v1," + "\U0001f4a9" * 44,
    "44 lone surrogates": "v1," + "\ud800" * 44,
    "fullwidth digit": f"v1,{MAC[:1]}\uff10{MAC[2:]}",
    "binary": "v1," + MAC_BYTES.decode("latin-1"),
    "Ed25519 for an HMAC secret": SIGNATURE_V1A,
    "garbage": "garbage",
    "a megabyte of commas": "," * 1_000_000,
}

FOUR = [WRONG, v1(key=OTHER_KEY), f"v2,{MAC}", "garbage"]

LISTS = [
    *(case(f"signature: {name}", MISMATCH, listed(bad)) for name, bad in BAD.items()),
    *(case(f"list: {name}, right one", ACCEPTED, listed(bad, SIGNATURE)) for name, bad in BAD.items()),
    *(case(f"list: right one, {name}", ACCEPTED, listed(SIGNATURE, bad)) for name, bad in BAD.items()),
    *(
        case(f"list: right after {n} of 4", ACCEPTED, listed(*FOUR[:n], SIGNATURE, *FOUR[n:]))
        for n in range(5)
    ),
    case("list: as in the official tests", ACCEPTED, listed(WRONG, f"v2,{MAC}", SIGNATURE, WRONG)),
    case("list: three wrong ones", MISMATCH, listed(WRONG, v1(key=OTHER_KEY), f"v2,{MAC}")),
    case("list: the right one twice", ACCEPTED, listed(SIGNATURE, SIGNATURE)),
    case("list: bytes", ACCEPTED, trio(signature=f"{WRONG} {SIGNATURE}".encode())),
    case("list: double blank", ACCEPTED, trio(signature=f"{WRONG}  {SIGNATURE}")),
    case("list: blank in front", ACCEPTED, trio(signature=f" {SIGNATURE}")),
    case("list: blank behind", ACCEPTED, trio(signature=f"{SIGNATURE} ")),
    case("list: 10,000 blanks in front", ACCEPTED, trio(signature=" " * 10_000 + SIGNATURE)),
    case("list: a tab is no separator", MISMATCH, trio(signature=f"{WRONG}\t{SIGNATURE}")),
    case("list: a tab after a blank is part of the entry", MISMATCH, trio(signature=f"x \t{SIGNATURE}")),
    case("list: a newline is no separator", MISMATCH, trio(signature=f"{WRONG}\n{SIGNATURE}")),
    case("list: a comma is no separator", MISMATCH, trio(signature=f"{WRONG},{SIGNATURE}")),
    case("list: a semicolon is no separator", MISMATCH, trio(signature=f"{WRONG};{SIGNATURE}")),
    case("list: a no-break space is no separator", MISMATCH, trio(signature=f"{WRONG}\xa0{SIGNATURE}")),
    case("list: the 32nd entry is looked at", ACCEPTED, listed(*[WRONG] * 31, SIGNATURE)),
    case("list: the 33rd entry is not", MISMATCH, listed(*[WRONG] * 32, SIGNATURE)),
    case("list: the 32nd entry after garbage is looked at", ACCEPTED, listed(*["x"] * 31, SIGNATURE)),
    case("list: the 33rd entry after garbage is not", MISMATCH, listed(*["x"] * 32, SIGNATURE)),
    case("list: v1 after 31 v1a", ACCEPTED, listed(*[WRONG_V1A] * 31, SIGNATURE)),
    case("list: right one first of 10,000", ACCEPTED, listed(SIGNATURE, *[WRONG] * 9_999)),
    case("list: right one last of 10,000", MISMATCH, listed(*[WRONG] * 9_999, SIGNATURE)),
]


def ed25519(name: str, verdict: Accepted | Rejected, *entries: str, **delivery: Any) -> Case:
    """The specification's delivery with this list of signatures, received with its public key."""
    return case(f"Ed25519: {name}", verdict, listed(*entries), **{"secret": PUBLIC, **delivery})


ED25519 = [
    ed25519("whpk_", ACCEPTED, SIGNATURE_V1A),
    ed25519("whpk_ without padding", ACCEPTED, SIGNATURE_V1A, secret=PUBLIC.rstrip("=")),
    ed25519("whpk_ as v1a,whpk_", ACCEPTED, SIGNATURE_V1A, secret=f"v1a,{PUBLIC}"),
    ed25519("whpk_ in quotes", ACCEPTED, SIGNATURE_V1A, secret=f'"{PUBLIC}"\n'),
    ed25519("PEM", ACCEPTED, SIGNATURE_V1A, secret=PUBLIC_PEM),
    ed25519("PEM as bytes", ACCEPTED, SIGNATURE_V1A, secret=PUBLIC_PEM.encode()),
    ed25519("v1 first in the list", ACCEPTED, SIGNATURE, SIGNATURE_V1A),
    ed25519("HMAC secret, v1a first in the list", ACCEPTED, SIGNATURE_V1A, SIGNATURE, secret=SECRET),
    ed25519("stale", TOO_OLD, SIGNATURE_V1A, now=TIMESTAMP + 301),
    ed25519("altered body", MISMATCH, SIGNATURE_V1A, body=BODY + b" "),
    ed25519("signature of another id", MISMATCH, v1a("msg_2")),
    ed25519("signature of another timestamp", MISMATCH, v1a(timestamp=TIMESTAMP - 1)),
    ed25519("another key's", MISMATCH, v1a(seed=bytes(32))),
    ed25519("under v1", MISMATCH, f"v1,{SIG_V1A}"),
    ed25519("under V1A", MISMATCH, f"V1A,{SIG_V1A}"),
    ed25519("under v2", MISMATCH, f"v2,{SIG_V1A}"),
    ed25519("v1 only", MISMATCH, SIGNATURE),
    ed25519("without padding", MISMATCH, "v1a," + SIG_V1A.rstrip("=")),
    ed25519("base64url", MISMATCH, "v1a," + urlsafe_b64encode(V1A_BYTES).decode()),
    ed25519("other trailing bits of the same 64 bytes", MISMATCH, "v1a," + SIG_V1A.replace("Ag==", "Ah==")),
    ed25519("first half", MISMATCH, "v1a," + b64encode(V1A_BYTES[:32]).decode()),
    ed25519("88 characters, but 66 bytes", MISMATCH, "v1a," + b64encode(V1A_BYTES + b"\0\0").decode()),
    ed25519("88 characters of no base64", MISMATCH, "v1a," + "!" * 88),
    ed25519("88 characters that are not ASCII", MISMATCH, "v1a," + "\xe9" * 88),
    ed25519("v1a and a comma alone", MISMATCH, "v1a,"),
    ed25519("garbage, then the right one", ACCEPTED, "x", "v1a,!", WRONG_V1A, SIGNATURE_V1A),
    ed25519("the 8th v1a is looked at", ACCEPTED, *[WRONG_V1A] * 7, SIGNATURE_V1A),
    ed25519("the 9th v1a is not", MISMATCH, *[WRONG_V1A] * 8, SIGNATURE_V1A),
    ed25519("the 32nd entry is looked at", ACCEPTED, *[WRONG] * 31, SIGNATURE_V1A),
    ed25519("the 33rd entry is not", MISMATCH, *[WRONG] * 32, SIGNATURE_V1A),
    case("Ed25519: svix headers", ACCEPTED, trio(signature=SIGNATURE_V1A, brand="svix"), secret=PUBLIC),
]

# --- Secrets, and the change from one to the next -----------------------------------------------

SPELLINGS: dict[str, tuple[str | bytes, bytes]] = {
    "whsec_": (SECRET, KEY),
    "bare base64": (SECRET.removeprefix("whsec_"), KEY),
    "raw bytes": (KEY, KEY),
    "whsec_, padded": (f"whsec_{PADDED}", PADDED_KEY),
    "whsec_, padding left out": (f"whsec_{PADDED.rstrip('=')}", PADDED_KEY),
    "bare base64, padded": (PADDED, PADDED_KEY),
    "bare base64, padding left out": (PADDED.rstrip("="), PADDED_KEY),
    "25 bytes, two signs of padding": ("whsec_" + b64encode(bytes(range(25))).decode(), bytes(range(25))),
    "25 bytes, padding left out": ("whsec_" + b64encode(bytes(range(25))).decode()[:-2], bytes(range(25))),
    "v1,whsec_": (f"v1,{SECRET}", KEY),
    "blanks around": (f"  {SECRET}\t", KEY),
    "newline behind": (f"{SECRET}\n", KEY),
    "CRLF behind": (f"{SECRET}\r\n", KEY),
    "double quotes": (f'"{SECRET}"', KEY),
    "single quotes": (f"'{SECRET}'", KEY),
    "quotes and blanks, inside and outside": (f" ' {SECRET} ' \n", KEY),
    "raw bytes with blanks at the ends, which belong to the key": (b" " + KEY + b"\n", b" " + KEY + b"\n"),
    "64 bytes, as long as a block of SHA-256": (bytes(range(64)), bytes(range(64))),
    "65 bytes, longer than a block": (bytes(range(65)), bytes(range(65))),
    "75 bytes, the longest that Svix takes": (
        "whsec_" + b64encode(bytes(range(75))).decode(),
        bytes(range(75)),
    ),
    "1,000 bytes": (b"k" * 1000, b"k" * 1000),
}


def at(seconds: float) -> datetime:
    """An instant so many seconds after the delivery was signed."""
    return datetime.fromtimestamp(TIMESTAMP, UTC) + timedelta(seconds=seconds)


def rotation(name: str, verdict: Accepted | Rejected, secrets: Any, *entries: str, **delivery: Any) -> Case:
    """The specification's delivery with these entries, received with these secrets."""
    return case(f"rotation: {name}", verdict, listed(*entries), secret=secrets, **delivery)


def old(not_before: float | None = None, expires_at: float | None = None, secret: str = SECRET) -> Secret:
    """The delivery's secret with a window; its bounds in seconds after the delivery was signed."""
    first, last = (None if bound is None else at(bound) for bound in (not_before, expires_at))
    return Secret(secret, label="old", not_before=first, expires_at=last)


NEW = Secret(OTHER_SECRET, label="new")
BY_NEW, BY_OLD = v1(key=OTHER_KEY), SIGNATURE
FROM_NEW, FROM_OLD, SECOND = Accepted("new"), Accepted("old"), Accepted("secret-2")
TEN = [*(bytes([n]) * 32 for n in range(100, 109)), SECRET]
EXPIRED = Secret(SECRET, expires_at=datetime.fromisoformat("2021-02-25T20:32:10+05:30"))  # at(0)

SECRETS = [
    *(case(f"secret: {n}", ACCEPTED, signed(key=key), secret=text) for n, (text, key) in SPELLINGS.items()),
    case("secret: another one", MISMATCH, GOOD, secret=OTHER_SECRET),
    case("secret: the text itself is not the key", MISMATCH, signed(key=SECRET.encode())),
    rotation("signed by the new secret", FROM_NEW, [NEW, old()], BY_NEW),
    rotation("signed by the old secret", FROM_OLD, [NEW, old()], BY_OLD),
    rotation("signed by both, the first secret counts", FROM_NEW, [NEW, old()], BY_NEW, BY_OLD),
    rotation("whatever the order of the entries", FROM_NEW, [NEW, old()], BY_OLD, BY_NEW),
    rotation("whatever the age", FROM_OLD, [old(), NEW], BY_NEW, BY_OLD),
    rotation("signed by neither", MISMATCH, [NEW, old()], v1(key=PADDED_KEY)),
    rotation("without labels", SECOND, [OTHER_SECRET, SECRET], BY_OLD),
    rotation("one has a label", SECOND, [NEW, SECRET], BY_OLD),
    rotation("tuple", SECOND, (OTHER_KEY, SECRET), BY_OLD),
    rotation("ten secrets", Accepted("secret-10"), TEN, BY_OLD),
    rotation("HMAC to Ed25519, signed by HMAC", SECOND, [PUBLIC, SECRET], SIGNATURE),
    rotation("HMAC to Ed25519, signed by Ed25519", ACCEPTED, [PUBLIC, SECRET], SIGNATURE_V1A),
    rotation("HMAC to Ed25519, signed by both", ACCEPTED, [PUBLIC, SECRET], SIGNATURE, SIGNATURE_V1A),
    rotation("before it expires", FROM_OLD, [NEW, old(expires_at=1)], BY_OLD),
    rotation("half a second before it expires", FROM_OLD, old(expires_at=1), BY_OLD, now=TIMESTAMP + 0.5),
    rotation("the instant it expires is outside", MISMATCH, [NEW, old(expires_at=0)], BY_OLD),
    rotation("after it expired", MISMATCH, [NEW, old(expires_at=-1)], BY_OLD),
    rotation("expired, but signed by the new one too", FROM_NEW, [NEW, old(expires_at=-1)], BY_OLD, BY_NEW),
    rotation("expired, and the only one", NO_SECRET, old(expires_at=0), BY_OLD),
    rotation("the instant it begins is inside", FROM_OLD, old(not_before=0), BY_OLD),
    rotation("half a second too early", NO_SECRET, old(not_before=0.5), BY_OLD),
    rotation("begun by the receiver's clock", FROM_OLD, old(not_before=0.5), BY_OLD, now=TIMESTAMP + 0.5),
    rotation("not begun, another is valid", MISMATCH, [NEW, old(not_before=1)], BY_OLD),
    rotation("now counts, not the timestamp", NO_SECRET, old(expires_at=100), BY_OLD, now=TIMESTAMP + 100),
    rotation("inside both bounds", FROM_OLD, old(not_before=-1, expires_at=1), BY_OLD),
    rotation("all expired or not begun", NO_SECRET, [EXPIRED, old(not_before=1)], BY_OLD),
    rotation("expired, and wrong signature", NO_SECRET, old(expires_at=0), WRONG),
    rotation("expired, and no signature worth a look", NO_SECRET, old(expires_at=0), "x"),
    rotation("Ed25519, expired", NO_SECRET, old(expires_at=0, secret=PUBLIC), SIGNATURE_V1A),
    rotation("bound in another time zone", NO_SECRET, EXPIRED, BY_OLD),
]

# --- Body, alterations, order, vectors ----------------------------------------------------------


class OddBytes(bytes):
    """A subclass, as some frameworks have them."""


EVERY_BYTE = bytes(range(256))
EVEN_BYTES = EVERY_BYTE[::2]
BODIES: dict[str, bytes] = {
    "empty": b"",
    "one byte": b"1",
    "not UTF-8": b"\xff\xfe\x80{}",
    "every byte": EVERY_BYTE,
    "NULs": b"\0\0\0",
    "UTF-8": '{"name": "\u9ec4\U0001f4a9"}'.encode(),
    "byte order mark": b"\xef\xbb\xbf{}",
    "CRLF": b"{\r\n}\r\n",
    "dots": b"...",
    "looks like a timestamp": b"1614265331.{}",
    "form": b"a=1&b=2",
    "no JSON": b"{",
    "64 bytes, a block of SHA-256": b"x" * 64,
    "1 MiB and one byte": b"\xab" * (2**20 + 1),
}
ALTERED: dict[str, tuple[bytes, bytes]] = {
    "one bit": (BODY, b'{"test": 2432232315}'),
    "byte added": (BODY, BODY + b"\n"),
    "byte cut off": (BODY, BODY[:-1]),
    "emptied": (BODY, b""),
    "filled": (b"", BODY),
    "serialised again": (BODY, b'{"test":2432232314}'),
    "decoded with replacement": (b"\xff{}", "\ufffd{}".encode()),
    "replacement turned back": ("\ufffd{}".encode(), b"\xff{}"),
    "byte order mark cut off": (b"\xef\xbb\xbf{}", b"{}"),
    "byte order mark added": (b"{}", b"\xef\xbb\xbf{}"),
    "CRLF turned to LF": (b"{\r\n}", b"{\n}"),
    "LF turned to CRLF": (b"{\n}", b"{\r\n}"),
    "composed letter decomposed": ("\xe9".encode(), "e\u0301".encode()),
    "escape written out": (b'"\\u00e9"', '"\xe9"'.encode()),
    "NUL cut off": (b"{}\0", b"{}"),
    "cut at the NUL": (b"{}\0{}", b"{}"),
    "latin-1 turned to UTF-8": (b"\xe9", "\xe9".encode()),
}
CONTENT = [
    *(case(f"body: {name}", ACCEPTED, signed(body=body), body=body) for name, body in BODIES.items()),
    case("body: bytearray", ACCEPTED, signed(body=EVERY_BYTE), body=bytearray(EVERY_BYTE)),
    case("body: memoryview", ACCEPTED, signed(body=EVERY_BYTE), body=memoryview(EVERY_BYTE)),
    case("body: memoryview with gaps", ACCEPTED, signed(body=EVEN_BYTES), body=memoryview(EVERY_BYTE)[::2]),
    case("body: subclass of bytes", ACCEPTED, GOOD, body=OddBytes(BODY)),
    *(case(f"altered body: {n}", MISMATCH, signed(body=was), body=now) for n, (was, now) in ALTERED.items()),
    case("altered: id", MISMATCH, trio(id="msg_2")),
    case("altered: letter case of the id", MISMATCH, trio(id=ID.upper())),
    case("altered: id cut off", MISMATCH, trio(id=ID[:-1])),
    case("altered: timestamp, one second later", MISMATCH, trio(timestamp=str(TIMESTAMP + 1))),
    case("altered: timestamp, one second earlier", MISMATCH, trio(timestamp=str(TIMESTAMP - 1))),
    case("altered: timestamp of an old delivery", MISMATCH, {**signed(timestamp=1), "webhook-timestamp": T}),
    case("altered: signature of another delivery", MISMATCH, trio(signature=v1("msg_2"))),
]

ORDER = [
    case("order: missing header before stale timestamp", MISSING, without("webhook-id", signed(timestamp=1))),
    case("order: duplicate before missing header", DUPLICATE, [("webhook-id", "a"), ("webhook-id", "b")]),
    case("order: unreadable id before stale timestamp", UNREADABLE, signed("msg_\0", 1)),
    case("order: unreadable timestamp before wrong signature", UNREADABLE, trio(ID, "hello", WRONG)),
    case("order: stale timestamp before wrong signature", TOO_OLD, listed(WRONG), now=TIMESTAMP + 301),
    case("order: stale timestamp before expired secret", TOO_OLD, GOOD, secret=EXPIRED, now=TIMESTAMP + 301),
]


def vector(
    name: str,
    secret: str | bytes,
    id: str,
    timestamp: int,
    body: bytes,
    signature: str,
    verdict: Accepted | Rejected = ACCEPTED,
) -> Case:
    """A published delivery, received in the second in which it was signed."""
    return case(
        f"vector: {name}",
        verdict,
        trio(id, str(timestamp), signature),
        secret=secret,
        body=body,
        now=timestamp,
    )


_LITHIC_BODY = (
    b'{"card_token":"sit Lorem ipsum, accusantium repellendus possimus","created_at":"elit. placeat libero '
    b'architecto molestias, sit","account_token":"elit.","issuer_decision":"magnam, libero esse Lorem ipsum '
    b'magnam, magnam,","tokenization_attempt_id":"illum dolor repellendus libero esse accusantium",'
    b'"wallet_decisioning_info":{"device_score":"placeat architecto"},"digital_wallet_token_metadata":'
    b'{"status":"reprehenderit dolor","token_requestor_id":"possimus","payment_account_info":'
    b'{"account_holder_data":{"phone_number":"libero","email_address":"nobis molestias, veniam culpa! quas '
    b'elit. quas libero esse architecto placeat"},"pan_unique_reference":"adipisicing odit magnam, odit"}}}'
)
VECTORS = [
    SPEC := vector("Standard Webhooks, v1", SECRET, ID, TIMESTAMP, BODY, SIGNATURE),
    replace(SPEC, name="vector: Standard Webhooks, v1a", secret=PUBLIC, headers=listed(SIGNATURE_V1A)),
    replace(SPEC, name="vector: Standard Webhooks, v1 after v1a", headers=listed(SIGNATURE_V1A, SIGNATURE)),
    *(
        replace(SPEC, name=f"vector: C#, {size} times a", body=b"a" * size, headers=listed(signature))
        for size, signature in {
            262_143: "v1,NTItnqyWMoFhk2Bbe5V/BMdcFRWgcSQaTgqLHX7FC7c=",
            262_144: "v1,Mw4Pe2WgApuT7NSqnSq0PQPV9gbLdggCl9B865x5Xh0=",
            1_048_576: "v1,txpEUxqWZJ5nteTnymUVa+7C4NHpBeXJ6CsBAW0c3/A=",
        }.items()
    ),
    vector(
        "the Rust library",
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        1649367553,
        b'{"email":"test@example.com","username":"test_user"}',
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ),
    vector(
        "Lithic, Python library",
        "whsec_zlFsbBZ8Xcodlpcu6NDTdSzZRLSdhkst",
        "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj",
        1676312382,
        _LITHIC_BODY,
        "v1,Dwa0AHInLL3XFo2sxcHamOQDrJNi7F654S3L6skMAOI=",
    ),
    vector(
        "Lithic, documentation",
        PADDED,
        "65a9dad4-1b60-4686-83fd-65b25078a4b4",
        1698031907,
        b'{"acquirer_fee":0,"amount":2000,"authorization_amount":2000}',
        "v1,OGBiqPtc/O2sWacUsuS4pvTdfFBv6dqxYX/4UFzrbGk=",
    ),
    # The specification's example of headers shows a signature of another of its messages.
    vector(
        "Standard Webhooks, the header example, which is no real signature",
        PUBLIC,
        "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
        1674087231,
        BODY,
        SIGNATURE_V1A,
        MISMATCH,
    ),
]

CASES: list[Case] = [
    *NAMES,
    *ABSENT,
    *DUPLICATES,
    *BRANDS,
    *TIMESTAMPS,
    *IDS,
    *LISTS,
    *ED25519,
    *SECRETS,
    *CONTENT,
    *ORDER,
    *VECTORS,
]
