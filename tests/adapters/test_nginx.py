"""Deliveries for another host behind a real nginx, with the documented and with an unsafe configuration."""

from __future__ import annotations

import hmac
import os
import ssl
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.adapters.nginx import needs_nginx, nginx, recipe, send
from tests.adapters.url_apps import SECRET
from tests.integrations.servers import ROOT, started
from tests.processes import free_port
from tests.rows import rows

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("nginx")]

BODY = b'{"type":"payment.updated"}'
PRODUCTION = "hooks.example.com"
STAGING = "staging.example.com"
Headers = list[tuple[str, str]]

_UVICORN = ["uvicorn", "--http=h11", "--host=127.0.0.1", "--log-level=warning"]
_GUNICORN = ["gunicorn", "--graceful-timeout=1", "--log-level=warning"]
_APPS = "tests.adapters.proxied_apps"


def signed(host: str, path: str) -> Headers:
    """Return the headers of a delivery that is genuine at this host, over https."""
    content = f"POST https://{host}{path} ".encode() + BODY
    return [("X-Signature", hmac.new(SECRET.encode(), content, "sha256").hexdigest())]


@contextmanager
def backend(folder: Path, *options: str) -> Generator[int]:
    """Run the applications under uvicorn, or under gunicorn; the port."""
    port = free_port()
    if options and options[0] == "gunicorn":
        command = [*_GUNICORN, *options[1:], f"--bind=127.0.0.1:{port}", f"{_APPS}:on_wsgi"]
    else:
        command = [*_UVICORN, *options, f"--port={port}", f"{_APPS}:on_asgi"]
    with started([sys.executable, "-m", *command], ROOT, dict(os.environ), port, folder / "log"):
        yield port


# --- the recipe of the page -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain_backend(tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    with backend(tmp_path_factory.mktemp("uvicorn"), "--no-proxy-headers") as port:
        yield port


@pytest.fixture(scope="module")
def by_recipe(plain_backend: int, tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    with nginx(folder, recipe(folder, port, plain_backend), port):
        yield port


def by_tls(port: int, headers: Headers, name: str = "production", **options: str) -> int | None:
    target = options.pop("target", f"/webhooks/{name}")
    return send(port, target, headers, BODY, server_name=options.pop("server_name", PRODUCTION), **options)


@needs_nginx
@rows(
    "more",
    [
        [("Host", PRODUCTION)],
        [("Host", "HOOKS.example.COM")],
        [("Host", f"{PRODUCTION}:443")],
        [("Host", f"{PRODUCTION}:1")],
        [("Host", f"{PRODUCTION}.")],
        [("Host", PRODUCTION), ("X-Forwarded-Host", STAGING)],
        [("Host", PRODUCTION), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Port", "81")],
        [("Host", PRODUCTION), ("Forwarded", f"for=1.2.3.4;host={STAGING};proto=http")],
        [("Host", PRODUCTION), ("X-Forwarded-For", "203.0.113.9")],
        [("Host", PRODUCTION), ("X-Forwarded-Host", STAGING), ("X-Forwarded-Host", PRODUCTION)],
        [("Host", PRODUCTION), ("X_Forwarded_Host", STAGING)],
    ],
)
def test_the_recipe_overwrites_what_the_client_says(by_recipe: int, more: Headers) -> None:
    """So a genuine delivery passes, and one for staging does not, even where both hosts are trusted."""
    for name in ("production", "both"):
        path = f"/webhooks/{name}"
        assert by_tls(by_recipe, signed(PRODUCTION, path) + more, name) == 200
        assert by_tls(by_recipe, signed(STAGING, path) + more, name) == 401


@needs_nginx
@rows(
    ("host", "options"),
    [
        (STAGING, {}),
        (f"{PRODUCTION}.{STAGING}", {}),
        (f"a.{PRODUCTION}", {}),
        ("127.0.0.1", {}),
        ("[::1]", {}),
        ("_", {}),
        (None, {"version": "HTTP/1.0"}),
        (PRODUCTION, {"target": f"https://{STAGING}/webhooks/production"}),
    ],
)
def test_the_default_server_of_the_recipe_answers_nothing(
    by_recipe: int, host: str | None, options: dict[str, str]
) -> None:
    headers = signed(PRODUCTION, "/webhooks/production")
    assert by_tls(by_recipe, headers + ([] if host is None else [("Host", host)]), **options) is None


@needs_nginx
@rows("name", [STAGING, "localhost", "evil.example", ""])
def test_the_default_server_refuses_the_handshake(by_recipe: int, name: str) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        by_tls(by_recipe, [("Host", PRODUCTION)], server_name=name)


@needs_nginx
@rows(
    "more",
    [[("Host", PRODUCTION), ("Host", STAGING)], [("Host", "")], []],
    ids=["two hosts", "empty host", "no host"],
)
def test_nginx_itself_refuses_two_hosts_and_none(by_recipe: int, more: Headers) -> None:
    assert by_tls(by_recipe, signed(PRODUCTION, "/webhooks/production") + more) == 400


# --- a proxy that copies what the client says --------------------------------------------------------------

CARELESS = """
server {{
    listen 127.0.0.1:{port};
    location / {{
        proxy_pass http://127.0.0.1:{backend};
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-Proto https;
    }}
}}
"""


@pytest.fixture(scope="module")
def careless(plain_backend: int, tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    folder, port = tmp_path_factory.mktemp("careless"), free_port()
    with nginx(folder, CARELESS.format(port=port, backend=plain_backend), port):
        yield port


FOREIGN: list[Headers] = [
    [("Host", STAGING)],
    [("Host", STAGING.upper())],
    [("Host", PRODUCTION), ("X-Forwarded-Host", STAGING)],
    [("Host", STAGING), ("X-Forwarded-For", "127.0.0.1")],
    [("Host", STAGING), ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", f"host={PRODUCTION}")],
]


@needs_nginx
@rows("more", FOREIGN)
def test_a_delivery_for_staging_is_rejected_behind_a_careless_proxy(careless: int, more: Headers) -> None:
    host = next(value for name, value in reversed(more) if name.endswith("Host"))

    # The control: the headers do arrive, and the receiver that trusts both hosts takes the delivery.
    assert send(careless, "/webhooks/both", signed(host, "/webhooks/both") + more, BODY) == 200
    assert send(careless, "/webhooks/production", signed(host, "/webhooks/production") + more, BODY) == 400


@needs_nginx
def test_a_genuine_delivery_passes_a_careless_proxy(careless: int) -> None:
    headers = signed(PRODUCTION, "/webhooks/production")
    assert send(careless, "/webhooks/production", [*headers, ("Host", PRODUCTION)], BODY) == 200
    for other in (f"{PRODUCTION}:8443", f"{PRODUCTION}.", "[::1]"):
        headers = signed(other, "/webhooks/production")
        assert send(careless, "/webhooks/production", [*headers, ("Host", other)], BODY) == 400


# --- servers that let the client choose its address --------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--forwarded-allow-ips=127.0.0.2",), 200),
        (("--proxy-headers", "--forwarded-allow-ips=*"), 200),
        (("--no-proxy-headers",), 400),
        (("gunicorn",), 400),
        (("gunicorn", "--forwarded-allow-ips=*"), 400),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_address_of_a_proxy_can_be_chosen_and_the_host_cannot(
    tmp_path: Path, options: tuple[str, ...], status: int
) -> None:
    """A client at 127.0.0.2, which is no trusted proxy, calls the server and says that it is 127.0.0.1."""
    with backend(tmp_path, *options) as port:

        def sent(name: str, host: str) -> int | None:
            claims = [("Host", host), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "127.0.0.1")]
            path = f"/webhooks/{name}"
            return send(port, path, signed(host, path) + claims, BODY, client="127.0.0.2")

        assert sent("both", STAGING) == status
        assert sent("production", PRODUCTION) == status
        assert sent("production", STAGING) == 400


@pytest.mark.slow
@needs_nginx
@pytest.mark.parametrize(
    ("options", "status"),
    [(("--proxy-headers",), 400), (("--no-proxy-headers",), 200), (("gunicorn",), 200)],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_recipe_needs_a_server_that_keeps_the_address_of_the_proxy(
    tmp_path: Path, options: tuple[str, ...], status: int
) -> None:
    port = free_port()
    with backend(tmp_path, *options) as behind, nginx(tmp_path, recipe(tmp_path, port, behind), port):
        headers = [*signed(PRODUCTION, "/webhooks/production"), ("Host", PRODUCTION)]
        assert by_tls(port, headers, client="127.0.0.2") == status
        forged = [*signed(STAGING, "/webhooks/production"), ("Host", PRODUCTION)]
        assert by_tls(port, forged, client="127.0.0.2") in (400, 401)
