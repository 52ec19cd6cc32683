"""A verified delivery as a new entry, and an entry as a delivery."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from webhook_verify import schemes
from webhook_verify.delivery import Delivery, get_parts
from webhook_verify.headers import header_pairs
from webhook_verify.http import RequestHead
from webhook_verify.inbox.entries import Entry, NewEntry
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.sealed import restore_delivery
from webhook_verify.sealing import header_of

__all__ = ["CREDENTIAL_HEADERS", "checked_header_names", "new_entry", "restored_delivery", "signed_request"]

CREDENTIAL_HEADERS = frozenset(
    ("authorization", "cookie", "proxy-authorization", "set-cookie", "x-github-encoded-secret")
)
"""Headers that are never stored, because they contain credentials."""


def checked_header_names(names: object) -> frozenset[str]:
    """Check the names of headers to store.

    Args:
        names: The names, in any letter case.

    Returns:
        The names in lower case.

    Raises:
        TypeError: If `names` is a str, or not an iterable of str.
        ValueError: If a name is one of the `CREDENTIAL_HEADERS`.
    """
    if isinstance(names, str | bytes) or not isinstance(names, Iterable):
        raise TypeError(
            f'headers must be several names, such as ["user-agent"], not {type(names).__name__!r}'
        )
    lower: set[str] = set()
    for name in cast("Iterable[object]", names):
        if not isinstance(name, str):
            raise TypeError(f"headers must contain only str, not {type(name).__name__!r}")
        lower.add(name.lower())
    if refused := sorted(lower & CREDENTIAL_HEADERS):
        raise ValueError(f"headers must not contain credentials. Remove {', '.join(refused)}")
    return frozenset(lower)


def new_entry(
    delivery: Delivery,
    head: RequestHead | None,
    *,
    namespace: str,
    lane: str,
    allowed: frozenset[str],
    received_at: float,
    idempotency_key: str = "",
    trust_unsigned_ids: bool = True,
) -> NewEntry:
    """Return the entry of a delivery.

    Args:
        delivery: The delivery.
        head: The request head, or None without a request.
        namespace: The namespace of the receiver.
        lane: The lane, or "".
        allowed: The lower-case names of headers to store, in addition to the signed ones.
        received_at: Unix seconds.
        idempotency_key: The application's key of the delivery, "" for the default key.
        trust_unsigned_ids: Whether an unsigned message id distinguishes messages.

    Returns:
        The entry.
    """
    scheme = _scheme_of(delivery)
    message_id, event_type = delivery.id, delivery.event_type
    parts = _parts_of(delivery, namespace, received_at)
    headers: tuple[tuple[str, str], ...] = ()
    if head is not None:
        names = (allowed | frozenset(_signed_headers(scheme))) - CREDENTIAL_HEADERS
        names -= frozenset(_token_headers(scheme))
        headers = tuple(pair for pair in header_pairs(head.headers) if pair[0] in names)
        if getattr(scheme, "signs_url", False) and not _token_headers(scheme):
            parts["request"] = {"method": head.method, "url": head.url}
    return NewEntry(
        key=ReplayGuard.storage_key(namespace, delivery, trust_unsigned_ids, idempotency_key),
        namespace=namespace,
        lane=lane,
        message_id=message_id,
        event_type=event_type,
        scheme=delivery.scheme,
        secret_label=delivery.secret_label,
        received_at=received_at,
        headers=headers,
        parts=parts,
        body=delivery.body,
    )


def restored_delivery(entry: Entry) -> Delivery:
    """Return the delivery of an entry.

    Args:
        entry: The entry.

    Returns:
        A delivery that is equal to the stored one.

    Raises:
        ValueError: If the body was pruned.
    """
    return restore_delivery(entry.stored.parts, _body_of(entry))


def signed_request(entry: Entry) -> tuple[bytes, list[tuple[str, str]], str | None, str | None]:
    """Return the parts of the request that `Verifier.verify_at` needs.

    Args:
        entry: The entry.

    Returns:
        The body, the stored headers, the URL and the method, None if the scheme does not sign them.

    Raises:
        ValueError: If the body was pruned.
    """
    request: dict[str, Any] = entry.stored.parts.get("request", {})
    return _body_of(entry), list(entry.stored.headers), request.get("url"), request.get("method")


def _body_of(entry: Entry) -> bytes:
    body = entry.stored.body
    if len(body) != entry.stored.parts.get("body_bytes", len(body)):
        raise ValueError(f"entry {entry.id} has no body, because it was pruned. Fetch it from the provider")
    return body


def _parts_of(delivery: Delivery, namespace: str, received_at: float) -> dict[str, Any]:
    parts = get_parts(delivery)
    id_in_body = ""
    if len(parts) == 7 and parts[6][0].has_id_in_body:
        id_in_body = parts[6][0].message_id_from_body(parts[6][1])
    header = header_of(parts, id_in_body, namespace, received_at)
    event_type: Any = header["event_type"]
    if event_type.__class__ is tuple:
        header["event_type"] = list(event_type)  # as after JSON
    return {**header, "body_bytes": len(delivery.body)}


def _scheme_of(delivery: Delivery) -> object:
    """Return the scheme of a delivery, or None if it is not registered and the delivery does not have it."""
    parts = get_parts(delivery)
    if len(parts) == 7 and hasattr(parts[6][0], "header_names"):
        return parts[6][0]
    try:
        return schemes.get(delivery.scheme)
    except ValueError:
        return None


def _signed_headers(scheme: object) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(scheme, "header_names", ())
    return names


def _token_headers(scheme: object) -> tuple[str, ...]:
    """Return the headers that contain the secret itself, in a scheme that does not sign."""
    if getattr(getattr(scheme, "algorithm", None), "signs", True):
        return ()
    names: tuple[str, ...] = getattr(scheme, "signature_headers", ())
    return names
