"""The address that the sender called, for the schemes that sign it.

A server behind a proxy does not know it. Who asks the request itself, asks the sender: a ``Host`` or
``X-Forwarded-Host`` says whatever its writer likes (CVE-2026-28465). So the address is configured, or taken
from a proxy that is known; and the path and the query are those that were sent, not written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import cast
from urllib.parse import urlsplit

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader
from webhook_verify.http import RequestHead

__all__ = ["PublicURL", "TrustedProxies", "checked_networks"]

_FORWARDED = HeaderReader("x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "host")
_HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?P<port>:[0-9]{1,5})?")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_DEFAULT_PORTS = {"https": "443", "http": "80"}

TrustedProxies = Iterable[str | IPv4Network | IPv6Network]
"""Addresses and networks, such as ``["10.0.0.0/8", "::1"]``."""


class PublicURL:
    """``public_url``: an origin, such as ``https://example.com``, to which path and query are added as they
    were sent; or a whole URL, to which the query is. Else ``trusted_proxies``: who may say it by
    ``X-Forwarded-Proto``, ``-Host`` (or ``Host``) and ``-Port``. Raises TypeError or ValueError for what
    cannot work.
    """

    def __init__(self, public_url: str | None, trusted_proxies: TrustedProxies | None) -> None:
        if public_url is not None and trusted_proxies is not None:
            raise ValueError("public_url says all: trusted_proxies is for receivers without one")
        self._url, self._is_whole = ("", False) if public_url is None else _checked_url(public_url)
        self._proxies = () if trusted_proxies is None else checked_networks(trusted_proxies)

    def for_request(self, head: RequestHead) -> str:
        """The URL that the sender called. Raises :class:`MalformedDelivery` if it cannot be known."""
        target = head.target
        if not target.startswith("/") or not (target.isascii() and target.isprintable()):
            raise _unknown("the path and query are not what RFC 9112 allows")
        if self._is_whole:
            _, mark, query = target.partition("?")
            return f"{self._url}{mark}{query}"
        return (self._url or self._forwarded(head)) + target

    def _forwarded(self, head: RequestHead) -> str:
        """The origin that a trusted proxy was called at."""
        if not self._trusts(head.peer):
            raise _unknown("the request comes from no trusted proxy, so nobody knows the URL that was called")
        scheme, host, port, own_host = _FORWARDED.read(head.headers)
        host = host or own_host or ""
        found = _HOST.fullmatch(host)
        # Two values in one header: nobody knows which of them a trusted proxy wrote.
        if scheme not in _DEFAULT_PORTS or found is None or (port and not _PORT.fullmatch(port)):
            raise _unknown("the proxy's X-Forwarded-Proto, -Host or -Port is missing or unreadable")
        if port and not found["port"] and port != _DEFAULT_PORTS[scheme]:
            host = f"{host}:{port}"
        return f"{scheme}://{host}"

    def _trusts(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped  # as a server on both kinds of sockets sees it
        return any(address in network for network in self._proxies)


def _checked_url(value: object) -> tuple[str, bool]:
    """The URL, and whether it is whole; an origin comes without its slash."""
    if not isinstance(value, str):
        raise TypeError(f"public_url is a str, not {type(value).__name__}")
    parts = urlsplit(value)
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(parts.netloc):
        raise ValueError(
            "public_url is the address that the sender calls: https://example.com, or with the path"
        )
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ValueError("public_url is written as it is sent: in ASCII, with the rest percent-encoded")
    if "?" in value or "#" in value:
        raise ValueError("public_url has no query and no fragment: the query is the request's own")
    return (value, True) if parts.path not in ("", "/") else (value.removesuffix("/"), False)


def checked_networks(value: object) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks. Raises TypeError or ValueError for what is not a list of known proxies."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise TypeError("trusted_proxies is a list of addresses or networks, such as 10.0.0.0/8")
    networks = tuple(ip_network(one) for one in cast("Iterable[str]", value))
    if not networks:
        raise ValueError("trusted_proxies is empty: then every delivery is refused")
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError("trusted_proxies holds every address there is: then anybody says what the URL was")
    return networks


def _unknown(detail: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
