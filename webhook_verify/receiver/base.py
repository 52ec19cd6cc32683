"""The shared part of both receivers: the configuration, the limits, and rejections with their log lines."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Generic, TypeVar

from webhook_verify.client_address import client_address
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.handshakes import Handshake
from webhook_verify.headers import Headers
from webhook_verify.http import HandshakeResponse, NotADelivery, RequestHead, WebhookResponse
from webhook_verify.public_url import TrustedHosts, TrustedProxies
from webhook_verify.receiver.body_lookup import BodyLookup, VerificationByBody
from webhook_verify.receiver.flat_path import flat_path, settles_at_once
from webhook_verify.receiver.guard_checks import check_verifier
from webhook_verify.receiver.handshaking import greet, offer_to_handshake, sign_unsigned
from webhook_verify.receiver.inbox import DeliveryInbox
from webhook_verify.receiver.log_fields import rejection_detail, rejection_extra, request_text
from webhook_verify.receiver.observed import ObservedVerification
from webhook_verify.receiver.observer import Observer, hears_handled, notify
from webhook_verify.receiver.options import OnReject, ReceiverOptions, handshake_of
from webhook_verify.receiver.replay import RETRY_AFTER, ReplayProtection, no_replay_protection
from webhook_verify.receiver.unknown_sender import UnknownSenderVerification, begin_with_decoy
from webhook_verify.replay.claim import AsyncClaim, Claim
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.identity import IdempotencyKey
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.replay.unclaimed import Unclaimed
from webhook_verify.schemes import Scheme
from webhook_verify.verification import Verification, body_too_large
from webhook_verify.verifier import Verifier, guarded_verifier, handshake_signature

__all__ = ["DEFAULT_MAX_BODY_BYTES", "BaseReceiver", "Incoming", "OnReject"]

DEFAULT_MAX_BODY_BYTES = 1_048_576
"""1 MiB: 50 times the maximum payload of 20 kB that Standard Webhooks recommends."""

_logger = logging.getLogger("webhook_verify")
_RETRY_AFTER = {503: (("retry-after", str(RETRY_AFTER)),)}
_ONLY_EMPTY = 0.5  # bytes; the limit for a framework's limit of 0, which `Verifier.begin` rejects as misuse


_Guard = TypeVar("_Guard", bound=ReplayGuard[ReplayStore | AsyncReplayStore], covariant=True)


Incoming = Verification
"""The verification of a body that is being received. `begin` returns it."""


class BaseReceiver(Generic[_Guard]):
    """The shared part of `Receiver` and `AsyncReceiver`.

    Args:
        verifier: The verifier, or a lookup that returns the verifier for a request.
        replay: The guard for replay protection.
        inbox: Where deliveries are stored instead of running a handler.
        max_body_bytes: The maximum size of a body in bytes.
        on_reject: Returns the response to a rejected request.
        observer: The hooks for metrics.
        namespace: Separates receivers that share a replay store.
        scheme: The scheme of the verifiers that a lookup returns.
        handshake: Replaces the handshake of the scheme.
        public_url: The URL that the sender calls.
        trusted_proxies: The proxies whose `X-Forwarded-*` headers are used.
        trusted_hosts: The hosts that the sender calls.
        diagnose: Whether to log the cause of each rejection.
        in_flight_status: The status for a delivery that another worker is handling.
        methods: The HTTP methods of deliveries.
        idempotency_key: Returns the key that a delivery is deduplicated by.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If an argument is out of range, or does not fit the others.
    """

    _may_await = False

    needs_request_target: bool
    """Whether `RequestHead.target` and `.peer` are required: for signed URLs, fetched keys and handshakes."""

    methods: tuple[str, ...]
    """The HTTP methods of deliveries, POST by default."""

    def __init__(
        self,
        verifier: Verifier | Callable[[RequestHead], object],
        replay: _Guard | None = None,
        inbox: DeliveryInbox | None = None,
        max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
        on_reject: OnReject | None = None,
        observer: Observer | None = None,
        namespace: str | Callable[[RequestHead], str] = "",
        scheme: str | Scheme | None = None,
        handshake: Handshake | None = None,
        public_url: str | None = None,
        trusted_proxies: TrustedProxies | None = None,
        trusted_hosts: TrustedHosts | None = None,
        diagnose: bool = False,
        in_flight_status: int | None = None,
        methods: Iterable[str] | None = None,
        idempotency_key: IdempotencyKey | None = None,
    ) -> None:
        options = ReceiverOptions(
            verifier,
            replay,
            inbox,
            max_body_bytes,
            on_reject,
            observer,
            namespace,
            scheme,
            handshake,
            public_url,
            trusted_proxies,
            trusted_hosts,
            diagnose,
            in_flight_status,
            methods,
            idempotency_key,
            may_await=self._may_await,
        )
        self._configure(options)

    def _configure(self, options: ReceiverOptions[_Guard]) -> None:
        self._options = options
        self._verifier = options.verifier
        self._scheme = options.scheme
        self._handshake = options.handshake
        self._public_url = options.public_url
        self.methods = options.methods
        self._accepts_post = "POST" in options.methods
        self._replay_protection = options.replay_protection
        self._limit = options.max_body_bytes
        self._observer = options.observer
        self._hears_handled = hears_handled(options.observer)
        self._inbox = options.inbox
        self._must_settle = self._hears_handled or self.has_replay_protection
        self._fetches_no_keys = options.scheme is not None and not options.scheme.fetches_keys
        self._is_plain = options.observer is None and options.log_diagnosis is None
        self.needs_request_target = options.needs_request_target
        self._flat_path = flat_path(options, type(self))
        self._settles_at_once = settles_at_once(options, type(self))

    @property
    def has_replay_protection(self) -> bool:
        """Whether the receiver recognizes duplicates, or has an inbox."""
        return self._replay_protection is not None or self._inbox is not None

    @property
    def must_settle(self) -> bool:
        """Whether an adapter must claim and settle deliveries: for a guard, an inbox or an observer."""
        return self._must_settle

    def _unclaimed(self, delivery: Delivery) -> Claim:
        """Return a claim without replay protection. Raises RuntimeError if no observer needs it."""
        if not self._must_settle:
            error = no_replay_protection()
            raise error
        claim = Unclaimed(delivery)
        claim.started = time.perf_counter()
        return claim

    def _report(self, claim: Claim | AsyncClaim, head: RequestHead, status: int | None) -> None:
        """Notify the observer of the handler's response, once."""
        if claim.started:
            seconds, claim.started = time.perf_counter() - claim.started, 0.0
            notify(self._observer, "on_handled", claim.delivery, head, status, seconds)

    @property
    def replay_protection(self) -> ReplayProtection[_Guard]:
        """The replay protection.

        Raises:
            RuntimeError: If the receiver has no replay protection.
        """
        if self._replay_protection is None:
            error = no_replay_protection()
            raise error
        return self._replay_protection

    @property
    def scheme(self) -> Scheme | None:
        """The scheme of the deliveries, None for a lookup without `scheme`."""
        return self._scheme

    @property
    def max_body_bytes(self) -> int:
        """The maximum size of a body in bytes."""
        return self._limit

    @property
    def handshake_methods(self) -> tuple[str, ...]:
        """The methods, in addition to POST, that the handshake responds to."""
        return () if self._handshake is None else self._handshake.methods

    def needs_method_response(self, method: str) -> bool:
        """Return whether `method_response` must be called for a method.

        Args:
            method: The method of the request.

        Returns:
            False for POST, unless `methods` lacks it.
        """
        return method != "POST" or not self._accepts_post

    def method_response(
        self, method: str, target: str = "", path: str = "", headers: Headers = ()
    ) -> WebhookResponse | None:
        """Return the response to a method without deliveries: a handshake's response, or 405.

        Args:
            method: The method of the request.
            target: The path and query as they were sent. Required if `needs_request_target` is set.
            path: The path, for the log.
            headers: The headers of the request, which some handshakes read.

        Returns:
            The response, None for a method of `methods`.
        """
        if not self.needs_method_response(method):
            return None
        if (response := self.handshake_response(method, target, path, headers)) is not None:
            return response
        if method in self.methods:
            return None
        return WebhookResponse.for_status(405, ("allow", ", ".join((*self.methods, *self.handshake_methods))))

    def handshake_response(
        self, method: str, target: str = "", path: str = "", headers: Headers = ()
    ) -> WebhookResponse | None:
        """Return the response to an endpoint check by the scheme's provider.

        Args:
            method: The method of the request.
            target: The path and query as they were sent. Required if `needs_request_target` is set.
            path: The path, for the log.
            headers: The headers of the request, which some handshakes read.

        Returns:
            The response, None for any other request.
        """
        if self._handshake is None or method not in self._handshake.methods:
            return None
        head = RequestHead(method, path, headers, target=target)
        greeted = self._handshake.respond_to_unsigned(head, b"", sign_unsigned(self._verifier))
        return None if greeted is None else greet(greeted, head, self._observer)

    def rejection_response(
        self, error: RejectedDelivery | NotADelivery, head: RequestHead
    ) -> WebhookResponse:
        """Return the response to a rejected delivery, an incomplete body or a handshake.

        It logs the reason, which the response does not reveal, and notifies the observer of a rejection.

        Args:
            error: The rejection, or the reason why the request is not a delivery.
            head: The head of the request.

        Returns:
            The response of `on_reject` if it returned one, otherwise the default response.

        Raises:
            TypeError: If `on_reject` returns neither a `WebhookResponse` nor None.
            Exception: Any exception of `on_reject`, except for a `RejectedDelivery`.
        """
        if isinstance(error, HandshakeResponse):
            return greet(error, head, self._observer)
        if isinstance(error, NotADelivery):
            _logger.info("incomplete request: %s: %s", request_text(head), error)
            return WebhookResponse.for_status(400)  # The client may still be connected.
        if error.scheme is None and self._scheme is not None:
            error.scheme = self._scheme.name
        extra = rejection_extra(error, head)
        _logger.warning(
            "webhook rejected: %s scheme=%s reason=%s id=%s: %s",
            request_text(head),
            error.scheme or "-",
            error.reason,
            extra["message_id"] or "-",
            rejection_detail(error, head, self._limit, self._scheme, self._public_url),
            extra=extra,
        )
        notify(self._observer, "on_rejected", error, head, error.seconds)
        own = self._options.own_response(error, head)
        return own or self._options.default_response(
            error, WebhookResponse.for_status(error.status_hint, *_RETRY_AFTER.get(error.status_hint, ()))
        )

    def begin_with_found(self, value: object, head: RequestHead) -> Incoming:
        """Verify the headers with the result of a lookup, and use the handshake of its scheme.

        Args:
            value: The result of the lookup.
            head: The head of the request.

        Returns:
            The verification.
        """
        if isinstance(value, BodyLookup):
            begin = partial(self.begin_with_found, head=head)
            return VerificationByBody(value, begin, self.body_limit(head))
        if not isinstance(value, Verifier):
            return self.begin_with(value, head, self._handshake)
        if self._options.has_deduplication:
            value = guarded_verifier(value)
        check_verifier(self._options.guarded_by, value)
        return self.begin_with(value, head, self._options.own_handshake or handshake_of(value.scheme))

    def begin_with(self, verifier: object, head: RequestHead, handshake: Handshake | None) -> Incoming:
        """Verify the headers, with the receiver's observer and diagnosis.

        Args:
            verifier: The verifier, None for an unknown sender.
            head: The head of the request.
            handshake: The handshake, None without one.

        Returns:
            The verification.

        Raises:
            HandshakeResponse: If the request is a handshake that the provider does not sign.
            RejectedDelivery: If the headers or the stated length are rejected.
        """
        limit = self.body_limit(head)
        if handshake is not None and handshake.needs_request_target:
            response = handshake.respond_to_request(head.method, head.target)
            if response is not None:
                raise response
        head = head if self._public_url is None else self._options.head_with_url(verifier, head)
        if not isinstance(verifier, Verifier):
            return self._begin_unknown(verifier, head, limit, handshake)
        if self._is_plain and handshake is None and self._fetches_no_keys:
            return verifier.begin(head.headers, head.url, head.method, limit or _ONLY_EMPTY)
        begin = offer_to_handshake(partial(self._begin, verifier, head, limit), handshake, verifier, head)
        if self._is_plain and (handshake is None or not handshake.handles_deliveries):
            return begin()
        return self._observed(begin, verifier, head, limit, handshake)

    def _begin(self, verifier: Verifier, head: RequestHead, limit: int) -> Verification:
        verification = verifier.begin(head.headers, head.url, head.method, limit or _ONLY_EMPTY)
        if verifier.scheme.fetches_keys:
            verification.set_caller(client_address(head, self._options.trusted_networks))
        return verification

    def _observed(
        self,
        begin: Callable[[], Verification],
        verifier: Verifier,
        head: RequestHead,
        limit: int,
        handshake: Handshake | None,
    ) -> ObservedVerification:
        log_diagnosis = self._options.log_diagnosis
        explain = None if log_diagnosis is None else partial(log_diagnosis, verifier, head)
        if handshake is None or not handshake.handles_deliveries:
            return ObservedVerification(begin, head, limit, self._observer, explain)
        sign = handshake_signature(verifier)
        return ObservedVerification(begin, head, limit, self._observer, explain, handshake, sign)

    def _begin_unknown(
        self, verifier: object, head: RequestHead, limit: int, handshake: Handshake | None
    ) -> Verification:
        """Verify with a decoy, so that the response does not reveal which senders are known."""
        if verifier is not None:
            kind = type(verifier).__name__
            raise TypeError(f"lookup must return a Verifier, or None for an unknown sender, not {kind!r}")
        verify = begin_with_decoy(self._scheme, head, partial(self._begin, head=head, limit=limit))
        begin = offer_to_handshake(partial(UnknownSenderVerification, verify), handshake, None, head)
        return ObservedVerification(begin, head, limit, self._observer)

    def body_limit(self, head: RequestHead) -> int:
        """Return the maximum size of this request's body.

        Args:
            head: The head of the request.

        Returns:
            The limit in bytes.

        Raises:
            MalformedDelivery: If the stated length is larger.
        """
        stated, theirs = head.content_length, head.framework_body_limit
        limit = self._limit
        if theirs is not None and theirs < limit:
            limit = theirs
        if stated is None:
            stated = head.header("content-length")
        # The server rejects an invalid number. The body is counted in any case while it is received.
        if stated.isdecimal() and (len(stated) > 18 or int(stated) > limit):
            too_large = body_too_large(limit)
            raise too_large
        return limit
