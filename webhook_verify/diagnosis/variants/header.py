"""Candidates for the original headers before a proxy renamed, joined, duplicated or rewrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from webhook_verify.diagnosis.investigation import Pairs, header_values
from webhook_verify.schemes import HeaderScheme, Scheme, StandardWebhooks

__all__ = ["header_variants", "renamed_signatures"]

HeaderVariant = tuple[str, str, Pairs]
"""(cause, evidence, headers): the signature may match with these headers."""

_MAX_VALUES = 4
_MAX_BRANDS = 4
_MAX_NAMES = 8


def header_variants(scheme: Scheme, pairs: Pairs) -> Iterator[HeaderVariant]:
    """Yield candidates for the headers that the sender sent.

    Args:
        scheme: The verifier's scheme.
        pairs: The received headers, with lower-case names.

    Yields:
        A few dozen candidates at most.
    """
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
    """Rename headers whose names differ only by underscores or a prefix such as `X-`."""
    present = {name for name, _ in pairs}
    by_bare_name = {_bare(name): name for name in scheme.header_names if name not in present}
    by_bare_name |= {name.replace("-", ""): name for name in by_bare_name.values()}
    own = set(scheme.header_names)
    canonical = {
        name: by_bare_name[bare]
        for name in present
        if name not in own and (bare := _bare(name)) in by_bare_name
    }
    exact = {
        expected: name
        for name, expected in sorted(canonical.items(), reverse=True)
        if _letters(name) == _letters(expected)
    }
    canonical = {name: expected for name, expected in canonical.items() if exact.get(expected, name) == name}
    if canonical:
        evidence = ", ".join(
            f"{expected} arrived as {received}" for received, expected in sorted(canonical.items())[:3]
        )
        yield "header_renamed", evidence, [(canonical.get(name, name), value) for name, value in pairs]


def renamed_signatures(scheme: Scheme, pairs: Pairs) -> Iterator[tuple[str, str, Pairs]]:
    """Yield candidates in which another signature header has the name of the missing one.

    Args:
        scheme: The verifier's scheme.
        pairs: The received headers, with lower-case names.

    Yields:
        The received name, the evidence and the headers with the expected name.
    """
    present = {name for name, _ in pairs}
    own = scheme.signature_headers if isinstance(scheme, HeaderScheme) else ()
    others = [name for name in present if _SIGNATURE_NAME.search(name) and name not in scheme.header_names]
    for expected in [name for name in own if name not in present][:_MAX_VALUES]:
        for received in sorted(others)[:_MAX_NAMES]:
            renamed = [(expected if name == received else name, value) for name, value in pairs]
            yield received, f"{expected} arrived as {received}", renamed


_SIGNATURE_NAME = re.compile("sign|hmac|digest|-sig$")


def _letters(name: str) -> str:
    return re.sub("[^a-z0-9]+", "", name)


def _bare(name: str) -> str:
    """Return the letters and digits of a name without the prefixes that servers and proxies add."""
    name = re.sub("[^a-z0-9]+", "-", name)
    for prefix in ("redirect-", "http-", "x-forwarded-", "x-original-", "x-amzn-remapped-", "x-"):
        name = name.removeprefix(prefix)
    return name.replace("-", "")


_STANDARD_PARTS = ("id", "timestamp", "signature")
# A longer prefix, or one with digits, may be a secret, so it is not shown.
_BRAND = re.compile("[a-z-]{1,20}")


def _other_brands(pairs: Pairs) -> Iterator[HeaderVariant]:
    """Map Standard Webhooks headers with a provider's prefix, or with mixed prefixes, to `webhook-`."""
    first = dict(reversed(pairs))
    brands = {part: [name for name in first if name.endswith(f"-{part}")] for part in _STANDARD_PARTS}
    brand_names = dict.fromkeys(
        name.removesuffix("-signature")
        for name in brands["signature"]
        if name not in ("webhook-signature", "svix-signature")
    )
    for brand in list(brand_names)[:_MAX_BRANDS]:
        if all(f"{brand}-{part}" in first for part in _STANDARD_PARTS):
            prefix = f"the prefix {brand}-" if _BRAND.fullmatch(brand) else "another prefix"
            names = [f"{brand}-{part}" for part in _STANDARD_PARTS]
            yield "header_brand", f"the headers have {prefix}", _as_standard(first, names)
    mixed = [next((name for name in brands[part] if name in _STANDARD_NAMES), "") for part in _STANDARD_PARTS]
    if all(mixed) and len({name.partition("-")[0] for name in mixed}) > 1:
        yield "header_brand", "the headers mix the prefixes webhook- and svix-", _as_standard(first, mixed)


_STANDARD_NAMES = {f"{brand}-{part}" for brand in ("webhook", "svix") for part in _STANDARD_PARTS}


def _as_standard(first: dict[str, str], names: list[str]) -> Pairs:
    return [(f"webhook-{part}", first[name]) for part, name in zip(_STANDARD_PARTS, names, strict=True)]


def _duplicated_headers(scheme: Scheme, pairs: Pairs) -> Iterator[HeaderVariant]:
    """Undo joining of duplicate headers, which RFC 9110, section 5.3, allows."""
    own = set(scheme.header_names)
    halves = [(name, _first_half(value) if name in own else value) for name, value in pairs]
    if halves != pairs:
        yield "header_joined", "duplicate headers were joined with commas", halves


def _first_half(value: str) -> str:
    for glue in (", ", ","):
        first = value[: (len(value) - len(glue)) // 2]
        if value == f"{first}{glue}{first}":
            return first
    return value


def _rewritten_values(scheme: Scheme, pairs: Pairs) -> Iterator[HeaderVariant]:
    # Quotes may be part of a token, so the headers of a token scheme stay unchanged.
    own = set(scheme.header_names if scheme.signs_body else ())
    bare = [(name, value.strip("\"'") if name in own else value) for name, value in pairs]
    if bare != pairs:
        yield "signature_form", "header values are enclosed in quotes", bare
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
    ("signature_form", "header values are percent-encoded", unquote),
    ("signature_form", "header values are string representations of bytes", _strip_bytes_repr),
    ("header_joined", "header values are string representations of lists", _strip_list_syntax),
    ("signature_form", "field names in the header are in upper case", _lower_case_fields),
)


_ValueVariant = tuple[str, str, str]
"""(cause, evidence, value)."""


def _repeated_values(scheme: Scheme, name: str, values: list[str]) -> Iterator[_ValueVariant]:
    """Yield each value of a duplicate header, and all values joined."""
    if len(values) < 2:
        return
    glued = [
        ("header_joined", f"{name} was split into {len(values)} headers", glue.join(values[:_MAX_VALUES]))
        for glue in (" ", ",", ", ", ";")
    ]
    # The parts of a split list are complete entries. Otherwise, duplicate headers are more likely.
    if _are_parts(scheme, values):
        yield from glued
        glued = []
    for number, value in enumerate(values[:_MAX_VALUES], 1):
        evidence = f"{name} appears {len(values)} times, and value {number} is the correct one"
        yield "header_duplicated", evidence, value
    yield from glued


def _are_parts(scheme: Scheme, values: list[str]) -> bool:
    if isinstance(scheme, StandardWebhooks):
        return all(re.match(r"v\d+a?,.", value) for value in values)
    field = str(getattr(scheme, "signature_field", ""))
    return bool(field) and all(re.match(r" *\w+=", value) for value in values)


def _split_values(name: str, value: str) -> Iterator[_ValueVariant]:
    """Split a value that was two headers, and restore separators that were changed."""
    parts = [part.strip() for part in value.split(",")][:_MAX_VALUES]
    if len(parts) > 1:
        spaced = re.sub(r", *(?=v\d+a?,)", " ", value)
        if spaced != value:
            yield "header_joined", f"the entries of {name} were joined with commas", spaced
        for part in dict.fromkeys(parts):
            yield "header_joined", f"two {name} headers were joined with a comma", part
    if re.fullmatch(r"v\d+a?;[^ ;,]+", value):
        yield "signature_form", f"the version in {name} has another separator", value.replace(";", ",")
    other_separators = f"the parts of {name} have other separators"
    if ";" in value or ", " in value:
        yield "header_joined", other_separators, re.sub("; *|, +", ",", value)
    for between, other in ((";", ","), (",", ";")):
        if between in value:
            yield "header_joined", other_separators, value.replace(between, other)
    if "=" in value and " " in value.strip():
        spaced = re.sub("[,;]? +", ",", value.strip())
        first = value.strip().partition("=")[0]
        if len(re.findall(rf"(?:^|[ ,;]){re.escape(first)}=", value.strip())) > 1:
            evidence = f"the sender puts several signatures into {name}, separated by spaces; one matches"
            yield "signature_form", evidence, spaced
        yield "header_joined", f"the parts of {name} are separated by spaces", spaced
