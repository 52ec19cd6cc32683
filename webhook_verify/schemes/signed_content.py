"""The signed content of a `HeaderScheme`, as a template of its parts around the body."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import Formatter

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import Headers
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, check_message_id
from webhook_verify.schemes.delimiters import compile_id_check

__all__ = ["EXPECTED", "SignedContent", "check_request"]

_PARTS = ("id", "timestamp", "method", "url")
"""The parts that can be signed besides the body, in the order of the arguments to `str.format`."""

EXPECTED = (
    "signed_content must contain {body} exactly once, or other parts instead of it: {id}, {timestamp}, "
    "{method}, {url}, or one of schemes/content_template.py, such as {header:x-name} or {sha256:body}"
)


class SignedContent:
    """A template of the signed content, such as `{timestamp}.{body}`.

    Args:
        template: The template.

    Raises:
        ValueError: If the template is invalid.
    """

    header_names: tuple[str, ...] = ()
    """The signed headers besides those of the id and the timestamp."""

    interpret_body: Callable[[ParsedHeaders, bytes], Sequence[BodyInterpretation]] | None = None
    """Return the signed content of a body, if it is more than `before + body + after`."""

    signs_body: bool = True
    """Whether the content covers the whole body."""

    def __init__(self, template: str) -> None:
        before, after, names = _split(template)
        self.before: str = before
        self.after: str = after
        self.names: set[str] = names
        self.is_valid_id: Callable[[str], bool] = compile_id_check(template)
        self._signs_url, self._signs_method = "url" in self.names, "method" in self.names
        self.signs_request: bool = self._signs_url or self._signs_method

    def around_body(
        self, id: str, timestamp_text: str, method: str | None, url: str | None, headers: Headers = ()
    ) -> tuple[bytes, bytes]:
        """Return the signed content before and after the body.

        Args:
            id: The message id.
            timestamp_text: The timestamp as it is sent.
            method: The request method, or None if it is not signed.
            url: The URL that the sender called, or None if it is not signed.
            headers: Unused, because a plain template contains no other headers.

        Returns:
            The two texts in UTF-8.
        """
        parts = id, timestamp_text, method, url
        before = self.before.format(*parts).encode("utf-8", "surrogatepass")
        after = self.after.format(*parts).encode("utf-8", "surrogatepass") if self.after else b""
        return before, after

    def to_sign(
        self,
        body: bytes,
        id: str,
        timestamp_text: str,
        method: str | None,
        url: str | None,
        timestamp_header: str,
    ) -> tuple[bytes, dict[str, str]]:
        """Return the content that a sender signs.

        Args:
            body: The request body.
            id: The message id, which is also the value of the other signed headers.
            timestamp_text: The timestamp.
            method: The request method, or None if it is not signed.
            url: The URL of the request, or None if it is not signed.
            timestamp_header: The header with the timestamp, or "".

        Returns:
            The content, and the signed headers besides those of the id and the timestamp.

        Raises:
            ValueError: If a signed part is missing or invalid.
        """
        (url or "").encode()  # raises a ValueError, because no client can send lone surrogates
        before, after = self.around_body(id, timestamp_text, method, url)
        return b"".join((before, body, after)), {}

    def check_id(self, id: str, header: str) -> None:
        """Check that a received id is present and cannot be confused with other signed parts.

        Args:
            id: The message id.
            header: The name of its header.

        Raises:
            MalformedDelivery: If the id is missing or invalid.
        """
        if "id" in self.names and (not id or id.isspace()):
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {header}")
        if "id" in self.names and not (id.isascii() and id.isprintable()):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"{header} must be printable ASCII")
        if not self.is_valid_id(id):
            detail = f"{header} contains characters that could belong to another signed part"
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)

    def check_sent_id(self, id: str, scheme: str) -> None:
        """Check that a sender may use a message id.

        Args:
            id: The message id.
            scheme: The name of the scheme.

        Raises:
            TypeError: If `id` is not a string.
            ValueError: If `id` is invalid, or could be confused with other signed parts.
        """
        check_message_id(id)
        if not self.is_valid_id(id):
            raise ValueError(f"id contains characters that could belong to another part that {scheme} signs")

    def check_request(self, scheme: str, url: str | None, method: str | None) -> None:
        """Check that URL and method are known if they are signed.

        Args:
            scheme: The name of the scheme.
            url: The URL that the sender called, or None.
            method: The request method, or None.

        Raises:
            TypeError: If a signed value is missing.
        """
        check_request(scheme, (self._signs_url, self._signs_method), url, method)


def check_request(scheme: str, parts: tuple[bool, bool], url: str | None, method: str | None) -> None:
    """Check that URL and method are known if they are signed.

    Args:
        scheme: The name of the scheme.
        parts: Whether the URL is signed, and whether the method is.
        url: The URL that the sender called, or None.
        method: The request method, or None.

    Raises:
        TypeError: If a signed value is missing.
    """
    signs_url, signs_method = parts
    if (signs_url and url is None) or (signs_method and method is None):
        signed = " and the ".join([*["URL"] * signs_url, *["method"] * signs_method])
        arguments = ", ".join([*["url=..."] * signs_url, *["method=..."] * signs_method])
        raise TypeError(
            f"{scheme} signs the {signed} of the request: set public_url= on the receiver, "
            f"or call verify(body, headers, {arguments})"
        )


def _split(content: str) -> tuple[str, str, set[str]]:
    """Return the templates before and after the body, for `str.format`, and the names of all signed parts."""
    try:
        parsed = [*Formatter().parse(content)]
    except ValueError:
        raise ValueError(EXPECTED) from None  # Formatter reports the brace, not the expected template
    sides, signed = [""], set[str]()
    for literal, name, form, conversion in parsed:
        sides[-1] += literal.replace("{", "{{").replace("}", "}}")
        if name is None:
            continue
        if form or conversion or name not in ("body", *_PARTS):
            raise ValueError(EXPECTED)
        signed.add(name)
        if name == "body":
            sides.append("")
        else:
            sides[-1] += f"{{{_PARTS.index(name)}}}"
    if len(sides) != 2:
        raise ValueError(EXPECTED)
    return sides[0], sides[1], signed
