"""The configuration of a receiver, validated once."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable
from inspect import iscoroutinefunction
from typing import Generic, TypeVar, cast

from webhook_verify import schemes
from webhook_verify.client_address import Networks
from webhook_verify.errors import (
    LongLeaseWarning,
    RejectedDelivery,
    TimestampOutsideTolerance,
)
from webhook_verify.handshakes import Handshake
from webhook_verify.http import RequestHead, WebhookResponse, checked_methods
from webhook_verify.public_url import PublicURL, TrustedHosts, TrustedProxies, checked_networks
from webhook_verify.receiver.body_lookup import BodyLookup
from webhook_verify.receiver.guard_checks import (
    GuardedBy,
    check_scheme,
    check_verifier,
    warn_of_short_retention,
)
from webhook_verify.receiver.inbox import DeliveryInbox, ReceiverInbox, has_deduplication, receiver_inbox
from webhook_verify.receiver.observer import Observer
from webhook_verify.receiver.replay import ReplayProtection
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.identity import IdempotencyKey
from webhook_verify.replay.sharing import StoreUser, sender_of_lookup
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.schemes import Scheme
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, MAX_LEASE_SHARE, ResponseRules
from webhook_verify.verifier import Verifier, guarded_verifier, max_age, retry_window

__all__ = ["LogDiagnosis", "OnReject", "ReceiverOptions", "handshake_of"]

LogDiagnosis = Callable[[Verifier, RequestHead, bytes], None]
"""Logs the cause of a rejection by this verifier, of this request with this body."""

OnReject = Callable[[RejectedDelivery, RequestHead], WebhookResponse | None]
"""Returns the response to a rejected request, None for the default response."""

_logger = logging.getLogger("webhook_verify")

_AnyGuard = TypeVar("_AnyGuard", bound=ReplayGuard[ReplayStore | AsyncReplayStore])
_Guard = TypeVar("_Guard", bound=ReplayGuard[ReplayStore | AsyncReplayStore], covariant=True)


class ReceiverOptions(Generic[_Guard]):
    """The validated arguments of a receiver.

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
        may_await: Whether the lookup and the store may be asynchronous.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If an argument is out of range, or does not fit the others.
    """

    def __init__(
        self,
        verifier: Verifier | Callable[[RequestHead], object],
        replay: _Guard | None,
        inbox: DeliveryInbox | None,
        max_body_bytes: int,
        on_reject: OnReject | None,
        observer: Observer | None,
        namespace: str | Callable[[RequestHead], str],
        scheme: str | Scheme | None,
        handshake: Handshake | None,
        public_url: str | None,
        trusted_proxies: TrustedProxies | None,
        trusted_hosts: TrustedHosts | None,
        diagnose: bool,
        in_flight_status: int | None,
        methods: Iterable[str] | None,
        idempotency_key: IdempotencyKey | None,
        *,
        may_await: bool,
    ) -> None:
        if not isinstance(verifier, Verifier):
            rule = (
                "verifier must be a Verifier, or a function that takes a RequestHead and returns a Verifier"
            )
            hint = ". Use AsyncReceiver for an async lookup"
            _check_function(verifier, rule, may_be_async=may_await, hint=hint)
            if isinstance(verifier, BodyLookup) and verifier.is_async and not may_await:
                raise TypeError(f"find must be a function of the text, not a coroutine function{hint}")
        if on_reject is not None:
            rule = "on_reject must be a function of (error, head) that returns a WebhookResponse or None"
            _check_function(on_reject, rule, may_be_async=False)
        _check_idempotency_key(idempotency_key, replay, inbox)
        self.has_deduplication: bool = has_deduplication(replay, inbox)
        self.verifier: Verifier | Callable[[RequestHead], object] = _verifier_for(
            verifier, has_deduplication=self.has_deduplication
        )
        self.on_reject = on_reject
        self.observer = observer
        self.scheme: Scheme | None = _scheme_of(verifier, scheme)
        self.own_handshake: Handshake | None = _checked_handshake(handshake, may_await=may_await)
        self.handshake: Handshake | None = self.own_handshake or handshake_of(self.scheme)
        networks = None if trusted_proxies is None else checked_networks(trusted_proxies)
        self.public_url: PublicURL | None = _public_url_of(self.scheme, public_url, networks, trusted_hosts)
        self.trusted_networks: Networks = networks or ()
        self.rules: ResponseRules = _rules_of(self.scheme).with_in_flight_status(in_flight_status)
        sender_in = verifier.text_in if isinstance(verifier, BodyLookup) else None
        self.inbox: ReceiverInbox | None = receiver_inbox(
            inbox, replay, namespace, observer, self.rules, sender_in, idempotency_key, may_await=may_await
        )
        if replay is not None and self.scheme is not None:
            replay = _with_fitting_lease(replay, self.scheme)
        self.replay_protection: ReplayProtection[_Guard] | None = (
            None
            if replay is None
            else ReplayProtection(replay, namespace, observer, self.rules, sender_in, idempotency_key)
        )
        if replay is not None and replay.is_async and not may_await:
            raise TypeError(
                "replay must have a synchronous store, because Receiver is synchronous. Use AsyncReceiver "
                "with this store"
            )
        self.max_body_bytes: int = _checked_limit(max_body_bytes)
        self.methods: tuple[str, ...] = _methods_of(methods, self.scheme)
        if (store := inbox if replay is None else replay.store) is not None:
            self.store_user: StoreUser | None = _store_user(store, namespace, verifier, self.scheme)
        self.log_diagnosis: LogDiagnosis | None = _diagnosing(diagnose)
        self.guarded_by: GuardedBy = self.replay_protection, self.inbox
        if isinstance(self.verifier, Verifier):
            check_verifier(self.guarded_by, self.verifier)
        if self.scheme is not None:
            check_scheme(self.guarded_by, self.scheme)
            if self.replay_protection is not None:
                warn_of_short_retention(self.replay_protection.guard, self.scheme)

    @property
    def needs_request_target(self) -> bool:
        """Whether the target and the peer of a request are needed."""
        by_handshake = self.handshake is not None and self.handshake.needs_request_target
        fetches_keys = self.scheme is not None and self.scheme.fetches_keys
        return by_handshake or fetches_keys or self.public_url is not None

    def head_with_url(self, verifier: object, head: RequestHead) -> RequestHead:
        """Return the head with the URL that the sender called, if the scheme signs it.

        Args:
            verifier: The verifier, None for an unknown sender.
            head: The head of the request.

        Returns:
            The head.

        Raises:
            MalformedDelivery: If the request is not for one of the trusted hosts.
        """
        scheme = verifier.scheme if isinstance(verifier, Verifier) else self.scheme
        if self.public_url is None or scheme is None or not scheme.signs_url:
            return head
        return head._replace(url=self.public_url.for_request(head))

    def default_response(self, error: RejectedDelivery, response: WebhookResponse) -> WebhookResponse:
        """Adapt the response to a rejected request to the rules of the provider.

        Args:
            error: The rejection.
            response: The response for its status.

        Returns:
            The response, with the provider's final status if any retry is rejected, because it has the same
            timestamp, which is from before the retry schedule.
        """
        scheme = self.scheme
        if not isinstance(error, TimestampOutsideTolerance) or scheme is None:
            return self.rules.applied_to(response)
        is_final = scheme.retries == "keep_timestamp" and error.skew > scheme.retry_seconds
        return self.rules.applied_to_final(response) if is_final else self.rules.applied_to(response)

    def own_response(self, error: RejectedDelivery, head: RequestHead) -> WebhookResponse | None:
        """Return the response of `on_reject` to a rejected request.

        Args:
            error: The rejection.
            head: The head of the request.

        Returns:
            The response, or None for the default response.

        Raises:
            TypeError: If `on_reject` returns neither a `WebhookResponse` nor None.
            Exception: Any exception of `on_reject`, except for a `RejectedDelivery`.
        """
        if self.on_reject is None:
            return None
        try:
            return _checked_response(self.on_reject(error, head))
        except RejectedDelivery:
            return None  # It read an ambiguous header. The request is rejected in any case.


def _with_fitting_lease(replay: _AnyGuard, scheme: Scheme) -> _AnyGuard:
    """Return the guard, with a shorter lease if the default lease would outlast the provider's retries.

    An explicit lease that is too long causes a warning. If the worker dies, no retry follows the lease.
    """
    schedule = scheme.last_retry_seconds or scheme.retry_seconds
    max_lease = schedule * MAX_LEASE_SHARE
    if not isinstance(cast("object", replay), ReplayGuard) or not schedule or replay.lease <= max_lease:
        return replay
    if replay.has_default_lease:
        return replay.with_lease(max_lease)
    warnings.warn(
        f"{scheme.docs.title or scheme.name} sends its last retry {schedule:g} s after the first attempt, so "
        f"with a lease of {replay.lease:g} s a message may be lost if its worker dies. Pass a lease of "
        f"at most {max_lease:g} s to ReplayGuard, or configure a longer retry schedule at the sender",
        LongLeaseWarning,
        stacklevel=4,
    )
    return replay


def _verifier_for(
    verifier: Verifier | Callable[[RequestHead], object], *, has_deduplication: bool
) -> Verifier | Callable[[RequestHead], object]:
    """Return the verifier for a receiver with or without replay protection."""
    if not isinstance(verifier, Verifier):
        return verifier
    if has_deduplication:
        return guarded_verifier(verifier)
    if retry_window(verifier) > max_age(verifier):
        _logger.warning(
            "%s retries for %g s with the timestamp of the first attempt, but a retry older than %g s is "
            "rejected. Pass a replay guard to the receiver, which makes it safe to accept such retries, or "
            "pass a tolerance to the verifier",
            verifier.scheme.name,
            verifier.scheme.retry_seconds,
            verifier.tolerance,
            extra={"scheme": verifier.scheme.name},
        )
    return verifier


def _store_user(
    store: object, namespace: object, verifier: object, scheme: Scheme | None
) -> StoreUser | None:
    """Return the receiver's entry among the users of its store, None if the namespace varies."""
    if not isinstance(namespace, str):
        return None
    if not isinstance(verifier, Verifier) and sender_of_lookup(verifier) is None:
        raise ValueError(
            "namespace must be a function if a lookup is used with replay or inbox, because several senders "
            "may use the same message ids. Return a name for each sender, as in namespace=lambda head: "
            "head.path, or a constant name if the lookup serves only one sender"
        )
    default: object = getattr(store, "namespace", "")  # an inbox replaces an empty namespace by its own
    namespace = namespace or (default if isinstance(default, str) else "")
    return StoreUser(store, namespace, verifier, None if scheme is None else scheme.name)


def _diagnosing(asked: object) -> LogDiagnosis | None:
    if not isinstance(asked, bool):
        raise TypeError(f"diagnose must be True or False, not {type(asked).__name__!r}")
    if not asked:
        return None
    from webhook_verify.diagnosis.receiver_log import log_diagnosis  # Imported only for this mode.

    return log_diagnosis


def _scheme_of(verifier: object, scheme: str | Scheme | None) -> Scheme | None:
    if not isinstance(verifier, Verifier):
        return None if scheme is None else schemes.resolve(scheme)
    if scheme is not None:
        raise ValueError(
            "scheme must not be set, because the verifier has a scheme. It is only for a lookup's verifiers"
        )
    return verifier.scheme


def _checked_handshake(value: object, *, may_await: bool) -> Handshake | None:
    if value is not None and not isinstance(value, Handshake):
        kind = type(value).__name__
        raise TypeError(f"handshake must be a Handshake, or None for the scheme's own, not {kind!r}")
    if value is not None and value.secret_store is not None and not (value.may_block or may_await):
        raise TypeError(
            "handshake must have a synchronous secret store, because Receiver is synchronous. Use "
            "AsyncReceiver with this store"
        )
    return value


def _methods_of(value: object, scheme: Scheme | None) -> tuple[str, ...]:
    """Return the methods of deliveries, by default those of the scheme."""
    if value is None:
        return ("POST",) if scheme is None else scheme.methods
    if not (methods := checked_methods(value, "methods")):
        raise ValueError('methods must not be empty. Pass the methods of deliveries, such as ["POST"]')
    return methods


def _checked_response(value: object) -> WebhookResponse | None:
    if value is not None and not isinstance(value, WebhookResponse):
        raise TypeError(f"on_reject must return a WebhookResponse or None, not {type(value).__name__!r}")
    return value


def handshake_of(scheme: Scheme | None) -> Handshake | None:
    """Return the handshake of a scheme.

    Args:
        scheme: The scheme, None if it is unknown.

    Returns:
        The handshake, None without one.
    """
    return None if scheme is None else scheme.handshake


def _rules_of(scheme: Scheme | None) -> ResponseRules:
    """Return the response rules of a scheme's provider, the default rules without a scheme."""
    return DEFAULT_RULES if scheme is None else scheme.responses


def _public_url_of(
    scheme: Scheme | None,
    public_url: str | None,
    trusted_proxies: TrustedProxies | None,
    trusted_hosts: TrustedHosts | None,
) -> PublicURL | None:
    """Return the source of the signed URL, None if no URL is signed. Raises ValueError if it is missing."""
    signs_url = scheme is None or scheme.signs_url
    if not signs_url and scheme is not None and scheme.fetches_keys and public_url is trusted_hosts is None:
        return None  # Only trusted_proxies is set, to identify the callers for the limit of key fetches.
    if not (public_url is None and trusted_proxies is None and trusted_hosts is None):
        checked = PublicURL(public_url, trusted_proxies, trusted_hosts)
        return checked if signs_url else None
    if scheme is not None and scheme.signs_url:
        raise ValueError(
            f"{scheme.name} signs the URL that it calls, and the client controls the Host header. Pass "
            'public_url="https://example.com" or, behind a proxy that sets X-Forwarded-*, '
            'trusted_proxies=["10.0.0.0/8"] and trusted_hosts=["example.com"]'
        )
    return None


def _check_function(value: object, rule: str, *, may_be_async: bool, hint: str = "") -> None:
    if not callable(value):
        raise TypeError(f"{rule}, not {type(value).__name__!r}")
    if iscoroutinefunction(value) and not may_be_async:
        raise TypeError(f"{rule}, not a coroutine function{hint}")


def _check_idempotency_key(value: object, replay: object, inbox: object) -> None:
    if value is None:
        return
    _check_function(value, "idempotency_key must be a function of the Delivery", may_be_async=False)
    if replay is None and inbox is None:
        raise ValueError(
            "idempotency_key needs a replay guard or an inbox. Pass replay=ReplayGuard(store) or inbox=, too"
        )


def _checked_limit(limit: object) -> int:
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError(f"max_body_bytes must be an int, not {type(limit).__name__!r}")
    if limit <= 0:
        raise ValueError("max_body_bytes must be larger than zero")
    return limit
