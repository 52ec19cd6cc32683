"""What both receivers share: the configuration, the limits, and the refusal with its log line.

:mod:`webhook_verify.receiver` has the receivers themselves, which only differ in what may be awaited.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from inspect import iscoroutinefunction
from typing import Generic, Protocol, TypeVar

from webhook_verify import schemes
from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import Reason, RejectedDelivery, SignatureMismatch
from webhook_verify.handshakes import Handshake
from webhook_verify.http import HandshakeResponse, NotADelivery, RequestHead, WebhookResponse
from webhook_verify.public_url import PublicURL, TrustedProxies
from webhook_verify.receiver.observer import Observed, Observer, Stopwatch, tell
from webhook_verify.receiver.replay import ReplayProtection
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.schemes import Scheme
from webhook_verify.verification import Verification, body_too_large
from webhook_verify.verifier import Verifier, handshake_signature

__all__ = ["DEFAULT_MAX_BODY_BYTES", "BaseReceiver", "Greeting", "Incoming", "OnReject"]

DEFAULT_MAX_BODY_BYTES = 1_048_576
"""1 MiB: 50 times the 20 kB that Standard Webhooks recommends as the largest payload."""

_logger = logging.getLogger("webhook_verify")
_COME_AGAIN = {503: (("retry-after", "30"),)}  # by then a key is fetched again: schemes.key_cache.RETRY_DELAY


_Guard = TypeVar("_Guard", bound=ReplayGuard[ReplayStore | AsyncReplayStore])
OnReject = Callable[[RejectedDelivery, RequestHead], WebhookResponse | None]


class Incoming(Protocol):
    """A body on its way in: see :class:`webhook_verify.verification.Verification`."""

    @property
    def may_block(self) -> bool:
        """Whether :meth:`finish` may wait for the network, and so blocks an event loop."""
        ...

    def update(self, chunk: BytesLike) -> None:
        """Take the next piece of the body. Raises :class:`RejectedDelivery` once it is too large."""
        ...

    def finish(self, last: BytesLike = b"") -> Delivery:
        """The verified delivery, whose body ends with ``last``. Raises :class:`RejectedDelivery`."""
        ...


BeginDiagnosed = Callable[[Verifier, RequestHead, int, Callable[[], Incoming]], Incoming]


class Greeting:
    """A body on its way in that may be a handshake."""

    def __init__(self, incoming: Incoming, handshake: Handshake, verifier: Verifier) -> None:
        self._incoming = incoming
        self._handshake = handshake
        self._verifier = verifier
        self.update = incoming.update

    @property
    def may_block(self) -> bool:
        """See :class:`Incoming`."""
        return self._incoming.may_block or self._handshake.may_block

    def finish(self, last: BytesLike = b"") -> Delivery:
        """See :class:`Incoming`. Raises :class:`HandshakeResponse` if it was a handshake."""
        delivery = self._incoming.finish(last)
        greeted = self._handshake.respond_to_delivery(
            delivery, partial(handshake_signature(self._verifier), delivery.secret_label)
        )
        if greeted is not None:
            raise greeted
        return delivery


class BaseReceiver(Generic[_Guard]):
    """What the receivers share: the configuration, the limits and the refusal."""

    _may_await = False

    needs_request_target: bool
    """Whether an adapter must give ``target`` and ``peer`` of a request's head. Says the configuration."""

    def __init__(
        self,
        verifier: Verifier | Callable[[RequestHead], object],
        replay: _Guard | None = None,
        max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
        on_reject: OnReject | None = None,
        observer: Observer | None = None,
        namespace: str | Callable[[RequestHead], str] = "",
        scheme: str | Scheme | None = None,
        handshake: Handshake | None = None,
        public_url: str | None = None,
        trusted_proxies: TrustedProxies | None = None,
        diagnose: bool = False,
    ) -> None:
        if not isinstance(verifier, Verifier):
            rule = "verifier is a Verifier, or a function of RequestHead that returns one"
            _check_function(verifier, rule, may_be_async=self._may_await)
        if on_reject is not None:
            rule = "on_reject is a function of (error, head) that returns an WebhookResponse or None"
            _check_function(on_reject, rule, may_be_async=False)
        self._verifier = verifier
        self._scheme = _scheme_of(verifier, scheme)
        self._own_handshake = _checked_handshake(handshake)
        self._handshake = self._own_handshake or _handshake_of(self._scheme)
        self._public_url = _public_url_of(self._scheme, public_url, trusted_proxies)
        needs_request_target = self._handshake is not None and self._handshake.needs_request_target
        self.needs_request_target = needs_request_target or self._public_url is not None
        self._replay_protection = None if replay is None else ReplayProtection(replay, namespace, observer)
        if replay is not None and replay.is_async and not self._may_await:
            raise TypeError("a Receiver blocks, and this store is awaited: give it to an AsyncReceiver")
        self._limit = _checked_limit(max_body_bytes)
        self._on_reject = on_reject
        self._observer = observer
        self._begin_diagnosed = _diagnosing(diagnose)
        self._is_plain = observer is None and self._begin_diagnosed is None
        self._check_tolerance(verifier)

    @property
    def has_replay_protection(self) -> bool:
        """Whether there is replay protection, so that deliveries must be claimed and settled."""
        return self._replay_protection is not None

    @property
    def replay_protection(self) -> ReplayProtection[_Guard]:
        """The replay protection. Raises RuntimeError if there is none."""
        if self._replay_protection is None:
            raise RuntimeError("this receiver has no replay protection, so nothing is claimed")
        return self._replay_protection

    @property
    def scheme(self) -> Scheme | None:
        """The scheme of the deliveries; None for a lookup's verifiers of which nobody said it."""
        return self._scheme

    @property
    def max_body_bytes(self) -> int:
        """The largest body that is read, in bytes."""
        return self._limit

    @property
    def handshake_methods(self) -> tuple[str, ...]:
        """The methods beside POST that a handshake answers."""
        return () if self._handshake is None else self._handshake.methods

    def method_response(self, method: str, target: str = "", path: str = "") -> WebhookResponse | None:
        """What to answer to another method than POST: a handshake's answer or 405. None for POST.

        ``target``: see :attr:`needs_request_target`. ``path``: for the log.
        """
        if method == "POST":
            return None
        allow = "allow", ", ".join(("POST", *self.handshake_methods))
        return self.handshake_response(method, target, path) or WebhookResponse.for_status(405, allow)

    def handshake_response(self, method: str, target: str = "", path: str = "") -> WebhookResponse | None:
        """The answer to a check of the endpoint by the scheme's provider; None to any other request."""
        if self._handshake is None or method not in self._handshake.methods:
            return None
        greeted = self._handshake.respond_to_request(method, target)
        if greeted is None:
            return None
        return self._greet(greeted, RequestHead(method, path, (), target=target))

    def rejection_response(
        self, error: RejectedDelivery | NotADelivery, head: RequestHead
    ) -> WebhookResponse:
        """What to answer to a rejected delivery, to a body that did not arrive, and to a handshake.

        Logs the reason, which the answer does not tell, and tells the observer of a rejection.
        """
        if isinstance(error, HandshakeResponse):
            return self._greet(error, head)
        if isinstance(error, NotADelivery):
            _logger.info("no delivery: %s", error)
            return WebhookResponse.for_status(400)  # if there is still somebody to hear it
        if error.scheme is None and self._scheme is not None:
            error.scheme = self._scheme.name
        extra = {
            "reason": str(error.reason),
            "scheme": error.scheme or "",
            "message_id": error.message_id,
            "path": head.path,
        }
        _logger.warning("delivery rejected: %s: %s", error.reason, self._detail(error, head), extra=extra)
        tell(self._observer, "on_rejected", error, head, error.seconds)
        own = self._own_answer(error, head)
        return own or WebhookResponse.for_status(error.status_hint, *_COME_AGAIN.get(error.status_hint, ()))

    def _greet(self, greeted: HandshakeResponse, head: RequestHead) -> WebhookResponse:
        kind, status, extra = greeted.kind, greeted.answer.status, {"path": head.path}
        if greeted.warning:
            _logger.warning("handshake %s answered with %d: %s", kind, status, greeted.warning, extra=extra)
        else:
            _logger.info("handshake %s answered with %d", kind, status, extra=extra)
        tell(self._observer, "on_handshake", kind, head)
        return greeted.answer

    def _detail(self, error: RejectedDelivery, head: RequestHead) -> str:
        theirs = head.framework_body_limit
        if error.reason is Reason.BODY_TOO_LARGE and theirs is not None and theirs < self._limit:
            return f"{error.detail}, which the framework sets and not max_body_bytes"
        if error.reason is Reason.SIGNATURE_MISMATCH and self._scheme is not None and self._scheme.signs_url:
            return f"{error.detail}, for {self._called(head)}: is this what the sender called?"
        return error.detail

    def _called(self, head: RequestHead) -> str:
        """The URL that was taken for the called one. Its query is not for a log: some hide a secret there."""
        try:
            url = head.url if self._public_url is None else self._public_url.for_request(head)
        except RejectedDelivery:
            url = None  # who refuses a delivery that was not begun here
        called, mark, _ = (url or "an unknown URL").partition("?")
        return f"{called}?..." if mark else called

    def _own_answer(self, error: RejectedDelivery, head: RequestHead) -> WebhookResponse | None:
        if self._on_reject is None:
            return None
        try:
            return _checked_answer(self._on_reject(error, head))
        except RejectedDelivery:
            return None  # it asked for a header that stands twice: as bad as what is refused already

    def begin_with_found(self, found: object, head: RequestHead) -> Incoming:
        """As :meth:`begin_with`, for what a lookup has returned: the handshake is that of its scheme."""
        self._check_tolerance(found)
        scheme = found.scheme if isinstance(found, Verifier) else None
        return self.begin_with(found, head, self._own_handshake or _handshake_of(scheme))

    def begin_with(self, verifier: object, head: RequestHead, handshake: Handshake | None) -> Incoming:
        """Let the verifier check the headers, under the observer's stopwatch if there is one.

        Raises :class:`HandshakeResponse` for a handshake that the provider does not sign.
        """
        limit = self.body_limit(head)
        if handshake is not None and isinstance(verifier, Verifier):
            return self._begin_to_greet(handshake, verifier, head, limit)
        if self._public_url is not None:
            head = self._with_url(verifier, head, self._public_url)
        if isinstance(verifier, Verifier) and self._is_plain:
            return verifier.begin(head.headers, head.url, head.method, limit)
        return self._observed(verifier, head, limit)

    def _begin_to_greet(
        self, handshake: Handshake, verifier: Verifier, head: RequestHead, limit: int
    ) -> Incoming:
        if handshake.needs_request_target and (
            greeted := handshake.respond_to_request(head.method, head.target)
        ):
            raise greeted
        if self._public_url is not None:
            head = self._with_url(verifier, head, self._public_url)
        incoming = self._observed(verifier, head, limit)
        return Greeting(incoming, handshake, verifier) if handshake.handles_deliveries else incoming

    def _with_url(self, verifier: object, head: RequestHead, public_url: PublicURL) -> RequestHead:
        """The head, with the URL that the sender called if the scheme signs it."""
        scheme = verifier.scheme if isinstance(verifier, Verifier) else self._scheme
        if scheme is None or not scheme.signs_url:
            return head
        return head._replace(url=public_url.for_request(head))

    def _observed(self, verifier: object, head: RequestHead, limit: int) -> Incoming:
        """The verification, as it is watched: by the observer, and around that by the diagnosis."""
        begin = partial(self._watched, verifier, head, limit)
        if self._begin_diagnosed is not None and isinstance(verifier, Verifier):
            return self._begin_diagnosed(verifier, head, limit, begin)
        return begin()

    def _watched(self, verifier: object, head: RequestHead, limit: int) -> Incoming:
        if self._observer is None:
            return self._verification(verifier, head, limit)
        watch = Stopwatch()
        with watch:
            verification = self._verification(verifier, head, limit)
        return Observed(verification, watch, self._observer, head)

    def _verification(self, verifier: object, head: RequestHead, limit: int) -> Verification:
        if isinstance(verifier, Verifier):
            return verifier.begin(head.headers, head.url, head.method, limit)
        if verifier is not None:
            kind = type(verifier).__name__
            raise TypeError(f"the lookup must return a Verifier, or None for an unknown sender; not {kind}")
        # What is malformed is refused as such for everybody, or the status would tell who is known.
        scheme = self._scheme or schemes.get("standard-webhooks")
        scheme.parse_headers(head.headers, head.url, head.method)
        raise SignatureMismatch(Reason.NO_SECRET, "nobody here has a secret for this request")

    def _check_tolerance(self, verifier: object) -> None:
        if self._replay_protection is not None and isinstance(verifier, Verifier):
            self._replay_protection.guard.check_tolerance(verifier.tolerance)

    def body_limit(self, head: RequestHead) -> int:
        """The limit for this request. Raises :class:`MalformedDelivery` if the stated length is over it."""
        stated, theirs = head.content_length, head.framework_body_limit
        limit = self._limit
        if theirs is not None and theirs < limit:
            limit = theirs
        if stated is None:
            stated = head.header("content-length")
        # What is no number is left to the server; the body is counted while it arrives anyway.
        if stated.isdecimal() and (len(stated) > 18 or int(stated) > limit):
            raise body_too_large(limit)
        return limit


def _diagnosing(asked: object) -> BeginDiagnosed | None:
    if not isinstance(asked, bool):
        raise TypeError(f"diagnose is True or False, not {type(asked).__name__}")
    if not asked:
        return None
    from webhook_verify.diagnosis.receiver_log import begin_diagnosed  # here, because nobody else pays for it

    return begin_diagnosed


def _scheme_of(verifier: object, scheme: str | Scheme | None) -> Scheme | None:
    if not isinstance(verifier, Verifier):
        return None if scheme is None else schemes.resolve(scheme)
    if scheme is not None:
        raise ValueError("scheme is of a lookup's verifiers: this receiver's one verifier has its own")
    return verifier.scheme


def _checked_handshake(given: object) -> Handshake | None:
    if given is not None and not isinstance(given, Handshake):
        raise TypeError(f"handshake is a Handshake, or None for the scheme's own; not {type(given).__name__}")
    return given


def _handshake_of(scheme: Scheme | None) -> Handshake | None:
    return None if scheme is None else scheme.handshake


def _public_url_of(
    scheme: Scheme | None, public_url: str | None, trusted_proxies: TrustedProxies | None
) -> PublicURL | None:
    """None where no URL is signed. Raises ValueError where one is, and nobody says which."""
    if public_url is not None or trusted_proxies is not None:
        checked = PublicURL(public_url, trusted_proxies)
        return checked if scheme is None or scheme.signs_url else None
    if scheme is not None and scheme.signs_url:
        raise ValueError(
            f"{scheme.name} signs the URL that it calls, which this server cannot know: give the receiver "
            'public_url="https://example.com", or trusted_proxies=["10.0.0.0/8"] whose X-Forwarded-* say it'
        )
    return None


def _check_function(given: object, rule: str, *, may_be_async: bool) -> None:
    if not callable(given):
        raise TypeError(f"{rule}; not {type(given).__name__}")
    if iscoroutinefunction(given) and not may_be_async:
        raise TypeError(f"{rule}; not a coroutine function")


def _checked_answer(given: object) -> WebhookResponse | None:
    if given is not None and not isinstance(given, WebhookResponse):
        raise TypeError(f"on_reject returns an WebhookResponse or None, not {type(given).__name__}")
    return given


def _checked_limit(limit: object) -> int:
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError(f"max_body_bytes is an int, not {type(limit).__name__}")
    if limit <= 0:
        raise ValueError("max_body_bytes must be larger than zero")
    return limit
