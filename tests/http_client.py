"""Requests to a server of a test, which may take as long as a busy machine needs."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.waiting import patience

__all__ = ["SECONDS_TO_ANSWER", "get", "post"]

SECONDS_TO_ANSWER = 20.0
"""On a quiet machine. The default of 5 seconds is too short for a machine that does other work."""


def get(url: str, **options: Any) -> httpx2.Response:
    """Send a GET request; `options` are those of `httpx2.get`."""
    return httpx2.get(url, timeout=patience(SECONDS_TO_ANSWER), **options)


def post(url: str, **options: Any) -> httpx2.Response:
    """Send a POST request; `options` are those of `httpx2.post`."""
    return httpx2.post(url, timeout=patience(SECONDS_TO_ANSWER), **options)
