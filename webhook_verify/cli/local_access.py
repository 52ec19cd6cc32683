"""Access rules that protect a server on loopback from web pages.

Every page in a browser on this machine can send requests to a loopback server. Every server of this command
applies two rules:

1. `Host` must name this machine, or a host that the user configured. An attacker's page can make its host
   name resolve to 127.0.0.1 (DNS rebinding). The browser then treats the server as part of that page's site:
   it lets the page read the responses, and only `Host`, which is the attacker's name, shows the attack.
2. `Origin` and `Sec-Fetch-Site` must not name another site. A page can post a form, or fetch without reading
   the response. Browsers mark such requests with these headers.

Providers, tunnels and curl send neither of the headers of rule 2. The port of `Host` is not compared, because
a container or an SSH tunnel may forward a different port. By rule 2, a page at another port of this machine
is another origin.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from webhook_verify.adapters._asgi import App, Receive, Scope, Send, send_response
from webhook_verify.errors import MalformedDelivery
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.http import WebhookResponse

__all__ = ["REFUSED", "LocalAccess", "LocalOnly", "Refusal"]

REFUSED = WebhookResponse.for_status(403)
"""The response to a refused request."""

_HEADERS = HeaderReader("host", "origin", "sec-fetch-site")
_HOST = re.compile(r"(?P<name>[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?P<port>:[0-9]{1,5})?")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_OWN_FETCHES = (None, "same-origin", "none")  # "none": the user typed the URL
_WEBSOCKET_POLICY_VIOLATION = 1008


class Refusal(NamedTuple):
    """The cause of a refusal: a word for programs, and a sentence that is safe to print."""

    reason: str
    detail: str


_FOREIGN_HOST = Refusal(
    "foreign_host",
    "The Host header is missing or names another machine. If you use a tunnel, or another name of this "
    "machine, pass its URL as --public-url.",
)
_CROSS_SITE = Refusal(
    "cross_site", "A browser sent this request for a page of another site (see Origin or Sec-Fetch-Site)."
)


class LocalAccess:
    """The access rules of one server.

    Args:
        bound_host: The address that the server is bound to. With 0.0.0.0 or ::, every IP address is accepted
            as `Host`, because DNS rebinding requires a name.
        public_url: Another URL of the server, such as that of a tunnel.

    Raises:
        ValueError: If `public_url` cannot be parsed.
    """

    def __init__(self, bound_host: str, public_url: str | None = None) -> None:
        self._names: set[str] = {"localhost"}
        if public_url is not None and (host := urlsplit(public_url).hostname):
            self._names.add(f"[{host}]" if ":" in host else host)
        self._bound = _address(f"[{bound_host.partition('%')[0]}]" if ":" in bound_host else bound_host)

    def refusal(self, headers: Headers) -> Refusal | None:
        """Return why a request with these headers is refused; None if it is accepted."""
        try:
            host, origin, fetch_site = _HEADERS.read(headers)
        except MalformedDelivery:  # a duplicate header with different values
            return _FOREIGN_HOST
        host = (host or "").lower()
        if not self._is_own(host):
            return _FOREIGN_HOST
        if fetch_site not in _OWN_FETCHES or not (origin is None or _is_origin_of(origin.lower(), host)):
            return _CROSS_SITE
        return None

    def _is_own(self, host: str) -> bool:
        parts = _HOST.fullmatch(host)
        if parts is None:
            return False
        name = parts["name"]
        if name in self._names:
            return True
        address = _address(name)
        if address is None or address.is_unspecified:  # because browsers connect 0.0.0.0 to loopback
            return False
        is_any_own = self._bound is not None and self._bound.is_unspecified
        return address.is_loopback or address == self._bound or is_any_own


class LocalOnly:
    """ASGI middleware that responds to refused requests with 403.

    Args:
        application: The wrapped application, which receives the accepted requests.
        access: The access rules.
    """

    def __init__(self, application: App, access: LocalAccess) -> None:
        self._application, self._access = application, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        kind = scope["type"]
        if kind not in ("http", "websocket") or self._access.refusal(scope["headers"]) is None:
            await self._application(scope, receive, send)
        elif kind == "http":
            await send_response(send, REFUSED, scope["method"])
        else:
            await send({"type": "websocket.close", "code": _WEBSOCKET_POLICY_VIOLATION})


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return None if name.startswith("[") else address


def _is_origin_of(origin: str, host: str) -> bool:
    """Return whether the origin has this `Host`. The scheme may differ, because a proxy may terminate TLS."""
    scheme, _, netloc = origin.partition("://")
    default = _DEFAULT_PORTS.get(scheme, "")
    parts, own = _HOST.fullmatch(netloc), _HOST.fullmatch(host)
    if not default or parts is None or own is None:
        return False
    return (parts["name"], parts["port"] or default) == (own["name"], own["port"] or default)
