"""A kept delivery, made ready to be sent once more: signed anew, edited, or as it was."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass

import click

from webhook_verify import schemes
from webhook_verify.cli.kept import Kept
from webhook_verify.cli.mistakes import Mistake
from webhook_verify.errors import RejectedDelivery, WebhookVerifyError
from webhook_verify.keys import Secret
from webhook_verify.schemes import Scheme
from webhook_verify.schemes.signed_body import SignedBody
from webhook_verify.signer import Signer

__all__ = ["Resent", "edited", "signed_anew"]


@dataclass(frozen=True, repr=False)
class Resent:
    """What is sent, and its message id, "" without one."""

    headers: list[tuple[str, str]]
    body: bytes
    message_id: str


def signed_anew(one: Kept, body: bytes, secrets: list[str], *, scheme: str, url: str, new_id: bool) -> Resent:
    """The delivery with this body, signed now, with its own message id or a fresh one.

    ``url``: the address that is signed, by a scheme that does. Raises Mistake for a scheme that cannot sign,
    and for a body or id that cannot be signed.
    """
    found = schemes.get(_brand(one, scheme))
    message_id = f"msg_{os.urandom(16).hex()}" if new_id else _id_of(one, found, url)
    _check_time(found, body)
    try:
        if isinstance(found, SignedBody):
            key = found.signing_key(Secret(secrets[0]))
            signed = found.sign_body(body, key, id=message_id or one.message_id, timestamp=int(time.time()))
            return Resent(one.headers, signed, message_id or one.message_id)
        own = Signer(secrets, scheme=found).sign(body, id=message_id or None, url=url, method=one.method)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise Mistake(f"it cannot be signed for {scheme}: {error}") from None
    if new_id and message_id not in own.values():
        raise Mistake(f"{scheme} has no message id in a header: what there is is in the body, see --edit")
    before = {*found.header_names, *own}
    headers = [pair for pair in one.headers if pair[0] not in before]
    return Resent([*headers, *own.items()], body, message_id or one.message_id)


def _brand(one: Kept, scheme: str) -> str:
    """Svix's own headers where it came with those: the application's library may know no others."""
    names = {name for name, _ in one.headers}
    is_svix = scheme == "standard-webhooks" and "svix-id" in names and "webhook-id" not in names
    return "svix" if is_svix else scheme


def _id_of(one: Kept, scheme: Scheme, url: str) -> str:
    """The message id as the headers have it, also of a delivery that was rejected; "" without one."""
    try:
        return scheme.read(one.headers, url, one.method)[0]
    except RejectedDelivery:
        return one.message_id


def _check_time(scheme: Scheme, body: bytes) -> None:
    """Raise Mistake for a time in the body that no signature makes fresh."""
    if scheme.has_timestamp_in_body and not isinstance(scheme, SignedBody):
        age = abs(time.time() - scheme.timestamp_in(body))
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
