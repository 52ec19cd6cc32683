"""A verifier that asks for another one when a signature does not match, and tries that."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict, cast

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.errors import SignatureMismatch
from webhook_verify.headers import Headers
from webhook_verify.schemes import Scheme
from webhook_verify.verification import Verification
from webhook_verify.verifier import Verifier

__all__ = ["Renew", "SourcedVerifier", "VerifierOptions", "verifier_options"]

Renew = Callable[[Verifier], Verifier | None]
"""Given the verifier whose secret did not match: one with another secret, None if there is none."""


class VerifierOptions(TypedDict, total=False):
    """``scheme``, ``tolerance`` and ``clock`` are those of :class:`Verifier`."""

    scheme: str | Scheme
    tolerance: timedelta | float
    clock: Callable[[], float]


def verifier_options(options: VerifierOptions) -> VerifierOptions:
    """Those of the options that a verifier takes."""
    names = VerifierOptions.__annotations__
    return cast("VerifierOptions", {name: value for name, value in options.items() if name in names})


class SourcedVerifier(Verifier):
    """As :class:`Verifier`; see the module."""

    __slots__ = ("_renew",)

    def __init__(self, secret: str, renew: Renew, options: VerifierOptions) -> None:
        super().__init__(secret, **options)
        self._renew = renew

    def verify(
        self, body: BytesLike, headers: Headers, *, url: str | None = None, method: str | None = None
    ) -> Delivery:
        try:
            return super().verify(body, headers, url=url, method=method)
        except SignatureMismatch:
            newer = self._renew(self)
            if newer is None:
                raise
        return newer.verify(body, headers, url=url, method=method)

    def verify_at(
        self,
        body: BytesLike,
        headers: Headers,
        *,
        received_at: float | datetime,
        url: str | None = None,
        method: str | None = None,
    ) -> Delivery:
        try:
            return super().verify_at(body, headers, received_at=received_at, url=url, method=method)
        except SignatureMismatch:
            newer = self._renew(self)
            if newer is None:
                raise
        return newer.verify_at(body, headers, received_at=received_at, url=url, method=method)

    def begin(
        self,
        headers: Headers,
        url: str | None = None,
        method: str | None = None,
        max_body_bytes: float = math.inf,
    ) -> Verification:
        def begin_with(verifier: Verifier) -> Verification:
            return verifier.begin(headers, url, method, max_body_bytes)

        def again() -> Verification | None:
            newer = self._renew(self)
            return None if newer is None else begin_with(newer)

        try:
            begun = super().begin(headers, url, method, max_body_bytes)
        except SignatureMismatch:
            other = again()
            if other is None:
                raise
            return other
        return _SourcedVerification(begun, again)


class _SourcedVerification(Verification):
    """Keeps the pieces of the body, and starts again if there is another secret to verify with."""

    __slots__ = ("_again", "_begun", "_taken")

    def __init__(self, begun: Verification, again: Callable[[], Verification | None]) -> None:
        self._begun = begun
        self._again = again
        self._taken: list[bytes] = []

    @property
    def message_id(self) -> str:
        return self._begun.message_id

    @property
    def may_block(self) -> bool:
        return self._begun.may_block

    def update(self, chunk: BytesLike) -> None:
        piece = as_bytes(chunk)
        self._begun.update(piece)
        self._taken.append(piece)

    def finish(self, last: BytesLike = b"") -> Delivery:
        try:
            return self._begun.finish(last)
        except SignatureMismatch:
            other = self._again()
            if other is None:
                raise
        for piece in self._taken:
            other.update(piece)
        return other.finish(last)
