"""The request of `replay`: a stored delivery, re-signed, edited or unchanged."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass

import click

from webhook_verify import schemes
from webhook_verify.cli.send.request import redacted
from webhook_verify.cli.store.delivery_store import StoredDelivery
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.errors import RejectedDelivery, WebhookVerifyError
from webhook_verify.http import WebhookResponse
from webhook_verify.schemes import Scheme
from webhook_verify.signer import Signer
from webhook_verify.testing.requests import SignedRequest

__all__ = ["ReplayRequest", "edit_body", "signed_request", "unchanged_request"]

_MAX_RESPONSE_BYTES = 64 * 1024
_INSENSITIVE_HEADERS = frozenset(
    {"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"}
)


@dataclass(frozen=True, repr=False)
class ReplayRequest:
    """A request to send. `message_id` is "" without one; `secrets` are those that signed it."""

    headers: list[tuple[str, str]]
    body: bytes
    message_id: str
    has_signature_in_body: bool
    secrets: tuple[str, ...] = ()

    def response_text(self, response: WebhookResponse) -> str:
        """Return the text of a response with signatures and secrets redacted; "" if it cannot be redacted."""
        if self.has_signature_in_body or "content-encoding" in dict(response.headers):
            return ""

        def again(id: str, offset: int) -> SignedRequest:
            return request

        sensitive = [pair for pair in self.headers if pair[0] not in _INSENSITIVE_HEADERS]
        request = SignedRequest(self.body, sensitive, self.message_id, again)
        text = response.body[:_MAX_RESPONSE_BYTES].decode("utf-8", "replace")
        return redacted(text.strip(), request, self.secrets)


def unchanged_request(stored: StoredDelivery) -> ReplayRequest:
    """Return the request with the original bytes and headers."""
    in_body = stored.scheme in schemes.names() and schemes.get(stored.scheme).has_signature_in_body
    return ReplayRequest(stored.headers, stored.body, stored.message_id, in_body)


def signed_request(
    stored: StoredDelivery, body: bytes, secrets: list[str], *, scheme: str, url: str, new_id: bool
) -> ReplayRequest:
    """Return the delivery with this body, signed now, with the same or a new message id.

    Raises:
        UsageError: If the scheme cannot sign, or cannot sign this body or id.
    """
    scheme_object = schemes.get(_scheme_of_headers(stored, scheme))
    message_id = f"msg_{os.urandom(16).hex()}" if new_id else _message_id(stored, scheme_object, url)
    _check_time(scheme_object, body)
    try:
        signer = Signer(secrets, scheme=scheme_object)
        if scheme_object.has_signature_in_body:
            signed = signer.sign_body(body, id=message_id or stored.message_id)
            return ReplayRequest(stored.headers, signed, message_id or stored.message_id, True)
        signature_headers = signer.sign(body, id=message_id or None, url=url, method=stored.method)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise UsageError(f"cannot sign for {scheme}: {error}") from None
    if new_id and message_id not in signature_headers.values():
        raise UsageError(
            f"{scheme} has no header for the message id. Its message id, if any, is in the body: use --edit"
        )
    replaced_names = {*scheme_object.header_names, *signature_headers}
    headers = [pair for pair in stored.headers if pair[0] not in replaced_names]
    return ReplayRequest(
        [*headers, *signature_headers.items()], body, message_id or stored.message_id, False, tuple(secrets)
    )


def _scheme_of_headers(stored: StoredDelivery, scheme: str) -> str:
    """Return "svix" for a delivery with `svix-` headers: the application may only read those."""
    names = {name for name, _ in stored.headers}
    is_svix = scheme == "standard-webhooks" and "svix-id" in names and "webhook-id" not in names
    return "svix" if is_svix else scheme


def _message_id(stored: StoredDelivery, scheme: Scheme, url: str) -> str:
    """Return the message id from the headers, also for a rejected delivery; "" without one."""
    try:
        return scheme.parse_headers(stored.headers, url, stored.method)[0]
    except RejectedDelivery:
        return stored.message_id


def _check_time(scheme: Scheme, body: bytes) -> None:
    """Raise UsageError for an old timestamp in the body, which a new signature does not change."""
    if scheme.has_timestamp_in_body and not scheme.has_signature_in_body:
        age = abs(time.time() - scheme.timestamp_from_body(body))
        if age > scheme.tolerance:
            raise UsageError(f"{scheme.name} has its timestamp in the body, and it is too old: use --edit")


def edit_body(body: bytes) -> bytes:
    """Return the body after the user has edited it. If JSON became invalid, ask to edit again.

    Raises:
        UsageError: If the editor fails, the body is empty, or the user keeps invalid JSON.
    """
    ending = b"\n" if body.endswith(b"\n") else b""
    text = body
    while True:
        try:
            saved = click.edit(text, extension=".json" if _is_json(body) else ".txt", require_save=False)
        except click.ClickException:
            raise UsageError("the editor failed: check the environment variable EDITOR") from None
        text = (saved or b"").rstrip(b"\r\n") + ending  # an editor adds a line end
        if not text.strip():
            raise UsageError("the body is empty: nothing was sent")
        if _is_json(text) or not _is_json(body):
            return text
        if not (sys.stdin.isatty() and click.confirm("Invalid JSON. Edit again?", True, err=True)):
            raise UsageError("the edited body is not valid JSON: nothing was sent")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return True
