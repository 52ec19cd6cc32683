"""The address of the sender behind known proxies."""

from __future__ import annotations

from ipaddress import ip_network

from tests.rows import rows
from webhook_verify.client_address import client_address, network_of
from webhook_verify.http import RequestHead

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def address(peer: str, *forwarded: str) -> str:
    headers = [("X-Forwarded-For", value) for value in forwarded]
    return client_address(RequestHead("POST", "/", headers, peer=peer), PROXIES)


@rows(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.7"], "203.0.113.9"),  # the word of a stranger
        ("10.1.1.1", [], "10.1.1.1"),
        ("10.1.1.1", ["198.51.100.7"], "198.51.100.7"),
        ("::ffff:10.1.1.1", ["198.51.100.7"], "198.51.100.7"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("10.1.1.1", ["1.1.1.1, 198.51.100.7"], "198.51.100.7"),  # the first is the caller's word
        ("10.1.1.1", ["1.1.1.1, 198.51.100.7, 10.2.2.2"], "198.51.100.7"),
        ("10.1.1.1", ["198.51.100.7:4711"], "198.51.100.7:4711"),
        ("10.1.1.1", ["198.51.100.7, unknown"], "10.1.1.1"),
        ("10.1.1.1", ["10.2.2.2"], "10.1.1.1"),
        ("10.1.1.1", [""], "10.1.1.1"),
        ("10.1.1.1", ["1.1.1.1", "198.51.100.7"], "10.1.1.1"),  # two headers: which one is the proxy's?
        ("10.1.1.1", ["1.1.1.1," * 10_000 + "198.51.100.7"], "198.51.100.7"),
        ("", ["198.51.100.7"], ""),
        ("testclient", [], "testclient"),
    ],
)
def test_the_last_address_that_is_not_a_proxy_counts(peer: str, forwarded: list[str], expected: str) -> None:
    assert address(peer, *forwarded) == expected


@rows(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.200", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("192.0.2.1", "::ffff:192.0.2.9", True),
        ("192.0.2.1", "192.0.2.9:443", True),
        ("2001:db8:1:2::3", "2001:db8:1:ffff::4", True),
        ("2001:db8:1::", "2001:db8:2::", False),
        ("[2001:db8:1::5]:443", "2001:db8:1::6", True),
        ("0.0.1.0", "::1", False),
    ],
)
def test_a_network_counts_as_one_caller(one: str, other: str, is_same: bool) -> None:
    assert (network_of(one) == network_of(other)) is is_same


def test_what_is_not_an_address_has_no_network() -> None:
    assert [network_of(text) for text in ("", "testclient", "1.2.3", "unix:/run/app")] == [""] * 4
