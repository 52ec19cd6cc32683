"""A verifier that requests a verifier with a newer secret after a signature mismatch, and retries with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict, cast

from webhook_verify.body import BytesLike, Chunks, as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.errors import SignatureMismatch
from webhook_verify.headers import Headers
from webhook_verify.schemes import Scheme
from webhook_verify.verification import Verification, VerificationWrapper
from webhook_verify.verifier import Verifier, guarded_verifier

__all__ = ["RefreshVerifier", "RefreshingVerifier", "VerifierOptions", "verifier_options"]

RefreshVerifier = Callable[[Verifier], Verifier | None]
"""Takes the verifier whose secret did not match. Returns one with another secret, or None."""


class VerifierOptions(TypedDict, total=False):
    """Options of `Verifier`."""

    scheme: str | Scheme
    tolerance: timedelta | float
    clock: Callable[[], float]


def verifier_options(options: VerifierOptions) -> VerifierOptions:
    """Return the options that `Verifier` accepts."""
    names = VerifierOptions.__annotations__
    return cast("VerifierOptions", {name: value for name, value in options.items() if name in names})


class RefreshingVerifier(Verifier):
    """A verifier that retries with a newer secret after a signature mismatch."""

    __slots__ = ("_renew",)

    def __init__(self, secret: str, renew: RefreshVerifier, options: VerifierOptions) -> None:
        super().__init__(secret, **options)
        self._renew = renew

    def _guarded(self) -> Verifier:
        copy = super()._guarded()
        if copy is not self and isinstance(copy, RefreshingVerifier):

            def renew(_: Verifier) -> Verifier | None:
                newer = self._renew(self)  # The source knows this verifier, not its copy.
                return None if newer is None else guarded_verifier(newer)

            copy._renew = renew
        return copy

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

        def restart() -> Verification | None:
            newer = self._renew(self)
            return None if newer is None else begin_with(newer)

        try:
            verification = super().begin(headers, url, method, max_body_bytes)
        except SignatureMismatch:
            other = restart()
            if other is None:
                raise
            return other
        return _RefreshingVerification(verification, restart)


class _RefreshingVerification(VerificationWrapper):
    """A verification that stores the body's chunks, to start again with a newer secret."""

    __slots__ = ("_chunks", "_restart")

    def __init__(self, verification: Verification, restart: Callable[[], Verification | None]) -> None:
        super().__init__(verification)
        self._restart = restart
        self._chunks = Chunks()

    def update(self, chunk: BytesLike) -> None:
        data = as_bytes(chunk)
        super().update(data)
        self._chunks.append(data)

    def finish(self, last: BytesLike = b"") -> Delivery:
        try:
            return self._verification.finish(last)
        except SignatureMismatch:
            other = self._restart()
            if other is None:
                raise
        for data in self._chunks:
            other.update(data)
        return other.finish(last)
