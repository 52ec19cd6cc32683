"""The URL of the receiver under test, and the request heads for it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from webhook_verify import __version__
from webhook_verify.cli.usage_errors import HIDDEN, UsageError

__all__ = ["Endpoint", "Pairs"]

Pairs = Iterable[tuple[str, str]]
_MAX_SEGMENT_CHARS_SHOWN = 23
_NOT_A_URL = "URL must be the full URL of the receiver, such as https://example.com/webhooks"


class Endpoint:
    """The endpoint of the receiver under test.

    Args:
        url: The full URL.
        extra_headers: Headers for each request; a `Content-Type` overrides `content_type`.
        content_type: The default content type.

    Raises:
        UsageError: If the URL or a header is invalid.
    """

    def __init__(self, url: str, extra_headers: Pairs = (), content_type: str = "application/json") -> None:
        parts = _split_url(url)
        self._content_type = content_type
        self._extra_headers = tuple(extra_headers)
        if not all(text.isascii() and text.isprintable() for pair in self._extra_headers for text in pair):
            raise UsageError("a header must be printable ASCII")
        self.tls: bool = parts.scheme == "https"
        self.host: str = parts.hostname or ""
        self.port: int = parts.port or (443 if self.tls else 80)
        path = parts.path or "/"
        self._target = f"{path}?{parts.query}" if parts.query else path
        self._authority = parts.netloc
        shown_path = "/".join(map(_shown_segment, path.split("/")))
        self.display_url: str = f"{parts.scheme}://{parts.netloc}{shown_path}"
        """The URL to print, without the query and long path segments, which may contain a token."""
        self._extra_names = {name.lower() for name, _ in self._extra_headers}

    def head(self, pairs: Pairs, *framing: str, method: str = "POST") -> bytes:
        """Return the bytes of a request head. `framing` are the header lines for the length of the body.

        An extra header replaces a default header, but never one of `pairs`, because they are under test.
        """
        lines = [
            f"{method} {self._target} HTTP/1.1",
            *self._default_header("Host", self._authority),
            *self._default_header("User-Agent", f"webhook-verify-probe/{__version__}"),
            *self._default_header("Accept", "*/*"),
            *self._default_header("Content-Type", self._content_type),
            "Connection: close",
            *framing,
            *(f"{name}: {value}" for name, value in self._extra_headers),
            *(f"{name}: {value}" for name, value in pairs),
            "",
            "",
        ]
        return "\r\n".join(lines).encode("latin-1", "replace")

    def _default_header(self, name: str, value: str) -> list[str]:
        return [] if name.lower() in self._extra_names else [f"{name}: {value}"]


def _shown_segment(part: str) -> str:
    return part if len(part) <= _MAX_SEGMENT_CHARS_SHOWN else HIDDEN


def _split_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise UsageError(_NOT_A_URL) from None
    if not good or not url.isascii() or any(char <= " " or char == "\x7f" for char in url):
        raise UsageError(_NOT_A_URL)
    if "@" in parts.netloc:
        raise UsageError("URL must not contain a password: use -H 'Authorization: ...'")
    return parts
