"""Requests to a server of a test, with a timeout for busy machines."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.waiting import patience

__all__ = ["SECONDS_TO_ANSWER", "get", "post"]

SECONDS_TO_ANSWER = 20.0
"""Seconds on an idle machine. The default of 5 seconds is too short for a busy one."""


def get(url: str, **options: Any) -> httpx2.Response:
    """Send a GET request with options of `httpx2.get`."""
    return httpx2.get(url, timeout=patience(SECONDS_TO_ANSWER), **options)


def post(url: str, **options: Any) -> httpx2.Response:
    """Send a POST request with options of `httpx2.post`."""
    return httpx2.post(url, timeout=patience(SECONDS_TO_ANSWER), **options)
