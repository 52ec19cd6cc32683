"""Errors for code that was written for an official SDK name the way of this library."""

from __future__ import annotations

import asyncio
import copy
import pickle
from typing import Any

import pytest

from webhook_verify.api.svix import AsyncSvix, EndpointSecretRotateIn, Svix, SvixAsync


def test_a_list_is_not_its_first_page() -> None:
    pages: Any = Svix("t").endpoint.list("acme")
    for name in ("data", "done", "iterator", "prev_iterator"):
        with pytest.raises(AttributeError, match=r"iterate for all items, or .* first_page\(\)"):
            getattr(pages, name)
    with pytest.raises(AttributeError, match=r"'Pages' object has no attribute 'dta'$"):
        _ = pages.dta


def test_an_asynchronous_list_is_not_awaited() -> None:
    async def fetch() -> None:
        pages: Any = AsyncSvix("t").endpoint.list("acme")
        with pytest.raises(AttributeError, match="iterate for all items"):
            _ = pages.data
        with pytest.raises(TypeError, match=r"use 'async for', or await first_page\(\)"):
            await pages

    asyncio.run(fetch())


def test_a_payload_is_a_struct() -> None:
    payload: Any = EndpointSecretRotateIn(key="whsec_t0ps3cret")
    for name, way in {
        "model_dump": "msgspec.to_builtins",
        "dict": "msgspec.to_builtins",
        "model_dump_json": "msgspec.json.encode",
        "model_copy": "msgspec.structs.replace",
    }.items():
        with pytest.raises(AttributeError, match=way) as caught:
            getattr(payload, name)()
        assert "t0ps3cret" not in str(caught.value)
    with pytest.raises(AttributeError, match=r"'EndpointSecretRotateIn' object has no attribute 'kye'$"):
        _ = payload.kye
    assert copy.deepcopy(payload) == pickle.loads(pickle.dumps(payload)) == payload


def test_options_are_keyword_arguments() -> None:
    svix: Any = Svix("t")
    with pytest.raises(TypeError, match=r"list\(\) received 2 positional .* such as limit=50"):
        svix.endpoint.list("acme", {"limit": 5})
    with pytest.raises(TypeError, match="pass options as keyword arguments"):
        svix.message.get("acme", "msg_1", object())
    for client in (Svix, AsyncSvix):
        make: Any = client
        with pytest.raises(
            TypeError, match="pass options as keyword arguments, such as server_url"
        ) as caught:
            make("sk_t0ps3cret", object())
        assert "t0ps3cret" not in str(caught.value)


def test_the_asynchronous_client_is_found_by_both_names() -> None:
    assert SvixAsync is AsyncSvix
