"""Amazon SNS: the notification's own fields are signed, by the key of a certificate that it names.

The certificate proves that Amazon SNS signed, not for whom: anybody can have a topic. So the secret is the
ARN of the topic that is accepted, and a certificate is fetched only for a notification of that topic.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason
from webhook_verify.handshakes import SubscriptionNotices
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.key_stores.base import KeyStore
from webhook_verify.keys import BufferedCheck, Signatures, decode_canonical_base64
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.json_fields import strings_at
from webhook_verify.schemes.json_size import has_few_values
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.schemes.timestamps import UNITS
from webhook_verify.schemes.verify_only import VerifyOnlyScheme
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.asymmetric.x509 import Certificate
    from webhook_verify.keys import StreamingCheck

__all__ = ["SCHEME", "AmazonSns", "TopicKey", "is_sns_address"]

# A region and nothing else: sns.s3-us-west-2.amazonaws.com is anybody's, the S3 bucket that is called sns.
_REGION = r"[a-z]{2,4}(?:-[a-z]{2,12}){1,2}-[0-9]{1,2}"
_HOST = rf"https://sns\.{_REGION}\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE = re.compile(_HOST + r"/SimpleNotificationService-[a-zA-Z0-9]{32}\.pem", re.ASCII)
_ADDRESS = re.compile(_HOST + r"/[!-~]*", re.ASCII)
_TOPIC = re.compile(r"arn:aws[a-z-]{0,16}:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?", re.ASCII)

_ALWAYS = ("MessageId", "Timestamp", "TopicArn", "Type")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]
_IS_SHA1 = {"1": True, "2": False}


def is_sns_address(url: str) -> bool:
    """Whether this is an https address of Amazon SNS itself, such as a genuine ``SubscribeURL``."""
    return _ADDRESS.fullmatch(url) is not None


class AmazonSns(VerifyOnlyScheme):
    """Amazon SNS over https, without raw message delivery, which is not signed.

    Args:
        versions: The SignatureVersions that are accepted. Topics sign by version 1, SHA-1, until their
            attribute ``SignatureVersion`` is set to 2. ``("1", "2")`` accepts both.
        fetch: Gets certificates, by default :func:`https_fetch`.
        key_store: Where the URLs of verified certificates survive a restart, see
            :mod:`webhook_verify.key_stores`.

    Raises:
        ValueError: For other versions.
        TypeError: If `key_store` is not a `KeyStore`.
    """

    signs_timestamp = True
    parses_body = True
    has_signature_in_body = True
    has_timestamp_in_body = True
    handshake = SubscriptionNotices()
    decoy_secret = "arn:aws:sns:us-east-1:000000000000:unknown-sender"
    tolerance = 8 * 3600.0  # the time of publishing: retries are as old as the notification

    signed_content = "Key, line break, value, line break; for each signed field"
    header_names = ("x-amz-sns-message-id",)
    retries = "keep_timestamp"
    retry_seconds = 3600.0  # the longest that a delivery policy may ask for
    last_retry_seconds = 60.0
    docs = SchemeDocs(
        title="Amazon SNS",
        secret_from="the ARN of the topic, which you accept notifications of",
        url="https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
        notes=(
            "Topics sign by SHA-1 until you set their attribute SignatureVersion to 2 (SetTopicAttributes), "
            'and this takes only that; scheme=AmazonSns(versions=("1", "2")) takes both. Raw message '
            "delivery is not signed. delivery.json() has the signed fields only."
        ),
        retries=(
            "3 times, 20 seconds apart, or for up to an hour as the subscription's delivery policy says, "
            "with the time of publishing; a 4xx status but 429 is final "
            "([documentation](https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html)). "
            "So a receiver holds a message for 30 s by default and not for 60: else no retry would come "
            "after a worker that died"
        ),
    )

    def __init__(
        self,
        *,
        versions: Sequence[str] = ("2",),
        fetch: Fetch | None = None,
        key_store: KeyStore | None = None,
    ) -> None:
        if isinstance(versions, str) or not versions or not set(versions) <= set(_IS_SHA1):
            raise ValueError('versions is ("2",), ("1", "2") or ("1",)')
        self._versions = tuple(versions)
        self._fetch = fetch
        self._cache: KeyCache[Certificate] = KeyCache("aws-sns", lifetime=86_400.0, store=key_store)
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """``aws-sns``."""
        return "aws-sns"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """See :meth:`Scheme.read`. Nothing in the headers is signed; the id is for the log."""
        return self._reader.read(headers)[0] or "", 0, (), b"", b"", None

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """See :meth:`Scheme.read_body`."""
        fields = _fields_of(body)
        names = _SIGNED.get(_text(fields, "Type"))
        if names is None:
            raise _malformed("the Type is none that Amazon SNS sends")
        signed = {name: _text(fields, name) for name in names if name != "Subject" or fields.get(name)}
        # A line break in any but the Message would let the border between two fields be moved.
        if any("\n" in value for name, value in signed.items() if name != "Message"):
            raise _malformed("a field has a line break")
        version, address = _text(fields, "SignatureVersion"), _text(fields, "SigningCertURL")
        if version not in self._versions:
            raise _malformed(
                f"the SignatureVersion is none of {', '.join(self._versions)}: set it for the topic"
            )
        if not _CERTIFICATE.fullmatch(address):
            raise _malformed("the SigningCertURL is none of Amazon SNS")
        if not _TOPIC.fullmatch(signed["TopicArn"]):
            raise _malformed("the TopicArn is none")
        if not (when := UNITS["rfc3339"][0](signed["Timestamp"])):
            raise _malformed("the Timestamp is none")
        content = "".join(f"{name}\n{value}\n" for name, value in signed.items())
        made_by = " ".join((version, str(when), signed["TopicArn"], address))
        signatures = ((made_by, _text(fields, "Signature")),)
        proof = signatures, b"", content.encode("utf-8", "surrogatepass"), b""
        return ((signed["MessageId"], (proof,), json.dumps(signed).encode()),)

    def timestamp_from_body(self, body: bytes) -> int:
        """See :meth:`Scheme.timestamp_from_body`."""
        texts = strings_at(body, "Timestamp")
        return UNITS["rfc3339"][0](texts[0]) if texts else 0

    def verifying_key(self, secret: Secret) -> TopicKey:
        """See :meth:`Scheme.verifying_key`. Raises ImportError without the extra ``asymmetric``."""
        value = secret.reveal()
        if not isinstance(value, str) or not _TOPIC.fullmatch(value):
            raise InvalidSecret(
                "the secret is the ARN of a topic, such as arn:aws:sns:eu-west-1:123456789012:orders"
            )
        return TopicKey(value, self._cache, self._fetch or https_fetch())


class TopicKey:
    """What verifies the notifications of one topic: the certificates that they name."""

    __slots__ = ("_cache", "_fetch", "_read", "_topic")

    def __init__(self, topic: str, cache: KeyCache[Certificate], fetch: Fetch) -> None:
        from webhook_verify.asymmetric.x509 import certificate_in

        self._topic, self._cache, self._fetch, self._read = topic, cache, fetch, certificate_in

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """See :meth:`VerifyingKey.verify`. Raises :class:`KeyUnavailable`."""
        content = b"".join((before, body, after))
        return any(self._signed(*each, content) for each in signatures)

    def _signed(self, made_by: str, encoded: str, content: bytes) -> bool:
        version, when, topic, address = made_by.split(" ")
        signature = decode_canonical_base64(encoded)
        if topic != self._topic or signature is None:
            return False
        certificate = self._cache.get(address, lambda: self._read(self._fetch(address, None)))
        if not certificate.signed(signature, content, int(when), sha1=_IS_SHA1[version]):
            return False
        self._cache.mark_verified(address)
        return True

    def accepts(self, signatures: Signatures) -> bool:
        """See :meth:`VerifyingKey.accepts`."""
        return bool(signatures)

    def start(self, signatures: Signatures) -> StreamingCheck:
        """See :meth:`VerifyingKey.start`."""
        return BufferedCheck(self, signatures)


def _fields_of(body: bytes) -> dict[str, Any]:
    try:
        # No fraction is read, and converting many of them takes long.
        read: Any = json.loads(body.decode("utf-8"), parse_float=str) if has_few_values(body) else None
    except (ValueError, RecursionError):
        read = None
    if read.__class__ is not dict:
        raise _malformed("the body is no notification of Amazon SNS; is raw message delivery on?")
    fields: dict[str, Any] = read
    return fields


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or (not value and name != "Message"):
        raise _malformed(f"the notification has no {name}")
    return value


def _malformed(detail: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_BODY, detail)


SCHEME = AmazonSns()
