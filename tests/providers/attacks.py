"""What is done to a genuine delivery, for any scheme: where its parts stand is asked of the scheme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from tests.providers.sample import NOW, Sample
from webhook_verify import RejectedDelivery, Scheme, schemes
from webhook_verify.schemes import HeaderScheme, StandardWebhooks

__all__ = [
    "GARBAGE",
    "PLACES",
    "SHAPES",
    "change_signatures",
    "encoding_of",
    "id_header",
    "is_by_headers",
    "outcome",
    "scheme_of",
    "signature_headers",
    "stamps_changed",
    "streamed",
]

ID = "msg_1"


def scheme_of(sample: Sample) -> Scheme:
    return schemes.resolve(sample.scheme)


def is_by_headers(scheme: Scheme) -> bool:
    """Whether it is known where everything stands: a row of data, or Standard Webhooks."""
    if isinstance(scheme, HeaderScheme) and "{parameters" in scheme.signed_content:
        return False  # a body that is not a form is malformed
    return isinstance(scheme, HeaderScheme | StandardWebhooks)


def signature_headers(sample: Sample) -> tuple[str, ...]:
    """The headers that hold signatures; of a handwritten scheme all that are neither an id nor a time."""
    scheme, headers = scheme_of(sample), sample.signed()[1]
    if isinstance(scheme, HeaderScheme):
        return tuple(name for name in scheme.signature_headers if name in headers)
    if isinstance(scheme, StandardWebhooks):
        return tuple(name for name in headers if name.endswith("-signature"))
    others = {ID, *_stamps(NOW)}
    return tuple(name for name in scheme.header_names if headers.get(name, ID) not in others)


def id_header(sample: Sample) -> str:
    """The header that holds the message id, "" without one."""
    scheme, headers = scheme_of(sample), sample.signed(id=ID)[1]
    if isinstance(scheme, HeaderScheme):
        return scheme.id_header
    if scheme.has_signature_in_body:  # then what the headers repeat counts for nothing
        return ""
    named = (name for name in scheme.header_names if "nonce" not in name)  # Lark's is signed, but no id
    return next((name for name in named if headers.get(name) == ID), "")


def encoding_of(scheme: Scheme) -> str:
    """``hex``, ``base64``, ``text``..., "" where a class of its own knows."""
    if isinstance(scheme, HeaderScheme):
        return scheme.signature_encoding[2]
    return "base64" if isinstance(scheme, StandardWebhooks) else ""


def change_signatures(
    sample: Sample, headers: dict[str, str], change: Callable[[str], str]
) -> dict[str, str]:
    """The headers with every signature in them changed, and nothing around it."""
    scheme, changed = scheme_of(sample), dict(headers)
    for name in signature_headers(sample):
        changed[name] = _changed(scheme, headers[name], change)
    return changed


def _changed(scheme: Scheme, value: str, change: Callable[[str], str]) -> str:
    if isinstance(scheme, StandardWebhooks):
        version, comma, signature = value.partition(",")
        return version + comma + change(signature)
    if not isinstance(scheme, HeaderScheme):
        return change(value)
    prefix = scheme.signature_prefix
    if (listed := scheme.signature_list) is not None:
        start = 1 if listed.starts_with_timestamp else 0
        entries = value.removeprefix(prefix).split(listed.separator)
        entries[start:] = [
            listed.entry_prefix + change(entry.removeprefix(listed.entry_prefix)) for entry in entries[start:]
        ]
        return prefix + listed.separator.join(entries)
    if not scheme.signature_field:
        return prefix + change(value.removeprefix(prefix))
    mark = f"{scheme.signature_field}="
    fields = value.split(scheme.field_separator)
    return scheme.field_separator.join(
        mark + change(field.removeprefix(mark)) if field.startswith(mark) else field for field in fields
    )


def _stamps(timestamp: int) -> list[str]:
    """How providers write a time, the longest text first, for seconds begin milliseconds."""
    when = datetime.fromtimestamp(timestamp, UTC)
    day, date = when.strftime("%Y-%m-%dT%H:%M:%S"), format_datetime(when, usegmt=True)
    return [day, date, str(timestamp * 1000), str(timestamp)]


def stamps_changed(sample: Sample) -> Iterator[dict[str, str]]:
    """The headers of the sample, each time with another timestamp in one of them."""
    _, headers = sample.signed()
    for name, value in headers.items():
        for old, new in zip(_stamps(NOW), _stamps(NOW + 1), strict=True):
            if value.startswith(old) or f"={old}" in value:
                yield {**headers, name: value.replace(old, new, 1)}
                break


def outcome(sample: Sample, body: Any, headers: Any, **other: Any) -> Any:
    """The Delivery or the RejectedDelivery."""
    try:
        return sample.verify(sample.verifier(**other), body, headers)
    except RejectedDelivery as rejection:
        return rejection


def streamed(sample: Sample, signed: tuple[bytes, Any], size: int = 7) -> Any:
    """The Delivery or the RejectedDelivery of a body that comes in pieces."""
    body, headers = signed
    try:
        verification = sample.verifier().begin(headers, sample.url, sample.method)
        for start in range(0, len(body), size):
            verification.update(body[start : start + size])
        return verification.finish()
    except RejectedDelivery as rejection:
        return rejection


SHAPES: dict[str, Callable[[dict[str, str]], Any]] = {
    "a dict": dict,
    "Title-Case": lambda headers: {name.title(): value for name, value in headers.items()},
    "UPPER-CASE": lambda headers: {name.upper(): value for name, value in headers.items()},
    "pairs": lambda headers: list(headers.items()),
    "pairs of bytes": lambda headers: [(name.encode(), value.encode()) for name, value in headers.items()],
    "lists of values": lambda headers: {name: [value] for name, value in headers.items()},
    "a WSGI environ": lambda headers: {
        "REQUEST_METHOD": "POST",
        **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()},
    },
    "among others": lambda headers: {"host": "t", "Content-Type": "application/json", **headers, "x-a": "b"},
}
"""How frameworks hand headers over."""

PLACES: dict[str, Callable[[str], str]] = {
    "a character less": lambda signature: signature[:-1],
    "a character more": lambda signature: signature + signature[-1],
    "a padding more": lambda signature: signature + "=",
    "the first half": lambda signature: signature[: len(signature) // 2],
    "twice": lambda signature: signature * 2,
    "nothing": lambda signature: "",
    "the first character changed": lambda signature: ("1" if signature[0] == "0" else "0") + signature[1:],
    "in the middle changed": lambda signature: _middle_changed(signature),
    "a blank inside": lambda signature: signature[:8] + " " + signature[8:],
    "a null behind": lambda signature: signature + "\0",
    "other letters": lambda signature: "é" + signature[1:],
}
"""What makes another text of a signature, and so none."""


def _middle_changed(signature: str) -> str:
    middle = len(signature) // 2
    other = "1" if signature[middle] != "1" else "2"
    return signature[:middle] + other + signature[middle + 1 :]


_TEXTS = [
    "\0",
    "é",
    "\ud800",
    "٣",
    "\u212a",
    "=",
    ",",
    ",,,,",
    "t=",
    "t=,v1=",
    "v1=",
    "v1,",
    "sha256=",
    "{}",
    "[",
]
_TEXTS += ["null", "nan", "0", "-1", "1" * 5_000, "x" * 100_000, "," * 100_000, "v1=00," * 10_000]
_TEXTS += ["a.b.c", "eyJhbGciOiJub25lIn0.e30."]
_NO_TEXTS: list[Any] = [
    b"\xff\xfe",
    b"",
    5,
    1.5,
    True,
    {},
    [],
    ["a", "b"],
    [[]],
    (b"a", "a"),
    object(),
    10**5_000,
]

GARBAGE: list[Any] = [*_TEXTS, *_NO_TEXTS]
"""What no header of any provider holds."""
