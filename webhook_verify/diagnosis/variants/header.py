"""What the headers may have been before a proxy renamed, joined, doubled or cut them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from webhook_verify.diagnosis.investigation import Pairs, header_values
from webhook_verify.schemes import Scheme, StandardWebhooks

__all__ = ["header_variants"]

HeaderVariant = tuple[str, str, Pairs]
"""(cause, evidence, headers): with these headers the signature may be right."""

_MAX_VALUES = 4
_MAX_BRANDS = 4
_MAX_NAMES = 8


def header_variants(scheme: Scheme, pairs: Pairs) -> Iterator[HeaderVariant]:
    """The headers as the sender may have sent them; a few dozen at most."""
    yield from _renamed_headers(scheme, pairs)
    if isinstance(scheme, StandardWebhooks):
        yield from _other_brands(pairs)
    yield from _duplicated_headers(scheme, pairs)
    yield from _rewritten_values(scheme, pairs)
    present = {name for name, _ in pairs}
    for name in [name for name in scheme.header_names if name in present][:_MAX_NAMES]:
        values = header_values(pairs, name)
        others = [pair for pair in pairs if pair[0] != name]
        for cause, evidence, value in (
            *_repeated_values(scheme, name, values),
            *_split_values(name, values[0]),
        ):
            yield cause, evidence, [*others, (name, value)]


def _renamed_headers(scheme: Scheme, pairs: Pairs) -> Iterator[HeaderVariant]:
    """Names that are nearly ours: with underscores, or with an X- more or less."""
    present = {name for name, _ in pairs}
    by_bare_name = {_bare(name): name for name in scheme.header_names if name not in present}
    by_bare_name |= {name.replace("-", ""): name for name in by_bare_name.values()}
    own = set(scheme.header_names)
    canonical = {
        name: by_bare_name[bare]
        for name in present
        if name not in own and (bare := _bare(name)) in by_bare_name
    }
    for exact in [name for name, expected in canonical.items() if _letters(name) == _letters(expected)]:
        canonical = {
            name: expected
            for name, expected in canonical.items()
            if expected != canonical[exact] or name == exact
        }
    if canonical:
        evidence = ", ".join(
            f"{received} stands for {expected}" for received, expected in sorted(canonical.items())[:3]
        )
        yield "header_renamed", evidence, [(canonical.get(name, name), value) for name, value in pairs]


def _letters(name: str) -> str:
    return re.sub("[^a-z0-9]+", "", name)


def _bare(name: str) -> str:
    """The letters and digits of it, without what servers and proxies put before it."""
    name = re.sub("[^a-z0-9]+", "-", name)
    for prefix in ("redirect-", "http-", "x-forwarded-", "x-original-", "x-amzn-remapped-", "x-"):
        name = name.removeprefix(prefix)
    return name.replace("-", "")


_STANDARD_PARTS = ("id", "timestamp", "signature")
_BRAND = re.compile("[a-z-]{1,20}")  # longer, or with digits, it may be something that is not to be shown


def _other_brands(pairs: Pairs) -> Iterator[HeaderVariant]:
    """Of Standard Webhooks, a provider's own words for ``webhook``; or two brands that were mixed."""
    first = dict(reversed(pairs))
    brands = {part: [name for name in first if name.endswith(f"-{part}")] for part in _STANDARD_PARTS}
    brand_names = dict.fromkeys(
        name.removesuffix("-signature")
        for name in brands["signature"]
        if name not in ("webhook-signature", "svix-signature")
    )
    for brand in list(brand_names)[:_MAX_BRANDS]:
        if all(f"{brand}-{part}" in first for part in _STANDARD_PARTS):
            evidence = (
                f"they begin with {brand}-" if _BRAND.fullmatch(brand) else "they have another beginning"
            )
            yield (
                "header_brand",
                evidence,
                _as_standard(first, [f"{brand}-{part}" for part in _STANDARD_PARTS]),
            )
    mixed = [next((name for name in brands[part] if name in _STANDARD_NAMES), "") for part in _STANDARD_PARTS]
    if all(mixed) and len({name.partition("-")[0] for name in mixed}) > 1:
        yield "header_brand", "webhook- and svix- are mixed", _as_standard(first, mixed)


_STANDARD_NAMES = {f"{brand}-{part}" for brand in ("webhook", "svix") for part in _STANDARD_PARTS}


def _as_standard(first: dict[str, str], names: list[str]) -> Pairs:
    return [(f"webhook-{part}", first[name]) for part, name in zip(_STANDARD_PARTS, names, strict=True)]


def _duplicated_headers(scheme: Scheme, pairs: Pairs) -> Iterator[HeaderVariant]:
    """All of the headers stood twice, and each pair was joined, as RFC 9110 section 5.3 lets a server do."""
    own = set(scheme.header_names)
    halves = [(name, _first_half(value) if name in own else value) for name, value in pairs]
    if halves != pairs:
        yield "header_joined", "the headers stood twice, and were joined by commas", halves


def _first_half(value: str) -> str:
    for glue in (", ", ","):
        first = value[: (len(value) - len(glue)) // 2]
        if value == f"{first}{glue}{first}":
            return first
    return value


def _rewritten_values(scheme: Scheme, pairs: Pairs) -> Iterator[HeaderVariant]:
    own = set(scheme.header_names if scheme.signs_body else ())  # the quotes of a token are the token's
    bare = [(name, value.strip("\"'") if name in own else value) for name, value in pairs]
    if bare != pairs:
        yield "signature_form", "headers of it stand in quotes", bare
    own = set(scheme.header_names if scheme.signs_body else ())
    for cause, evidence, change in _REWRITES:
        changed = [(name, change(value) if name in own else value) for name, value in pairs]
        if changed != pairs:
            yield cause, evidence, changed


def _strip_list_syntax(value: str) -> str:
    return re.sub(r"[\[\]\"']", "", value)


def _strip_bytes_repr(value: str) -> str:
    return value[2:-1] if value[:2] in ("b'", 'b"') else value


def _lower_case_fields(value: str) -> str:
    return re.sub(r"\b[A-Z]{1,2}\d?(?==)", lambda match: match[0].lower(), value)


_REWRITES = (
    ("signature_form", "headers of it are percent-encoded", unquote),
    ("signature_form", "headers of it are printed bytes", _strip_bytes_repr),
    ("header_joined", "headers of it are printed lists", _strip_list_syntax),
    ("signature_form", "capitals stand in its fields", _lower_case_fields),
)


_ValueVariant = tuple[str, str, str]
"""(cause, evidence, value)."""


def _repeated_values(scheme: Scheme, name: str, values: list[str]) -> Iterator[_ValueVariant]:
    """One of the values of a header that stands several times; or all of them, if they were one."""
    if len(values) < 2:
        return
    glued = [
        ("header_joined", f"{name} was split into {len(values)}", glue.join(values[:_MAX_VALUES]))
        for glue in (" ", ",", ", ", ";")
    ]
    # Parts of a list make sense alone; whoever doubled a header put something else there.
    if _are_parts(scheme, values):
        yield from glued
        glued = []
    for number, value in enumerate(values[:_MAX_VALUES], 1):
        yield "header_duplicated", f"{name} stands {len(values)} times, and number {number} is right", value
    yield from glued


def _are_parts(scheme: Scheme, values: list[str]) -> bool:
    if isinstance(scheme, StandardWebhooks):
        return all(re.match(r"v\d+a?,.", value) for value in values)
    field = str(getattr(scheme, "signature_field", ""))
    return bool(field) and all(re.match(r" *\w+=", value) for value in values)


def _split_values(name: str, value: str) -> Iterator[_ValueVariant]:
    """Values that were two headers, or whose blanks became commas."""
    parts = [part.strip() for part in value.split(",")][:_MAX_VALUES]
    if len(parts) > 1:
        spaced = re.sub(r", *(?=v\d+a?,)", " ", value)
        if spaced != value:
            yield "header_joined", f"the entries of {name} were joined by commas", spaced
        for part in dict.fromkeys(parts):
            yield "header_joined", f"two headers {name} were joined by a comma", part
    if ";" in value or ", " in value:
        yield "header_joined", f"the parts of {name} were joined otherwise", re.sub("; *|, +", ",", value)
    for between, other in ((";", ","), (",", ";")):
        if between in value:
            yield "header_joined", f"the parts of {name} were joined otherwise", value.replace(between, other)
    if "=" in value and " " in value.strip():
        yield (
            "header_joined",
            f"the parts of {name} were joined by blanks",
            re.sub("[,;]? +", ",", value.strip()),
        )
