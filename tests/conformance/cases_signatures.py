"""Rows of the conformance table: lists of signatures, HMAC and Ed25519, and secrets as they are replaced."""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conformance.spec_delivery import (
    ACCEPTED,
    BODY,
    GOOD,
    KEY,
    MAC,
    MAC_BYTES,
    MISMATCH,
    NO_SECRET,
    OTHER_KEY,
    OTHER_SECRET,
    PADDED,
    PADDED_KEY,
    PUBLIC,
    PUBLIC_PEM,
    SIGNATURE,
    SIGNATURE_V1A,
    TIMESTAMP,
    TOO_OLD,
    WRONG,
    WRONG_V1A,
    Accepted,
    Case,
    Rejected,
    case,
    listed,
    signed,
    trio,
    v1,
    v1a,
)
from tests.signing import SECRET
from webhook_verify import Secret

# --- Signatures ---------------------------------------------------------------------------------

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
