"""The parts of a log line that identify a request and its delivery, with untrusted text escaped."""

from __future__ import annotations

from webhook_verify.delivery import Delivery
from webhook_verify.http import RequestHead
from webhook_verify.log_text import log_text

__all__ = ["delivery_extra", "delivery_text", "request_text"]


def request_text(head: RequestHead) -> str:
    """Return the method and the path, such as ``POST /webhooks/github``.

    Args:
        head: The head of the request.

    Returns:
        The text for a log line.
    """
    return log_text(f"{head.method} {head.path}")


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
