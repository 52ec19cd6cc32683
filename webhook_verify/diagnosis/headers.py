"""What the headers may have been before a proxy renamed, joined, doubled or cut them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from webhook_verify.schemes import Provider, Scheme

__all__ = ["Pairs", "repaired", "restamped"]

Pairs = list[tuple[str, str]]
Repair = tuple[str, str, Pairs]
"""(cause, evidence, headers): with these headers the signature may be right."""

_MOST_VALUES = 4


def repaired(scheme: Scheme, pairs: Pairs) -> Iterator[Repair]:
    """The headers as the sender may have sent them."""
    yield from _renamed(scheme, pairs)
    yield from _chosen(scheme, pairs)
    yield from _joined(scheme, pairs)


def _renamed(scheme: Scheme, pairs: Pairs) -> Iterator[Repair]:
    """Names that are nearly ours: with underscores, or with an X- more or less."""
    there = {name for name, _ in pairs}
    ours = {_bare(name): name for name in scheme.header_names}
    found = {
        name: ours[_bare(name)]
        for name in there
        if name not in scheme.header_names and _bare(name) in ours and ours[_bare(name)] not in there
    }
    if found:
        told = ", ".join(f"{theirs} stands for {own}" for theirs, own in sorted(found.items()))
        yield "header_renamed", told, [(found.get(name, name), value) for name, value in pairs]


def _bare(name: str) -> str:
    name = name.replace("_", "-").removeprefix("http-")
    for prefix in ("x-forwarded-", "x-original-", "x-"):
        name = name.removeprefix(prefix)
    return name


def _chosen(scheme: Scheme, pairs: Pairs) -> Iterator[Repair]:
    """One of the values of a header that stands several times."""
    for name in scheme.header_names:
        values = list(dict.fromkeys(value for each, value in pairs if each == name))
        if len(values) < 2:
            continue
        others = [pair for pair in pairs if pair[0] != name]
        for number, value in enumerate(values[:_MOST_VALUES], 1):
            evidence = f"{name} stands {len(values)} times, and number {number} is right"
            yield "header_duplicated", evidence, [*others, (name, value)]
        for glue in (" ", ",", ", "):
            yield (
                "header_joined",
                f"{name} was split into {len(values)}",
                [*others, (name, glue.join(values))],
            )


def _joined(scheme: Scheme, pairs: Pairs) -> Iterator[Repair]:
    """Values that were two headers, or whose blanks became commas."""
    for name in scheme.header_names:
        value = next((value for each, value in pairs if each == name), "")
        others = [pair for pair in pairs if pair[0] != name]
        parts = [part.strip() for part in value.split(",")][:_MOST_VALUES]
        if len(parts) < 2:
            continue
        for part in dict.fromkeys(parts):
            yield "header_joined", f"two headers {name} were joined by a comma", [*others, (name, part)]
        spaced = re.sub(r", *(?=v\d+a?,)", " ", value)
        yield "header_joined", f"the entries of {name} were joined by commas", [*others, (name, spaced)]


_STAMP = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)|(?<![0-9A-Za-z])\d{9,16}(?:\.\d{1,9})?(?![0-9A-Za-z])"
)

Stamped = tuple[str, str, Pairs, bytes, bytes]
"""(cause, evidence, headers, written, original): the headers hold ``written`` where ``original`` stood."""


def restamped(scheme: Scheme, pairs: Pairs) -> Iterator[Stamped]:
    """The headers with a timestamp in the scheme's unit, where theirs is in another."""
    for name in _stamp_headers(scheme):
        value = next((value for each, value in pairs if each == name), "")
        for original in _STAMP.findall(value)[:2]:
            seconds, unit = _meant(original)
            written = _unit_of(scheme, seconds)
            if not seconds or written == original:
                continue
            others = [pair for pair in pairs if pair[0] != name]
            headers = [*others, (name, value.replace(original, written, 1))]
            cause = "timestamp_in_milliseconds" if unit == "milliseconds" else "timestamp_form"
            yield cause, f"the timestamp is in {unit}", headers, written.encode(), original.encode()


def _stamp_headers(scheme: Scheme) -> Sequence[str]:
    if isinstance(scheme, Provider):
        return (scheme.timestamp_header or scheme.signature_headers[0],) if scheme.signs_timestamp else ()
    return [name for name in scheme.header_names if "timestamp" in name]


def _meant(stamp: str) -> tuple[int, str]:
    """The Unix seconds that a timestamp means, and its unit."""
    if "T" in stamp:
        try:
            return int(datetime.fromisoformat(stamp).timestamp()), "ISO 8601"
        except (ValueError, OverflowError):
            return 0, ""
    whole = stamp.partition(".")[0]
    units = {13: (1000, "milliseconds"), 16: (1_000_000, "microseconds"), 10: (1, "seconds")}
    divisor, unit = units.get(len(whole), (0, ""))
    if not divisor:
        return 0, ""
    return int(whole) // divisor, unit if whole == stamp else f"{unit} with a fraction"


def _unit_of(scheme: Scheme, seconds: int) -> str:
    return scheme.timestamp_unit[1](seconds) if isinstance(scheme, Provider) else str(seconds)
