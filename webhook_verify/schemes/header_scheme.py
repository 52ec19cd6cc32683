"""A provider as a row of data: which headers, what is signed, how it is written.

::

    register(HeaderScheme("acme", signature_header="x-acme-signature", signature_prefix="sha256="))

That is all it takes for ``Verifier(secret, scheme="acme")``, ``Signer``, the adapters, replay protection and
the command. What data cannot say is a class of its own, beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers, readable
from webhook_verify.schemes.algorithms import ALGORITHMS, HABITS, Algorithm
from webhook_verify.schemes.base import BodyAlone, BodyInterpretation, ParsedHeaders, Scheme, SchemeDocs
from webhook_verify.schemes.delimiters import id_rule, is_timestamp_open
from webhook_verify.schemes.encodings import ENCODINGS, Encoding
from webhook_verify.schemes.header_options import check_forms, header_names, one_of, split
from webhook_verify.schemes.json_fields import texts_at
from webhook_verify.schemes.timestamps import UNITS, Unit
from webhook_verify.secret import Secret

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.handshakes import Handshake
    from webhook_verify.keys import Signatures, SigningKey, VerifyingKey

__all__ = ["HeaderScheme"]

_MAX_SIGNATURES = 32  # work is bounded: see StandardWebhooks


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
    ``handshake``: see :mod:`webhook_verify.handshakes`.

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
        check_forms(texts, tolerance, handshake)
        if not name.strip():
            raise ValueError("a provider has a name, by which it is found")
        self._name = name
        self.signature_headers = header_names(signature_header, "signature_header")
        self.signature_prefix, self.signature_field = signature_prefix, signature_field
        self.timestamp_field, self.field_separator = timestamp_field, field_separator
        self._between = field_separator.strip(" ") or field_separator
        self.algorithm: Algorithm = one_of(ALGORITHMS, algorithm, "algorithm")
        self.signature_encoding: Encoding = one_of(ENCODINGS, signature_encoding, "signature_encoding")
        self.secret_encoding = secret_encoding
        one_of(HABITS, secret_encoding, "secret_encoding")
        self.signed_content = signed_content
        self.timestamp_header = _maybe_header(timestamp_header, "timestamp_header")
        self.timestamp_in_body = timestamp_in_body
        self.timestamp_unit: Unit = one_of(UNITS, timestamp_unit, "timestamp_unit")
        self.tolerance, self.accept_future_timestamps = tolerance, accept_future_timestamps
        self.id_header, self.id_in_body = _maybe_header(id_header, "id_header"), id_in_body
        self.event_type_header = _maybe_header(event_type_header, "event_type_header")
        self.handshake = handshake
        self.docs = SchemeDocs.titled(docs, name)
        self._set_what_is_signed()
        self._set_how_it_is_read()

    def _set_what_is_signed(self) -> None:
        self._before, self._after, signed = split(self.signed_content)
        self._is_stamped = "timestamp" in signed
        self.signs_id = "id" in signed
        self._is_plain_id = id_rule(self.signed_content)
        self._address = tuple(part in signed for part in ("url", "method"))
        self.signs_url = any(self._address)
        self.signs_body = self.algorithm.signs
        self.has_timestamp_in_body = self.parses_body = bool(self.timestamp_in_body)
        self.has_id_in_body = bool(self.id_in_body)
        self.signs_timestamp = self._is_stamped or self.has_timestamp_in_body
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
            self._is_stamped and places not in ((True, False, False), (False, True, False)),
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
            self.accept_future_timestamps and is_number and is_timestamp_open(self.signed_content),
        )
        named = [*self.signature_headers, self.timestamp_header, self.id_header, self.event_type_header]
        told = [name for name in named if name]
        yield "a header has one meaning", len({*told}) < len(told)
        yield "tolerance is finite and longer than zero", not 0 < self.tolerance < float("inf")
        paths = self.timestamp_in_body, self.id_in_body
        yield (
            "a path has a name, or *, between its dots",
            any(path and not all(path.split(".")) for path in paths),
        )

    def _set_how_it_is_read(self) -> None:
        stamped = self.timestamp_header if self._is_stamped else ""
        more = stamped, self.event_type_header, self.id_header
        self.header_names = (*self.signature_headers, *filter(None, more))
        self._names = self.header_names
        self._reader = HeaderReader(*self._names, brands=(self._names,))
        several = self._signatures_in_list if self.signature_field else self._signatures_alone
        self._signatures: Callable[[Sequence[Any]], tuple[Signatures, str]] = several
        stamp_at, type_at, id_at = (self._names.index(name) if name else 0 for name in more)
        # In one tuple: to take it apart is quicker than to look each up among so many attributes.
        self._how = self._names, self._reader.plain[0].issuperset, self._reader.read, stamp_at, type_at, id_at
        encoded = self.signature_encoding[0], self.algorithm.size, self.algorithm.version
        self._fields = self._between, self.signature_field, self.timestamp_field, *encoded
        # Nothing but the body is signed, with some words around it: most providers.
        self._is_plain = "{" not in self._before and not self._after
        self._literal = self._before.format().encode() if self._is_plain else b""
        # Or the timestamp as well, and that once: many others. What stands before it, and after it.
        around = [] if self._after else self._before.split("{1}")
        is_dated = len(around) == 2 and "{" not in "".join(around)
        self._around_stamp = [each.format().encode() for each in around] if is_dated else None
        self.fast_path = self._body_alone()

    def _body_alone(self) -> BodyAlone | None:
        """See :attr:`Scheme.fast_path`. A subclass may read in its own way, so it has none."""
        one = len(self.signature_headers) == 1 and not self.signature_field
        in_hex = self.signature_encoding is ENCODINGS["hex"] and self.algorithm.name.startswith("HMAC")
        whole = self._is_plain and not self.parses_body and self.signature_prefix.isascii()
        if not (one and in_hex and whole and type(self) is HeaderScheme):
            return None
        name, prefix, length = self.signature_headers[0], self.signature_prefix, 2 * self.algorithm.size
        return self._reader, name, prefix, length, self.event_type_header, self.id_header, self._literal

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self._name

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """See :meth:`Scheme.read`."""
        known: Any = headers
        names, plain, read, stamp_at, type_at, id_at = self._how
        if known.__class__ is dict and plain(known):
            values = [*map(known.get, names)]
            for value in values:
                if value.__class__ is not str and value is not None:
                    values = read(headers)
                    break
        else:
            values = read(headers)
        signatures, stamp = self._signatures(values)
        if stamp_at:
            stamp = values[stamp_at] or ""
        msg_id = values[id_at] if id_at else ""
        event_type = readable(values[type_at]) if type_at else None
        if self._is_plain:
            return msg_id or "", 0, signatures, self._literal, b"", event_type
        if self._around_stamp is not None:
            timestamp = self._seconds_of(stamp)
            head, tail = self._around_stamp
            return msg_id or "", timestamp, signatures, head + stamp.encode() + tail, b"", event_type
        before, timestamp, after = self._around(msg_id or "", stamp, url, method)
        return msg_id or "", timestamp, signatures, before, after, event_type

    def _around(
        self, msg_id: str, stamp: str, url: str | None, method: str | None
    ) -> tuple[bytes, int, bytes]:
        """What is signed before the body, when, and what behind the body."""
        if self.signs_id and (not msg_id or msg_id.isspace()):
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {self.id_header}")
        if self.signs_id and not (msg_id.isascii() and msg_id.isprintable()):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"{self.id_header} is not printable ASCII")
        if not self._is_plain_id(msg_id):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"{self.id_header} holds what no id holds")
        if self.signs_url:
            self._check_address(url, method)
        timestamp = self._seconds_of(stamp) if self._is_stamped else 0
        parts = msg_id, stamp, method, url
        before = self._before.format(*parts).encode("utf-8", "surrogatepass")
        after = self._after.format(*parts).encode("utf-8", "surrogatepass") if self._after else b""
        return before, timestamp, after

    def _check_address(self, url: str | None, method: str | None) -> None:
        signs_url, signs_method = self._address
        if (signs_url and url is None) or (signs_method and method is None):
            signed = [*["address"] * signs_url, *["method"] * signs_method]
            given = [*["url=..."] * signs_url, *["method=..."] * signs_method]
            raise TypeError(_NO_URL.format(self._name, " and the ".join(signed), ", ".join(given)))

    def _seconds_of(self, stamp: str) -> int:
        if not stamp or stamp.isspace():
            where = self.timestamp_header or f"{self.timestamp_field}= in {self.signature_headers[0]}"
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {where}")
        read, _, unit = self.timestamp_unit
        if not (timestamp := read(stamp)):
            raise MalformedDelivery(
                Reason.UNREADABLE_HEADER, f"the timestamp is unreadable: it must be {unit}"
            )
        return timestamp

    def _signatures_alone(self, values: Sequence[Any]) -> tuple[Signatures, str]:
        """The signatures of headers that hold one each."""
        decode, prefix, there = self.signature_encoding[0], self.signature_prefix, False
        found: list[tuple[str, str]] = []
        for text in values[: len(self.signature_headers)]:
            if text and (there or not text.isspace()):
                there = True
                if text.startswith(prefix) and (octets := decode(text[len(prefix) :], self.algorithm.size)):
                    found.append((self.algorithm.version, octets))
        if not there:
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {self.signature_headers[0]}")
        return found, ""

    def _signatures_in_list(self, values: Sequence[Any]) -> tuple[Signatures, str]:
        """The signatures in a header that is a list of fields, and its timestamp; the rest is skipped."""
        text = values[0]
        if not text or text.isspace():
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {self.signature_headers[0]}")
        stamp = ""
        found: list[tuple[str, str]] = []
        separator, signature_field, timestamp_field, decode, size, version = self._fields
        for field in text.split(separator, _MAX_SIGNATURES)[:_MAX_SIGNATURES]:
            name, _, value = field.strip(" ").partition("=")
            if name == signature_field:
                if octets := decode(value, size):
                    found.append((version, octets))
            elif name and name == timestamp_field:
                if stamp and stamp != value:
                    raise MalformedDelivery(Reason.DUPLICATE_HEADER, f"two different {name}= in one header")
                stamp = value
        return found, stamp

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """See :meth:`Scheme.read_body`."""
        msg_id, _, signatures, before, after, _ = reading
        return ((msg_id, ((signatures, before, body, after),), body),)

    def timestamp_from_body(self, body: bytes) -> int:
        """See :meth:`Scheme.timestamp_from_body`."""
        texts = texts_at(body, self.timestamp_in_body)
        return self.timestamp_unit[0](texts[0]) if texts else 0

    def message_id_from_body(self, body: bytes) -> str:
        """See :meth:`Scheme.message_id_from_body`. Several ids are one text, with commas between them."""
        return ",".join(texts_at(body, self.id_in_body))

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
        """See :meth:`Scheme.write`: as many signatures as there is room for, the newest key's first."""
        if self.id_header:
            _check_id(id)
            if not self._is_plain_id(id):
                raise ValueError(f"a message id of {self._name} holds nothing that parts it from the rest")
        self._check_address(url, method)
        stamp = self.timestamp_unit[1](timestamp)
        parts = id, stamp, method, url
        content = b"".join((self._before.format(*parts).encode(), body, self._after.format(*parts).encode()))
        signatures = [self.signature_encoding[1](key.sign(content)) for key in keys]
        headers = self._written(signatures, stamp)
        if self.timestamp_header:
            headers[self.timestamp_header] = stamp
        if self.id_header:
            headers[self.id_header] = id
        return headers

    def _written(self, signatures: list[str], stamp: str) -> dict[str, str]:
        if not self.signature_field:
            headers = self.signature_headers
            # Of one header, or two, the newest key's must be there; the older ones' if there is room.
            return {name: self.signature_prefix + one for name, one in zip(headers, signatures, strict=False)}
        stamped = [f"{self.timestamp_field}={stamp}"] if self.timestamp_field else []
        fields = [*stamped, *(f"{self.signature_field}={one}" for one in signatures)]
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


def _maybe_header(given: str, what: str) -> str:
    return header_names(given, what)[0] if given else ""


def _check_id(id: object) -> None:
    if not isinstance(id, str):
        raise TypeError(f"a message id is str, not {type(id).__name__}")
    if not id or not (id.isascii() and id.isprintable()) or " " in id:
        raise ValueError("a message id is printable ASCII without blanks, and not empty")
