"""Standard Webhooks 1.0.0, which many providers implement, among them Svix with its own header names.

A delivery has three headers: `webhook-id`, `webhook-timestamp` (Unix seconds) and `webhook-signature` (a list
of signatures), or the same with `svix-` as the prefix. The signed content is `{id}.{timestamp}.{body}`: the
header texts as received and the raw body. `v1` is HMAC-SHA256, `v1a` is Ed25519, both in base64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from webhook_verify import secret as _keys
from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import OPTIONAL_WHITESPACE, HeaderReader, Headers
from webhook_verify.schemes.base import CLOSED_ID_CHARS, ParsedHeaders, Scheme, SchemeDocs, check_message_id
from webhook_verify.schemes.body_paths import body_paths
from webhook_verify.schemes.sender_rules import check_identity, check_retries
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any, TypeGuard

    from webhook_verify.keys import Signatures, SigningKey, VerifyingKey

__all__ = ["STANDARD", "StandardWebhooks"]

_Trio = tuple[str, str, str]

_WEBHOOK: _Trio = ("webhook-id", "webhook-timestamp", "webhook-signature")
_SVIX: _Trio = ("svix-id", "svix-timestamp", "svix-signature")
# In order of precedence: the first complete trio is used, and headers of the two are never mixed. A scheme's
# own brand is first, as in the libraries of Svix: an intermediary may add headers of the other brand.
_READER = HeaderReader(*_WEBHOOK, *_SVIX, brands=(_WEBHOOK, _SVIX))
_READERS = {"webhook": _READER, "svix": HeaderReader(*_SVIX, *_WEBHOOK)}
_PLAIN_WEBHOOK, _PLAIN_SVIX = (plain.issuperset for plain in _READER.safe_dict_keys)

_MAX_SIGNATURES = 32  # bounds the work: Ed25519 takes about 100 microseconds per entry
_MAX_V1A_SIGNATURES = 8
_V1_LENGTH = 44  # the base64 of 32 bytes
_V1A_LENGTH = 88  # the base64 of 64 bytes


@safe_repr
class StandardWebhooks(Scheme):
    """Standard Webhooks: verifies both brands of headers and signs with one.

    Args:
        name: The name in the registry.
        brand: The prefix of the headers to sign with, and to read first: `webhook` or `svix`.
        secret_encoding: `base64`, as in the specification, or `text` if the text of the secret is the HMAC
            key, including any prefix.
        min_key_bytes: The minimum length of an HMAC key in bytes, for a provider that issues short keys.
        event_type_in_body: The path of the event type in the JSON body, or several, of which the first that
            exists is used; "" if the provider sends no type. By default `type`, as in the specification.
        commas: Whether the provider separates signatures with a comma and a space instead of a space.
        secret_separator: The text between the secrets, if one setting of the provider may hold several.
        timestamp_fraction: `unsigned` if the timestamp may have a fraction of a second, which is left out of
            the signed content, or "".
        methods: The HTTP methods of deliveries.
        id_on_retry: See `Scheme.id_on_retry`.
        answer_is_data: See `Scheme.answer_is_data`.
        retries: See `Scheme.retries`.
        retry_seconds: The length of the retry schedule in seconds, see `Scheme.retry_seconds`.
        docs: The texts of the provider's page.

    Raises:
        TypeError: If `retry_seconds` is not a number, `docs` is not a `SchemeDocs`, or a path is not a str.
        ValueError: If another option is invalid.
    """

    __slots__ = (
        "_brand",
        "_commas",
        "_min_key_bytes",
        "_name",
        "_read_both",
        "_secret_encoding",
        "_without_fraction",
        "answer_is_data",
        "docs",
        "event_type_in_body",
        "header_names",
        "id_on_retry",
        "methods",
        "retries",
        "retry_seconds",
        "secret_separator",
    )

    def __init__(
        self,
        name: str,
        *,
        brand: str,
        secret_encoding: str = "base64",
        min_key_bytes: int = _keys.MIN_KEY_BYTES,
        event_type_in_body: str | Sequence[str] = "type",
        commas: bool = False,
        secret_separator: str = "",
        timestamp_fraction: str = "",
        methods: Sequence[str] = ("POST",),
        id_on_retry: str = "unknown",
        answer_is_data: bool = False,
        retries: str = "unknown",
        retry_seconds: float = 0.0,
        docs: SchemeDocs | None = None,
    ) -> None:
        self.docs: SchemeDocs = SchemeDocs.titled(docs, name)
        self._name = name
        self._brand = brand
        if brand not in _READERS:
            raise ValueError(f"brand must be webhook or svix, not {brand!r}")
        self._read_both = _READERS[brand].read_as_received
        self.header_names: tuple[str, ...] = (*_SVIX, *_WEBHOOK) if brand == "svix" else (*_WEBHOOK, *_SVIX)
        self._without_fraction = _fraction_remover(timestamp_fraction) if timestamp_fraction else None
        self.methods: tuple[str, ...] = _checked_methods(methods) if methods != ("POST",) else ("POST",)
        if secret_encoding not in ("base64", "text"):
            raise ValueError(f"secret_encoding must be base64 or text, not {secret_encoding!r}")
        self._secret_encoding = secret_encoding
        self._min_key_bytes = min_key_bytes
        self._commas = commas
        self.secret_separator: str = secret_separator
        self.event_type_in_body: tuple[str, ...] = body_paths(event_type_in_body, "event_type_in_body")
        check_retries(retries, retry_seconds)
        check_identity(id_on_retry, False, answer_is_data)
        self.id_on_retry: str = id_on_retry
        self.answer_is_data: bool = answer_is_data
        self.retries: str = retries
        self.retry_seconds: float = retry_seconds

    @property
    def brand(self) -> str:
        """The prefix of the headers that the provider sends: `webhook` or `svix`."""
        return self._brand

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self._name

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the headers of a request.

        Args:
            headers: The request headers.
            url: Unused.
            method: Unused.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If a header is missing or invalid.
        """
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
            found = self._read_both(headers)
            message_id, timestamp, signature = found[:3] if found[0] else found[3:]
        # Nearly all deliveries pass these checks. _complete_trio handles the others and reports errors.
        try:
            version, _, encoded = signature.partition(",")
            if (
                timestamp.isdecimal()
                and len(timestamp) <= 12
                and timestamp >= "1"
                and message_id != ""
                and " " not in message_id  # whitespace around a value does not belong to it
                and signature.isascii()
                and message_id.isprintable()
                and ("." not in message_id or CLOSED_ID_CHARS.issuperset(message_id))
                and (start := f"{message_id}.{timestamp}.").isascii()
            ):
                signatures: Signatures = ()
                if version == "v1" and len(encoded) == _V1_LENGTH:
                    signatures = ((version, encoded),)
                elif signature > "!":
                    signatures = self._entries(signature.strip(OPTIONAL_WHITESPACE))
                if signatures:
                    types = self.event_type_in_body
                    return message_id, int(timestamp), signatures, start.encode(), b"", types
        except (TypeError, AttributeError):
            pass  # a header is missing or not a str
        found = [value and value.strip(OPTIONAL_WHITESPACE) for value in found or self._read_both(headers)]
        message_id, timestamp, signature = self._complete_trio(found)
        before = f"{message_id}.{timestamp}.".encode()
        return message_id, int(timestamp), self._entries(signature), before, b"", self.event_type_in_body

    def _complete_trio(self, values: list[str | None]) -> _Trio:
        """Return id, timestamp and signatures of the first complete brand. An empty header is missing."""
        for message_id, timestamp, signature in (values[:3], values[3:]):
            if _is_there(message_id) and _is_there(timestamp) and _is_there(signature):
                if not (message_id.isascii() and message_id.isprintable()):
                    raise MalformedDelivery(Reason.UNREADABLE_HEADER, _UNREADABLE_ID)
                if "." in message_id and not CLOSED_ID_CHARS.issuperset(message_id):
                    raise MalformedDelivery(Reason.UNREADABLE_HEADER, _MOVABLE_ID)
                if self._without_fraction is not None:
                    timestamp = self._without_fraction(timestamp)
                if not _is_timestamp(timestamp):
                    raise MalformedDelivery(Reason.UNREADABLE_HEADER, _UNREADABLE_TIMESTAMP)
                return message_id, timestamp, signature
        raise MalformedDelivery(Reason.MISSING_HEADER, self._missing_headers(values))

    def _missing_headers(self, values: list[str | None]) -> str:
        # Report the headers of the brand that the sender seems to use.
        is_other = any(values[3:]) and (not any(values[:3]) or self._brand == "webhook")
        names, trio = (self.header_names[3:], values[3:]) if is_other else (self.header_names[:3], values[:3])
        missing = [name for name, value in zip(names, trio, strict=True) if not _is_there(value)]
        return f"missing or empty header{'s' * (len(missing) > 1)}: {', '.join(missing)}"

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
        """Sign a body, with one signature per key.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: The message id. It must not contain a dot.
            timestamp: Unix seconds.
            url: Unused.
            method: Unused.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If `id` is not a str.
            ValueError: If `id` contains a dot, or is not printable ASCII.
        """
        check_message_id(id)
        if "." in id:
            raise ValueError(
                "id must not contain a dot, because a dot separates the parts of the signed content"
            )
        content = b"%b.%d.%b" % (id.encode(), timestamp, body)
        return {
            f"{self._brand}-id": id,
            f"{self._brand}-timestamp": str(timestamp),
            f"{self._brand}-signature": " ".join(f"{key.version},{key.sign(content)}" for key in keys),
        }

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with, see `webhook_verify.secret.verifying_key`.

        Args:
            secret: The configured signing secret.

        Returns:
            The verifying key.

        Raises:
            ImportError: If an Ed25519 key needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret has another form, or is too short.
        """
        if self._secret_encoding == "text":
            return _keys.hmac_key_from_text(secret)
        return _keys.verifying_key(secret, self._min_key_bytes)

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with, see `webhook_verify.secret.signing_key`.

        Args:
            secret: The configured signing secret.

        Returns:
            The signing key.

        Raises:
            ImportError: If an Ed25519 key needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret has another form, or is too short.
        """
        if self._secret_encoding == "text":
            return _keys.hmac_key_from_text(secret)
        return _keys.signing_key(secret, self._min_key_bytes)


# The next two import their modules only for the few providers that need them.
def _fraction_remover(timestamp_fraction: str) -> Callable[[str], str]:
    from webhook_verify.schemes.timestamps import fraction_named, without_fraction

    fraction_named(timestamp_fraction)
    return without_fraction


def _checked_methods(methods: Sequence[str]) -> tuple[str, ...]:
    from webhook_verify.schemes import header_options

    return header_options.methods(methods)


def _is_timestamp(text: str) -> bool:
    """Return whether the text matches `[1-9][0-9]{0,11}`. `isdecimal` alone would accept Arabic digits."""
    return text.isdecimal() and text.isascii() and len(text) <= 12 and text >= "1"


def _is_there(text: str | None) -> TypeGuard[str]:
    return text is not None and text != "" and not text.isspace()


_UNREADABLE_ID = "the message id must be printable ASCII"
# A dot separates the id from the timestamp, and the timestamp from the body: see CLOSED_ID_CHARS.
_MOVABLE_ID = "the message id contains a dot together with characters that could be the beginning of a body"
_UNREADABLE_TIMESTAMP = "the timestamp must be Unix seconds in ASCII digits"


def _entries(signature: str) -> list[tuple[str, str]]:
    """Return the entries of the list that can be a signature, ignoring unknown versions and invalid ones.

    Entries that cannot be the base64 of 32 or 64 bytes are dropped here, so that keys compare only texts of
    equal length (CVE-2024-21491: a comparison up to the shorter length accepted `v1,`).

    Args:
        signature: The signature header.

    Returns:
        Versions and signatures.
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
        secret_from=(
            "the secret in the provider's dashboard that starts with `whsec_` (or `whpk_`, for Ed25519)"
        ),
        url="https://www.standardwebhooks.com",
        retries=(
            "the specification requires a new signature for each attempt, with the same id and a new "
            "timestamp; a few senders keep the first timestamp"
        ),
    ),
)
