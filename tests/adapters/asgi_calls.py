"""Calls of an ASGI application in process, for FastAPI and Starlette."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from tests.signing import BODY, signed

__all__ = ["Headers", "call", "post"]

Headers = dict[str, str] | list[tuple[str, str]]


def call(app: Any, method: str, path: str = "/hook", **request: Any) -> httpx2.Response:
    async def send() -> httpx2.Response:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **request)

    return asyncio.run(send())


def post(app: Any, body: Any = BODY, headers: Headers | None = None, path: str = "/hook") -> httpx2.Response:
    return call(app, "POST", path, content=body, headers=signed() if headers is None else headers)
