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
from webhook_verify.cli.store.delivery_store import Kept
from webhook_verify.cli.usage_errors import Mistake
from webhook_verify.errors import RejectedDelivery, WebhookVerifyError
from webhook_verify.http import WebhookResponse
from webhook_verify.schemes import Scheme
from webhook_verify.signer import Signer
from webhook_verify.testing.requests import SignedRequest

__all__ = ["Resent", "as_it_was", "edited", "signed_anew"]

_MAX_RESPONSE_BYTES = 64 * 1024
_SAYS_LITTLE = frozenset(
    {"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"}
)


@dataclass(frozen=True, repr=False)
class Resent:
    """What is sent. ``message_id``: "" without one. ``secrets``: that have signed it, if they have."""

    headers: list[tuple[str, str]]
    body: bytes
    message_id: str
    has_signature_in_body: bool
    secrets: tuple[str, ...] = ()

    def shown(self, answer: WebhookResponse) -> str:
        """The text of an answer, without what it repeats of signatures and secrets; "" if it is no text."""
        if self.has_signature_in_body or "content-encoding" in dict(answer.headers):
            return ""

        def again(id: str, offset: int) -> SignedRequest:
            return request

        telling = [pair for pair in self.headers if pair[0] not in _SAYS_LITTLE]
        request = SignedRequest(self.body, telling, self.message_id, again)
        text = answer.body[:_MAX_RESPONSE_BYTES].decode("utf-8", "replace")
        return redacted(text.strip(), request, self.secrets)


def as_it_was(one: Kept) -> Resent:
    """The very bytes and headers."""
    in_body = one.scheme in schemes.names() and schemes.get(one.scheme).has_signature_in_body
    return Resent(one.headers, one.body, one.message_id, in_body)


def signed_anew(one: Kept, body: bytes, secrets: list[str], *, scheme: str, url: str, new_id: bool) -> Resent:
    """The delivery with this body, signed now, with its own message id or a fresh one.

    ``url``: the address that is signed, by a scheme that does. Raises Mistake for a scheme that cannot sign,
    and for a body or id that cannot be signed.
    """
    found = schemes.get(_brand(one, scheme))
    message_id = f"msg_{os.urandom(16).hex()}" if new_id else _id_of(one, found, url)
    _check_time(found, body)
    try:
        signer = Signer(secrets, scheme=found)
        if found.has_signature_in_body:
            signed = signer.sign_body(body, id=message_id or one.message_id)
            return Resent(one.headers, signed, message_id or one.message_id, True)
        own = signer.sign(body, id=message_id or None, url=url, method=one.method)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise Mistake(f"it cannot be signed for {scheme}: {error}") from None
    if new_id and message_id not in own.values():
        raise Mistake(f"{scheme} has no message id in a header: what there is is in the body, see --edit")
    before = {*found.header_names, *own}
    headers = [pair for pair in one.headers if pair[0] not in before]
    return Resent([*headers, *own.items()], body, message_id or one.message_id, False, tuple(secrets))


def _brand(one: Kept, scheme: str) -> str:
    """Svix's own headers where it came with those: the application's library may know no others."""
    names = {name for name, _ in one.headers}
    is_svix = scheme == "standard-webhooks" and "svix-id" in names and "webhook-id" not in names
    return "svix" if is_svix else scheme


def _id_of(one: Kept, scheme: Scheme, url: str) -> str:
    """The message id as the headers have it, also of a delivery that was rejected; "" without one."""
    try:
        return scheme.parse_headers(one.headers, url, one.method)[0]
    except RejectedDelivery:
        return one.message_id


def _check_time(scheme: Scheme, body: bytes) -> None:
    """Raise Mistake for a time in the body that no signature makes fresh."""
    if scheme.has_timestamp_in_body and not scheme.has_signature_in_body:
        age = abs(time.time() - scheme.timestamp_from_body(body))
        if age > scheme.tolerance:
            raise Mistake(f"{scheme.name} has its timestamp in the body, and it is old: see --edit")


def edited(body: bytes) -> bytes:
    """The body as the user's editor leaves it; what was JSON stays JSON, or is asked for again.

    Raises Mistake if the editor fails, or nothing is left.
    """
    ending = b"\n" if body.endswith(b"\n") else b""
    text = body
    while True:
        try:
            saved = click.edit(text, extension=".json" if _is_json(body) else ".txt", require_save=False)
        except click.ClickException:
            raise Mistake("the editor failed: is EDITOR set to one?") from None
        text = (saved or b"").rstrip(b"\r\n") + ending  # an editor ends the last line
        if not text.strip():
            raise Mistake("nothing was left of the body: nothing is sent")
        if _is_json(text) or not _is_json(body):
            return text
        if not (sys.stdin.isatty() and click.confirm("That is no JSON. Edit it again?", True, err=True)):
            raise Mistake("what was saved is no JSON: nothing is sent")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return True
