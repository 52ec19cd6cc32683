"""One rejected delivery and the question that is asked of it: does a signature match this variant?

The work is bounded here: so many secrets and headers, so many bytes that are hashed, and so many seconds, for
what a scheme makes of a hostile body before it is hashed nobody can reckon beforehand.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from threading import Lock
from time import thread_time
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from webhook_verify import schemes
from webhook_verify.errors import InvalidSecret, MalformedDelivery
from webhook_verify.forks import PerProcess
from webhook_verify.headers import Headers, header_pairs
from webhook_verify.keys import HmacKey, TokenKey
from webhook_verify.schemes import BodyInterpretation, HeaderScheme, ParsedHeaders, Scheme
from webhook_verify.secret import Secret
from webhook_verify.verifier import Verifier, labelled_secrets

if TYPE_CHECKING:
    from webhook_verify.keys import Signatures, VerifyingKey

__all__ = ["ContentWithoutURL", "Investigation", "Pairs", "header_values", "ignoring_warnings"]

_Result = TypeVar("_Result")
_Args = ParamSpec("_Args")
# The filters of warnings are global, and two threads would restore them crosswise.
_warnings_lock = PerProcess(Lock)


def ignoring_warnings(call: Callable[_Args, _Result], *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
    """Call a function with its warnings ignored: they concern values that are only tried here."""
    with _warnings_lock.get(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*args, **kwargs)


Pairs = list[tuple[str, str]]
"""Headers as (lower-case name, value)."""

ContentWithoutURL = set[tuple["Signatures", bytes, bytes]]
"""(signatures, content, after): what a scheme signs besides the URL, for a scheme that parses the body."""

_MAX_SECRETS = 16
_MAX_HEADERS = 1_000
_MAX_HEADER_CHARS = 16_384  # characters of a header that are looked at
_MAX_URL_CHARS = 8_192
_MAX_HASHED_BYTES = 67_108_864  # bytes: 40 to 150 ms, and the usual mistakes with a body of 1 MiB
_MAX_CPU_SECONDS = 0.3  # of this thread on the CPU: no more trials begin after so long
# What a trial costs beside the hashing, in bytes that could have been hashed in the same time.
_TRIAL_COST_BYTES, _ASYMMETRIC_TRIAL_COST_BYTES = 4_096, 131_072


class Investigation:
    """A rejected delivery under investigation. If ``budget_exhausted``, not every variant was tried."""

    def __init__(
        self, verifier: Verifier, body: bytes, headers: Headers, url: str | None, method: str | None
    ) -> None:
        self.verifier, self.body, self.url, self.method = verifier, body, url, method or "POST"
        self.headers: Headers = _as_list(headers) if isinstance(headers, Iterator) else headers
        self.scheme = verifier.scheme
        self.secrets = labelled_secrets(verifier)[:_MAX_SECRETS]
        self.pairs: Pairs = [
            (name, value[:_MAX_HEADER_CHARS])
            for name, value in islice(header_pairs(self.headers), _MAX_HEADERS)
        ]
        self.names = {name for name, _ in self.pairs}
        self._is_exhausted = False
        self._bytes_left = _MAX_HASHED_BYTES
        self._deadline = thread_time() + _MAX_CPU_SECONDS
        self._last_interpretation: (
            tuple[Scheme, ParsedHeaders, bytes, Sequence[BodyInterpretation]] | None
        ) = None

    @property
    def keys(self) -> list[VerifyingKey]:
        """The keys of all secrets that are configured, whatever their time."""
        return [key for _, _, key in self.secrets]

    @property
    def content_length(self) -> int | None:
        """How long the body is by its Content-Length, None if that tells nothing."""
        text = self.header_value("content-length")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    @property
    def bounded_url(self) -> str:
        """The address that was called, "" if it is unknown or too long to try others like it."""
        return self.url if self.url and len(self.url) <= _MAX_URL_CHARS else ""

    @property
    def signs_raw_body(self) -> bool:
        """Whether the body is signed as it is, and not what a scheme reads in it."""
        return isinstance(self.scheme, HeaderScheme) or not self.scheme.parses_body

    def header_value(self, name: str) -> str:
        """The first header of that lower-case name, "" without one."""
        return next((value for each, value in self.pairs if each == name), "")

    def parse_headers(
        self, pairs: Pairs | None = None, *, scheme: Scheme | None = None, url: str | None = None
    ) -> ParsedHeaders | None:
        """Parse the headers with a scheme, by default the configured one. None if they are malformed."""
        pairs = self.pairs if pairs is None else pairs
        try:
            return (scheme or self.scheme).parse_headers(pairs, url or self.url or "", self.method)
        except MalformedDelivery:
            return None

    def matches(
        self,
        parsed: ParsedHeaders,
        keys: Sequence[VerifyingKey] | None = None,
        *,
        body: bytes | None = None,
        scheme: Scheme | None = None,
    ) -> bool:
        """Return whether any key verifies the parsed headers and the body, ignoring validity windows.

        ``keys``: by default all that are configured. Also returns False if the work budget is exhausted or
        the scheme would have to fetch a key.
        """
        scheme, body = scheme or self.scheme, self.body if body is None else body
        keys = self.keys if keys is None else keys
        if scheme.fetches_keys or not self.spend(keys, len(body)):
            return False
        interpretations = self._interpretations(scheme, parsed, body)
        return any(
            checks and all(key.verify(*proof) for proof in checks)
            for key in keys
            for _, checks, _ in interpretations
        )

    def content_without_url(self, parsed: ParsedHeaders) -> ContentWithoutURL:
        """Return what the scheme signs besides the URL."""
        interpretations = self._interpretations(self.scheme, parsed, self.body)
        return {(proof[0], proof[2], proof[3]) for _, checks, _ in interpretations for proof in checks}

    def matches_url(self, parsed: ParsedHeaders, contents: ContentWithoutURL) -> bool:
        """Return whether any key verifies the URL in ``parsed``, without parsing the body again."""
        return any(
            self.spend([key], len(content)) and key.verify(signatures, parsed[3], content, after)
            for key in self.keys
            for signatures, content, after in contents
        )

    def _interpretations(
        self, scheme: Scheme, parsed: ParsedHeaders, body: bytes
    ) -> Sequence[BodyInterpretation]:
        """Return the ways in which the body may be signed, cached for a repeated call."""
        last = self._last_interpretation
        if last is not None and last[0] is scheme and last[1] is parsed and last[2] is body:
            return last[3]
        try:
            interpretations = (
                scheme.parse_body(parsed, body) if scheme.parses_body else (_interpret_as_is(parsed, body),)
            )
        except MalformedDelivery:
            interpretations = ()
        self._last_interpretation = scheme, parsed, body, interpretations
        return interpretations

    def spend(self, keys: Sequence[VerifyingKey], size: int) -> bool:
        """Spend the cost of hashing ``size`` bytes for each key; return whether the budget sufficed."""
        fast = all(isinstance(key, HmacKey | TokenKey) for key in keys)
        self._bytes_left -= (size + (_TRIAL_COST_BYTES if fast else _ASYMMETRIC_TRIAL_COST_BYTES)) * len(keys)
        return not self.budget_exhausted

    @property
    def budget_exhausted(self) -> bool:
        """Whether the work that a stranger may cause is done: not every variant was tried then."""
        self._is_exhausted = self._is_exhausted or self._bytes_left < 0 or thread_time() > self._deadline
        return self._is_exhausted

    def while_affordable(self, variants: Iterable[_Result]) -> Iterator[_Result]:
        """Yield the variants; the clock is looked at before the next one is made, which costs as well."""
        made = iter(variants)
        while not self.budget_exhausted:
            try:
                yield next(made)
            except StopIteration:
                return

    def other_schemes(self) -> Iterator[Scheme]:
        """Yield the other schemes whose signature header is present."""
        for name in schemes.names():
            scheme = schemes.get(name)
            if (
                name != self.scheme.name
                and not scheme.fetches_keys
                and not self.names.isdisjoint(_identifying_headers(scheme))
            ):
                yield scheme

    def keys_for(self, scheme: Scheme) -> list[VerifyingKey]:
        """The configured secrets as keys of another scheme, as far as it takes them."""
        keys = (ignoring_warnings(_make_key, scheme.verifying_key, secret) for _, secret, _ in self.secrets)
        return [key for key in keys if key is not None]


def _as_list(headers: Iterator[Any]) -> list[Any]:
    """All that an iterator gives, for it is read more than once."""
    try:
        return list(headers)
    except (TypeError, ValueError):
        return []


def header_values(pairs: Pairs, name: str) -> list[str]:
    """The different values of a header, in their order."""
    return list(dict.fromkeys(value for each, value in pairs if each == name))


def _interpret_as_is(parsed: ParsedHeaders, body: bytes) -> BodyInterpretation:
    message_id, _, signatures, before, after, _ = parsed
    return message_id, ((signatures, before, body, after),), body


def _identifying_headers(scheme: Scheme) -> Sequence[str]:
    """The headers by which a scheme is known: those of its signature."""
    if isinstance(scheme, HeaderScheme):
        return scheme.signature_headers
    return [name for name in scheme.header_names if "timestamp" not in name and not name.endswith("-id")]


def _make_key(make: Callable[[Secret], VerifyingKey], secret: Secret) -> VerifyingKey | None:
    try:
        return make(secret)
    except (InvalidSecret, ImportError):
        return None
