"""A provider as a row of data: which headers, what is signed, how it is written.

::

    register(HeaderScheme("acme", signature_header="x-acme-signature", signature_prefix="sha256="))

That is all it takes for ``Verifier(secret, scheme="acme")``, ``Signer``, the adapters, replay protection and
the command. What data cannot say is a class of its own, beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers, printable_ascii
from webhook_verify.schemes.algorithms import ALGORITHMS, SECRET_ENCODINGS, Algorithm
from webhook_verify.schemes.base import FastPathLayout, ParsedHeaders, Scheme, SchemeDocs, check_message_id
from webhook_verify.schemes.delimiters import compile_id_check, is_timestamp_ambiguous
from webhook_verify.schemes.encodings import ENCODINGS, Encoding
from webhook_verify.schemes.header_options import check_forms, header_names, one_of, split
from webhook_verify.schemes.json_fields import strings_at
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, ResponseRules, check_retries
from webhook_verify.schemes.timestamps import UNITS, Unit
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.handshakes import Handshake
    from webhook_verify.keys import Signatures, SigningKey, VerifyingKey

__all__ = ["HeaderScheme"]

_MAX_SIGNATURES = 32  # work is bounded: see StandardWebhooks


@safe_repr
class HeaderScheme(Scheme):
    """One provider. All of it is checked here: raises ValueError for what does not fit together.

    ``signature_header``: its name, or several, of which one right signature is enough. ``signature_prefix``:
    what stands in front of the signature, such as ``sha256=``. Where the header is a list of fields, as in
    ``t=1,v1=abc,v1=def``: ``signature_field`` is the name of a signature's, ``timestamp_field`` the
    timestamp's and ``field_separator`` what is written between fields; blanks beside it are optional.

    ``algorithm``: ``hmac-sha256``, ``hmac-sha1``, ``hmac-sha512``, ``ed25519``, ``ecdsa-p256-sha256``,
    ``rsa-sha256`` or ``token``. ``signature_encoding``: ``hex`` (either case), ``base64``,
    ``base64url`` (without padding) or ``text``. ``secret_encoding``: ``text``, ``base64`` or ``hex``.

    ``signed_content``: what is signed, with ``{id}``, ``{timestamp}``, ``{method}``, ``{url}`` and
    ``{body}``, each as it was received. ``timestamp_header``, or ``timestamp_in_body``, a path such as
    ``data.created``;
    ``timestamp_unit``: ``s``, ``ms`` or ``rfc3339``; ``tolerance`` in seconds; ``accept_future_timestamps``:
    only old ones are refused. A timestamp that the content leaves out is not read.

    ``id_header``: where a message id is; ``id_in_body``: its path in the signed JSON, in which ``*`` stands
    for each of a list. ``event_type_header``: where :attr:`Delivery.event_type` is from; nobody signs it.
    ``handshake``: see :mod:`webhook_verify.handshakes`. ``responses``: how the provider reads responses.
    ``retries``: ``new_timestamp``, ``keep_timestamp``, ``none`` or ``unknown``; ``retry_seconds``: how long.

    ``docs``: the texts of the provider's page, a :class:`SchemeDocs`.
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
        algorithm: str = "hmac-sha256",
        signature_encoding: str = "hex",
        secret_encoding: str = "text",
        signed_content: str = "{body}",
        timestamp_header: str = "",
        timestamp_in_body: str = "",
        timestamp_unit: str = "s",
        tolerance: float = 300.0,
        accept_future_timestamps: bool = False,
        id_header: str = "",
        id_in_body: str = "",
        event_type_header: str = "",
        handshake: Handshake | None = None,
        retries: str = "unknown",
        retry_seconds: float = 0.0,
        responses: ResponseRules = DEFAULT_RULES,
        docs: SchemeDocs | None = None,
    ) -> None:
        texts = {
            "name": name,
            "signature_prefix": signature_prefix,
            "signature_field": signature_field,
            "timestamp_field": timestamp_field,
            "field_separator": field_separator,
            "signed_content": signed_content,
            "timestamp_header": timestamp_header,
            "timestamp_in_body": timestamp_in_body,
            "id_header": id_header,
            "id_in_body": id_in_body,
            "event_type_header": event_type_header,
        }
        check_forms(texts, tolerance, handshake, responses)
        check_retries(retries, retry_seconds)
        if not name.strip():
            raise ValueError("a provider has a name, by which it is found")
        self._name = name
        self.signature_headers = header_names(signature_header, "signature_header")
        self.signature_prefix, self.signature_field = signature_prefix, signature_field
        self.timestamp_field, self.field_separator = timestamp_field, field_separator
        self._delimiter = field_separator.strip(" ") or field_separator
        self.algorithm: Algorithm = one_of(ALGORITHMS, algorithm, "algorithm")
        self.signature_encoding: Encoding = one_of(ENCODINGS, signature_encoding, "signature_encoding")
        self.secret_encoding = secret_encoding
        one_of(SECRET_ENCODINGS, secret_encoding, "secret_encoding")
        self.signed_content = signed_content
        self.timestamp_header = _maybe_header(timestamp_header, "timestamp_header")
        self.timestamp_in_body = timestamp_in_body
        self.timestamp_unit: Unit = one_of(UNITS, timestamp_unit, "timestamp_unit")
        self.tolerance, self.accept_future_timestamps = tolerance, accept_future_timestamps
        self.id_header, self.id_in_body = _maybe_header(id_header, "id_header"), id_in_body
        self.event_type_header = _maybe_header(event_type_header, "event_type_header")
        self.handshake, self.responses = handshake, responses
        self.retries, self.retry_seconds = retries, retry_seconds
        self.docs = SchemeDocs.titled(docs, name)
        self._set_signed_parts()
        self._set_parse_plan()

    def _set_signed_parts(self) -> None:
        self._before, self._after, signed = split(self.signed_content)
        self._has_timestamp = "timestamp" in signed
        self.signs_id = "id" in signed
        self._is_valid_id = compile_id_check(self.signed_content)
        self._url_parts = tuple(part in signed for part in ("url", "method"))
        self.signs_url = any(self._url_parts)
        self.signs_body = self.algorithm.signs
        self.has_timestamp_in_body = self.parses_body = bool(self.timestamp_in_body)
        self.has_id_in_body = bool(self.id_in_body)
        self.signs_timestamp = self._has_timestamp or self.has_timestamp_in_body
        for fault, is_there in self._faults():
            if is_there:
                raise ValueError(fault)

    def _faults(self) -> Iterable[tuple[str, bool]]:
        """What could be told only when a delivery comes, or never: (what to say, whether it is so)."""
        fields = self.signature_field, self.timestamp_field
        places = bool(self.timestamp_header), bool(self.timestamp_field), self.has_timestamp_in_body
        yield (
            "signed_content has {id}, so id_header must say where it is",
            self.signs_id and not self.id_header,
        )
        yield (
            "signed_content has {timestamp}: timestamp_header or timestamp_field says where it is",
            self._has_timestamp and places not in ((True, False, False), (False, True, False)),
        )
        yield (
            "timestamp_field is one of a list, so signature_field names another, the signature's",
            bool(self.timestamp_field) and not (self.signature_field and len({*fields}) == 2),
        )
        yield (
            "a list of fields stands in one signature_header, and without signature_prefix",
            bool(self.signature_field) and (len(self.signature_headers) > 1 or self.signature_prefix != ""),
        )
        yield (
            "field_separator is what stands between fields: not empty, and without =",
            not self.field_separator or "=" in self.field_separator,
        )
        token = not self.algorithm.signs
        yield (
            "encoding text is a token's, and a token has no other",
            (self.signature_encoding[2] == "as it is") != token,
        )
        yield (
            "a token signs nothing: signed_content is {body}, and there is no timestamp_in_body",
            token and (self.signed_content != "{body}" or self.has_timestamp_in_body),
        )
        is_number = self.timestamp_unit is not UNITS["rfc3339"]
        yield (
            "accept_future_timestamps needs something between {timestamp} and its neighbours in the content",
            self.accept_future_timestamps and is_number and is_timestamp_ambiguous(self.signed_content),
        )
        named = [*self.signature_headers, self.timestamp_header, self.id_header, self.event_type_header]
        names = [name for name in named if name]
        yield "a header has one meaning", len({*names}) < len(names)
        yield "tolerance is finite and longer than zero", not 0 < self.tolerance < float("inf")
        paths = self.timestamp_in_body, self.id_in_body
        yield (
            "a path has a name, or *, between its dots",
            any(path and not all(path.split(".")) for path in paths),
        )

    def _set_parse_plan(self) -> None:
        timestamp_part = self.timestamp_header if self._has_timestamp else ""
        other_headers = timestamp_part, self.event_type_header, self.id_header
        self.header_names = (*self.signature_headers, *filter(None, other_headers))
        self._names = self.header_names
        self._reader = HeaderReader(*self._names, brands=(self._names,))
        several = self._listed_signatures if self.signature_field else self._single_signatures
        self._signatures: Callable[[Sequence[Any]], tuple[Signatures, str]] = several
        names, reader = self._names, self._reader
        timestamp_index, type_index, id_index = (names.index(name) if name else 0 for name in other_headers)
        indexes = timestamp_index, type_index, id_index
        # In one tuple: to take it apart is quicker than to look each up among so many attributes.
        self._parse_plan = names, reader.safe_dict_keys[0].issuperset, reader.read, *indexes
        encoded = self.signature_encoding[0], self.algorithm.size, self.algorithm.version
        self._fields = self._delimiter, self.signature_field, self.timestamp_field, *encoded
        # Nothing but the body is signed, with some words around it: most providers.
        self._signs_body_only = "{" not in self._before and not self._after
        self._literal = self._before.format().encode() if self._signs_body_only else b""
        # Or the timestamp as well, and that once: many others. What stands before it, and after it.
        around = [] if self._after else self._before.split("{1}")
        is_dated = len(around) == 2 and "{" not in "".join(around)
        self._around_timestamp = [each.format().encode() for each in around] if is_dated else None
        self.fast_path = self._fast_path_layout()

    def _fast_path_layout(self) -> FastPathLayout | None:
        """See :attr:`Scheme.fast_path`. A subclass may read in its own way, so it has none."""
        has_one_signature = len(self.signature_headers) == 1 and not self.signature_field
        in_hex = self.signature_encoding is ENCODINGS["hex"] and self.algorithm.name.startswith("HMAC")
        whole = self._signs_body_only and not self.parses_body and self.signature_prefix.isascii()
        if not (has_one_signature and in_hex and whole and type(self) is HeaderScheme):
            return None
        name, prefix, length = self.signature_headers[0], self.signature_prefix, 2 * self.algorithm.size
        return self._reader, name, prefix, length, self.event_type_header, self.id_header, self._literal

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self._name

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """See :meth:`Scheme.parse_headers`."""
        known: Any = headers
        names, plain, read, timestamp_index, type_index, id_index = self._parse_plan
        if known.__class__ is dict and plain(known):
            values = [*map(known.get, names)]
            for value in values:
                if value.__class__ is not str and value is not None:
                    values = read(headers)
                    break
        else:
            values = read(headers)
        signatures, timestamp_text = self._signatures(values)
        if timestamp_index:
            timestamp_text = values[timestamp_index] or ""
        message_id = values[id_index] if id_index else ""
        event_type = printable_ascii(values[type_index]) if type_index else None
        if self._signs_body_only:
            return message_id or "", 0, signatures, self._literal, b"", event_type
        if self._around_timestamp is not None:
            timestamp = self._parse_timestamp(timestamp_text)
            head, tail = self._around_timestamp
            before = head + timestamp_text.encode() + tail
            return message_id or "", timestamp, signatures, before, b"", event_type
        before, timestamp, after = self._content_around_body(message_id or "", timestamp_text, url, method)
        return message_id or "", timestamp, signatures, before, after, event_type

    def _content_around_body(
        self, message_id: str, timestamp_text: str, url: str | None, method: str | None
    ) -> tuple[bytes, int, bytes]:
        """What is signed before the body, when, and what behind the body."""
        if self.signs_id and (not message_id or message_id.isspace()):
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {self.id_header}")
        if self.signs_id and not (message_id.isascii() and message_id.isprintable()):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"{self.id_header} is not printable ASCII")
        if not self._is_valid_id(message_id):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"{self.id_header} holds what no id holds")
        if self.signs_url:
            self._check_url(url, method)
        timestamp = self._parse_timestamp(timestamp_text) if self._has_timestamp else 0
        parts = message_id, timestamp_text, method, url
        before = self._before.format(*parts).encode("utf-8", "surrogatepass")
        after = self._after.format(*parts).encode("utf-8", "surrogatepass") if self._after else b""
        return before, timestamp, after

    def _check_url(self, url: str | None, method: str | None) -> None:
        signs_url, signs_method = self._url_parts
        if (signs_url and url is None) or (signs_method and method is None):
            signed = [*["address"] * signs_url, *["method"] * signs_method]
            arguments = [*["url=..."] * signs_url, *["method=..."] * signs_method]
            raise TypeError(_NO_URL.format(self._name, " and the ".join(signed), ", ".join(arguments)))

    def _parse_timestamp(self, timestamp_text: str) -> int:
        if not timestamp_text or timestamp_text.isspace():
            where = self.timestamp_header or f"{self.timestamp_field}= in {self.signature_headers[0]}"
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {where}")
        read, _, unit = self.timestamp_unit
        if not (timestamp := read(timestamp_text)):
            raise MalformedDelivery(
                Reason.UNREADABLE_HEADER, f"the timestamp is unreadable: it must be {unit}"
            )
        return timestamp

    def _single_signatures(self, values: Sequence[Any]) -> tuple[Signatures, str]:
        """The signatures of headers that hold one each."""
        decode, size = self.signature_encoding[0], self.algorithm.size
        prefix, is_present = self.signature_prefix, False
        found: list[tuple[str, str]] = []
        for text in values[: len(self.signature_headers)]:
            if text and (is_present or not text.isspace()):
                is_present = True
                if text.startswith(prefix) and (signature := decode(text[len(prefix) :], size)):
                    found.append((self.algorithm.version, signature))
        if not is_present:
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {self.signature_headers[0]}")
        return found, ""

    def _listed_signatures(self, values: Sequence[Any]) -> tuple[Signatures, str]:
        """The signatures in a header that is a list of fields, and its timestamp; the rest is skipped."""
        text = values[0]
        if not text or text.isspace():
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {self.signature_headers[0]}")
        timestamp_text = ""
        found: list[tuple[str, str]] = []
        separator, signature_field, timestamp_field, decode, size, version = self._fields
        for field in text.split(separator, _MAX_SIGNATURES)[:_MAX_SIGNATURES]:
            name, _, value = field.strip(" ").partition("=")
            if name == signature_field:
                if signature := decode(value, size):
                    found.append((version, signature))
            elif name and name == timestamp_field:
                if timestamp_text and timestamp_text != value:
                    raise MalformedDelivery(Reason.DUPLICATE_HEADER, f"two different {name}= in one header")
                timestamp_text = value
        return found, timestamp_text

    def timestamp_from_body(self, body: bytes) -> int:
        """See :meth:`Scheme.timestamp_from_body`."""
        texts = strings_at(body, self.timestamp_in_body)
        return self.timestamp_unit[0](texts[0]) if texts else 0

    def message_id_from_body(self, body: bytes) -> str:
        """See :meth:`Scheme.message_id_from_body`. Several ids are one text, with commas between them."""
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
        """See :meth:`Scheme.sign`: as many signatures as there is room for, the newest key's first."""
        if self.id_header:
            check_message_id(id)
            if not self._is_valid_id(id):
                raise ValueError(f"a message id of {self._name} holds nothing that parts it from the rest")
        self._check_url(url, method)
        timestamp_text = self.timestamp_unit[1](timestamp)
        parts = id, timestamp_text, method, url
        content = b"".join((self._before.format(*parts).encode(), body, self._after.format(*parts).encode()))
        signatures = [self.signature_encoding[1](key.sign(content)) for key in keys]
        headers = self._format_signatures(signatures, timestamp_text)
        if self.timestamp_header:
            headers[self.timestamp_header] = timestamp_text
        if self.id_header:
            headers[self.id_header] = id
        return headers

    def _format_signatures(self, signatures: list[str], timestamp_text: str) -> dict[str, str]:
        if not self.signature_field:
            pairs = zip(self.signature_headers, signatures, strict=False)
            # Of one header, or two, the newest key's must be there; the older ones' if there is room.
            return {name: self.signature_prefix + signature for name, signature in pairs}
        timestamp_part = [f"{self.timestamp_field}={timestamp_text}"] if self.timestamp_field else []
        fields = [*timestamp_part, *(f"{self.signature_field}={signature}" for signature in signatures)]
        return {self.signature_headers[0]: self.field_separator.join(fields)}

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """See :meth:`Scheme.verifying_key`."""
        return self.algorithm.verifying_key(secret, self.secret_encoding)

    def signing_key(self, secret: Secret) -> SigningKey:
        """See :meth:`Scheme.signing_key`."""
        return self.algorithm.signing_key(secret, self.secret_encoding)


_NO_URL = (
    "{} signs the {} that the sender called: give the receiver public_url=, or call verify(body, headers, {})"
)


def _maybe_header(header: str, what: str) -> str:
    return header_names(header, what)[0] if header else ""
