"""The receiver under test, as a URL: how requests to it are written."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from webhook_verify import __version__
from webhook_verify.cli.usage_errors import HIDDEN, Mistake

__all__ = ["Endpoint", "Pairs"]

Pairs = Iterable[tuple[str, str]]
_MAX_SEGMENT_CHARS_SHOWN = 23
_NOT_A_URL = "URL is the whole address of the receiver, such as https://example.com/webhooks"


class Endpoint:
    """Where the requests go. ``extra``: headers to send with each; a ``Content-Type`` among them comes before
    ``content_type``. Raises Mistake for what is none.
    """

    def __init__(self, url: str, extra: Pairs = (), content_type: str = "application/json") -> None:
        split = _split(url)
        self._content_type = content_type
        self._extra = tuple(extra)
        if not all(text.isascii() and text.isprintable() for pair in self._extra for text in pair):
            raise Mistake("a header is printable ASCII")
        self.tls = split.scheme == "https"
        self.host: str = split.hostname or ""
        self.port: int = split.port or (443 if self.tls else 80)
        path = split.path or "/"
        self._target = f"{path}?{split.query}" if split.query else path
        self._authority = split.netloc
        self.shown = f"{split.scheme}://{split.netloc}{'/'.join(map(_shown, path.split('/')))}"
        """The URL as it is printed: a query may hold a token, and so may a long part of the path."""
        self._fixed = {name.lower() for name, _ in self._extra}

    def head(self, pairs: Pairs, *framing: str, method: str = "POST") -> bytes:
        """The bytes of a head with these headers, and lines that say how long the body is.

        A header of the caller's own replaces one of ours, but none of ``pairs``, which is what is tested.
        """
        lines = [
            f"{method} {self._target} HTTP/1.1",
            *self._own("Host", self._authority),
            *self._own("User-Agent", f"webhook-verify-probe/{__version__}"),
            *self._own("Accept", "*/*"),
            *self._own("Content-Type", self._content_type),
            "Connection: close",
            *framing,
            *(f"{name}: {value}" for name, value in self._extra),
            *(f"{name}: {value}" for name, value in pairs),
            "",
            "",
        ]
        return "\r\n".join(lines).encode("latin-1", "replace")

    def _own(self, name: str, value: str) -> list[str]:
        return [] if name.lower() in self._fixed else [f"{name}: {value}"]


def _shown(part: str) -> str:
    return part if len(part) <= _MAX_SEGMENT_CHARS_SHOWN else HIDDEN


def _split(url: str) -> SplitResult:
    try:
        split = urlsplit(url)
        good = split.scheme in {"http", "https"} and bool(split.hostname) and split.port != 0
    except ValueError:
        raise Mistake(_NOT_A_URL) from None
    if not good or not url.isascii() or any(char <= " " or char == "\x7f" for char in url):
        raise Mistake(_NOT_A_URL)
    if "@" in split.netloc:
        raise Mistake("a URL on the command line holds no password: give it as -H 'Authorization: ...'")
    return split
