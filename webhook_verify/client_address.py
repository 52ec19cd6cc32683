"""The network address of the client, also behind trusted proxies."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from webhook_verify.errors import RejectedDelivery
from webhook_verify.headers import HeaderReader
from webhook_verify.http import RequestHead

__all__ = ["bare_address", "client_address", "is_in_networks", "network_of", "parsed_address"]

_FORWARDED_FOR = HeaderReader("x-forwarded-for")
_MAX_ADDRESSES = 32
# An attacker usually controls all addresses of a network of this size.
_PREFIX_BITS = {4: 24, 6: 48}

Networks = Sequence[IPv4Network | IPv6Network]


def parsed_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in a forwarded header, to which some proxies append a port.

    Args:
        text: An address, such as `192.0.2.1`, `192.0.2.1:4711` or `[2001:db8::1]:4711`.

    Returns:
        The address, or None for other text.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return bare_address(text)


def bare_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address. An IPv4 address that is mapped to IPv6 becomes IPv4.

    Args:
        text: An address without a port.

    Returns:
        The address, or None for other text.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped  # a dual-stack socket reports IPv4 peers in this form
    return address


def is_in_networks(text: str, networks: Networks) -> bool:
    """Return whether the text is an address in one of the networks.

    Args:
        text: An address with or without a port.
        networks: The networks to search.

    Returns:
        True if a network contains the address.
    """
    address = parsed_address(text)
    return address is not None and any(address in network for network in networks)


def client_address(head: RequestHead, proxies: Networks = ()) -> str:
    """Return the address that connected to the first trusted proxy, or to the server.

    Each proxy appends the address of its client to `X-Forwarded-For`. The last address that is not a trusted
    proxy is therefore reliable. The addresses before it are chosen by the client.

    Args:
        head: The head of the request, with its peer.
        proxies: The networks of the trusted proxies.

    Returns:
        The address as text, or the peer if the header contains no other address.
    """
    if not is_in_networks(head.peer, proxies):
        return head.peer
    try:
        forwarded = _FORWARDED_FOR.read(head.headers)[0] or ""
    except RejectedDelivery:
        return head.peer  # the header appears more than once with different values
    for text in reversed(forwarded.split(",")[-_MAX_ADDRESSES:]):
        if parsed_address(text) is None:
            break
        if not is_in_networks(text, proxies):
            return text.strip()
    return head.peer


def network_of(address: str) -> str:
    """Return the network that counts as one client: /24 for IPv4, /48 for IPv6.

    Args:
        address: An address with or without a port.

    Returns:
        A key of the network, or "" for other text.
    """
    parsed = parsed_address(address)
    if parsed is None:
        return ""
    bits = parsed.max_prefixlen - _PREFIX_BITS[parsed.version]
    return f"{parsed.version}:{int(parsed) >> bits:x}"
