"""A kept delivery, made ready to be sent once more: signed anew, edited, or as it was."""

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
    """What is sent. ``message_id``: "" without one. ``secrets``: that have signed it, if they have."""

    headers: list[tuple[str, str]]
    body: bytes
    message_id: str
    has_signature_in_body: bool
    secrets: tuple[str, ...] = ()

    def response_text(self, response: WebhookResponse) -> str:
        """The text of an answer, without what it repeats of signatures and secrets; "" if it is no text."""
        if self.has_signature_in_body or "content-encoding" in dict(response.headers):
            return ""

        def again(id: str, offset: int) -> SignedRequest:
            return request

        sensitive = [pair for pair in self.headers if pair[0] not in _INSENSITIVE_HEADERS]
        request = SignedRequest(self.body, sensitive, self.message_id, again)
        text = response.body[:_MAX_RESPONSE_BYTES].decode("utf-8", "replace")
        return redacted(text.strip(), request, self.secrets)


def unchanged_request(stored: StoredDelivery) -> ReplayRequest:
    """The very bytes and headers."""
    in_body = stored.scheme in schemes.names() and schemes.get(stored.scheme).has_signature_in_body
    return ReplayRequest(stored.headers, stored.body, stored.message_id, in_body)


def signed_request(
    stored: StoredDelivery, body: bytes, secrets: list[str], *, scheme: str, url: str, new_id: bool
) -> ReplayRequest:
    """The delivery with this body, signed now, with its own message id or a fresh one.

    ``url``: the address that is signed, by a scheme that does. Raises UsageError for a scheme that cannot
    sign, and for a body or id that cannot be signed.
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
        raise UsageError(f"it cannot be signed for {scheme}: {error}") from None
    if new_id and message_id not in signature_headers.values():
        raise UsageError(f"{scheme} has no message id in a header: what there is is in the body, see --edit")
    replaced_names = {*scheme_object.header_names, *signature_headers}
    headers = [pair for pair in stored.headers if pair[0] not in replaced_names]
    return ReplayRequest(
        [*headers, *signature_headers.items()], body, message_id or stored.message_id, False, tuple(secrets)
    )


def _scheme_of_headers(stored: StoredDelivery, scheme: str) -> str:
    """Svix's own headers where it came with those: the application's library may know no others."""
    names = {name for name, _ in stored.headers}
    is_svix = scheme == "standard-webhooks" and "svix-id" in names and "webhook-id" not in names
    return "svix" if is_svix else scheme


def _message_id(stored: StoredDelivery, scheme: Scheme, url: str) -> str:
    """The message id as the headers have it, also of a delivery that was rejected; "" without one."""
    try:
        return scheme.parse_headers(stored.headers, url, stored.method)[0]
    except RejectedDelivery:
        return stored.message_id


def _check_time(scheme: Scheme, body: bytes) -> None:
    """Raise UsageError for a time in the body that no signature makes fresh."""
    if scheme.has_timestamp_in_body and not scheme.has_signature_in_body:
        age = abs(time.time() - scheme.timestamp_from_body(body))
        if age > scheme.tolerance:
            raise UsageError(f"{scheme.name} has its timestamp in the body, and it is old: see --edit")


def edit_body(body: bytes) -> bytes:
    """The body as the user's editor leaves it; what was JSON stays JSON, or is asked for again.

    Raises UsageError if the editor fails, or nothing is left.
    """
    ending = b"\n" if body.endswith(b"\n") else b""
    text = body
    while True:
        try:
            saved = click.edit(text, extension=".json" if _is_json(body) else ".txt", require_save=False)
        except click.ClickException:
            raise UsageError("the editor failed: is EDITOR set to one?") from None
        text = (saved or b"").rstrip(b"\r\n") + ending  # an editor ends the last line
        if not text.strip():
            raise UsageError("nothing was left of the body: nothing is sent")
        if _is_json(text) or not _is_json(body):
            return text
        if not (sys.stdin.isatty() and click.confirm("That is no JSON. Edit it again?", True, err=True)):
            raise UsageError("what was saved is no JSON: nothing is sent")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return True
