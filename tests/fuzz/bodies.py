"""Changes of the body: any byte may change, and any bytes-like type may contain it."""

from __future__ import annotations

from tests.fuzz.genuine import MARK
from tests.fuzz.mutation_case import Change, Draft, Effect, rows


class _Bytes(bytes):
    """A subclass, as some frameworks pass."""


def flip_a_bit(draft: Draft) -> None:
    place = draft.rng.randrange(len(draft.body) + 1)
    old = draft.body[place : place + 1] or b"\0"
    draft.body = (
        draft.body[:place] + bytes([old[0] ^ (1 << draft.rng.randrange(8))]) + draft.body[place + 1 :]
    )


def insert_a_byte(draft: Draft) -> None:
    place = draft.rng.randrange(len(draft.body) + 1)
    draft.body = draft.body[:place] + bytes([draft.rng.randrange(256)]) + draft.body[place:]


def cut(draft: Draft) -> None:
    draft.body = draft.body[: draft.rng.randrange(len(draft.body))] if draft.body else b"\0"


def put_in_front(draft: Draft) -> None:
    draft.body = draft.rng.choice([b"\xef\xbb\xbf", b"\n", b" ", b"\0", b".", b"1700000000."]) + draft.body


def put_behind(draft: Draft) -> None:
    draft.body = draft.body + draft.rng.choice([b"\n", b"\r\n", b" ", b"\0", b"\x80" + bytes(62), b"."])


def every_byte(draft: Draft) -> None:
    draft.body = bytes(range(256)) + MARK


def random_bytes(draft: Draft) -> None:
    draft.body = MARK + draft.rng.randbytes(draft.rng.randrange(400))


def a_large_one(draft: Draft) -> None:
    draft.body = MARK * 25_000


def deep_json(draft: Draft) -> None:
    draft.body = b"[" * 20_000 + MARK


def as_bytearray(draft: Draft) -> None:
    draft.body = bytearray(draft.body)


def as_memoryview(draft: Draft) -> None:
    draft.body = memoryview(bytes(draft.body))


def as_strided_memoryview(draft: Draft) -> None:
    twice = bytearray(2 * len(draft.body))
    twice[::2] = bytes(draft.body)
    draft.body = memoryview(twice)[::2]


def as_subclass(draft: Draft) -> None:
    draft.body = _Bytes(draft.body)


BODIES: list[Change] = [
    *rows(
        Effect.FORGED,
        ("body: a bit flipped", 3, flip_a_bit),
        ("body: a byte inserted", 2, insert_a_byte),
        ("body: cut", 2, cut),
        ("body: something in front", 1, put_in_front),
        ("body: something behind", 1, put_behind),
        ("body: every byte", 1, every_byte),
        ("body: random bytes", 1, random_bytes),
        ("body: 350 kB", 0.01, a_large_one),
        ("body: deep JSON", 0.1, deep_json),
    ),
    *rows(
        Effect.HARMLESS,
        ("body: a bytearray", 2, as_bytearray),
        ("body: a memoryview", 2, as_memoryview),
        ("body: a strided memoryview", 0.5, as_strided_memoryview),
        ("body: a subclass of bytes", 1, as_subclass),
    ),
]
