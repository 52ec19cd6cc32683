"""Lookups by a field of the body: one URL for many senders, of which only the body names the right one.

The body is not verified when the field is read. So the field only chooses the verifier, which then decides
about the whole delivery: an attacker who names another sender needs the secret of that sender.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from inspect import iscoroutinefunction

from webhook_verify.body import BytesLike, Chunks, as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.errors import MalformedDelivery, RejectedDelivery, UnreadableEvent
from webhook_verify.http import RequestHead
from webhook_verify.schemes.body_paths import body_paths
from webhook_verify.tracebacks import safe_repr
from webhook_verify.verification import MAX_LOOP_BYTES, Verification, body_too_large
from webhook_verify.verifier import Verifier

__all__ = ["BodyLookup", "VerificationByBody"]


@safe_repr
class BodyLookup:
    """A lookup by a field of the body, which is read before the body is verified.

    Pass it to a receiver in place of a verifier, with `scheme=`. The receiver reads the whole body first, and
    parses it only within the limits for unverified JSON. With replay protection, the text of the field is
    added to the namespace, so one sender cannot claim the message ids of another.

    Args:
        path: The path of a string or an integer in the JSON body, such as `account`, or several, of which the
            first that exists is used. `*` matches each item of a list, whose values must be equal. For a
            form, the name of a field.
        find: A function that returns the verifier for the text, None for an unknown sender. The text is "" if
            the body has no such field or is not JSON, and otherwise has at most 256 characters. It may be a
            coroutine function for an `AsyncReceiver`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If a path is empty or has an empty step.
    """

    __slots__ = ("find", "is_async", "paths", "sender")

    def __init__(
        self,
        path: str | tuple[str, ...] | list[str],
        find: Callable[[str], Verifier | None] | Callable[[str], Awaitable[Verifier | None]],
    ) -> None:
        self.paths: tuple[str, ...] = body_paths(path, "path")
        if not self.paths:
            raise ValueError('path must name a field of the body, such as "account", not be empty')
        if not callable(find):
            raise TypeError(f"find must be a function of the text, not {type(find).__name__!r}")
        self.find: Callable[[str], object] = find
        self.is_async: bool = iscoroutinefunction(find)
        self.sender: int = id(self)  # The namespace may be constant, because the text is a part of it.

    def __call__(self, head: RequestHead) -> BodyLookup:
        """Return the lookup itself, because it needs the body.

        Args:
            head: The head of the request.

        Returns:
            The lookup.
        """
        return self

    def text_in(self, body: bytes) -> str:
        """Return the text of the field. Never raises.

        Args:
            body: The unverified body.

        Returns:
            The text, or "" if the body has no such field, has different values, or has too many values.
        """
        # Imported here, because most receivers have no such lookup.
        from webhook_verify.form import parse_form
        from webhook_verify.json_fields import strings_in
        from webhook_verify.schemes.body_scheme import parse_unverified_json

        read: Callable[[str], list[str]]
        try:
            if body.lstrip(b" \t\r\n")[:1] in (b"{", b"["):
                read = partial(strings_in, parse_unverified_json(body))
            else:
                read = parse_form(body).get_all
        except (MalformedDelivery, UnreadableEvent):
            return ""
        texts = next((found for path in self.paths if (found := {*read(path)})), {""})
        return texts.pop() if len(texts) == 1 and len(max(texts)) <= _MAX_TEXT_CHARS else ""


_MAX_TEXT_CHARS = 256


class VerificationByBody(Verification):
    """A verification whose verifier is known at the end of the body.

    Args:
        lookup: The lookup.
        begin: Begins the verification with a verifier, or with None for an unknown sender.
        limit: The maximum size of the body in bytes.

    Raises:
        MalformedDelivery: If the headers are rejected for any sender.
        HandshakeResponse: If the request is a handshake that the provider does not sign.
    """

    __slots__ = ("_begin", "_chosen", "_lookup", "_unread")

    def __init__(self, lookup: BodyLookup, begin: Callable[[object], Verification], limit: int) -> None:
        self._lookup = lookup
        self._begin = begin
        self._unread = limit
        self._limit = limit
        self._chunks = Chunks()
        self._chosen: Verification | None = None
        try:
            begin(None)
        except MalformedDelivery:
            raise
        except RejectedDelivery:
            pass  # The verifier may have a larger tolerance than an unknown sender.

    @property
    def lookup(self) -> BodyLookup:
        """The lookup."""
        return self._lookup

    @property
    def message_id(self) -> str:
        """The unverified message id in the headers, "" before the verifier is known."""
        return "" if self._chosen is None else self._chosen.message_id

    @property
    def may_block(self) -> bool:
        """Whether `finish` may block an event loop, which it may before the verifier is known."""
        return self._chosen is None or self._chosen.may_block

    @property
    def needs_thread(self) -> bool:
        """Whether `finish` may block an event loop even if every key is cached."""
        return self._chosen is None or self._chosen.needs_thread

    @property
    def is_long(self) -> bool:
        """Whether the body is too long to be parsed on an event loop."""
        return self._limit - self._unread > MAX_LOOP_BYTES

    def update(self, chunk: BytesLike) -> None:
        """Add the next chunk of the body.

        Args:
            chunk: The next bytes of the body.

        Raises:
            MalformedDelivery: If the body exceeds the limit. The status is 413.
            TypeError: If `chunk` is not bytes-like.
        """
        chunk = as_bytes(chunk)
        self._unread -= len(chunk)
        if self._unread < 0:
            too_large = body_too_large(self._limit)
            raise too_large
        self._chunks.append(chunk)

    def text(self) -> str:
        """Return the text of the field in the unverified body.

        Returns:
            The text, or "" without one.
        """
        return self._lookup.text_in(b"".join(self._chunks))

    def choose(self, verifier: object) -> Verification:
        """Begin the verification of the received body.

        Args:
            verifier: The verifier, None for an unknown sender.

        Returns:
            The verification, to finish.

        Raises:
            RejectedDelivery: If the headers are rejected.
            TypeError: If `verifier` is neither a verifier nor None.
        """
        if isinstance(verifier, BodyLookup):
            raise TypeError("find must return a Verifier, or None for an unknown sender, not 'BodyLookup'")
        chosen = self._begin(verifier)
        chosen.update(b"".join(self._chunks))
        self._chosen = chosen
        return chosen

    def finish(self, last: BytesLike = b"") -> Delivery:
        """Choose the verifier, and finish the verification.

        Args:
            last: The last chunk of the body.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the delivery is not genuine or not fresh.
            HandshakeResponse: If the delivery is a handshake.
            TypeError: If `last` is not bytes-like, or `find` returns neither a verifier nor None.
            Exception: Any exception of `find`.
        """
        if self._chosen is None:
            self.update(last)
            return self.choose(self._lookup.find(self.text())).finish()
        return self._chosen.finish(last)
