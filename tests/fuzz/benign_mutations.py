"""Changes of headers by proxies, frameworks and attackers that are not forgeries."""

from __future__ import annotations

from tests.fuzz.forgeries import HOSTILE, NO_TEXT
from tests.fuzz.mutation_case import BRANDS, ROLES, Change, Draft, Effect, rows, trio

_UNRELATED: list[object] = [
    "host",
    "Content-Type",
    "x-id",
    "webhook",
    "webhook-id-",
    "wébhook-id",
    "webhoo\u212a-id",
]
_UNRELATED += [
    "\u017fvix-id",
    "webhook-id\0",
    " webhook-id",
    "webhook-id ",
    "\ud800",
    "é" * 10_000,
    "x" * 10_000,
    "",
]
_UNRELATED += [b"host", b"\xff\xfe", b"", 1, None, (), 1.5, True, frozenset(), int]


class _Text(str):
    """A subclass, as some frameworks pass."""

    __slots__ = ()


def _unrelated(draft: Draft) -> None:
    for _ in range(draft.rng.choice([1, 2, 12])):
        place = draft.rng.randrange(len(draft.pairs) + 1)
        draft.pairs.insert(
            place, [draft.rng.choice(_UNRELATED), draft.rng.choice(["x", b"x", None, 1, [], {}])]
        )


def _equal_twice(draft: Draft) -> None:
    draft.pairs.append(list(draft.pick()))


def _as_bytes(draft: Draft) -> None:
    for pair in draft.pairs:
        if pair and isinstance(pair[-1], str) and pair[-1].isascii():
            pair[-1] = pair[-1].encode()


def _as_lists(draft: Draft) -> None:
    for role in ROLES:
        for pair in draft.of(role):
            pair[1] = draft.rng.choice([[pair[1]], (pair[1],), [pair[1], pair[1]], [None, pair[1]]])


def _as_subclass(draft: Draft) -> None:
    for role in ROLES:
        for pair in draft.of(role):
            pair[1] = _Text(pair[1])


def _garbage_around(draft: Draft) -> None:
    garbage = [
        "v2,abc",
        "v1",
        ",",
        "v1,",
        "v1a,",
        "sha256=00",
        "\ud800",
        "\0",
        "v1," + "é" * 44,
        "V1," + "A" * 43 + "=",
        "x" * 44,
    ]
    rng = draft.rng
    before, after = (rng.choices(garbage, k=rng.randrange(6)) for _ in range(2))
    blanks = " " * rng.randrange(1, 4)
    for pair in draft.of("signature"):
        pair[1] = blanks.join([*before, pair[1], *after])


def _missing_brands(draft: Draft) -> list[str]:
    """Return the brands without a header in the delivery."""
    names = [pair[0] for pair in draft.pairs if pair and isinstance(pair[0], str)]
    return [brand for brand in BRANDS if not any(name.startswith(brand + "-") for name in names)]


def _blank_other_brand(draft: Draft) -> None:
    for brand in _missing_brands(draft):
        blank: object = draft.rng.choice(["", None, b"", [], " "])
        draft.pairs.append([f"{brand}-{draft.rng.choice(ROLES)}", blank])


def _both_brands(draft: Draft) -> None:
    """Add the same three headers with another prefix."""
    for brand in _missing_brands(draft):
        for role in ROLES:
            draft.pairs += [[f"{brand}-{role}", value] for _, value in draft.of(role)[:1]]


def _second_delivery(draft: Draft) -> None:
    """Add three other headers of either brand, which are valid for another body."""
    other = draft.rng.choice(draft.genuine.receiver.deliveries)
    draft.pairs[:0] = trio(other, draft.rng.choice(BRANDS))


def _underscores(draft: Draft) -> None:
    name, value = (
        draft.rng.choice(["webhook_id", "HTTP_WEBHOOK_ID", "svix_signature", "http_webhook_id"]),
        "msg_2",
    )
    draft.pairs.append([name, value])


def _boundary_shift(draft: Draft) -> None:
    """Move the borders in id.timestamp.body: the signed content does not change."""
    start, dot, rest = bytes(draft.body).partition(b".")
    if dot and start.isdigit():
        for pair in draft.of("id"):
            pair[1] = f"{pair[1]}.{draft.genuine.timestamp}"
        draft.set("timestamp", start.decode())
        draft.body = rest


def _hostile_characters(draft: Draft) -> None:
    for _ in range(draft.rng.choice([1, 1, 1, 3, 30])):
        pair = draft.pick()
        if len(pair) == 2 and isinstance(pair[1], str):
            place = draft.rng.randrange(len(pair[1]) + 1)
            pair[1] = pair[1][:place] + draft.rng.choice(HOSTILE) + pair[1][place + draft.rng.randrange(2) :]


def _any_value(draft: Draft) -> None:
    pair = draft.pick()
    pair[-1:] = [draft.rng.choice(NO_TEXT)]


def _swapped_values(draft: Draft) -> None:
    one, other = draft.pick(), draft.pick()
    one[-1:], other[-1:] = other[-1:], one[-1:]


def _shuffled(draft: Draft) -> None:
    draft.rng.shuffle(draft.pairs)


def _dropped(draft: Draft) -> None:
    if draft.pairs:
        del draft.pairs[draft.rng.randrange(len(draft.pairs))]


def _many_entries(draft: Draft) -> None:
    for pair in draft.of("signature"):
        if len(pair[1]) < 1_000:  # ten thousand times ten thousand would exhaust the memory
            many = [pair[1]] * draft.rng.choice([8, 9, 31, 32, 33, 10_000])
            many[draft.rng.randrange(len(many))] = "v1a," + "A" * 86 + "=="
            pair[1] = " ".join(many)


def _many_headers(draft: Draft) -> None:
    draft.pairs.extend([f"x-{draft.rng.random()}", "x"] for _ in range(600))


TOUCHES: list[Change] = [
    *rows(
        Effect.HARMLESS,
        ("headers: unrelated ones, with odd names and values", 4, _unrelated),
        ("headers: twice, with equal values", 2, _equal_twice),
        ("headers: values as bytes", 2, _as_bytes),
        ("headers: values as lists", 2, _as_lists),
        ("headers: values of a subclass of str", 1, _as_subclass),
        ("headers: blank ones of the other brand", 2, _blank_other_brand),
        ("headers: the same under both brands", 2, _both_brands),
        ("headers: in another order", 1, _shuffled),
        ("headers: 600 unrelated ones", 0.02, _many_headers),
        ("signature: garbage around it", 3, _garbage_around),
    ),
    *rows(
        Effect.EITHER,
        ("headers: of a second delivery", 2, _second_delivery),
        ("headers: underscores in names", 1, _underscores),
        ("headers: the boundary of the content shifted", 1, _boundary_shift),
        ("headers: hostile characters", 6, _hostile_characters),
        ("headers: a value that is no text", 3, _any_value),
        ("headers: values swapped", 1, _swapped_values),
        ("headers: one dropped", 1, _dropped),
        ("signature: up to 10,000", 0.1, _many_entries),
    ),
]
