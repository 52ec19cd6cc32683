"""Changes of a signed delivery by an attacker or a proxy: the table of the differential fuzzer."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.differential_draft import SignedDraft, timestamp_text
from tests.fuzz.reference import written

__all__ = ["CHANGES", "CHANGES_OF_BODY"]

_ID_CHARS = "abc019-_.~:+/@={\"' ,[\u00e9"
_ODD = [
    "",
    " ",
    "0",
    "=",
    ",",
    ";",
    ".",
    "\0",
    "\u00e9",
    "\u0663",
    "A",
    "f",
    "v1",
    "t=1",
    "sha256=",
    "\U0001f511",
]


def _text(draft: SignedDraft) -> None:
    """Change the characters of a header."""
    name, rng = _header(draft), draft.rng
    value = draft.headers[name]
    place = rng.randrange(len(value) + 1)
    changed = [
        value[:place] + rng.choice(_ODD) + value[place:],
        value[:place] + value[place + 1 :],
        value[:place] + rng.choice(_ODD) + value[place + 1 :],
        value[:place],
        value * 2,
        value.upper(),
        value.lower(),
        value.swapcase(),
        rng.choice(_ODD),
        value.rstrip("="),
        value + "=",
        value.translate(str.maketrans("+/-_", "-_+/")),
    ]
    draft.headers[name] = rng.choice(changed)


def _case_of_hex(draft: SignedDraft) -> None:
    """Write a signature in upper case, which is equivalent for hex."""
    name = _header(draft)
    prefix = draft.row.prefix
    draft.headers[name] = prefix + draft.headers[name].removeprefix(prefix).upper()


def _dropped(draft: SignedDraft) -> None:
    del draft.headers[_header(draft)]


def _other_header(draft: SignedDraft) -> None:
    """Move a value to another header of the row, or of another brand."""
    names = [*draft.row.headers, draft.row.time, draft.row.id, "webhook-id", "svix-id", "svix-signature"]
    draft.headers[draft.rng.choice([name for name in names if name])] = draft.headers[_header(draft)]


def _other_brand(draft: SignedDraft) -> None:
    """Rename some or all headers of Standard Webhooks to those of the other brand."""
    names = {f"webhook-{role}": f"svix-{role}" for role in ("id", "timestamp", "signature")}
    names |= {other: name for name, other in names.items()}
    for name, value in [*draft.headers.items()]:
        if name in names and draft.rng.random() < 0.7:
            draft.headers[names[name]] = value
            if draft.rng.random() < 0.5:
                del draft.headers[name]


def _more_entries(draft: SignedDraft) -> None:
    """Add signatures and fields around the correct one, up to the limit and beyond."""
    name, rng = _header(draft), draft.rng
    row = draft.row
    separator = row.fields[2] if row.fields else rng.choice([" ", ",", ", "])
    field = f"{row.fields[1]}=" if row.fields and row.fields[0] else "v1,"
    length = len(written(bytes(32), row.written))
    others = [field + "0" * length, field, "v2,abc", "v1a," + "A" * 86 + "==", "", "x=y", "t=1"]
    entries = draft.headers[name].split(separator)
    for _ in range(rng.choice((1, 1, 2, 29, 30, 31, 32, 40))):
        entries.insert(rng.choice((0, len(entries))), rng.choice(others))
    draft.headers[name] = separator.join(entries)


def _fields_mixed(draft: SignedDraft) -> None:
    """Reorder the fields of a list, or duplicate one."""
    if draft.row.fields is None:
        return
    name, separator = _header(draft), draft.row.fields[2]
    fields = draft.headers[name].split(separator)
    draft.rng.shuffle(fields)
    if draft.rng.random() < 0.5:
        fields.append(draft.rng.choice(fields))
    draft.headers[name] = draft.rng.choice([separator, separator.strip(), f"{separator.strip()} "]).join(
        fields
    )


def _time_written_otherwise(draft: SignedDraft) -> None:
    """Write the same or a similar timestamp in another format, unsigned."""
    rng, time = draft.rng, timestamp_text(draft.row.unit, draft.seconds)
    others = [
        f"0{time}",
        f"+{time}",
        f"{time}.0",
        time[:-1],
        f"{time}0",
        time.replace("Z", "+00:00"),
        time.replace("Z", ".5Z"),
        str(draft.seconds + 1),
        str(draft.seconds),
        f"{draft.seconds}000",
        "9" * 12,
        "9" * 13,
        time.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ]
    other = rng.choice(others)
    draft.headers = {name: value.replace(time, other, 1) for name, value in draft.headers.items()}
    if draft.row.kind in ("linear", "mailgun"):
        draft.body = draft.body.replace(time.encode(), other.encode(), 1)


def _other_id(draft: SignedDraft) -> None:
    other = "".join(draft.rng.choices(_ID_CHARS, k=draft.rng.choice((1, 5, 20))))
    draft.headers = {name: other if value == draft.id else value for name, value in draft.headers.items()}


def _border_moved(draft: SignedDraft) -> None:
    """Move characters between the id or timestamp and the body. The signed content does not change."""
    rng = draft.rng
    movable = [name for name, value in draft.headers.items() if value == draft.id or value.isdecimal()]
    size = rng.choice((1, 2, 10))
    for name in movable[:1]:
        if rng.random() < 0.5:
            draft.headers[name] += draft.body[:size].decode("latin-1")
            draft.body = draft.body[size:]
        else:
            draft.body = draft.headers[name][-size:].encode() + draft.body
            draft.headers[name] = draft.headers[name][:-size]


def _body_changed(draft: SignedDraft) -> None:
    rng, body = draft.rng, draft.body
    place = rng.randrange(len(body) + 1)
    odd = rng.choice(
        [b" ", b"\n", b"0", b"\xff", b'"', b"{}", b",", b"&", b"%41", b"\0", b"null", rng.randbytes(3)]
    )
    draft.body = rng.choice(
        [
            body[:place] + odd + body[place:],
            body[:place] + odd + body[place + 1 :],
            body[:place],
            body[place:],
            body + body,
            body + b"\n",
            b"\xef\xbb\xbf" + body,
            b"",
        ]
    )


def _body_spelled_otherwise(draft: SignedDraft) -> None:
    """Write the same JSON or form in another format."""
    body = draft.body
    if body[:1] == b"{":
        spelled = [
            body.replace(b": ", b":").replace(b", ", b","),
            body.replace(b": ", b" :  "),
            body.replace(b"1130", b'"1130"', 1),
            body.replace(b'"1130"', b"1130", 1),
            body.replace(b'"type"', b'"\\u0074ype"'),
            body.replace(b"{", b'{"type":"x",', 1),
            body.replace(b"}", b',"more":null}', 1),
        ]
        draft.body = draft.rng.choice(spelled)
    else:
        draft.body = draft.rng.choice([b"&".join(reversed(body.split(b"&"))), body.replace(b"+", b"%20")])


def _header(draft: SignedDraft) -> str:
    return draft.rng.choice([*draft.headers])


CHANGES: list[tuple[str, Callable[[SignedDraft], None]]] = [
    ("a header's text", _text),
    ("a header's text", _text),
    ("capital digits", _case_of_hex),
    ("a header dropped", _dropped),
    ("a value in another header", _other_header),
    ("the other brand", _other_brand),
    ("more entries", _more_entries),
    ("fields mixed", _fields_mixed),
    ("the time written otherwise", _time_written_otherwise),
    ("another id", _other_id),
    ("a border moved", _border_moved),
    ("another body", _body_changed),
    ("the body spelled otherwise", _body_spelled_otherwise),
]

CHANGES_OF_BODY = (_body_changed, _body_spelled_otherwise)
"""The changes for a delivery without headers."""
