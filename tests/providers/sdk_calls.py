"""The library of a provider on the other side of the wire: it takes what we sign, and we take what it signs.

Both are asked for a delivery that is genuine and for ones that are not, so that a library which takes
everything, or nothing, vouches for nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, TypedDict

import pytest

from tests.providers.npm import node
from tests.providers.samples import SAMPLES
from webhook_verify import Delivery, SignatureMismatch, Signer, Verifier

__all__ = [
    "Case",
    "Peer",
    "in_node",
    "in_python",
    "library_on_npm_takes_what_we_sign",
    "sdk",
    "signed_now",
    "they_take_what_we_sign",
    "we_take_what_they_sign",
]


class Case(TypedDict):
    """One delivery, for the other side to judge."""

    secret: str
    body: str
    headers: Mapping[str, str]


Peer = Callable[[Sequence[Case]], Sequence[bool]]
"""Which of these deliveries the other side takes."""


def sdk(module: str) -> Any:
    """The module, without its types: few of these libraries have any."""
    return import_module(module)


def in_python(judge: Callable[[str, str, Mapping[str, str]], object]) -> Peer:
    """A peer that is asked as ``judge(secret, body, headers)``. It refuses by an exception, or by False."""

    def taken(case: Case) -> bool:
        try:
            return judge(case["secret"], case["body"], case["headers"]) is not False
        except Exception:
            return False

    return lambda cases: [taken(case) for case in cases]


def in_node(script: str) -> Peer:
    """A peer on npm: the script has ``secret``, ``body`` and ``headers``, and throws or returns false."""
    whole = """
        const answers = [];
        for (const { secret, body, headers } of given) {
            try { answers.push((await (async () => { %s })()) !== false) } catch { answers.push(false) }
        }
        return answers;
    """
    return lambda cases: node(whole % script, cases)


def they_take_what_we_sign(name: str, peer: Peer, secret: str = "") -> None:
    """And nothing else: neither another body, nor what is signed with another secret."""
    sample = SAMPLES[name]
    secret = secret or sample.secret
    now = int(time.time())
    body = sample.body(now, "msg_1").decode()
    headers = Signer(secret, scheme=name).sign(body.encode(), id="msg_1", timestamp=now)

    changed = body.replace('": ', '":', 1) if '": ' in body else f"{body}&more=1"
    cases: list[Case] = [
        {"secret": secret, "body": body, "headers": headers},
        {"secret": secret, "body": changed, "headers": headers},
        {"secret": sample.other_secret, "body": body, "headers": headers},
    ]
    assert list(peer(cases)) == [True, False, False]


def we_take_what_they_sign(
    name: str, body: bytes, headers: Mapping[str, str], *, secret: str = "", now: float | None = None
) -> Delivery:
    """The verified delivery; a changed body and another secret are refused."""
    sample = SAMPLES[name]
    now = time.time() if now is None else now
    verifier = Verifier(secret or sample.secret, scheme=name)

    delivery = verifier.verify_at(body, headers, received_at=now)
    with pytest.raises(SignatureMismatch):
        verifier.verify_at(body + b" ", headers, received_at=now)
    with pytest.raises(SignatureMismatch):
        Verifier(sample.other_secret, scheme=name).verify_at(body, headers, received_at=now)
    return delivery


def signed_now(name: str) -> tuple[bytes, bytes, dict[str, str]]:
    """The sample's body, a changed one and the headers of the first; the libraries know no other clock."""
    body, headers = SAMPLES[name].signed(timestamp=int(time.time()))
    return body, body.replace(b'"', b"'", 1), headers


def library_on_npm_takes_what_we_sign(name: str, script: str) -> None:
    """And refuses it with another body. The script answers for ``given.bodies``."""
    sample, timestamp = SAMPLES[name], int(time.time())
    # As JavaScript writes JSON, for Zoom's signs it again instead of the bytes that came.
    compact = sample.body(timestamp, "msg_1").replace(b": ", b":").replace(b", ", b",")
    headers = sample.signer().sign(compact, id="msg_1", timestamp=timestamp)
    changed = compact.replace(b'":"', b'":"x', 1)
    assert changed != compact

    given = {"secret": sample.secret, "headers": headers, "bodies": [compact.decode(), changed.decode()]}
    assert node(script, given) == [True, False]
