"""Schemes whose signature lies in the JSON body itself, and how such a body is read before it is trusted.

Nobody has vouched for the body yet, so it is read warily: JSON in UTF-8 that Python's parser takes, and a key
that stands twice in an object has no value at all, for two readers would differ about it (CVE-2017-12635).
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import Headers
from webhook_verify.schemes.algorithms import ALGORITHMS, Algorithm
from webhook_verify.schemes.base import ParsedHeaders, Scheme
from webhook_verify.schemes.encodings import ENCODINGS, Encoding
from webhook_verify.schemes.json_size import has_few_values
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.keys import Signatures, SigningKey, VerifyingKey

__all__ = [
    "BodyScheme",
    "dump_json",
    "get_field",
    "list_items",
    "parse_json",
    "parse_unverified_json",
    "unreadable",
]


class BodyScheme(Scheme):
    """A base for these schemes. Its attributes are as the arguments of :class:`HeaderScheme`."""

    parses_body = True
    has_signature_in_body = True
    signs_body = False  # neither of them signs more than a few fields

    algorithm: Algorithm = ALGORITHMS["hmac-sha256"]
    signature_encoding: Encoding = ENCODINGS["base64"]
    secret_encoding: str = "text"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """See :meth:`Scheme.parse_headers`. No header is read: all of it is in the body."""
        return "", 0, (), b"", b"", None

    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None = None,
        method: str | None = None,
    ) -> NoReturn:
        """Raises ValueError: no header can sign the body. See :meth:`sign_body`."""
        raise ValueError(
            f"{self.name} puts the signature into the body, which headers cannot: "
            "send what Signer.sign_body(body) returns"
        )

    @abstractmethod
    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """The body with the signature in it, for tests: ``key`` is what :meth:`signing_key` gives.

        ``id`` and ``timestamp`` (Unix seconds) matter where the provider signs them. Raises ValueError for a
        body that has no place for it.
        """

    def signatures_of(self, text: object) -> Signatures:
        """The signature that is written in a field, if it can be one."""
        decoded = self.signature_encoding[0](text, self.algorithm.size) if isinstance(text, str) else ""
        return ((self.algorithm.version, decoded),) if decoded else ()

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """See :meth:`Scheme.verifying_key`."""
        return self.algorithm.verifying_key(secret, self.secret_encoding)

    def signing_key(self, secret: Secret) -> SigningKey:
        """See :meth:`Scheme.signing_key`."""
        return self.algorithm.signing_key(secret, self.secret_encoding)


def parse_unverified_json(body: bytes) -> Any:
    """As :func:`parse_json`, in which all fractions have the same value: no field that is read is one.

    Converting 90,000 numbers such as ``1e-300`` takes 60 ms.
    """
    return parse_json(body, _fraction)


def parse_json(body: bytes, parse_float: Callable[[str], float] = float) -> Any:
    """The value of a JSON body. Raises :class:`MalformedDelivery`, and nothing else."""
    if not has_few_values(body):
        raise unreadable("the body has more JSON values than a delivery of this provider")
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=parse_float,
        )
    except (ValueError, RecursionError):
        pass  # raised below: the original error would carry the body along
    raise unreadable("the body is not JSON in UTF-8, or nested too deeply")


def get_field(value: object, name: str) -> Any:
    """The field of an object; None where it is no object or has none. One that stands twice is no text,
    number, list or object.
    """
    fields: Any = value
    return fields.get(name) if fields.__class__ is dict else None


def list_items(value: object, max_items: int, name: str) -> list[Any]:
    """Return the items of a list of 1 to ``max_items``. Raises :class:`MalformedDelivery` about ``name``."""
    items: Any = value
    if items.__class__ is list and 1 <= len(items) <= max_items:
        return items
    raise unreadable(f"{name} is no list of 1 to {max_items} items")


def unreadable(detail: str) -> MalformedDelivery:
    """The rejection of a body that the provider cannot have sent."""
    return MalformedDelivery(Reason.UNREADABLE_BODY, detail)


def dump_json(value: object) -> bytes:
    """The JSON of a value that :func:`parse_json` gave. Raises ValueError where a key stood twice."""
    try:
        return json.dumps(value).encode()
    except TypeError:
        raise ValueError("this body cannot be signed: a key stands twice in an object") from None


def _fraction(text: str) -> float:
    return 0.5


class _DuplicateKey:
    """What a key that stands twice has for a value: nothing that any field can be."""


_DUPLICATE_KEY = _DuplicateKey()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                fields[name] = _DUPLICATE_KEY
            seen.add(name)
    return fields


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
