"""Inputs for the tests of the verifier's guarantees: keys, a delivery, and hypothesis strategies."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from webhook_verify import Delivery, RejectedDelivery, Secret, Verifier
from webhook_verify.secret import signing_key

__all__ = [
    "BODY",
    "ID",
    "KEY",
    "NAMES",
    "NOW",
    "OTHER",
    "OTHER_KEY",
    "PRIVATE",
    "PUBLIC",
    "SECRET",
    "VERIFIER",
    "Counted",
    "Items",
    "any_body",
    "any_headers",
    "bodies",
    "count_macs",
    "ed25519_entry",
    "hashable_pairs",
    "headers",
    "in_chunks",
    "mac",
    "outcome",
    "pairs",
    "scalars",
    "spellings",
    "texts",
    "values",
]

NOW = 1_700_000_000
ID = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"
BODY = b'{"type": "invoice.paid"}'
KEY, OTHER_KEY = bytes(range(32)), bytes(range(32, 64))
SECRET, OTHER = ("whsec_" + b64encode(key).decode() for key in (KEY, OTHER_KEY))
PRIVATE = "whsk_" + b64encode(bytes(range(64, 96))).decode()
PUBLIC = "whpk_JUO5L/EJVRFHatyDadtt3JM2ZaEZeN2hQE7hBmypVZ0="
NAMES = (
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "svix-id",
    "svix-timestamp",
    "svix-signature",
)

VERIFIER = Verifier([SECRET, OTHER, PUBLIC], clock=lambda: NOW)


def mac(id: str = ID, timestamp: str = str(NOW), body: bytes = BODY, key: bytes = KEY) -> str:
    """Return the v1 entry, computed with the standard library."""
    signed_content = f"{id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed_content, "sha256")).decode()


def headers(brand: str = "webhook", **other: Any) -> dict[str, Any]:
    """Return the three headers of a valid delivery, with the given changes."""
    trio = {"id": ID, "timestamp": str(NOW), "signature": mac(), **other}
    return {f"{brand}-{role}": value for role, value in trio.items()}


def outcome(verify: Callable[[], Delivery]) -> object:
    """Return the Delivery, or the class, reason and message of the rejection, for comparisons."""
    try:
        return verify()
    except RejectedDelivery as rejection:
        return type(rejection), rejection.reason, str(rejection)


def in_chunks(verifier: Verifier, given_headers: Any, chunks: list[bytes]) -> Delivery:
    """Verify the same delivery in chunks."""
    verification = verifier.begin(given_headers)
    for chunk in chunks:
        verification.update(chunk)
    return verification.finish()


# --- hypothesis strategies -------------------------------------------------------------------

spellings = st.sampled_from(NAMES).flatmap(
    lambda name: st.sampled_from(
        [name, name.title(), name.upper(), name.encode(), "HTTP_" + name.upper().replace("-", "_")]
    )
)
texts = st.one_of(
    st.sampled_from(
        [ID, str(NOW), mac(), mac(key=OTHER_KEY), "", " ", "v1,", "9" * 5_000, "\ud800", "٣", "msg\0"]
    ),
    st.text(max_size=60),
    st.integers(0, 10**14).map(str),
)
scalars = st.one_of(
    texts, texts.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=60), st.none(),
    st.integers(), st.floats(), st.booleans(),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)
pairs = st.lists(st.tuples(st.one_of(spellings, spellings, values), values), max_size=8)
hashable_pairs = st.lists(st.tuples(spellings | scalars, values), max_size=8)


class Items:
    """An object that only has items()."""

    def __init__(self, several: Any) -> None:
        self._several = several

    def items(self) -> Iterator[Any]:
        return iter(self._several)


any_headers = st.one_of(
    pairs,
    pairs.map(Items),
    hashable_pairs.map(dict),
    hashable_pairs.map(lambda drawn: {**headers(), **dict(drawn)}),
    pairs.map(lambda drawn: [*headers().items(), *drawn]),
    values,
    st.lists(values, max_size=4),
    st.sampled_from([object(), dict, list, len, ..., Items(None), Items([1]), memoryview(b"webhook-id")]),
)
bodies = st.one_of(st.binary(max_size=200), st.just(BODY))
any_body = st.one_of(bodies, bodies.map(bytearray), bodies.map(lambda body: memoryview(body)))


def ed25519_entry(id: str = ID, timestamp: str = str(NOW), body: bytes = BODY) -> str:
    return "v1a," + signing_key(Secret(PRIVATE)).sign(f"{id}.{timestamp}.".encode() + body)


class Counted:
    """A hash state that counts its copies. A MAC copies each of its two states once."""

    def __init__(self, state: Any, counts: list[int], place: int) -> None:
        self._state, self._counts, self._place = state, counts, place

    def copy(self) -> Any:
        self._counts[self._place] += 1
        return self._state.copy()


def count_macs(verifier: Verifier) -> list[int]:
    """Return counters of the MACs that each HMAC key of the verifier begins."""
    keys: list[Any] = [key for _, key, _ in verifier._keys]
    counts = [0] * len(keys)
    for place, key in enumerate(keys):
        key._inner = Counted(key._inner, counts, place)
    return counts
