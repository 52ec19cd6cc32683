"""Changes of id, timestamp and signature that a verifier must reject."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable

from tests.fuzz.mutation_case import BRANDS, ROLES, Change, Draft, Effect, rows

# Kinds of characters that have caused bugs in parsers of headers.
HOSTILE = [
    *map(chr, range(33)),
    "\x7f",
    "\x80",
    "\x85",
    "\xa0",
    "\xad",
    "é",
    "\u0660",
    "\u2028",
    "\u200b",
    "\ud800",
]
HOSTILE += [
    "\udfff",
    "\ufeff",
    "\uff11",
    "\U0001d7d8",
    ",",
    ".",
    "..",
    "=",
    "%",
    '"',
    "'",
    "\\",
    "+",
    "-",
    "_",
    "v1,",
]

_DEEP: list[object] = []
for _ in range(5_000):
    _DEEP = [_DEEP]
NO_TEXT: list[object] = [
    0,
    1,
    -1,
    1_700_000_000,
    10**5_000,
    True,
    False,
    0.0,
    1.5,
    float("nan"),
    float("inf"),
]
NO_TEXT += [
    {},
    {"webhook-id": "1"},
    {1},
    object(),
    bytearray(b"1"),
    memoryview(b"1"),
    [[]],
    [["1"]],
    [1],
    ["a", "b"],
]
NO_TEXT += [("a", b"b"), [None, 1], _DEEP, [_DEEP], len, int, NotImplemented, ..., range(3)]

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_DIGITS = [
    str.maketrans("0123456789", "".join(chr(zero + n) for n in range(10))) for zero in (0x660, 0x966, 0xFF10)
]
_DIGITS += [
    str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    str.maketrans("0123456789", "".join(map(chr, range(0x1D7CE, 0x1D7D8)))),
]


def _text(role: str, change: Callable[[Draft, str], object]) -> Callable[[Draft], None]:
    """Change the text of all headers of one role."""

    def apply(draft: Draft) -> None:
        for pair in draft.of(role):
            pair[1] = change(draft, pair[1])

    return apply


def _entries(change: Callable[[Draft, str], str]) -> Callable[[Draft], None]:
    """Change every entry of the signature list."""
    return _text("signature", lambda draft, text: " ".join(change(draft, entry) for entry in text.split(" ")))


def _somewhere(draft: Draft, text: str) -> str:
    """Replace or insert a hostile character."""
    place = draft.rng.randrange(len(text) + 1)
    return text[:place] + draft.rng.choice(HOSTILE) + text[place + draft.rng.randrange(2) :]


def _other_id(draft: Draft, text: str) -> str:
    changed = draft.rng.choice([text + "1", "x" + text, text[:-1], text.swapcase(), _somewhere(draft, text)])
    return changed if changed != text else text + "."


def _other_time(draft: Draft, text: str) -> str:
    return str(int(text) + draft.rng.choice([-301, -60, -1, 1, 2, 301, 31_536_000, 10**10]))


def _spelled_otherwise(draft: Draft, text: str) -> str:
    rng = draft.rng
    return rng.choice(
        [
            *(
                f"0{text}",
                f"+{text}",
                f"-{text}",
                f"{text}\n",
                f"\v{text}",
                f"{text}\0",
            ),
            *(f"{text}.0", f"{text}.", f"{text}000", f"{text}e0", f"{text[0]}_{text[1:]}", f"{text},{text}"),
            *(
                hex(int(text)),
                "nan",
                "inf",
                "-inf",
                "0",
                "00",
                "1e9",
                "٣",
                "²",
                "\ud800",
                "2023-11-14T22:13:20Z",
            ),
            text.translate(rng.choice(_DIGITS)),
            text[:-1] + text[-1].translate(rng.choice(_DIGITS)),
            text[:3] + rng.choice(HOSTILE) + text[3:],
        ]
    )


def _thousands_of_digits(draft: Draft, text: str) -> str:
    return text[0] * draft.rng.choice([13, 20, 400, 4_300, 4_301, 50_000]) + text[1:]


def _wrong_bytes(draft: Draft, entry: str) -> str:
    version, _, text = entry.partition(",")
    place = draft.rng.randrange(len(text) - 4)
    letter = draft.rng.choice(_ALPHABET.replace(text[place], ""))
    return f"{version},{text[:place]}{letter}{text[place + 1 :]}"


def _other_length(draft: Draft, entry: str) -> str:
    shorter = entry[: draft.rng.randrange(len(entry))]
    return draft.rng.choice(
        [shorter, entry + "A", entry + "=", entry + "AAAA", entry * 2, entry[:-1], "v1,", "v1a,"]
    )


def _other_encoding(draft: Draft, entry: str) -> str:
    version, _, text = entry.partition(",")
    raw = b64decode(text)
    spelled = [
        raw.hex(),
        raw.hex().upper(),
        raw.decode("latin-1"),
        text.rstrip("="),
        text + "\n",
        "\n" + text,
        f'"{text}"',
    ]
    spelled += [
        text[:5] + "\n" + text[5:],
        text[:5] + "!" + text[5:],
        text.replace("=", "%3D"),
        text + "====",
    ]
    if set("+/") & set(text):
        spelled.append(text.replace("+", "-").replace("/", "_"))
    return f"{version},{draft.rng.choice(spelled)}"


def _other_last_letter(draft: Draft, entry: str) -> str:
    """Set the unused bits of the last character, so that a lenient decoder returns the same bytes."""
    last = entry.rstrip("=")[-1]
    mask = 15 if entry.endswith("==") else 3
    other = _ALPHABET[_ALPHABET.index(last) | draft.rng.randrange(1, mask + 1)]
    return entry.rstrip("=")[:-1] + other + "=" * (len(entry) - len(entry.rstrip("=")))


def _other_version(draft: Draft, entry: str) -> str:
    version, _, text = entry.partition(",")
    swapped = "v1" if version == "v1a" else "v1a"
    other = draft.rng.choice(
        ["v2", "V1", "v01", "v1 ", "v1\0", "", "v", "1", "v1b", "v1,v1", "\uff561", swapped]
    )
    return draft.rng.choice(
        [f"{other},{text}", f"{version}{text}", f"{version}={text}", f"{version};{text}", text]
    )


def _many_wrong(draft: Draft, text: str) -> str:
    return " ".join([_wrong_bytes(draft, text.split(" ")[0])] * draft.rng.choice([31, 33, 100, 10_000]))


def _good_one_too_late(draft: Draft, text: str) -> str:
    return " ".join([_wrong_bytes(draft, text.split(" ")[0])] * draft.rng.choice([32, 40, 10_000]) + [text])


def _of_another(draft: Draft, text: str) -> str:
    others = [each.signature for each in draft.genuine.receiver.deliveries if each.signature != text]
    return draft.rng.choice(others)


def _leave_out(draft: Draft) -> None:
    role = draft.rng.choice(ROLES)
    draft.pairs = [pair for pair in draft.pairs if pair not in draft.of(role)]


def _blank(draft: Draft) -> None:
    draft.set(
        draft.rng.choice(ROLES),
        draft.rng.choice(["", " ", "\t", "\n ", "\xa0", "\u2003", None, b"", b" ", [], ()]),
    )


def _no_text(draft: Draft) -> None:
    draft.set(draft.rng.choice(ROLES), draft.rng.choice(NO_TEXT))


def _twice(draft: Draft) -> None:
    name, value = draft.pick()
    other = _somewhere(draft, str(value)) + "1"
    draft.pairs.insert(draft.rng.randrange(len(draft.pairs) + 1), [name, other])


def _mixed_brands(draft: Draft) -> None:
    pair = draft.pick()
    brand, _, role = pair[0].partition("-")
    pair[0] = f"{BRANDS[brand == BRANDS[0]]}-{role}"


def _unreadable(draft: Draft) -> None:
    odd: list[list[object]] = [
        [[], "x"],
        [{}, "x"],
        [bytearray(b"x"), "x"],
        [set(), "x"],
        ["webhook-id"],
        ["a", "b", "c"],
        [],
    ]
    draft.pairs.insert(draft.rng.randrange(len(draft.pairs) + 1), draft.rng.choice(odd))


FORGED: list[Change] = rows(
    Effect.FORGED,
    ("id: another", 3, _text("id", _other_id)),
    ("id: very long", 0.1, _text("id", lambda draft, text: text * 10_000)),
    ("timestamp: another", 3, _text("timestamp", _other_time)),
    ("timestamp: another spelling", 5, _text("timestamp", _spelled_otherwise)),
    ("timestamp: thousands of digits", 0.4, _text("timestamp", _thousands_of_digits)),
    ("signature: wrong bytes", 4, _entries(_wrong_bytes)),
    ("signature: truncated or extended", 3, _entries(_other_length)),
    ("signature: another encoding", 4, _entries(_other_encoding)),
    ("signature: another last letter", 2, _entries(_other_last_letter)),
    ("signature: another version", 3, _entries(_other_version)),
    ("signature: of another delivery", 2, _text("signature", _of_another)),
    ("signature: up to 10,000 wrong ones", 0.4, _text("signature", _many_wrong)),
    ("signature: the good one too late", 0.4, _text("signature", _good_one_too_late)),
    ("header: left out", 2, _leave_out),
    ("header: blank", 2, _blank),
    ("header: no text", 4, _no_text),
    ("header: twice, with different values", 2, _twice),
    ("header: of the other brand", 2, _mixed_brands),
    ("header: no pair, or an unhashable name", 1, _unreadable),
)
