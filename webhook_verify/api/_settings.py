"""Settings of a client, and the differences between providers. Checked when a client is created."""

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
"""Maximum duration of a call in seconds, including its retries and waits."""

DEFAULT_RETRIES = 3
"""Maximum number of retries, the same as in the official Svix client."""

DEFAULT_MAX_RESPONSE_BYTES = 268_435_456
"""256 MiB, enough for the largest response of Svix: a page of 250 messages of 1 MiB each."""

_MAX_TIMEOUT_SECONDS = 2.0**31


class ProviderProfile(NamedTuple):
    """The differences between providers."""

    read_error: ReadError
    """Parser of the provider's error bodies."""
    idempotency_header: str | None = None
    """Header with the idempotency key of a POST; None if the provider does not support it."""
    call_id_header: str | None = None
    """Header with an id that all attempts of a call share; None: not sent."""
    is_patch_idempotent: bool = False
    """Whether a PATCH may be repeated, because it sets absolute values."""
    retry_count_header: str | None = None
    """Header with the number of previous attempts; None: not sent."""


class ClientSettings(NamedTuple):
    """The settings of a client."""

    base_url: str
    """Base URL of the API, without a trailing slash."""
    headers: Mapping[str, str]
    """Headers of every request."""
    timeout: float | None = DEFAULT_TIMEOUT
    """Maximum duration of a call in seconds, including its retries and waits; None: no limit."""
    retries: int = DEFAULT_RETRIES
    """Maximum number of attempts after the first one."""
    max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES
    """Maximum size of a response body in bytes, after decompression."""
    hidden: str = ""
    """A secret that messages must not contain, in addition to the token in the Authorization header."""
    auth: httpx2.Auth | None = None
    """Authentication of each request, if a fixed header is not sufficient."""

    def __repr__(self) -> str:
        return f"ClientSettings(base_url={self.base_url!r})"  # The headers contain the token.

    def checked(self) -> ClientSettings:
        """Return the settings. Raises TypeError or ValueError if one is invalid."""
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
    """Return a valid timeout in seconds or None. Raises TypeError or ValueError if it is invalid."""
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be a number of seconds or None, not {type(timeout).__name__!r}")
    if not 0 < timeout < _MAX_TIMEOUT_SECONDS:
        raise ValueError(f"timeout must be positive and finite, not {timeout!r}. Pass None for no timeout")
    return timeout


def checked_text(name: str, text: object) -> str:
    """Return a text for a header, without surrounding whitespace.

    Args:
        name: Name of the parameter, for the error message. The text itself is never shown.
        text: The text.

    Returns:
        The text without surrounding whitespace.

    Raises:
        TypeError: If the text is not a str.
        ValueError: If the text is empty or not printable ASCII.
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


def checked_url(server_url: object, stacklevel: int = 5) -> str:
    """Return a base URL without its trailing slashes. Its path, if any, is kept.

    Warns with `InsecureURLWarning` if the scheme is `http` and the host is not the loopback interface.

    Args:
        server_url: The base URL.
        stacklevel: Number of frames from the warning to the caller of a client's constructor.

    Returns:
        The URL without its trailing slashes.

    Raises:
        TypeError: If the URL is not a str.
        ValueError: If it is not an `http` or `https` URL, or contains a user, a query or a fragment.
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
            "server_url begins with http://, so the API token is sent unencrypted, readable in transit. "
            "To protect it, use https://",
            InsecureURLWarning,
            stacklevel=stacklevel,  # the caller of a client's constructor
        )
    return server_url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761, section 6.3
