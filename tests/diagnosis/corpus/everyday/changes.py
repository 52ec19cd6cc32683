"""How headers and secrets are changed on their way."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.diagnosis.corpus.everyday.senders import NOW, SENDERS, Headers, mac

__all__ = [
    "b64",
    "named",
    "resigned",
    "set_header",
    "signed_by_hand",
    "underscores",
    "when",
    "without",
    "without_prefix",
    "wsgi",
]


def without_prefix(secret: str) -> str:
    return secret.removeprefix("whsec_")


def when(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def resigned(secret: str, content: Callable[[Headers], bytes] | None = None) -> Callable[[Headers], Headers]:
    def sign(headers: Headers) -> Headers:
        body = next(one.body for one in SENDERS.values() if one.secret == secret)
        start = next(iter(headers)).rpartition("-")[0]
        signed = f"{headers[start + '-id']}.{headers[start + '-timestamp']}.".encode() + body
        return {**headers, start + "-signature": "v1," + base64.b64encode(mac(secret, signed)).decode()}

    return sign


def set_header(name: str, change: Callable[[str], Any]) -> Callable[[Headers], Headers]:
    def changed(headers: Headers) -> Headers:
        return {key: change(value) if key.lower() == name else value for key, value in headers.items()}

    return changed


def without(*names: str) -> Callable[[Headers], Headers]:
    return lambda headers: {key: value for key, value in headers.items() if key.lower() not in names}


def wsgi(headers: Headers) -> Headers:
    return {"HTTP_" + key.upper().replace("-", "_"): value for key, value in headers.items()}


def underscores(headers: Headers) -> Headers:
    return {key.replace("-", "_"): value for key, value in headers.items()}


def named(old: str, new: str) -> Callable[[Headers], Headers]:
    return lambda headers: {key.lower().replace(old, new): value for key, value in headers.items()}


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def signed_by_hand(
    name: str, header: str, written: Callable[[str, str, bytes], str]
) -> Callable[[Headers], Headers]:
    """The headers of a hand-written test script: (secret, time, body) to the text of the signature."""
    one = SENDERS[name]
    return set_header(header, lambda value: written(one.secret, str(NOW), one.body))
