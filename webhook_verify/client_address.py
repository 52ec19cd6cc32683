"""The address of the sender, behind proxies that are known."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from webhook_verify.errors import RejectedDelivery
from webhook_verify.headers import HeaderReader
from webhook_verify.http import RequestHead

__all__ = ["bare_address", "client_address", "is_in_networks", "network_of", "parsed_address"]

_FORWARDED_FOR = HeaderReader("x-forwarded-for")
_MAX_ADDRESSES = 32
# An attacker usually has all addresses of a network of this size.
_PREFIX_BITS = {4: 24, 6: 48}

Networks = Sequence[IPv4Network | IPv6Network]


def parsed_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address of a forwarded header, behind which some proxies write a port; None for other text.

    As in ``192.0.2.1:4711`` and ``[2001:db8::1]:4711``.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return bare_address(text)


def bare_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address, an IPv4 address also where it is mapped to IPv6; None for other text."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped  # as a server on both kinds of sockets sees it
    return address


def is_in_networks(text: str, networks: Networks) -> bool:
    """Return whether the text is an address of one of the networks."""
    address = parsed_address(text)
    return address is not None and any(address in network for network in networks)


def client_address(head: RequestHead, proxies: Networks = ()) -> str:
    """Return the address that called the first of the known proxies, or else the server.

    Every proxy appends the address of its caller to ``X-Forwarded-For``, so the last one that is not a known
    proxy is true; those before it are the caller's word.

    Args:
        head: The head of the request, with its peer.
        proxies: The networks of the known proxies.

    Returns:
        The address as text; the peer where the header does not say more.
    """
    if not is_in_networks(head.peer, proxies):
        return head.peer
    try:
        forwarded = _FORWARDED_FOR.read(head.headers)[0] or ""
    except RejectedDelivery:
        return head.peer  # the header is there twice, with different values
    for text in reversed(forwarded.split(",")[-_MAX_ADDRESSES:]):
        if parsed_address(text) is None:
            break
        if not is_in_networks(text, proxies):
            return text.strip()
    return head.peer


def network_of(address: str) -> str:
    """Return the network that counts as one caller: /24 of IPv4, /48 of IPv6; "" for other text."""
    parsed = parsed_address(address)
    if parsed is None:
        return ""
    bits = parsed.max_prefixlen - _PREFIX_BITS[parsed.version]
    return f"{parsed.version}:{int(parsed) >> bits:x}"
