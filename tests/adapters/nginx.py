"""A real nginx in front of an application, configured as in docs/receive/public_url.md or differently."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests import processes
from tests.waiting import patience, wait_until

__all__ = ["RECIPE", "needs_nginx", "nginx", "recipe", "send"]

_NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_PAGE = Path(__file__).parents[2] / "docs" / "receive" / "public_url.md"
RECIPE: str = re.findall(r"```nginx\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL)[0]

needs_nginx = pytest.mark.skipif(
    _NGINX is None and "WEBHOOK_VERIFY_NO_SKIPS" not in os.environ,
    reason="nginx is not installed (Debian: nginx)",
)

_MAIN = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {servers}
}}
"""


def recipe(folder: Path, port: int, backend: int) -> str:
    """Return the servers of the page, with this certificate and these ports."""
    _write_certificate(folder)
    text = RECIPE
    for before, after in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("127.0.0.1:8000", f"127.0.0.1:{backend}"),
        ("/etc/ssl/hooks.example.com.pem", f"{folder}/certificate.pem"),
        ("/etc/ssl/hooks.example.com.key", f"{folder}/certificate.key"),
    ):
        assert before in text, f"the recipe has no {before}"
        text = text.replace(before, after)
    return text


@contextmanager
def nginx(folder: Path, servers: str, port: int) -> Generator[None]:
    """Run nginx with these servers until the end of the block."""
    assert _NGINX is not None, "nginx is not installed (Debian: nginx)"
    configuration = folder / "nginx.conf"
    configuration.write_text(_MAIN.format(folder=folder, servers=servers))
    log = folder / "nginx.log"
    with (
        log.open("wb") as output,
        processes.started(
            [_NGINX, "-e", "stderr", "-p", str(folder), "-c", str(configuration)],
            stdout=output,
            stderr=output,
        ) as process,
    ):
        processes.must_live(process, "nginx")

        def is_up() -> bool:
            assert process.poll() is None, f"nginx has ended:\n{log.read_text()}"
            return processes.listens(port)

        wait_until(is_up, problem=f"nginx does not listen, see {log}")
        yield


def send(
    port: int,
    target: str,
    headers: list[tuple[str, str]],
    body: bytes,
    *,
    server_name: str | None = None,
    client: str = "127.0.0.1",
    version: str = "HTTP/1.1",
) -> int | None:
    """Send a POST unchanged, and return the status, or None if the connection is closed without a response.

    Args:
        port: The port of 127.0.0.1.
        target: The target of the request line.
        headers: All headers but Content-Length and Connection.
        body: The body.
        server_name: The name in the TLS handshake; None for a connection without TLS.
        client: The address of this client, of 127.0.0.0/8.
        version: The version of the request line.

    Raises:
        ssl.SSLError: If the TLS handshake fails.
    """
    lines = [f"POST {target} {version}", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    request = "\r\n".join(lines).encode("latin-1") + body
    with socket.create_connection(
        ("127.0.0.1", port), timeout=patience(20), source_address=(client, 0)
    ) as plain:
        if server_name is None:
            return _exchange(plain, request)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(plain, server_hostname=server_name or None) as secured:
            return _exchange(secured, request)


def _exchange(connection: socket.socket, request: bytes) -> int | None:
    response = b""
    try:
        connection.sendall(request)
        while chunk := connection.recv(65536):
            response += chunk
    except (ConnectionError, ssl.SSLEOFError):
        pass  # closed while the request was being sent
    return int(response.split(b" ", 2)[1]) if response else None


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "certificate.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
