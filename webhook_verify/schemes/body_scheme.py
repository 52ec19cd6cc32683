"""Schemes with the signature in the body, JSON or a form, and safe parsing of it before it is verified.

The body is parsed strictly: UTF-8 that Python's JSON parser accepts. A key that appears more than once in an
object has no usable value, because parsers differ in which value they take (CVE-2017-12635). The same
applies to the fields of a form.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.form import form_pairs
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
    "parse_unverified_form",
    "parse_unverified_json",
    "unreadable",
]


class BodyScheme(Scheme):
    """Base class of schemes with the signature in the body. For its attributes see `HeaderScheme`."""

    parses_body = True
    has_signature_in_body = True
    signs_body = False  # these providers sign only a few fields

    algorithm: Algorithm = ALGORITHMS["hmac-sha256"]
    signature_encoding: Encoding = ENCODINGS["base64"]
    secret_encoding: str = "text"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Return empty values, because the body contains all signed values.

        Args:
            headers: The request headers.
            url: Unused.
            method: Unused.

        Returns:
            Values without id, timestamp and signatures.
        """
        return "", 0, (), b"", b"", self.event_type_in_body

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
        """Reject the call, because no header can carry the signature. Use `sign_body`.

        Args:
            body: The request body.
            keys: Unused.
            id: Unused.
            timestamp: Unused.
            url: Unused.
            method: Unused.

        Raises:
            ValueError: Always.
        """
        raise ValueError(
            f"{self.name} sends the signature in the body, not in headers; "
            "send the result of Signer.sign_body(body)"
        )

    @abstractmethod
    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Return the body with its signature, for tests.

        Args:
            body: The body to sign, in JSON.
            key: The signing key.
            id: The message id, where the provider signs it.
            timestamp: Unix seconds, where the provider signs the time.

        Returns:
            The signed body.

        Raises:
            ValueError: If the body has no place for the signature.
        """

    def signatures_of(self, text: object) -> Signatures:
        """Decode the signature in a field.

        Args:
            text: The value of the field.

        Returns:
            One signature, or none if the value cannot be a signature.
        """
        decoded = self.signature_encoding[0](text, self.algorithm.size) if isinstance(text, str) else ""
        return ((self.algorithm.version, decoded),) if decoded else ()

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The configured signing secret.

        Returns:
            The verifying key.

        Raises:
            InvalidSecret: If the secret is not valid for this scheme.
        """
        return self.algorithm.verifying_key(secret, self.secret_encoding)

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: The configured signing secret.

        Returns:
            The signing key.

        Raises:
            InvalidSecret: If the secret is not valid for this scheme.
        """
        return self.algorithm.signing_key(secret, self.secret_encoding)


def parse_unverified_json(body: bytes) -> Any:
    """Parse an unverified JSON body, giving all fractions the same value.

    No field that a scheme reads is a fraction. Converting 90,000 numbers such as `1e-300` takes 60 ms.

    Args:
        body: The request body.

    Returns:
        The JSON value.

    Raises:
        MalformedDelivery: If the body is not JSON in UTF-8, is nested too deeply, or has too many values.
    """
    return parse_json(body, _fraction)


def parse_unverified_form(body: bytes) -> dict[str, Any] | None:
    """Parse an unverified form, urlencoded or multipart.

    Args:
        body: The request body.

    Returns:
        The fields, as `parse_json` returns an object: the value of a duplicate field has no usable type. None
        if the body is not a form with at least one field, such as a JSON body.
    """
    pairs = form_pairs(body)
    return _object(pairs) if pairs else None


def parse_json(body: bytes, parse_float: Callable[[str], float] = float) -> Any:
    """Parse a JSON body.

    Args:
        body: The request body.
        parse_float: Converts each number with a fraction or an exponent.

    Returns:
        The JSON value.

    Raises:
        MalformedDelivery: If the body is not JSON in UTF-8, is nested too deeply, or has too many values.
    """
    if not has_few_values(body):
        raise MalformedDelivery(Reason.UNREADABLE_BODY, "the body has too many JSON values")
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=parse_float,
        )
    except (ValueError, RecursionError):
        pass  # raised below, because the original error contains the body
    raise MalformedDelivery(Reason.UNREADABLE_BODY, "the body is not JSON in UTF-8 or is nested too deeply")


def get_field(value: object, name: str) -> Any:
    """Return the value of a field.

    Args:
        value: A JSON value.
        name: The name of the field.

    Returns:
        The field's value; None if `value` is not an object or lacks the field. For a duplicate key, an object
        that is not of any JSON type.
    """
    fields: Any = value
    return fields.get(name) if fields.__class__ is dict else None


def list_items(value: object, max_items: int, name: str) -> list[Any]:
    """Return the items of a list.

    Args:
        value: A JSON value.
        max_items: The maximum number of items.
        name: The name of the list, for errors.

    Returns:
        The items.

    Raises:
        MalformedDelivery: If `value` is not a list of 1 to `max_items` items.
    """
    items: Any = value
    if items.__class__ is list and 1 <= len(items) <= max_items:
        return items
    raise MalformedDelivery(Reason.UNREADABLE_BODY, f"{name} must be a list of 1 to {max_items} items")


def unreadable(detail: str) -> MalformedDelivery:
    """Make the rejection of a body that the provider cannot have sent.

    Args:
        detail: The problem, without values from the body.

    Returns:
        The error to raise.
    """
    return MalformedDelivery(Reason.UNREADABLE_BODY, detail)


def dump_json(value: object) -> bytes:
    """Serialize a value that `parse_json` returned.

    Args:
        value: The JSON value.

    Returns:
        The JSON text.

    Raises:
        ValueError: If an object has a duplicate key.
    """
    try:
        return json.dumps(value).encode()
    except TypeError:
        raise ValueError("cannot sign this body: an object has a duplicate key") from None


def _fraction(text: str) -> float:
    return 0.5


class _DuplicateKey:
    """The value of a duplicate key. It has no JSON type, so no check of a field accepts it."""


_DUPLICATE_KEY = _DuplicateKey()


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
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
