"""A rejected delivery under investigation, and the test whether a signature matches one of its variants.

The work is bounded by the number of secrets and headers, of hashed bytes and of CPU seconds. The CPU limit is
necessary because the cost of parsing a hostile body is not known in advance.
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

__all__ = [
    "ContentWithoutURL",
    "Investigation",
    "Pairs",
    "header_values",
    "identifying_headers",
    "ignoring_warnings",
]

_Result = TypeVar("_Result")
_Args = ParamSpec("_Args")
# Warning filters are global. Without the lock, two threads could restore each other's filters.
_warnings_lock = PerProcess(Lock)


def ignoring_warnings(call: Callable[_Args, _Result], *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
    """Call a function and ignore its warnings, which concern values that are only tried.

    Args:
        call: The function.
        args: Its positional arguments.
        kwargs: Its keyword arguments.

    Returns:
        The result of the call.
    """
    with _warnings_lock.get(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*args, **kwargs)


Pairs = list[tuple[str, str]]
"""Headers as (lower-case name, value)."""

ContentWithoutURL = set[tuple["Signatures", bytes, bytes]]
"""(signatures, content, after): the signed content without the URL, for a scheme that parses the body."""

_MAX_SECRETS = 16
_MAX_HEADERS = 1_000
_MAX_HEADER_CHARS = 16_384
_MAX_URL_CHARS = 8_192
_MAX_HASHED_BYTES = 67_108_864  # Takes 40 to 150 ms, and suffices for common mistakes with a body of 1 MiB.
_MAX_CPU_SECONDS = 0.3  # CPU time of this thread, after which no further trial starts.
# The fixed cost of a trial, in bytes that could be hashed in the same time.
_TRIAL_COST_BYTES, _ASYMMETRIC_TRIAL_COST_BYTES = 4_096, 131_072


class Investigation:
    """A rejected delivery under investigation. Its methods share one work budget.

    Args:
        verifier: The verifier that rejected the delivery.
        body: The body as received.
        headers: The headers, as for `Verifier.verify`.
        url: The request URL, or None if it is unknown.
        method: The HTTP method, by default POST.
    """

    def __init__(
        self, verifier: Verifier, body: bytes, headers: Headers, url: str | None, method: str | None
    ) -> None:
        self.verifier = verifier
        self.body = body
        self.url = url
        self.method: str = method or "POST"
        self.headers: Headers = _as_list(headers) if isinstance(headers, Iterator) else headers
        self.scheme: Scheme = verifier.scheme
        self.secrets: tuple[tuple[str, Secret, VerifyingKey], ...] = labelled_secrets(verifier)[:_MAX_SECRETS]
        self.pairs: Pairs = [
            (name, value[:_MAX_HEADER_CHARS])
            for name, value in islice(header_pairs(self.headers), _MAX_HEADERS)
        ]
        self.names: set[str] = {name for name, _ in self.pairs}
        self._is_exhausted = False
        self._bytes_left = _MAX_HASHED_BYTES
        self._deadline = thread_time() + _MAX_CPU_SECONDS
        self._last_interpretation: (
            tuple[Scheme, ParsedHeaders, bytes, Sequence[BodyInterpretation]] | None
        ) = None

    @property
    def keys(self) -> list[VerifyingKey]:
        """The keys of all configured secrets, regardless of their validity windows."""
        return [key for _, _, key in self.secrets]

    @property
    def content_length(self) -> int | None:
        """The Content-Length in bytes, or None if it is missing or invalid."""
        text = self.header_value("content-length")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    @property
    def bounded_url(self) -> str:
        """The request URL, or "" if it is unknown or too long to try variants."""
        return self.url if self.url and len(self.url) <= _MAX_URL_CHARS else ""

    @property
    def signs_raw_body(self) -> bool:
        """Whether the scheme signs the raw bytes of the body, without parsing it."""
        return isinstance(self.scheme, HeaderScheme) or not self.scheme.parses_body

    def header_value(self, name: str) -> str:
        """Return the value of the first header with a name.

        Args:
            name: Lower-case name.

        Returns:
            The value, or "" if the header is missing.
        """
        return next((value for each, value in self.pairs if each == name), "")

    def parse_headers(
        self, pairs: Pairs | None = None, *, scheme: Scheme | None = None, url: str | None = None
    ) -> ParsedHeaders | None:
        """Parse headers with a scheme.

        Args:
            pairs: The headers, by default the received ones.
            scheme: The scheme, by default the verifier's.
            url: The request URL, by default the received one.

        Returns:
            The parsed headers, or None if they are malformed.
        """
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

        Args:
            parsed: The parsed headers.
            keys: The keys to try, by default those of all configured secrets.
            body: The body, by default the received one.
            scheme: The scheme, by default the verifier's.

        Returns:
            Whether a key matches. False if the work budget is exhausted or the scheme has to fetch a key.
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

    def signature_checks(self, parsed: ParsedHeaders) -> list[tuple[Signatures, bytes, bytes]]:
        """Return the signatures of the received body, each with its signed content.

        Args:
            parsed: The parsed headers.

        Returns:
            (signatures, content before the body, rest of the content) for each signature that must match.
        """
        interpretations = self._interpretations(self.scheme, parsed, self.body)
        proofs = [proof for _, checks, _ in interpretations[:1] for proof in checks]
        return [(signatures, before, content + after) for signatures, before, content, after in proofs]

    def signed_contents(self, parsed: ParsedHeaders) -> list[tuple[Signatures, bytes]]:
        """Return the signed contents of the received body, with the signatures that must match each.

        Args:
            parsed: The parsed headers.

        Returns:
            At most eight contents, or an empty list for a scheme that fetches keys.
        """
        if self.scheme.fetches_keys:
            return []
        interpretations = self._interpretations(self.scheme, parsed, self.body)
        proofs = [proof for _, checks, _ in interpretations for proof in checks]
        return [(signatures, before + content + after) for signatures, before, content, after in proofs[:8]]

    def content_without_url(self, parsed: ParsedHeaders) -> ContentWithoutURL:
        """Return the signed content without the URL, for `matches_url`.

        Args:
            parsed: The parsed headers.

        Returns:
            One entry for each signature that must match.
        """
        interpretations = self._interpretations(self.scheme, parsed, self.body)
        return {(proof[0], proof[2], proof[3]) for _, checks, _ in interpretations for proof in checks}

    def matches_url(self, parsed: ParsedHeaders, contents: ContentWithoutURL) -> bool:
        """Return whether any key verifies the URL in the parsed headers, without parsing the body again.

        Args:
            parsed: The headers, parsed with the URL to try.
            contents: The result of `content_without_url`.

        Returns:
            Whether a key matches. False if the work budget is exhausted.
        """
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
        """Deduct the cost of a trial from the work budget.

        Args:
            keys: The keys of the trial.
            size: The number of bytes to hash for each key.

        Returns:
            Whether the budget was sufficient.
        """
        fast = all(isinstance(key, HmacKey | TokenKey) for key in keys)
        self._bytes_left -= (size + (_TRIAL_COST_BYTES if fast else _ASYMMETRIC_TRIAL_COST_BYTES)) * len(keys)
        return not self.budget_exhausted

    @property
    def budget_exhausted(self) -> bool:
        """Whether the work budget is exhausted. If so, not every variant was tried."""
        self._is_exhausted = self._is_exhausted or self._bytes_left < 0 or thread_time() > self._deadline
        return self._is_exhausted

    def while_affordable(self, variants: Iterable[_Result]) -> Iterator[_Result]:
        """Yield variants until the work budget is exhausted. It is checked before each one is created.

        Args:
            variants: The variants, created lazily.

        Yields:
            The variants within the budget.
        """
        made = iter(variants)
        while not self.budget_exhausted:
            try:
                yield next(made)
            except StopIteration:
                return

    def other_schemes(self) -> Iterator[Scheme]:
        """Yield the other schemes whose signature header is present.

        Yields:
            Registered schemes that do not fetch keys.
        """
        for name in schemes.names():
            scheme = schemes.get(name)
            if (
                name != self.scheme.name
                and not scheme.fetches_keys
                and not self.names.isdisjoint(identifying_headers(scheme))
            ):
                yield scheme

    def key_of(self, secret: Secret) -> VerifyingKey | None:
        """Return the key of a secret that is not configured.

        Args:
            secret: The secret.

        Returns:
            The key, or None if the secret is not valid for the verifier's scheme.
        """
        return ignoring_warnings(_make_key, self.scheme.verifying_key, secret)

    def keys_for(self, scheme: Scheme) -> list[VerifyingKey]:
        """Return the configured secrets as keys of another scheme.

        Args:
            scheme: The other scheme.

        Returns:
            One key for each secret that is valid for the scheme.
        """
        keys = (ignoring_warnings(_make_key, scheme.verifying_key, secret) for _, secret, _ in self.secrets)
        return [key for key in keys if key is not None]


def _as_list(headers: Iterator[Any]) -> list[Any]:
    """Copy an iterator of headers to a list, because it is read more than once."""
    try:
        return list(headers)
    except (TypeError, ValueError):
        return []


def header_values(pairs: Pairs, name: str) -> list[str]:
    """Return the distinct values of a header, in order.

    Args:
        pairs: The headers, with lower-case names.
        name: Lower-case name.

    Returns:
        The values, or an empty list if the header is missing.
    """
    return list(dict.fromkeys(value for each, value in pairs if each == name))


def _interpret_as_is(parsed: ParsedHeaders, body: bytes) -> BodyInterpretation:
    message_id, _, signatures, before, after, _ = parsed
    return message_id, ((signatures, before, body, after),), body


def identifying_headers(scheme: Scheme) -> Sequence[str]:
    """Return the headers that identify a scheme, which are those with its signature.

    Args:
        scheme: The scheme.

    Returns:
        Their lower-case names.
    """
    if isinstance(scheme, HeaderScheme):
        return scheme.signature_headers
    # A token of Plaid or Google is its own signature, in the only header.
    return [name for name in scheme.header_names if "sig" in name] or scheme.header_names


def _make_key(make: Callable[[Secret], VerifyingKey], secret: Secret) -> VerifyingKey | None:
    try:
        return make(secret)
    except (InvalidSecret, ImportError):
        return None
