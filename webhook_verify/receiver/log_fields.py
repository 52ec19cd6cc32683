"""The parts of a log line that identify a request and its delivery, with untrusted text escaped."""

from __future__ import annotations

from webhook_verify.delivery import Delivery
from webhook_verify.errors import Reason, RejectedDelivery
from webhook_verify.http import RequestHead
from webhook_verify.log_text import log_text
from webhook_verify.public_url import PublicURL
from webhook_verify.schemes import Scheme

__all__ = ["delivery_extra", "delivery_text", "rejection_detail", "rejection_extra", "request_text"]


def request_text(head: RequestHead) -> str:
    """Return the method and the path, such as ``POST /webhooks/github``.

    Args:
        head: The head of the request.

    Returns:
        The text for a log line.
    """
    return log_text(f"{head.method} {head.path}")


def rejection_detail(
    error: RejectedDelivery,
    head: RequestHead,
    limit: int,
    scheme: Scheme | None,
    public_url: PublicURL | None,
) -> str:
    """Return the detail of a rejection, with a hint at the configuration that it depends on.

    Args:
        error: The rejection.
        head: The head of the request.
        limit: The receiver's maximum size of a body in bytes.
        scheme: The scheme, None if it is unknown.
        public_url: The source of the signed URL, None if no URL is signed.

    Returns:
        The text for a log line.
    """
    theirs = head.framework_body_limit
    if error.reason is Reason.BODY_TOO_LARGE and theirs is not None and theirs < limit:
        return f"{error.detail}. The framework sets this limit, not max_body_bytes"
    if error.reason is Reason.SIGNATURE_MISMATCH and scheme is not None and scheme.signs_url:
        called = _called_url(head, public_url)
        return f"{error.detail}. Verified for {called}; check that the sender calls this URL"
    return error.detail


def _called_url(head: RequestHead, public_url: PublicURL | None) -> str:
    """Return the URL that was verified, without its query, which may contain a secret."""
    try:
        url = head.url if public_url is None else public_url.for_request(head)
    except RejectedDelivery:
        url = None  # `rejection_response` may be called without `begin`.
    called, mark, _ = log_text(url or "an unknown URL").partition("?")
    return f"{called}?..." if mark else called


def delivery_text(delivery: Delivery, head: RequestHead) -> str:
    """Return the method, path, scheme and message id, such as ``POST /hook scheme=github id=msg_1``.

    Args:
        delivery: The verified delivery.
        head: The head of its request.

    Returns:
        The text for a log line.
    """
    return log_text(f"{head.method} {head.path} scheme={delivery.scheme} id={delivery.id or '-'}")


def delivery_extra(delivery: Delivery, head: RequestHead) -> dict[str, str]:
    """Return the ``extra`` keys of a log record about a verified delivery.

    Args:
        delivery: The verified delivery.
        head: The head of its request.

    Returns:
        The scheme, the message id and the path.
    """
    return {
        "scheme": delivery.scheme,
        "message_id": log_text(delivery.id),
        "path": log_text(head.path),
    }


def rejection_extra(error: RejectedDelivery, head: RequestHead) -> dict[str, str | None]:
    """Return the fields of the log record of a rejection.

    Args:
        error: The rejection.
        head: The head of the request.

    Returns:
        The fields, which the page about logging documents.
    """
    return {
        "reason": str(error.reason),
        "scheme": error.scheme or "",
        "message_id": error.message_id and log_text(error.message_id),
        "path": log_text(head.path),
    }
