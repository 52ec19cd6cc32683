"""A provider described by data: its headers, its signed content and its encodings.

    register(HeaderScheme("acme", signature_header="x-acme-signature", signature_prefix="sha256="))

Then `Verifier(secret, scheme="acme")`, `Signer`, the adapters, replay protection and the command support it.
For behaviour that these options cannot express, subclass `Scheme`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import OPTIONAL_WHITESPACE, HeaderReader, Headers, printable_ascii
from webhook_verify.json_fields import strings_at
from webhook_verify.schemes import header_options as options
from webhook_verify.schemes.algorithms import SECRET_ENCODINGS, Algorithm, algorithm_named
from webhook_verify.schemes.base import BodyInterpretation, FastPathLayout, ParsedHeaders, Scheme, SchemeDocs
from webhook_verify.schemes.body_paths import body_paths
from webhook_verify.schemes.encodings import ENCODINGS, Encoding
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, ResponseRules, check_identity, check_retries
from webhook_verify.schemes.signature_lists import SignatureList, compile_named_fields
from webhook_verify.schemes.timestamps import Unit, fraction_named, unit_named, without_fraction
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.handshakes import Handshake
    from webhook_verify.keys import Signatures, SigningKey, VerifyingKey

__all__ = ["HeaderScheme"]


@safe_repr
class HeaderScheme(Scheme):
    """A provider that sends its signature in a header. Its options are checked for consistency.

    Args:
        name: The name for the registry and every `scheme=` parameter.
        signature_header: The header with the signature, or several headers, of which one must verify.
        signature_prefix: The text before the signature, such as `sha256=`.
        signature_field: The name of a signature in a header with several fields: `v1` in `t=1,v1=abc,v1=def`.
        timestamp_field: The name of the timestamp in such a header: `t`.
        field_separator: The text between the fields of such a header. Spaces around it are optional.
        signature_list: The form of a header with several signatures without names, such as `a,b`.
        algorithm: `hmac-sha256`, `ed25519`, `ecdsa-p256-sha256`, `rsa-sha256`, `token`, or another one of
            `schemes/algorithms.py`; or several HMACs or hashes, which the size of a signature selects.
        signature_encoding: `hex` (either case), `base64`, `base64url` (without padding), `base64-unpadded`,
            `base64url-padded`, or `text` (tokens).
        secret_encoding: How the configured secret encodes the key: `text`, `base64` or `hex`.
        secret_separator: The text between the secrets, if one setting of the provider may hold several.
        signed_content: A template of `{id}`, `{timestamp}`, `{method}`, `{url}`, `{body}`, each as received,
            and of the parts in `schemes/content_template.py`, such as `{header:x-name}` or `{query:name}`.
        timestamp_header: The header with the timestamp. Read only if `signed_content` contains `{timestamp}`.
        timestamp_in_body: The path of the timestamp in the signed JSON body, such as `data.created`.
        timestamp_unit: `s`, `ms`, `rfc3339` or `http-date`; or several, of which the first is used to sign.
        timestamp_fraction: `unsigned` if `timestamp_header` may have a fraction that is not signed, else "".
        tolerance: The maximum difference between the timestamp and now, in seconds.
        accept_future_timestamps: Whether only old timestamps are rejected.
        id_header: The header with the message id. Trusted only if `signed_content` contains `{id}`.
        id_in_body: The path of the message id in the signed JSON body. `*` matches each item of a list.
        id_on_retry: The message id of a retry: `kept`, `new` or `unknown`.
        body_is_unique: Whether two events never have the same body.
        answer_is_data: Whether the provider uses the response as data.
        event_type_header: The header for `Delivery.event_type`. It is not signed.
        event_type_in_body: The path of the event type in the JSON body, or several, in order of precedence.
        json_form_field: The form field that contains the JSON if the provider sends a form.
        signed_form_field: The form field whose decoded value is signed instead of the body, if it is a form.
        handshake: The verification challenge, see `webhook_verify.handshakes`.
        retries: The timestamp of a retry: `new_timestamp`, `keep_timestamp`, `none` or `unknown`.
        retry_seconds: The length of the retry schedule in seconds.
        responses: How the provider interprets responses.
        methods: The HTTP methods of deliveries.
        docs: The texts of the provider's page.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid, or contradicts another.
    """

    def __init__(
        self,
        name: str,
        *,
        signature_header: str | Sequence[str],
        signature_prefix: str = "",
        signature_field: str = "",
        timestamp_field: str = "",
        field_separator: str = ",",
        signature_list: SignatureList | None = None,
        algorithm: str | Sequence[str] = "hmac-sha256",
        signature_encoding: str = "hex",
        secret_encoding: str = "text",
        secret_separator: str = "",
        signed_content: str = "{body}",
        timestamp_header: str = "",
        timestamp_in_body: str = "",
        timestamp_unit: str | Sequence[str] = "s",
        timestamp_fraction: str = "",
        tolerance: float = 300.0,
        accept_future_timestamps: bool = False,
        id_header: str = "",
        id_in_body: str = "",
        id_on_retry: str = "unknown",
        body_is_unique: bool = False,
        answer_is_data: bool = False,
        event_type_header: str = "",
        event_type_in_body: str | Sequence[str] = (),
        json_form_field: str = "",
        signed_form_field: str = "",
        handshake: Handshake | None = None,
        retries: str = "unknown",
        retry_seconds: float = 0.0,
        responses: ResponseRules = DEFAULT_RULES,
        methods: Sequence[str] = ("POST",),
        docs: SchemeDocs | None = None,
    ) -> None:
        options.check_forms(locals())
        check_retries(retries, retry_seconds)
        check_identity(id_on_retry, body_is_unique, answer_is_data)
        self._name = name
        self.signature_headers: tuple[str, ...] = options.header_names(signature_header, "signature_header")
        self.signature_prefix = signature_prefix
        self.signature_field = signature_field
        self.timestamp_field = timestamp_field
        self.field_separator = field_separator
        self.signature_list = signature_list
        self._delimiter = field_separator.strip(" ") or field_separator
        self.algorithm: Algorithm = algorithm_named(algorithm)
        encoding = options.one_of(ENCODINGS, signature_encoding, "signature_encoding")
        self.signature_encoding: Encoding = encoding
        options.one_of(SECRET_ENCODINGS, secret_encoding, "secret_encoding")
        self.secret_encoding: str = secret_encoding
        self.secret_separator: str = secret_separator
        self.signed_content = signed_content
        self.timestamp_header: str = options.optional_header_name(timestamp_header, "timestamp_header")
        self.timestamp_in_body = timestamp_in_body
        self.timestamp_unit: Unit = unit_named(timestamp_unit)
        self.timestamp_fraction: str = fraction_named(timestamp_fraction)
        self.tolerance = tolerance
        self.accept_future_timestamps = accept_future_timestamps
        self.id_header: str = options.optional_header_name(id_header, "id_header")
        self.id_in_body = id_in_body
        self.id_on_retry = id_on_retry
        self.body_is_unique: bool = body_is_unique
        self.answer_is_data: bool = answer_is_data
        self.event_type_header: str = options.optional_header_name(event_type_header, "event_type_header")
        self.event_type_in_body: tuple[str, ...] = body_paths(event_type_in_body, "event_type_in_body")
        self.json_form_field = json_form_field
        self.signed_form_field = signed_form_field
        self.handshake = handshake
        self.responses = responses
        self.methods: tuple[str, ...] = options.methods(methods)
        self.retries = retries
        self.retry_seconds = retry_seconds
        self.docs: SchemeDocs = SchemeDocs.titled(docs, name)
        self._set_signed_parts()
        self._set_parse_plan()

    def _set_signed_parts(self) -> None:
        self._content = content = options.compile_content(self.signed_content, self.timestamp_header)
        self._has_timestamp = "timestamp" in content.names
        self.signs_id: bool = "id" in content.names
        self.signs_url: bool = content.signs_request
        self.signs_body: bool = self.algorithm.signs and content.signs_body
        self.signs_event_type: bool = self.event_type_header in content.header_names
        self.has_timestamp_in_body: bool = bool(self.timestamp_in_body)
        is_plain = content.interpret_body is None and not self.signed_form_field
        self.parses_body: bool = self.has_timestamp_in_body or not is_plain
        self.has_id_in_body: bool = bool(self.id_in_body)
        self.signs_timestamp: bool = self._has_timestamp or self.has_timestamp_in_body
        if problem := options.find_conflict(self, content.names):
            raise ValueError(problem)

    def _set_parse_plan(self) -> None:
        timestamp_part = self.timestamp_header if self._has_timestamp else ""
        other_headers = timestamp_part, self.event_type_header, self.id_header
        names = (*self.signature_headers, *filter(None, other_headers))
        self.header_names: tuple[str, ...] = tuple(dict.fromkeys((*names, *self._content.header_names)))
        self._reader = reader = HeaderReader(*names, brands=(names,))
        timestamp_index, type_index, id_index = (names.index(name) if name else 0 for name in other_headers)
        indexes = timestamp_index, type_index, id_index
        encoded = self.signature_encoding[0], self.algorithm.size, self.algorithm.version
        fields = self._delimiter, self.signature_field, self.timestamp_field
        several: Callable[[Sequence[Any]], tuple[Signatures, str]] = self._single_signatures
        if self.signature_list is not None:
            several = self.signature_list.compile(names[0], self.signature_prefix, encoded)
        elif self.signature_field:
            several = compile_named_fields(names[0], *fields, encoded)
        self._signatures = several
        # Most providers sign only the body, with constant text around it.
        before, after = self._content.before, self._content.after
        self._signs_body_only = "{" not in before and not after
        self._literal = before.format().encode() if self._signs_body_only else b""
        # Many others also sign one timestamp. This is the constant text before and after it.
        around = [] if after else before.split("{1}")
        is_dated = len(around) == 2 and "{" not in "".join(around)
        self._around_timestamp = [each.format().encode() for each in around] if is_dated else None
        others = self._around_timestamp, self.event_type_in_body, self.timestamp_unit[0]
        # Unpacking one tuple is faster than looking up each attribute.
        self._parse_plan = names, reader.safe_dict_keys[0].issuperset, reader.read, *indexes, *others
        # A subclass may parse differently, so it has no fast path.
        literal = self._literal if self._signs_body_only and type(self) is HeaderScheme else None
        self.fast_path: FastPathLayout | None = options.fast_path_layout(self, reader, literal)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self._name

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the headers of a request.

        Args:
            headers: The request headers.
            url: The URL that the sender called. Required if it is signed.
            method: The request method. Required if it is signed.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If a header is missing or invalid.
            TypeError: If `url` or `method` is signed and `None`.
        """
        known: Any = headers
        names, plain, read, timestamp_index, type_index, id_index, around, type_paths, as_time = (
            self._parse_plan
        )
        if known.__class__ is dict and plain(known):
            values = [*map(known.get, names)]
            for value in values:
                # Without whitespace around it, strip returns the same object.
                if value is not None and (
                    value.__class__ is not str or value.strip(OPTIONAL_WHITESPACE) is not value
                ):
                    values = read(headers)
                    break
        else:
            values = read(headers)
        signatures, timestamp_text = self._signatures(values)
        if timestamp_index:
            timestamp_text = values[timestamp_index] or ""
            if self.timestamp_fraction:
                timestamp_text = without_fraction(timestamp_text)
        message_id = values[id_index] if id_index else ""
        event_type = printable_ascii(values[type_index]) if type_index else type_paths
        if self._signs_body_only:
            return message_id or "", 0, signatures, self._literal, b"", event_type
        if around is not None:
            timestamp = as_time(timestamp_text) or self._parse_timestamp(timestamp_text)
            head, tail = around
            before = head + timestamp_text.encode() + tail
            return message_id or "", timestamp, signatures, before, b"", event_type
        content, message_id = self._content, message_id or ""
        content.check_id(message_id, self.id_header)
        content.check_request(self._name, url, method)
        timestamp = self._parse_timestamp(timestamp_text) if self._has_timestamp else 0
        before, after = content.around_body(message_id, timestamp_text, method, url, headers)
        return message_id, timestamp, signatures, before, after, event_type

    def _parse_timestamp(self, timestamp_text: str) -> int:
        if not timestamp_text or timestamp_text.isspace():
            where = self.timestamp_header or f"{self.timestamp_field}= in {self.signature_headers[0]}"
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {where}")
        read, _, unit = self.timestamp_unit
        if not (timestamp := read(timestamp_text)):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"the timestamp must be in {unit}")
        return timestamp

    def _single_signatures(self, values: Sequence[Any]) -> tuple[Signatures, str]:
        """Return the signatures of headers that contain one each."""
        decode, size = self.signature_encoding[0], self.algorithm.size
        prefix, is_present = self.signature_prefix, False
        found: list[tuple[str, str]] = []
        for text in values[: len(self.signature_headers)]:
            if text and (is_present or not text.isspace()):
                is_present = True
                if text.startswith(prefix) and (signature := decode(text[len(prefix) :], size)):
                    found.append((self.algorithm.version, signature))
        if not is_present:
            detail = f"missing or empty header: {self.signature_headers[0]}"
            raise MalformedDelivery(Reason.MISSING_HEADER, detail)
        return found, ""

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed content of a body.

        Args:
            reading: The values that `parse_headers` returned.
            body: The request body.

        Returns:
            One interpretation.

        Raises:
            MalformedDelivery: If a signed part of the body is missing or invalid.
        """
        if self.signed_form_field:
            body = options.signed_part(body, self.signed_form_field)
        interpret = self._content.interpret_body
        return super().parse_body(reading, body) if interpret is None else interpret(reading, body)

    def timestamp_from_body(self, body: bytes) -> int:
        """Return the timestamp in the signed body.

        Args:
            body: The signed body.

        Returns:
            Unix seconds, or 0 if it cannot be read.
        """
        texts = strings_at(body, self.timestamp_in_body)
        return self.timestamp_unit[0](texts[0]) if texts else 0

    def message_id_from_body(self, body: bytes) -> str:
        """Return the message id in the signed body.

        Args:
            body: The signed body.

        Returns:
            The id, or "" if the body does not contain an id. Several ids are joined with commas.
        """
        return ",".join(strings_at(body, self.id_in_body))

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
        """Sign a body, the newest key first, with as many signatures as the headers can carry.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: The message id. The value of other signed headers, too.
            timestamp: Unix seconds.
            url: The URL of the request. Required if it is signed.
            method: The request method. Required if it is signed.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If `url` or `method` is signed and `None`.
            ValueError: If the id is not valid for this provider, or it cannot have sent this body.
        """
        if self.id_header or self._content.header_names:
            self._content.check_sent_id(id, self._name)
        self._content.check_request(self._name, url, method)
        timestamp_text = self.timestamp_unit[1](timestamp)
        if self.signed_form_field:
            body = options.signed_part(body, self.signed_form_field)
        content, others = self._content.to_sign(body, id, timestamp_text, method, url, self.timestamp_header)
        signatures = [self.signature_encoding[1](key.sign(content)) for key in keys]
        headers = {**options.format_signatures(self, signatures, timestamp_text), **others}
        if self.timestamp_header:
            headers[self.timestamp_header] = timestamp_text
        if self.id_header:
            headers[self.id_header] = id
        return headers

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The configured signing secret.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the algorithm needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret is not a valid key for the algorithm.
        """
        return self.algorithm.verifying_key(secret, self.secret_encoding)

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: The configured signing secret.

        Returns:
            The signing key.

        Raises:
            ImportError: If the algorithm needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret is not a valid key for the algorithm.
        """
        return self.algorithm.signing_key(secret, self.secret_encoding)
