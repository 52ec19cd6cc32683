"""The URL that the sender called, for the schemes that sign it.

A server behind a proxy does not know this URL, and the client chooses `Host` and `X-Forwarded-Host`
(CVE-2026-28465). The URL is therefore configured, or read from the headers of a trusted proxy. In the second
case its host must be a configured host, because many proxies forward the client's `Host`. Otherwise a
delivery that was signed for another host, such as a staging system, would be accepted. The path and the query
are used as sent.
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
    """A host in canonical form, and its port as text, "" for the default port of http or https."""

    name: str
    port: str


class PublicURL:
    """The source of the URL that the sender called: the configuration, or a trusted proxy.

    Args:
        public_url: An origin, such as `https://example.com`, to which the request's path and query are
            appended; or a full URL, to which the query is appended.
        trusted_proxies: The addresses of the proxies whose `X-Forwarded-Proto`, `-Host` (or `Host`) and
            `-Port` are used. Requires `trusted_hosts`.
        trusted_hosts: The hosts that the sender may call. Letter case is ignored. A host without a port has
            the default port of http or https. Wildcards are not supported.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is invalid, or cannot be combined with the others.
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
        """Return the URL that the sender called.

        Args:
            head: The head of the request, with `target` and, behind trusted proxies, `peer`.

        Returns:
            The URL, with the path and the query as sent.

        Raises:
            MalformedDelivery: If the URL cannot be determined.
        """
        target = head.target
        if not target.startswith("/") or not (target.isascii() and target.isprintable()):
            raise MalformedDelivery(
                Reason.UNREADABLE_HEADER, "the path and query contain characters that RFC 9112 does not allow"
            )
        if self._is_whole:
            _, mark, query = target.partition("?")
            return f"{self._url}{mark}{query}"
        return (self._url or self._forwarded(head)) + target

    def _forwarded(self, head: RequestHead) -> str:
        """Return the origin at which a trusted proxy was called."""
        if not self._trusts(head.peer):
            raise _unknown(
                "the request was not sent by a proxy in trusted_proxies, so the called URL is unknown"
            )
        scheme, host, port, own_host = _FORWARDED.read(head.headers)
        host = host or own_host or ""
        called = _parsed_host(host)
        # Two values in one header are rejected, because either could be from the client.
        if scheme not in _DEFAULT_PORTS or called is None or (port and not _PORT.fullmatch(port)):
            raise _unknown("X-Forwarded-Proto, -Host or -Port of the proxy is missing or invalid")
        default = _DEFAULT_PORTS[scheme]
        if port and not called.port and port != default:
            host, called = f"{host}:{port}", called._replace(port=port)
        if not self._trusts_host(called._replace(port=called.port or default), default):
            raise _unknown(f"the host {host} is not in trusted_hosts: the delivery may be for another server")
        return f"{scheme}://{host}"

    def _trusts_host(self, host: _Host, default_port: str) -> bool:
        return host in self._hosts or (host.port == default_port and host._replace(port="") in self._hosts)

    def _trusts(self, peer: str) -> bool:
        address = bare_address(peer)
        return address is not None and any(address in network for network in self._proxies)


def _check_combination(public_url: object, trusted_proxies: object, trusted_hosts: object) -> None:
    """Raise ValueError for a combination of arguments that is not allowed."""
    if public_url is not None:
        if trusted_proxies is not None or trusted_hosts is not None:
            raise ValueError(
                "public_url cannot be combined with trusted_proxies or trusted_hosts: it replaces the "
                "headers of a proxy"
            )
    elif trusted_hosts is None and trusted_proxies is not None:
        raise ValueError(
            "trusted_proxies requires trusted_hosts: the client chooses the Host header, and many proxies "
            'forward it. List the hosts that the sender calls, as in trusted_hosts=["example.com"], or pass '
            'public_url="https://hooks.example.com" instead of both'
        )
    elif trusted_proxies is None and trusted_hosts is not None:
        raise ValueError(
            "trusted_hosts requires trusted_proxies: only a proxy knows whether the sender called http or "
            'https. List its addresses, as in trusted_proxies=["10.0.0.0/8"], or pass '
            'public_url="https://hooks.example.com" instead of both'
        )


def _checked_url(value: object) -> tuple[str, bool]:
    """Return the URL and whether it has a path. The trailing slash of an origin is removed."""
    if not isinstance(value, str):
        raise TypeError(f"public_url must be a str, not {type(value).__name__!r}")
    parts = urlsplit(value)
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(parts.netloc):
        raise ValueError(
            "public_url must be the http or https URL that the sender calls, such as https://example.com"
        )
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ValueError("public_url must be printable ASCII: percent-encode other characters and spaces")
    if "?" in value or "#" in value:
        raise ValueError("public_url must not have a query or a fragment: the query of the request is used")
    return (value, True) if parts.path not in ("", "/") else (value.removesuffix("/"), False)


def checked_networks(value: object) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks of `trusted_proxies`.

    Args:
        value: The addresses and networks, such as `["10.0.0.0/8", "::1"]`.

    Returns:
        The networks.

    Raises:
        TypeError: If `value` is not an iterable of addresses.
        ValueError: If `value` is empty, contains an invalid address, or contains all addresses.
    """
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise TypeError(
            'trusted_proxies must be a list of addresses or networks, such as ["10.0.0.0/8"], '
            f"not {type(value).__name__!r}"
        )
    networks = tuple(ip_network(one) for one in cast("Iterable[str]", value))
    if not networks:
        raise ValueError("trusted_proxies is empty: every delivery would be rejected. List the proxies")
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError(
            "trusted_proxies contains all addresses: any client could choose the URL. List only the proxies"
        )
    return networks


def _checked_hosts(value: object) -> frozenset[_Host]:
    kind = type(value).__name__
    # A str is an iterable of characters, and each of them is a valid host name.
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f'trusted_hosts must be a list of hosts, such as ["hooks.example.com"], not {kind!r}')
    hosts = list(cast("Iterable[object]", value))
    if not hosts:
        raise ValueError(
            "trusted_hosts is empty: every delivery would be rejected. List the hosts that the sender calls"
        )
    return frozenset(_checked_host(host, index) for index, host in enumerate(hosts))


def _checked_host(value: object, index: int) -> _Host:
    if not isinstance(value, str):
        raise TypeError(f"trusted_hosts[{index}] must be a str, not {type(value).__name__!r}")
    host = _parsed_host(value)
    # The message does not contain the value, because it may be a URL with a password.
    if host is None or "" in host.name.split(".") or int(host.port or 1) > _MAX_PORT:
        raise ValueError(
            f"trusted_hosts[{index}] must be one host with an optional port, such as hooks.example.com, "
            "example.com:8443 or [2001:db8::1]: in ASCII, without scheme, path, wildcard or trailing dot"
        )
    return host


def _parsed_host(text: str) -> _Host | None:
    """Return the canonical host, or None if the text is not a host."""
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
