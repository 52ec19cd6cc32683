"""The URL that the sender called, for the schemes that sign it.

A server behind a proxy does not know it, and the client chooses ``Host`` and ``X-Forwarded-Host``
(CVE-2026-28465). So the URL is configured; or it is read from the headers of a known proxy, and its host is
one of the configured hosts, because many proxies pass on the client's ``Host``. Otherwise a delivery that was
signed for another host, such as a staging system, would be accepted. The path and the query are those that
were sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from webhook_verify.client_address import bare_address
from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader
from webhook_verify.http import RequestHead

__all__ = ["PublicURL", "TrustedHosts", "TrustedProxies", "checked_networks"]

_FORWARDED = HeaderReader("x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "host")
_HOST = re.compile(r"(?P<name>[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_DEFAULT_PORTS = {"https": "443", "http": "80"}
_MAX_PORT = 65_535

TrustedProxies = Iterable[str | IPv4Network | IPv6Network]
"""Addresses and networks, such as ``["10.0.0.0/8", "::1"]``."""

TrustedHosts = Iterable[str]
"""Hosts with an optional port, such as ``["hooks.example.com", "example.com:8443", "[2001:db8::1]"]``."""


class _Host(NamedTuple):
    """A host in its canonical spelling, and its port as text; "" for the default port of http or https."""

    name: str
    port: str


class PublicURL:
    """The source of the URL that the sender called: the configuration, or a trusted proxy.

    Args:
        public_url: An origin, such as ``https://example.com``, to which the request's path and query are
            added; or a whole URL, to which the query is added.
        trusted_proxies: The addresses whose ``X-Forwarded-Proto``, ``-Host`` (or ``Host``) and ``-Port`` are
            believed. Requires `trusted_hosts`.
        trusted_hosts: The hosts that the sender may have called. Letter case is ignored. A host without a
            port has the default port of http or https; there are no wildcards.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If an argument is invalid, or does not fit the others.
    """

    def __init__(
        self,
        public_url: str | None,
        trusted_proxies: TrustedProxies | None,
        trusted_hosts: TrustedHosts | None = None,
    ) -> None:
        _check_combination(public_url, trusted_proxies, trusted_hosts)
        self._url, self._is_whole = ("", False) if public_url is None else _checked_url(public_url)
        self._proxies = () if trusted_proxies is None else checked_networks(trusted_proxies)
        self._hosts: frozenset[_Host] = (
            frozenset() if trusted_hosts is None else _checked_hosts(trusted_hosts)
        )

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
        """Return the origin at which a trusted proxy was called."""
        if not self._trusts(head.peer):
            raise _unknown("the request comes from no trusted proxy, so nobody knows the URL that was called")
        scheme, host, port, own_host = _FORWARDED.read(head.headers)
        host = host or own_host or ""
        called = _parsed_host(host)
        # Two values in one header: nobody knows which of them a trusted proxy wrote.
        if scheme not in _DEFAULT_PORTS or called is None or (port and not _PORT.fullmatch(port)):
            raise _unknown("the proxy's X-Forwarded-Proto, -Host or -Port is missing or unreadable")
        default = _DEFAULT_PORTS[scheme]
        if port and not called.port and port != default:
            host, called = f"{host}:{port}", called._replace(port=port)
        if not self._trusts_host(called._replace(port=called.port or default), default):
            raise _unknown(f"the host {host} is not in trusted_hosts: the delivery may be another server's")
        return f"{scheme}://{host}"

    def _trusts_host(self, host: _Host, default_port: str) -> bool:
        return host in self._hosts or (host.port == default_port and host._replace(port="") in self._hosts)

    def _trusts(self, peer: str) -> bool:
        address = bare_address(peer)
        return address is not None and any(address in network for network in self._proxies)


def _check_combination(public_url: object, trusted_proxies: object, trusted_hosts: object) -> None:
    """Raise ValueError for arguments that exclude, or require, each other."""
    if public_url is not None:
        if trusted_proxies is not None or trusted_hosts is not None:
            raise ValueError(
                "public_url excludes trusted_proxies and trusted_hosts: it replaces the headers of a proxy"
            )
    elif trusted_hosts is None and trusted_proxies is not None:
        raise ValueError(
            "trusted_proxies requires trusted_hosts: the client chooses the Host header, and many proxies "
            'pass it on. List the hosts that the sender calls, as in trusted_hosts=["example.com"], or give '
            'public_url="https://hooks.example.com" in place of both'
        )
    elif trusted_proxies is None and trusted_hosts is not None:
        raise ValueError(
            "trusted_hosts requires trusted_proxies: only a proxy knows whether the sender called http or "
            'https. List its addresses, as in trusted_proxies=["10.0.0.0/8"], or give '
            'public_url="https://hooks.example.com" in place of both'
        )


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


def _checked_hosts(value: object) -> frozenset[_Host]:
    kind = type(value).__name__
    # A str is an iterable of its letters, each of which is a valid name.
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f'trusted_hosts must be a list of hosts, such as ["hooks.example.com"], not {kind!r}')
    hosts = list(cast("Iterable[object]", value))
    if not hosts:
        raise ValueError(
            "trusted_hosts is empty: then every delivery is rejected. List the hosts that are called"
        )
    return frozenset(_checked_host(host, index) for index, host in enumerate(hosts))


def _checked_host(value: object, index: int) -> _Host:
    if not isinstance(value, str):
        raise TypeError(f"trusted_hosts[{index}] must be a str, not {type(value).__name__!r}")
    host = _parsed_host(value)
    # The value is not in the message: a URL with a password may have been put there.
    if host is None or "" in host.name.split(".") or int(host.port or 1) > _MAX_PORT:
        raise ValueError(
            f"trusted_hosts[{index}] must be one host with an optional port, such as hooks.example.com, "
            "example.com:8443 or [2001:db8::1]: in ASCII, without scheme, path, wildcard or trailing dot"
        )
    return host


def _parsed_host(text: str) -> _Host | None:
    """Return the canonical host; None for text that is not one."""
    parts = _HOST.fullmatch(text)
    if parts is None or (parts["port"] and not _PORT.fullmatch(parts["port"])):
        return None
    name = parts["name"].lower()
    if name.startswith("["):
        try:
            name = f"[{IPv6Address(name[1:-1])}]"
        except ValueError:
            return None
    return _Host(name, parts["port"] or "")


def _unknown(detail: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
