"""How a client sends, and what differs from provider to provider. Checked once, when a client is made."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2

from webhook_verify.api.errors import ReadError
from webhook_verify.errors import InsecureURLWarning

__all__ = [
    "DEFAULT_MAX_RESPONSE_BYTES",
    "DEFAULT_RETRIES",
    "DEFAULT_TIMEOUT",
    "ClientSettings",
    "ProviderProfile",
    "checked_text",
    "checked_timeout",
    "checked_url",
]

DEFAULT_TIMEOUT = 30.0
"""Seconds, retries and waits included."""

DEFAULT_RETRIES = 3
"""As many as the official Svix client makes."""

DEFAULT_MAX_RESPONSE_BYTES = 268_435_456
"""256 MiB: a page of 250 messages of 1 MiB each, the most that Svix answers."""

_MAX_TIMEOUT_SECONDS = 2.0**31


class ProviderProfile(NamedTuple):
    """What differs from provider to provider.

    ``read_error`` reads its error bodies. ``idempotency_header``: the header that makes a POST safe to
    repeat, None if there is none. ``call_id_header`` and ``retry_count_header``: headers that tell the
    provider which attempts are one call; None to send none.
    """

    read_error: ReadError
    idempotency_header: str | None = None
    call_id_header: str | None = None
    retry_count_header: str | None = None


class ClientSettings(NamedTuple):
    """How a client sends: where to, as whom, how long and how often.

    ``base_url`` has no trailing slash. ``timeout``: the longest that a call may take, retries and waits
    included, in seconds; None: as long as it takes. ``retries``: how many attempts may follow the first.
    ``max_response_bytes``: the largest answer that is read, counted after decompression. ``hidden``: a
    secret that no message may show, besides the token in the header Authorization, which none ever shows.
    ``auth`` signs each request, where a fixed header does not do.
    """

    base_url: str
    headers: Mapping[str, str]
    timeout: float | None = DEFAULT_TIMEOUT
    retries: int = DEFAULT_RETRIES
    max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES
    hidden: str = ""
    auth: httpx2.Auth | None = None

    def __repr__(self) -> str:
        return f"ClientSettings(base_url={self.base_url!r})"  # the headers hold the token

    def checked(self) -> ClientSettings:
        """These settings. Raises TypeError or ValueError for those that cannot work."""
        checked_timeout(self.timeout)
        _check_count("retries", self.retries, 0)
        _check_count("max_response_bytes", self.max_response_bytes, 1)
        return self


def _check_count(name: str, number: object, minimum: int) -> None:
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"{name} must be an int, not {type(number).__name__!r}")
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}, not {number}")


def checked_timeout(timeout: object) -> float | None:
    """A timeout in seconds, or None for none. Raises TypeError or ValueError for anything else."""
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be a number of seconds or None, not {type(timeout).__name__!r}")
    if not 0 < timeout < _MAX_TIMEOUT_SECONDS:
        raise ValueError(f"timeout must be positive and finite, not {timeout!r}. Pass None for no timeout")
    return timeout


def checked_text(name: str, text: object) -> str:
    """A text that can stand in a header, without the blanks that pasting leaves. Never shows the text.

    Raises TypeError for anything but str, and ValueError for one that is empty or not printable ASCII.
    """
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a str, not {type(text).__name__!r}")
    text = text.strip()
    if not text:
        raise ValueError(
            f"{name} is empty. Check that the environment variable or setting that holds it is set"
        )
    if not (text.isascii() and text.isprintable()):
        raise ValueError(f"{name} contains characters that are not printable ASCII. Copy it again in full")
    return text


def checked_url(server_url: object) -> str:
    """A base URL without its trailing slashes; a path in front of the API's paths is kept.

    Raises TypeError for anything but str, and ValueError for what is no ``http`` or ``https`` URL or has
    a user, a query or a fragment. Warns with :class:`InsecureURLWarning`
    of ``http`` to another machine.
    """
    if not isinstance(server_url, str):
        raise TypeError(f"server_url must be a str, not {type(server_url).__name__!r}")
    parts = urlsplit(server_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("server_url must begin with https:// (or http://) followed by a host")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("server_url must not contain a user, a query or a fragment")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        warnings.warn(
            "server_url begins with http://, so the API token is sent unencrypted and is readable in transit. "
            "To protect it, use https://",
            InsecureURLWarning,
            stacklevel=5,  # the caller of the constructor of each client
        )
    return server_url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761, section 6.3
