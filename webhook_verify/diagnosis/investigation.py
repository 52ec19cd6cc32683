"""One delivery, what is known of it, and the one question that is asked of it: is it signed like this?

The work is bounded here: so many secrets and headers, so many bytes that are hashed, and so many seconds, for
what a scheme makes of a hostile body before it is hashed nobody can reckon beforehand.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from threading import Lock
from time import thread_time
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from webhook_verify import schemes
from webhook_verify.errors import InvalidSecret, MalformedDelivery
from webhook_verify.headers import Headers, pairs_of
from webhook_verify.keys import HmacKey, TokenKey
from webhook_verify.schemes import BodyInterpretation, HeaderScheme, ParsedHeaders, Scheme
from webhook_verify.secret import Secret
from webhook_verify.verifier import Verifier, labelled_secrets

if TYPE_CHECKING:
    from webhook_verify.keys import Signatures, VerifyingKey

__all__ = ["Beside", "Case", "Pairs", "quietly", "values_of"]

_Result = TypeVar("_Result")
_Given = ParamSpec("_Given")
_one_at_a_time = Lock()  # the filters of warnings are global, and two threads would restore them crosswise


def quietly(call: Callable[_Given, _Result], *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
    """What the call returns, its warnings ignored: they are about what is only tried here."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*args, **kwargs)


Pairs = list[tuple[str, str]]
"""Headers as (lower-case name, value)."""

Beside = set[tuple["Signatures", bytes, bytes]]
"""(signatures, content, after): what a scheme signs beside the address, of a body that it takes apart."""

_MAX_SECRETS = 16
_MAX_HEADERS = 1_000
_MAX_HEADER_CHARS = 16_384  # characters of a header that are looked at
_MAX_URL_CHARS = 8_192
_MAX_HASHED_BYTES = 67_108_864  # bytes: 40 to 150 ms, and the usual mistakes with a body of 1 MiB
_MAX_CPU_SECONDS = 0.5  # of this thread on the CPU: no more trials begin after so long
# What a trial costs beside the hashing, in bytes that could have been hashed in the same time.
_TRIAL, _ASYMMETRIC = 4_096, 131_072


class Case:
    """One delivery. ``is_spent`` tells that the bound was reached, so that not all was tried."""

    def __init__(
        self, verifier: Verifier, body: bytes, headers: Headers, url: str | None, method: str | None
    ) -> None:
        self.verifier, self.body, self.url, self.method = verifier, body, url, method or "POST"
        self.given: Headers = _kept(headers) if isinstance(headers, Iterator) else headers
        self.scheme = verifier.scheme
        self.secrets = labelled_secrets(verifier)[:_MAX_SECRETS]
        self.pairs: Pairs = [
            (name, value[:_MAX_HEADER_CHARS]) for name, value in islice(pairs_of(self.given), _MAX_HEADERS)
        ]
        self.names = {name for name, _ in self.pairs}
        self.is_spent = False
        self._left = _MAX_HASHED_BYTES
        self._end = thread_time() + _MAX_CPU_SECONDS
        self._read: tuple[Scheme, ParsedHeaders, bytes, Sequence[BodyInterpretation]] | None = None

    @property
    def keys(self) -> list[VerifyingKey]:
        """The keys of all secrets that are configured, whatever their time."""
        return [key for _, _, key in self.secrets]

    @property
    def stated_length(self) -> int | None:
        """How long the body is by its Content-Length, None if that tells nothing."""
        text = self.value("content-length")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    @property
    def address(self) -> str:
        """The address that was called, "" if it is unknown or too long to try others like it."""
        return self.url if self.url and len(self.url) <= _MAX_URL_CHARS else ""

    @property
    def is_plain(self) -> bool:
        """Whether the body is signed as it is, and not what a scheme reads in it."""
        return isinstance(self.scheme, HeaderScheme) or not self.scheme.parses_body

    def value(self, name: str) -> str:
        """The first header of that lower-case name, "" without one."""
        return next((value for each, value in self.pairs if each == name), "")

    def reading(
        self, pairs: Pairs | None = None, *, scheme: Scheme | None = None, url: str | None = None
    ) -> ParsedHeaders | None:
        """What a scheme, by default its own, reads in these headers; None if they are malformed."""
        pairs = self.pairs if pairs is None else pairs
        try:
            return (scheme or self.scheme).parse_headers(pairs, url or self.url or "", self.method)
        except MalformedDelivery:
            return None

    def is_signed(
        self,
        reading: ParsedHeaders,
        keys: Sequence[VerifyingKey] | None = None,
        *,
        body: bytes | None = None,
        scheme: Scheme | None = None,
    ) -> bool:
        """Whether one of the keys, by default all that are configured, is right; whatever the time.

        False, too, once so much was tried that the bound is reached, and for a scheme that would have to
        fetch a key.
        """
        scheme, body = scheme or self.scheme, self.body if body is None else body
        keys = self.keys if keys is None else keys
        if scheme.fetches_keys or not self.is_affordable(keys, len(body)):
            return False
        ways = self._ways(scheme, reading, body)
        return any(
            proofs and all(key.verify(*proof) for proof in proofs) for key in keys for _, proofs, _ in ways
        )

    def beside_address(self, reading: ParsedHeaders) -> Beside:
        """What the scheme signs beside the address that is read."""
        ways = self._ways(self.scheme, reading, self.body)
        return {(proof[0], proof[2], proof[3]) for _, proofs, _ in ways for proof in proofs}

    def is_signed_at(self, reading: ParsedHeaders, beside: Beside) -> bool:
        """As :meth:`is_signed`, of the address in ``reading``, without taking the body apart once more."""
        return any(
            self.is_affordable([key], len(content)) and key.verify(several, reading[3], content, after)
            for key in self.keys
            for several, content, after in beside
        )

    def _ways(self, scheme: Scheme, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """The ways in which the body may be signed; those of the last call, if it is the same again."""
        last = self._read
        if last is not None and last[0] is scheme and last[1] is reading and last[2] is body:
            return last[3]
        try:
            ways = scheme.parse_body(reading, body) if scheme.parses_body else (_whole(reading, body),)
        except MalformedDelivery:
            ways = ()
        self._read = scheme, reading, body, ways
        return ways

    def is_affordable(self, keys: Sequence[VerifyingKey], size: int) -> bool:
        """Whether there is work left to hash so many bytes for each of these keys; it is taken off."""
        fast = all(isinstance(key, HmacKey | TokenKey) for key in keys)
        self._left -= (size + (_TRIAL if fast else _ASYMMETRIC)) * len(keys)
        self.is_spent = self.is_spent or self._left < 0 or thread_time() > self._end
        return not self.is_spent

    def others(self) -> Iterator[Scheme]:
        """The other schemes whose header of a signature is there."""
        for name in schemes.names():
            one = schemes.get(name)
            if (
                name != self.scheme.name
                and not one.fetches_keys
                and not self.names.isdisjoint(_known_by(one))
            ):
                yield one

    def keys_for(self, scheme: Scheme) -> list[VerifyingKey]:
        """The configured secrets as keys of another scheme, as far as it takes them."""
        keys = (quietly(_key, scheme.verifying_key, secret) for _, secret, _ in self.secrets)
        return [key for key in keys if key is not None]


def _kept(headers: Iterator[Any]) -> list[Any]:
    """All that an iterator gives, for it is read more than once."""
    try:
        return list(headers)
    except (TypeError, ValueError):
        return []


def values_of(pairs: Pairs, name: str) -> list[str]:
    """The different values of a header, in their order."""
    return list(dict.fromkeys(value for each, value in pairs if each == name))


def _whole(reading: ParsedHeaders, body: bytes) -> BodyInterpretation:
    msg_id, _, several, before, after, _ = reading
    return msg_id, ((several, before, body, after),), body


def _known_by(scheme: Scheme) -> Sequence[str]:
    """The headers by which a scheme is known: those of its signature."""
    if isinstance(scheme, HeaderScheme):
        return scheme.signature_headers
    return [name for name in scheme.header_names if "timestamp" not in name and not name.endswith("-id")]


def _key(make: Callable[[Secret], VerifyingKey], secret: Secret) -> VerifyingKey | None:
    try:
        return make(secret)
    except (InvalidSecret, ImportError):
        return None
