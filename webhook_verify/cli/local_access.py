"""The requests that a server on the developer's machine refuses: those that a web page has a browser send.

Every page in a browser on this machine can reach a server on loopback. Two rules keep pages out, and every
server of this command follows them:

1. The ``Host`` names this machine, or a host that the user has named. A page of an attacker can have its own
   host name resolve to 127.0.0.1 (DNS rebinding). The browser then takes the server for a part of that page's
   site, sends no other sign of it, and lets the page read the responses. But it sends that host name.
2. ``Origin`` and ``Sec-Fetch-Site`` do not name another site. A page can post a form, or fetch without
   reading the response. Browsers mark such requests.

Providers, tunnels and curl send neither of the two headers of rule 2. The port of ``Host`` is not compared,
because a container or an SSH tunnel may forward another one. A page at another port of this machine is
another origin by rule 2.
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
_OWN_FETCHES = (None, "same-origin", "none")  # "none": the user has typed the address
_WEBSOCKET_POLICY_VIOLATION = 1008


class Refusal(NamedTuple):
    """Why a request is refused: a word for programs, and a sentence that is safe to print."""

    reason: str
    detail: str


_FOREIGN_HOST = Refusal(
    "foreign_host",
    "The Host header is missing or names another machine. For a tunnel, or another name of this machine, "
    "give its URL as --public-url.",
)
_CROSS_SITE = Refusal(
    "cross_site", "A browser sent this for a page of another site (Origin or Sec-Fetch-Site)."
)


class LocalAccess:
    """The rules for one server.

    Args:
        bound_host: The address that the server is bound to. For 0.0.0.0 and ::, every IP address is accepted
            as ``Host``: DNS rebinding needs a name.
        public_url: A URL by which the server is called as well, such as a tunnel's; None for none.

    Raises:
        ValueError: If `public_url` cannot be parsed.
    """

    def __init__(self, bound_host: str, public_url: str | None = None) -> None:
        self._names: set[str] = {"localhost"}
        if public_url is not None and (host := urlsplit(public_url).hostname):
            self._names.add(f"[{host}]" if ":" in host else host)
        self._bound = _address(f"[{bound_host.partition('%')[0]}]" if ":" in bound_host else bound_host)

    def refusal(self, headers: Headers) -> Refusal | None:
        """Return why a request with these headers is refused; None if it is not."""
        try:
            host, origin, fetch_site = _HEADERS.read(headers)
        except MalformedDelivery:  # two hosts or two origins: which one is right cannot be known
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
        if address is None or address.is_unspecified:  # browsers connect 0.0.0.0 to loopback
            return False
        is_any_own = self._bound is not None and self._bound.is_unspecified
        return address.is_loopback or address == self._bound or is_any_own


class LocalOnly:
    """An ASGI application that answers a refused request with 403, and passes others on.

    Args:
        application: The application behind it.
        access: The rules.
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
    """Return whether a page of this origin was served under this ``Host``, whatever proxy ended its TLS."""
    scheme, _, netloc = origin.partition("://")
    default = _DEFAULT_PORTS.get(scheme, "")
    parts, own = _HOST.fullmatch(netloc), _HOST.fullmatch(host)
    if not default or parts is None or own is None:
        return False
    return (parts["name"], parts["port"] or default) == (own["name"], own["port"] or default)
