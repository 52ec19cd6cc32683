"""Headers that contain several signatures: with names (`t=1,v1=a,v1=b`) or without (`a,b`).

A provider sends several signatures while a secret is rotated. One of them must verify.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import OPTIONAL_WHITESPACE
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.keys import Signatures

    Encoded = tuple[Callable[[str, int], str], int, str]
    """(decode, size, version): the reader of an `Encoding`, and the size and the version of a signature."""

    Parse = Callable[[Sequence[Any]], tuple[Signatures, str]]

__all__ = ["SignatureList", "compile_named_fields", "text_of_header"]

_MAX_SIGNATURES = 32  # bounds the work per delivery, as in StandardWebhooks


@safe_repr
class SignatureList:
    """The form of a header with several signatures without names, such as `a,b`.

    Args:
        separator: The text between the entries. Spaces around it are optional.
        entry_prefix: The text before each signature, such as `v1,`. A text that occurs only once, at the
            start of the header, is the `signature_prefix` of the `HeaderScheme`.
        starts_with_timestamp: Whether the first entry is the timestamp.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If `separator` is empty, or can occur in a signature or a timestamp.
    """

    __slots__ = ("_delimiter", "entry_prefix", "separator", "starts_with_timestamp")

    def __init__(
        self, separator: str = ",", *, entry_prefix: str = "", starts_with_timestamp: bool = False
    ) -> None:
        texts: dict[str, object] = {"separator": separator, "entry_prefix": entry_prefix}
        for name, text in texts.items():
            if not isinstance(text, str):
                raise TypeError(f"{name} must be a str, not {type(text).__name__!r}")
        if not separator or any(each.isalnum() or each in "+/=-_.:" for each in separator):
            raise ValueError(
                f"separator must be a text that no signature contains, such as a comma; not {separator!r}"
            )
        self.separator: str = separator
        self.entry_prefix: str = entry_prefix
        self.starts_with_timestamp: bool = bool(starts_with_timestamp)
        self._delimiter: str = separator.strip(" ") or separator

    def compile(self, name: str, prefix: str, encoded: Encoded) -> Parse:
        """Return a function that parses the header.

        Args:
            name: The name of the header, for errors.
            prefix: The text before the first entry.
            encoded: How to read a signature: `(decode, size, version)`.

        Returns:
            A function of the values of the headers, of which the first is parsed. It returns the signatures
            and the text of the timestamp.
        """
        delimiter, entry_prefix, is_dated = self._delimiter, self.entry_prefix, self.starts_with_timestamp
        decode, size, version = encoded

        def parse(values: Sequence[Any]) -> tuple[Signatures, str]:
            text = text_of_header(values, name)
            if not text.startswith(prefix):
                return (), ""
            if text.startswith(" ", len(prefix)):
                return (), ""  # spaces are optional around a separator only
            entries = text[len(prefix) :].split(delimiter, _MAX_SIGNATURES)[:_MAX_SIGNATURES]
            timestamp_text = entries.pop(0).strip(" ") if is_dated else ""
            found: list[tuple[str, str]] = []
            for entry in entries:
                entry = entry.strip(" ")
                if entry.startswith(entry_prefix) and (signature := decode(entry[len(entry_prefix) :], size)):
                    found.append((version, signature))
            return found, timestamp_text

        return parse

    def join(self, signatures: Sequence[str], timestamp_text: str) -> str:
        """Return the text of the header after its prefix.

        Args:
            signatures: The encoded signatures.
            timestamp_text: The timestamp as it is signed.

        Returns:
            The list.
        """
        first = [timestamp_text] if self.starts_with_timestamp else []
        return self.separator.join([*first, *(self.entry_prefix + signature for signature in signatures)])


def compile_named_fields(
    name: str, delimiter: str, signature_field: str, timestamp_field: str, encoded: Encoded
) -> Parse:
    """Return a function that parses a header with named fields.

    Args:
        name: The name of the header, for errors.
        delimiter: The text between the fields.
        signature_field: The name of a signature.
        timestamp_field: The name of the timestamp, or "".
        encoded: How to read a signature: `(decode, size, version)`.

    Returns:
        A function of the values of the headers, of which the first is parsed. It returns the signatures and
        the text of the timestamp. It raises `MalformedDelivery` if the header contains two timestamps.
    """
    decode, size, version = encoded

    def parse(values: Sequence[Any]) -> tuple[Signatures, str]:
        text: str = values[0]
        if not text or text.isspace():  # as in text_of_header, but without a call on the hot path
            text_of_header(values, name)
        timestamp_text = ""
        found: list[tuple[str, str]] = []
        if " " in text and timestamp_field:  # A list for each secret, as by Persona: `t=1,v1=a t=1,v1=b`.
            text = text.replace(f" {timestamp_field}=", f"{delimiter}{timestamp_field}=")
        for entry in text.split(delimiter, _MAX_SIGNATURES)[:_MAX_SIGNATURES]:
            field, _, value = entry.strip(" ").partition("=")
            if field == signature_field:
                if signature := decode(value, size):
                    found.append((version, signature))
            elif field and field == timestamp_field:
                if timestamp_text and timestamp_text != value:
                    detail = f"{name} contains different values of {field}="
                    raise MalformedDelivery(Reason.DUPLICATE_HEADER, detail)
                timestamp_text = value
        return found, timestamp_text

    return parse


def text_of_header(values: Sequence[Any], name: str) -> str:
    """Return the first value, without the whitespace around it.

    Args:
        values: The values of the headers.
        name: The name of the first header, for the error.

    Returns:
        The text.

    Raises:
        MalformedDelivery: If the header is missing or empty.
    """
    text: str = (values[0] or "").strip(OPTIONAL_WHITESPACE)
    if not text or text.isspace():
        raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {name}")
    return text
