"""Changes of the headers of any provider's delivery, independent of their names and format."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.fuzz.forgeries import HOSTILE, NO_TEXT
from tests.fuzz.mutation_case import Change, Effect
from tests.providers.attacks import GARBAGE, PLACES, change_signatures, signature_headers
from tests.providers.sample import Sample, Signed

__all__ = ["TOUCHES", "ProviderDraft"]

_SEPARATORS = [",", ";", " ", "=", ".", ":", "&", ", ", " , ", "\t"]
_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


class ProviderDraft:
    """Headers as [name, value] pairs of any types, and a body."""

    __slots__ = ("body", "others", "pairs", "rng", "sample")

    def __init__(self, sample: Sample, signed: Signed, others: list[Signed], rng: Random) -> None:
        self.sample = sample
        self.others = others
        self.rng = rng
        self.body: Any = signed[0]
        self.pairs: list[list[Any]] = [list(pair) for pair in signed[1].items()]

    def pick(self) -> list[Any]:
        """Return a random pair, or an unused list without pairs."""
        return self.rng.choice(self.pairs) if self.pairs else ["", ""]

    def pick_text(self) -> list[Any]:
        """Return a random pair with a text value."""
        texts = [pair for pair in self.pairs if len(pair) == 2 and isinstance(pair[1], str)]
        return self.rng.choice(texts) if texts else ["", ""]


def _unrelated(draft: ProviderDraft) -> None:
    names = ["host", "x-forwarded-for", "content-length", b"host", "é", "", None, 1, (), "x" * 10_000]
    for _ in range(draft.rng.choice((1, 2, 12))):
        place = draft.rng.randrange(len(draft.pairs) + 1)
        draft.pairs.insert(place, [draft.rng.choice(names), draft.rng.choice(["x", b"x", None, 1, [], {}])])


def _as_bytes(draft: ProviderDraft) -> None:
    for pair in draft.pairs:
        if pair and isinstance(pair[-1], str) and pair[-1].isascii():
            pair[-1] = pair[-1].encode()


def _as_lists(draft: ProviderDraft) -> None:
    for pair in draft.pairs:
        if len(pair) == 2 and isinstance(pair[1], str):
            pair[1] = draft.rng.choice([[pair[1]], (pair[1],), [pair[1], pair[1]], [None, pair[1]]])


def _equal_twice(draft: ProviderDraft) -> None:
    draft.pairs.append(list(draft.pick()))


def _shuffled(draft: ProviderDraft) -> None:
    draft.rng.shuffle(draft.pairs)


def _signatures(draft: ProviderDraft) -> None:
    change = draft.rng.choice([*PLACES.values(), str.upper, str.lower, str.swapcase, str.title])
    texts = (pair for pair in draft.pairs if len(pair) == 2 and all(isinstance(part, str) for part in pair))
    headers = {name: value for name, value in texts}  # noqa: C416 - dict() has no type for lists
    if all(headers.get(name) for name in signature_headers(draft.sample)):
        changed = change_signatures(draft.sample, headers, lambda text: change(text) if text else text)
        draft.pairs = [list(pair) for pair in changed.items()]


def _garbage(draft: ProviderDraft) -> None:
    draft.pick()[-1:] = [draft.rng.choice(GARBAGE)]


def _no_text(draft: ProviderDraft) -> None:
    draft.pick()[-1:] = [draft.rng.choice(NO_TEXT)]


def _hostile_characters(draft: ProviderDraft) -> None:
    pair = draft.pick_text()
    for _ in range(draft.rng.choice((1, 1, 3))):
        place = draft.rng.randrange(len(pair[1]) + 1)
        pair[1] = pair[1][:place] + draft.rng.choice(HOSTILE) + pair[1][place + draft.rng.randrange(2) :]


def _fields(draft: ProviderDraft) -> None:
    """Duplicate, remove, shuffle or empty fields of a list, or add ten thousand."""
    pair, rng = draft.pick_text(), draft.rng
    separator = rng.choice(_SEPARATORS)
    fields = pair[1].split(separator)
    place = rng.randrange(len(fields))
    name = fields[place].partition("=")[0]
    more = [
        fields[place],
        f"{name}=",
        name,
        f"{name}=x",
        f"{name}=={name}",
        "",
        "=",
        " ",
        "t=1",
        "v1=",
        "v0=00",
    ]
    for _ in range(rng.choice((1, 2, 5, 40))):
        fields.insert(rng.randrange(len(fields) + 1), rng.choice(more))
    if rng.random() < 0.3:
        rng.shuffle(fields)
    if rng.random() < 0.02 and len(pair[1]) < 1_000:
        fields *= 1_000
    pair[1] = separator.join(fields)


def _numbers(draft: ProviderDraft) -> None:
    """Write a number in another format, or another number."""
    pair, rng = draft.pick_text(), draft.rng
    digits = "".join(letter if letter.isdigit() and letter.isascii() else " " for letter in pair[1]).split()
    if digits:
        old = rng.choice(digits)
        other = [
            f"0{old}",
            f"+{old}",
            f"-{old}",
            f"{old}.0",
            f"{old} ",
            old[:-1],
            old + "0",
            "0",
            "9" * 5_000,
        ]
        other += [
            str(int(old[:15]) + rng.choice((-1, 1, 10**9))),
            old.translate(_DIGITS),
            f"{old[:1]}_{old[1:]}",
        ]
        pair[1] = pair[1].replace(old, rng.choice(other), 1)


def _swapped(draft: ProviderDraft) -> None:
    one, other = draft.pick(), draft.pick()
    one[-1:], other[-1:] = other[-1:], one[-1:]


def _dropped(draft: ProviderDraft) -> None:
    if draft.pairs:
        del draft.pairs[draft.rng.randrange(len(draft.pairs))]


def _of_another(draft: ProviderDraft) -> None:
    """Copy one header, or all, from another delivery of the same sender."""
    body, headers = draft.rng.choice(draft.others)
    if draft.rng.random() < 0.3:
        draft.body = body
    name = draft.rng.choice(list(headers)) if headers else ""
    chosen = dict(headers) if draft.rng.random() < 0.3 else {name: headers.get(name, "")}
    draft.pairs = [pair for pair in draft.pairs if not _is_one_of(pair, chosen)]
    draft.pairs += [list(pair) for pair in chosen.items()]


def _is_one_of(pair: list[Any], names: dict[str, str]) -> bool:
    return bool(pair) and isinstance(pair[0], str) and pair[0] in names


def _twice(draft: ProviderDraft) -> None:
    pair = draft.pick()
    draft.pairs.insert(draft.rng.randrange(len(draft.pairs) + 1), [pair[0] if pair else "", "another"])


def _underscores(draft: ProviderDraft) -> None:
    name, rng = (*draft.pick(), "")[0], draft.rng
    if isinstance(name, str):
        spelled = [name.replace("-", "_"), "HTTP_" + name.upper(), f" {name}", f"{name}\0", name.title()]
        draft.pairs.append([rng.choice(spelled), "another"])


def _unreadable(draft: ProviderDraft) -> None:
    odd: list[list[Any]] = [[[], "x"], [{}, "x"], [bytearray(b"x"), "x"], ["a"], ["a", "b", "c"], []]
    draft.pairs.insert(draft.rng.randrange(len(draft.pairs) + 1), list(draft.rng.choice(odd)))


def _rows(effect: Effect, *table: tuple[str, float, Any]) -> list[Change]:
    return [Change(f"any header: {name}", weight, apply, effect) for name, weight, apply in table]


TOUCHES: list[Change] = [
    *_rows(
        Effect.HARMLESS,
        ("unrelated ones", 3, _unrelated),
        ("values as bytes", 2, _as_bytes),
        ("values as lists", 2, _as_lists),
        ("twice, with equal values", 1, _equal_twice),
        ("in another order", 1, _shuffled),
    ),
    *_rows(
        Effect.EITHER,
        ("other signatures", 4, _signatures),
        ("garbage", 3, _garbage),
        ("no text", 3, _no_text),
        ("hostile characters", 4, _hostile_characters),
        ("fields of a list", 4, _fields),
        ("numbers", 3, _numbers),
        ("swapped", 1, _swapped),
        ("one dropped", 1, _dropped),
        ("of another delivery", 2, _of_another),
        ("twice, with different values", 1, _twice),
        ("other spellings of a name", 1, _underscores),
        ("no pair, or an unhashable name", 0.5, _unreadable),
    ),
]
