"""Clients warn about HTTP URLs of other machines, because the token can be read in transit."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

from tests.rows import rows
from webhook_verify import InsecureURLWarning
from webhook_verify.api.emporix import AsyncEmporix, Emporix
from webhook_verify.api.lithic import AsyncLithic, Lithic
from webhook_verify.api.svix import AsyncSvix, Svix

TOKEN = "tok-8d1f2c77a6b94e0c5a3b"
CLIENTS: dict[str, Callable[[str], object]] = {
    "Svix": lambda url: Svix(TOKEN, server_url=url),
    "AsyncSvix": lambda url: AsyncSvix(TOKEN, server_url=url),
    "Lithic": lambda url: Lithic(TOKEN, server_url=url),
    "AsyncLithic": lambda url: AsyncLithic(TOKEN, server_url=url),
    "Emporix": lambda url: Emporix("tenant", "client", TOKEN, server_url=url),
    "AsyncEmporix": lambda url: AsyncEmporix("tenant", "client", TOKEN, server_url=url),
}


@rows("client", CLIENTS)
def test_http_warns_and_says_what_to_do(client: str) -> None:
    for url in ("http://api.example", "http://10.0.0.1:8080/v1", "http://localhost.example"):
        with pytest.warns(InsecureURLWarning, match="use https://") as caught:
            CLIENTS[client](url)
        assert [TOKEN in str(one.message) for one in caught] == [False]
        assert caught[0].filename == __file__, "the line that makes the client"


@rows(
    "url",
    [
        "https://api.example",
        "http://localhost:8000",
        "http://api.localhost",
        "http://127.0.0.1:1",
        "http://127.9.9.9",
        "http://[::1]:8000",
    ],
)
def test_https_and_this_machine_do_not_warn(url: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for make in CLIENTS.values():
            make(url)
