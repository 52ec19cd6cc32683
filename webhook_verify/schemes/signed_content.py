"""The signed content of a `HeaderScheme`, as a template of its parts around the body."""

from __future__ import annotations

from string import Formatter

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.schemes.delimiters import compile_id_check

__all__ = ["SignedContent"]

_PARTS = ("id", "timestamp", "method", "url")
"""The parts that can be signed besides the body, in the order of the arguments to `str.format`."""

_EXPECTED = "signed_content must contain {body} exactly once, and may contain " + ", ".join(
    f"{{{part}}}" for part in _PARTS
)


class SignedContent:
    """A template of the signed content, such as `{timestamp}.{body}`.

    Args:
        template: The template.

    Raises:
        ValueError: If the template is invalid.
    """

    __slots__ = ("_signs_method", "_signs_url", "after", "before", "is_valid_id", "names", "signs_request")

    def __init__(self, template: str) -> None:
        self.before, self.after, self.names = _split(template)
        self.is_valid_id = compile_id_check(template)
        self._signs_url, self._signs_method = "url" in self.names, "method" in self.names
        self.signs_request: bool = self._signs_url or self._signs_method

    def around_body(
        self, id: str, timestamp_text: str, method: str | None, url: str | None
    ) -> tuple[bytes, bytes]:
        """Return the signed content before and after the body.

        Args:
            id: The message id.
            timestamp_text: The timestamp as it is sent.
            method: The request method, or None if it is not signed.
            url: The URL that the sender called, or None if it is not signed.

        Returns:
            The two texts in UTF-8.
        """
        parts = id, timestamp_text, method, url
        before = self.before.format(*parts).encode("utf-8", "surrogatepass")
        after = self.after.format(*parts).encode("utf-8", "surrogatepass") if self.after else b""
        return before, after

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

    def check_request(self, scheme: str, url: str | None, method: str | None) -> None:
        """Check that URL and method are known if they are signed.

        Args:
            scheme: The name of the scheme.
            url: The URL that the sender called, or None.
            method: The request method, or None.

        Raises:
            TypeError: If a signed value is missing.
        """
        signs_url, signs_method = self._signs_url, self._signs_method
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
        raise ValueError(_EXPECTED) from None  # Formatter reports the brace, not the expected template
    sides, signed = [""], set[str]()
    for literal, name, form, conversion in parsed:
        sides[-1] += literal.replace("{", "{{").replace("}", "}}")
        if name is None:
            continue
        if form or conversion or name not in ("body", *_PARTS):
            raise ValueError(_EXPECTED)
        signed.add(name)
        if name == "body":
            sides.append("")
        else:
            sides[-1] += f"{{{_PARTS.index(name)}}}"
    if len(sides) != 2:
        raise ValueError(_EXPECTED)
    return sides[0], sides[1], signed
