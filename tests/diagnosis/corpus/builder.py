"""How a failure is made: a function that changes a genuine delivery as its cause is defined, and no more.

``@made("body_reserialized")`` registers a maker under the cause that is true of what it makes. It returns
None for a delivery that it would not harm, such as JSON that is already as it would write it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.genuine import BODIES, Genuine
from webhook_verify import Verifier

__all__ = ["MAKERS", "Maker", "changed", "made"]


Make = Callable[[Genuine], "Failure | None"]


@dataclass(frozen=True)
class Maker:
    """A way to make a cause, the schemes and bodies that it is made of, and how many failures it makes."""

    cause: str
    also: Sequence[str]
    make: Make
    schemes: Sequence[str]
    kinds: Sequence[str]
    count: int
    bare: bool


MAKERS: list[Maker] = []
HMACS = ("stripe", "github", "shopify", "slack", "standard-webhooks", "zendesk", "paddle", "svix", "sentry")
"""HMAC in hex and in base64, with a time and without, in lists and alone."""
SIGNED = (*HMACS, "box", "hubspot", "square", "discord", "line", "twitch", "workos", "calendly", "sendgrid")
"""Schemes that sign the body as it is, public keys among them."""
JSON = ("small JSON", "nested JSON", "unicode JSON", "40 kB")
ANY = tuple(BODIES)


def made(
    cause: str,
    *,
    also: Iterable[str] = (),
    schemes: Iterable[str] = SIGNED,
    kinds: Iterable[str] = JSON,
    count: int = 8,
    bare: bool = True,
) -> Callable[[Make], Make]:
    """Register a maker.

    ``also``: what is right to name first, because one delivery does not distinguish it from the cause.
    ``bare``: whether it may also be made of deliveries with signed headers alone.
    """

    def register(make: Make) -> Make:
        MAKERS.append(Maker(cause, tuple(also), make, tuple(schemes), tuple(kinds), count, bare))
        return make

    return register


def changed(
    delivery: Genuine,
    *,
    body: bytes | None = None,
    headers: Any = None,
    verifier: Verifier | None = None,
    url: str | None = None,
) -> Failure | None:
    """What arrives when this of a delivery is changed; None if nothing is."""
    arrived = delivery.body if body is None else body
    shown = delivery.headers if headers is None else headers
    called = delivery.url if url is None else url
    if verifier is None and (arrived, shown, called) == (delivery.body, delivery.headers, delivery.url):
        return None
    verifier = verifier or delivery.verifier()
    made_of = f"{delivery.name}, {delivery.kind}"
    return Failure(
        causes=frozenset(),  # which, and how, is what the maker is registered under
        how="",
        verifier=verifier,
        body=arrived,
        headers=shown,
        url=called,
        method=delivery.method,
        made_of=made_of,
    )
