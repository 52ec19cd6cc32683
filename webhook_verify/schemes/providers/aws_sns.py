"""Amazon SNS: fields of the notification are signed with the key of a certificate that it names.

The certificate proves that Amazon SNS signed, but not for which customer. So the secret is the ARN of the
accepted topic, and a certificate is fetched only for a notification of that topic.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason
from webhook_verify.handshakes import Handshake, SubscriptionNotices
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.json_fields import strings_at
from webhook_verify.key_stores.base import KeyStore
from webhook_verify.keys import Signatures, decode_canonical_base64
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.differences import Difference, with_cached_keys
from webhook_verify.schemes.json_size import has_few_values
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.schemes.timestamps import UNITS
from webhook_verify.schemes.verify_only import VerifyOnlyScheme
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.asymmetric.x509 import Certificate

__all__ = ["SCHEME", "AmazonSns", "TopicKey", "is_sns_address"]

_logger = logging.getLogger("webhook_verify")

# Only a region: sns.s3-us-west-2.amazonaws.com is an S3 bucket named sns, which any customer can own.
_REGION = r"[a-z]{2,4}(?:-[a-z]{2,12}){1,2}-[0-9]{1,2}"
_HOST = rf"https://sns\.{_REGION}\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE = re.compile(_HOST + r"/SimpleNotificationService-[a-zA-Z0-9]{32}\.pem", re.ASCII)
_HOST_AND_PORT = re.compile(r"[a-z0-9.-]{1,253}(?::[0-9]{1,5})?", re.ASCII)
_ADDRESS = re.compile(_HOST + r"/[!-~]*", re.ASCII)
_TOPIC = re.compile(r"arn:aws[a-z-]{0,16}:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?", re.ASCII)

_ARN_PARTS = ("arn", "partition", "service", "region", "account", "name")
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


def _checked_hosts(hosts: object) -> tuple[str, ...]:
    known: Any = hosts
    if isinstance(hosts, str | bytes) or not all(isinstance(host, str) for host in known):
        raise TypeError('certificate_hosts must be a list of host names, such as ["localhost:4566"]')
    for host in known:
        if not _HOST_AND_PORT.fullmatch(host):
            raise ValueError("certificate_hosts must be host names with optional ports, without a path")
    return tuple(known)


def is_sns_address(url: str) -> bool:
    """Return whether a URL is an https URL of Amazon SNS, such as a genuine `SubscribeURL`.

    Args:
        url: The URL.

    Returns:
        Whether the host is one of Amazon SNS.
    """
    return _ADDRESS.fullmatch(url) is not None


class AmazonSns(VerifyOnlyScheme):
    """Amazon SNS over https. Raw message delivery is not supported, because it is not signed.

    Args:
        versions: The accepted values of SignatureVersion. Topics sign with version 1, SHA-1, until their
            attribute `SignatureVersion` is set to 2. `("1", "2")` accepts both.
        fetch: Fetches certificates, by default `https_fetch`.
        key_store: Where the URLs of verified certificates survive a restart, see `webhook_verify.key_stores`.
        certificate_hosts: Other hosts whose certificates are accepted, with their ports, for development with
            an emulator: `["localhost.localstack.cloud:4566"]`. Http is accepted there. Pass `fetch`, too.
        certificates_per_minute: How many unknown certificates are fetched per minute.

    Raises:
        ValueError: If `versions` contains another version, or is empty; or a host or a number is invalid.
        TypeError: If `key_store` is not a `KeyStore`, or `certificate_hosts` is a str.
    """

    signs_timestamp = True
    parses_body = True
    has_signature_in_body = True
    has_timestamp_in_body = True
    event_type_in_body: tuple[str, ...] = ("Type",)
    handshake: Handshake | None = SubscriptionNotices()
    decoy_secret = "arn:aws:sns:us-east-1:000000000000:unknown-sender"
    tolerance: float = 8 * 3600.0  # the timestamp is the time of publishing, also in retries

    signed_content = "Key, line break, value, line break; for each signed field"
    header_names: tuple[str, ...] = ("x-amz-sns-message-id",)
    retries = "keep_timestamp"
    retry_seconds: float = 3600.0  # the maximum of a delivery policy
    last_retry_seconds: float = 60.0
    docs: SchemeDocs = SchemeDocs(
        title="Amazon SNS",
        secret_from="the ARN of the topic whose notifications you accept",
        url="https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
        notes=(
            "Topics sign with SHA-1 until you set their attribute `SignatureVersion` to 2 "
            "(`SetTopicAttributes`). By default, only version 2 is accepted. To accept both versions, "
            'pass `scheme=AmazonSns(versions=("1", "2"))`. Raw message delivery is not signed. '
            "`delivery.json()` contains only the signed fields. An emulator signs with its own certificates. "
            "To accept those of LocalStack in development, never in production, import `AmazonSns` from "
            '`webhook_verify.schemes.providers.aws_sns`, and pass `scheme=AmazonSns(versions=("1", "2"), '
            'fetch=fetch, certificate_hosts=["localhost.localstack.cloud:4566"])`, where `fetch(url, '
            "content)` returns the bytes at a URL. The emulator moto has a new certificate in each "
            "message at Amazon's address, so pass a `fetch` that returns moto's certificate and "
            "`certificates_per_minute=1000`. Moto does not sign the Subject, so a message with one is "
            "rejected."
        ),
        retries=(
            "3 times, 20 seconds apart, or for up to an hour if the subscription's delivery policy "
            "sets that, with the time of publishing as the timestamp; a 4xx status other than 429 is "
            "final "
            "([documentation](https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html)). "
            "The default lease is therefore 30 s instead of 60 s, so that a retry follows after a "
            "worker has died"
        ),
    )

    def __init__(
        self,
        *,
        versions: Sequence[str] = ("2",),
        fetch: Fetch | None = None,
        key_store: KeyStore | None = None,
        certificate_hosts: Sequence[str] = (),
        certificates_per_minute: int = 20,
    ) -> None:
        if isinstance(versions, str) or not versions or not set(versions) <= set(_IS_SHA1):
            raise ValueError('versions must be ("2",), ("1", "2") or ("1",)')
        self._versions = tuple(versions)
        self._fetch = fetch
        self._hosts = _checked_hosts(certificate_hosts)
        if self._hosts:
            _logger.warning(
                "AmazonSns accepts certificates from hosts that are not Amazon's, "
                "so an attacker in control of one can forge notifications: for development only (%s)",
                ", ".join(self._hosts),
            )
        if type(certificates_per_minute) is not int or certificates_per_minute < 1:
            raise ValueError("certificates_per_minute must be a positive int")
        self._cache: KeyCache[Certificate] = KeyCache(
            "aws-sns", lifetime=86_400.0, per_minute=certificates_per_minute, store=key_store
        )
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "aws-sns"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Read the unsigned message id, which is used only in the log.

        Args:
            headers: The request headers.
            url: Unused.
            method: Unused.

        Returns:
            Values without timestamp and signatures.
        """
        return self._reader.read(headers)[0] or "", 0, (), b"", b"", self.event_type_in_body

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed fields of the notification.

        Args:
            reading: Unused.
            body: The request body.

        Returns:
            One interpretation.

        Raises:
            MalformedDelivery: If the body is not a notification of Amazon SNS, or has another
                SignatureVersion.
        """
        fields = _fields_of(body)
        names = _SIGNED.get(_text(fields, "Type"))
        if names is None:
            raise MalformedDelivery(Reason.UNREADABLE_BODY, "the Type is not one of Amazon SNS")
        signed = {name: _text(fields, name) for name in names if name != "Subject" or _has_subject(fields)}
        version, address = _text(fields, "SignatureVersion"), _text(fields, "SigningCertURL")
        when = UNITS["rfc3339"][0](signed["Timestamp"])
        if problem := self._problem_of(signed, version, address, when):
            raise MalformedDelivery(Reason.UNREADABLE_BODY, problem)
        content = "".join(f"{name}\n{value}\n" for name, value in signed.items())
        made_by = " ".join((version, str(when), signed["TopicArn"], address))
        signatures = ((made_by, _text(fields, "Signature")),)
        proof = signatures, b"", content.encode("utf-8", "surrogatepass"), b""
        return ((signed["MessageId"], (proof,), json.dumps(signed).encode()),)

    def _is_of_other_host(self, address: str) -> bool:
        scheme, _, rest = address.partition("://")
        host, _, path = rest.partition("/")
        is_plain = path.endswith(".pem") and path.isascii() and path.isprintable() and " " not in path
        return scheme in ("http", "https") and host in self._hosts and is_plain

    def _problem_of(self, signed: dict[str, str], version: str, address: str, when: int) -> str:
        # A line break in another field than the Message would make the boundary between fields ambiguous.
        if any("\n" in value for name, value in signed.items() if name != "Message"):
            return "a field contains a line break"
        if version not in self._versions:
            expected = " or ".join(self._versions)
            return f"the SignatureVersion must be {expected}; set it in the attributes of the topic"
        if not _CERTIFICATE.fullmatch(address) and not self._is_of_other_host(address):
            return "the SigningCertURL is not a URL of Amazon SNS"
        if not _TOPIC.fullmatch(signed["TopicArn"]):
            return "the TopicArn is not the ARN of a topic"
        return "" if when else "the Timestamp must be RFC 3339"

    def timestamp_from_body(self, body: bytes) -> int:
        """Return the time of publishing.

        Args:
            body: The signed body.

        Returns:
            Unix seconds, or 0 if it cannot be read.
        """
        texts = strings_at(body, "Timestamp")
        return UNITS["rfc3339"][0](texts[0]) if texts else 0

    def verifying_key(self, secret: Secret) -> TopicKey:
        """Return the key that verifies notifications of a topic.

        Args:
            secret: The ARN of the topic.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret is not the ARN of a topic.
        """
        value = secret.reveal()
        if not isinstance(value, str) or not _TOPIC.fullmatch(value):
            raise InvalidSecret(
                "secret must be the ARN of a topic, such as arn:aws:sns:eu-west-1:123456789012:orders"
            )
        return TopicKey(value, self._cache, self._fetch or https_fetch())


class TopicKey(BufferedKey):
    """Verifies the notifications of one topic with the certificates that they name.

    Args:
        topic: The ARN of the topic.
        cache: The certificates by URL.
        fetch: Fetches a certificate.
    """

    __slots__ = ("_cache", "_fetch", "_read", "_topic")

    def __init__(self, topic: str, cache: KeyCache[Certificate], fetch: Fetch) -> None:
        from webhook_verify.asymmetric.x509 import certificate_in

        self._topic, self._cache, self._fetch, self._read = topic, cache, fetch, certificate_in

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid.

        Args:
            signatures: The candidate signatures, as parsed.
            before: The signed content before the body.
            body: The request body.
            after: The signed content after the body.

        Returns:
            Whether a signature is valid.

        Raises:
            KeyUnavailable: If the provider's key cannot be fetched now.
        """
        content = b"".join((before, body, after))
        return any(self._signed(*each, content) for each in signatures)

    def differences(
        self, signatures: Signatures, before: bytes, body: bytes
    ) -> tuple[list[Difference], bool]:
        """Return the parts of the topic's ARN that differ, and whether a cached key verifies the signature.

        Args:
            signatures: The signature, as parsed.
            before: The signed content before the body.
            body: The rest of the signed content.

        Returns:
            The differences, and whether the signature is known to be valid.
        """
        [(made_by, encoded)] = signatures
        received = made_by.split(" ")[2]
        parts = zip(_ARN_PARTS, self._topic.split(":"), received.split(":"), strict=True)
        found = [
            Difference(f"TopicArn ({name})", mine, other) for name, mine, other in parts if mine != other
        ]
        is_valid = with_cached_keys(lambda: self._is_by_amazon(made_by, encoded, before + body))
        return found, bool(found) and is_valid

    def _signed(self, made_by: str, encoded: str, content: bytes) -> bool:
        _, _, topic, address = made_by.split(" ")
        if topic != self._topic or not self._is_by_amazon(made_by, encoded, content):
            return False  # The topic is compared first, so that no certificate is fetched for another one.
        self._cache.mark_verified(address)
        return True

    def _is_by_amazon(self, made_by: str, encoded: str, content: bytes) -> bool:
        version, when, _, address = made_by.split(" ")
        signature = decode_canonical_base64(encoded)
        if signature is None:
            return False
        certificate = self._cache.get(address, lambda: self._read(self._fetch(address, None)))
        return certificate.signed(signature, content, int(when), sha1=_IS_SHA1[version])


def _fields_of(body: bytes) -> dict[str, Any]:
    try:
        # No field is a fraction, and converting many of them would be slow.
        read: Any = json.loads(body.decode("utf-8"), parse_float=str) if has_few_values(body) else None
    except (ValueError, RecursionError):
        read = None
    if read.__class__ is not dict:
        raise _malformed(
            "the body is not a notification of Amazon SNS; check that raw message delivery is off"
        )
    fields: dict[str, Any] = read
    return fields


def _has_subject(fields: dict[str, Any]) -> bool:
    """Return whether there is a Subject, which is signed even if it is empty."""
    return fields.get("Subject") is not None


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or (not value and name not in ("Message", "Subject")):
        raise _malformed(f"the notification must contain {name}")
    return value


def _malformed(detail: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_BODY, detail)


SCHEME = AmazonSns()
