"""Standard Webhooks 1.0.0, which Svix, under its own header names, and many providers follow.

Three headers: an id, a timestamp in Unix seconds and a list of signatures, as ``webhook-id``,
``webhook-timestamp``, ``webhook-signature`` or with ``svix-`` in front. The signed content is
``{id}.{timestamp}.{body}``: the header texts as received and the raw body. ``v1`` is HMAC-SHA256,
``v1a`` is Ed25519, both in base64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from webhook_verify import secret as _keys
from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.schemes.base import CLOSED_ID_CHARS, ParsedHeaders, Scheme, SchemeDocs, check_message_id
from webhook_verify.schemes.sender_rules import check_retries
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any, TypeGuard

    from webhook_verify.keys import SigningKey, VerifyingKey

__all__ = ["STANDARD", "StandardWebhooks"]

_Trio = tuple[str, str, str]

# In the order in which they are looked for: the first complete trio counts, and they never mix.
_WEBHOOK: _Trio = ("webhook-id", "webhook-timestamp", "webhook-signature")
_SVIX: _Trio = ("svix-id", "svix-timestamp", "svix-signature")
_READER = HeaderReader(*_WEBHOOK, *_SVIX, brands=(_WEBHOOK, _SVIX))
_PLAIN_WEBHOOK, _PLAIN_SVIX = (plain.issuperset for plain in _READER.safe_dict_keys)

_MAX_SIGNATURES = 32  # work is bounded: Ed25519 costs about 100 microseconds an entry
_MAX_V1A_SIGNATURES = 8
_V1_LENGTH = 44  # the base64 of 32 bytes
_V1A_LENGTH = 88  # the base64 of 64 bytes


@safe_repr
class StandardWebhooks(Scheme):
    """Reads both brands of headers; ``brand`` ("webhook" or "svix") says which one it writes.

    ``min_key_bytes``: the shortest HMAC key that is taken, for a provider that hands out short ones.
    ``commas``: whether the provider puts a comma and a blank between signatures, not a blank alone.
    ``retries``, ``retry_seconds``: see :class:`Scheme`.
    """

    __slots__ = (
        "_brand",
        "_commas",
        "_min_key_bytes",
        "_name",
        "docs",
        "retries",
        "retry_seconds",
    )

    header_names = (*_WEBHOOK, *_SVIX)

    def __init__(
        self,
        name: str,
        *,
        brand: str,
        min_key_bytes: int = _keys.MIN_KEY_BYTES,
        commas: bool = False,
        retries: str = "unknown",
        retry_seconds: float = 0.0,
        docs: SchemeDocs | None = None,
    ) -> None:
        self.docs = SchemeDocs.titled(docs, name)
        self._name = name
        self._brand = brand
        self._min_key_bytes = min_key_bytes
        self._commas = commas
        check_retries(retries, retry_seconds)
        self.retries, self.retry_seconds = retries, retry_seconds

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self._name

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """See :meth:`Scheme.parse_headers`. Neither url nor method is signed."""
        found: Any = None
        known: Any = headers
        get: Callable[[str, str], Any]
        if known.__class__ is dict and _PLAIN_WEBHOOK(known):
            get = known.get
            message_id = get("webhook-id", "")
            timestamp, signature = get("webhook-timestamp", ""), get("webhook-signature", "")
        elif known.__class__ is dict and _PLAIN_SVIX(known):
            get = known.get
            message_id = get("svix-id", "")
            timestamp, signature = get("svix-timestamp", ""), get("svix-signature", "")
        else:
            found = _READER.read(headers)
            message_id, timestamp, signature = found[:3] if found[0] else found[3:]
        # Nearly every delivery is plain: what is odd about the others is told by the careful way.
        try:
            version, _, encoded = signature.partition(",")
            if (
                timestamp.isdecimal()
                and len(timestamp) <= 12
                and timestamp >= "1"
                and message_id > "!"  # neither empty nor with a blank in front
                and signature > "!"
                and signature.isascii()
                and message_id.isprintable()
                and ("." not in message_id or CLOSED_ID_CHARS.issuperset(message_id))
                and (start := f"{message_id}.{timestamp}.").isascii()
            ):
                alone = version == "v1" and len(encoded) == _V1_LENGTH
                signatures = ((version, encoded),) if alone else self._entries(signature)
                return message_id, int(timestamp), signatures, start.encode(), b"", None
        except (TypeError, AttributeError):
            pass  # a header is absent, or no str
        message_id, timestamp, signature = _complete_trio(found or _READER.read(headers))
        before = f"{message_id}.{timestamp}.".encode()
        return message_id, int(timestamp), self._entries(signature), before, b"", None

    def _entries(self, signature: str) -> list[tuple[str, str]]:
        return _entries(signature.replace(", ", " ") if self._commas else signature)

    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None = None,
        method: str | None = None,
    ) -> dict[str, str]:
        """See :meth:`Scheme.sign`. Neither url nor method is signed."""
        check_message_id(id)
        if "." in id:
            raise ValueError("a message id must not hold a dot: it separates the parts of the signed content")
        content = b"%b.%d.%b" % (id.encode(), timestamp, body)
        return {
            f"{self._brand}-id": id,
            f"{self._brand}-timestamp": str(timestamp),
            f"{self._brand}-signature": " ".join(f"{key.version},{key.sign(content)}" for key in keys),
        }

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """See :func:`webhook_verify.secret.verifying_key`."""
        return _keys.verifying_key(secret, self._min_key_bytes)

    def signing_key(self, secret: Secret) -> SigningKey:
        """See :func:`webhook_verify.secret.signing_key`."""
        return _keys.signing_key(secret, self._min_key_bytes)


def _is_timestamp(text: str) -> bool:
    """Whether the text is ``[1-9][0-9]{0,11}``. ``isdecimal`` alone would let Arabic digits through."""
    return text.isdecimal() and text.isascii() and len(text) <= 12 and text >= "1"


def _complete_trio(values: list[str | None]) -> _Trio:
    """Id, timestamp and signature list of the first brand that is complete; a blank header is missing."""
    for message_id, timestamp, signature in (values[:3], values[3:]):
        if _is_there(message_id) and _is_there(timestamp) and _is_there(signature):
            if not (message_id.isascii() and message_id.isprintable()):
                raise MalformedDelivery(Reason.UNREADABLE_HEADER, _UNREADABLE_ID)
            if "." in message_id and not CLOSED_ID_CHARS.issuperset(message_id):
                raise MalformedDelivery(Reason.UNREADABLE_HEADER, _MOVABLE_ID)
            if not _is_timestamp(timestamp):
                raise MalformedDelivery(Reason.UNREADABLE_HEADER, _UNREADABLE_TIMESTAMP)
            return message_id, timestamp, signature
    raise MalformedDelivery(Reason.MISSING_HEADER, _what_is_missing(values))


def _is_there(text: str | None) -> TypeGuard[str]:
    return text is not None and text != "" and not text.isspace()


_UNREADABLE_ID = "the message id is unreadable: it must be printable ASCII"
# A dot parts the id from the timestamp, and that from the body: see CLOSED_ID_CHARS.
_MOVABLE_ID = "the message id holds a dot beside signs that could be the beginning of a body"
_UNREADABLE_TIMESTAMP = "the timestamp is unreadable: it must be Unix seconds in plain ASCII digits"


def _what_is_missing(values: list[str | None]) -> str:
    # Speak of the brand that the sender seems to use.
    brand, trio = ("svix", values[3:]) if any(values[3:]) else ("webhook", values)
    missing = "" if _is_there(trio[0]) else f" {brand}-id"
    missing += "" if _is_there(trio[1]) else f" {brand}-timestamp"
    missing += "" if _is_there(trio[2]) else f" {brand}-signature"
    return "missing or blank:" + missing


def _entries(signature: str) -> list[tuple[str, str]]:
    """The entries of the list that can be a signature. Unknown versions and garbage are skipped.

    What cannot be the base64 of 32 or 64 bytes is left out here, so that keys only compare texts
    of equal length (CVE-2024-21491: a comparison up to the shorter length accepted ``v1,``).
    """
    entries: list[tuple[str, str]] = []
    v1a_left = _MAX_V1A_SIGNATURES
    rest = signature
    for _ in range(_MAX_SIGNATURES):
        if not rest:
            break
        entry, _, rest = rest.lstrip(" ").partition(" ")
        version, _, text = entry.partition(",")
        if version == "v1a" and len(text) == _V1A_LENGTH and text.isascii() and v1a_left:
            entries.append((version, text))
            v1a_left -= 1
        elif version == "v1" and len(text) == _V1_LENGTH and text.isascii():
            entries.append((version, text))
    return entries


STANDARD = StandardWebhooks(
    "standard-webhooks",
    brand="webhook",
    retries="new_timestamp",
    docs=SchemeDocs(
        title="Standard Webhooks",
        secret_from="wherever the provider shows a secret that starts with whsec_ (or whpk_, for Ed25519)",
        url="https://www.standardwebhooks.com",
        retries=(
            "signed again for each attempt, with the same id and a new timestamp, says the specification; a "
            "few senders keep the first timestamp"
        ),
    ),
)
