"""Handshakes in which the provider hands over the secret of the following deliveries: Asana and Notion.

Any client can send such a request. So only a store that is armed for the secret accepts it, once, and a
further one is rejected like any other unsigned request.
"""

from __future__ import annotations

import hmac
import re
from abc import abstractmethod
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import header_of, json_object
from webhook_verify.http import HandedOverSecret, HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.handshakes.secret_store import AsyncSecretStore, SecretStore
    from webhook_verify.http import RequestHead

__all__ = ["AsanaSecret", "NotionToken", "SecretHandover", "SecretName"]

SecretName = str | Callable[["RequestHead"], str]
"""The name of a secret in its store, or a function that returns it for a request."""

# Asana's documentation shows 64 digits of hex, reports also show 32.
_ASANA_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_NOTION_TOKEN = re.compile(r"secret_[A-Za-z0-9_-]{16,128}")


class SecretHandover(Handshake):
    """The base class of handshakes that hand over a secret.

    Args:
        store: The store for the secret. It must be armed for the name, see `FileSecretStore.arm`.
        name: The name of the secret in the store, or a function that returns it for a request, such as for
            several webhooks: `lambda head: head.path`.

    Raises:
        TypeError: If `store` is not a secret store, or `name` is neither a str nor a function.
    """

    __slots__ = ("_name", "may_block", "secret_store")

    handles_unsigned_bodies = True

    def __init__(self, store: SecretStore | AsyncSecretStore, name: SecretName) -> None:
        if not all(callable(getattr(store, method, None)) for method in ("load", "add")):
            raise TypeError(
                f"store must be a SecretStore, such as FileSecretStore(folder), not {type(store).__name__!r}"
            )
        if not isinstance(name, str) and not callable(name):
            raise TypeError(f"name must be a str or a function of RequestHead, not {type(name).__name__!r}")
        self.secret_store: SecretStore | AsyncSecretStore | None = store
        self.may_block: bool = not iscoroutinefunction(store.add)
        self._name = name

    def respond_to_unsigned(
        self, head: RequestHead, body: bytes, sign_content: SignContent | None
    ) -> HandshakeResponse | None:
        """Return the secret and the response to its handshake.

        Args:
            head: The head of the request.
            body: The unverified body.
            sign_content: Not used.

        Returns:
            A `HandedOverSecret`, or None if the request is not this handshake.
        """
        if head.method != "POST" or (secret := self._secret_in(head, body)) is None:
            return None
        name = self._name if isinstance(self._name, str) else self._name(head)
        return HandedOverSecret(*self._answer(secret), name, secret)

    @abstractmethod
    def _secret_in(self, head: RequestHead, body: bytes) -> str | None:
        """Return the secret, None if the request is not this handshake."""

    @abstractmethod
    def _answer(self, secret: str) -> tuple[str, WebhookResponse]:
        """Return the name of the handshake and its response."""


class AsanaSecret(SecretHandover):
    """The handshake of Asana: a request with `X-Hook-Secret`, which is returned and stored.

    The body is empty or `{}`, without a signature. Source: Asana's API reference, Establish a webhook.
    """

    __slots__ = ()

    def _secret_in(self, head: RequestHead, body: bytes) -> str | None:
        secret = header_of(head, "x-hook-secret")
        is_signed = header_of(head, "x-hook-signature", default="unreadable") != ""
        is_handshake = not is_signed and body.strip() in (b"", b"{}") and _ASANA_SECRET.fullmatch(secret)
        return secret if is_handshake else None

    def _answer(self, secret: str) -> tuple[str, WebhookResponse]:
        return "asana X-Hook-Secret", WebhookResponse(200, headers=(("x-hook-secret", secret),))


class NotionToken(SecretHandover):
    """The handshake of Notion: a body with `verification_token` and no other field, which is stored.

    A signature must be by the token itself. Enter the token in the settings of the integration. Source:
    Notion's API reference, Webhooks, Verifying the subscription.
    """

    __slots__ = ()

    def _secret_in(self, head: RequestHead, body: bytes) -> str | None:
        fields = json_object(body)
        token = fields.get("verification_token")
        if {*fields} != {"verification_token"} or not isinstance(token, str):
            return None
        if not _NOTION_TOKEN.fullmatch(token):
            return None
        signature = header_of(head, "x-notion-signature", default="unreadable")
        expected = "sha256=" + hmac.new(token.encode(), body, "sha256").hexdigest()
        is_right = not signature or hmac.compare_digest(
            signature.encode("utf-8", "surrogatepass"), expected.encode()
        )
        return token if is_right else None

    def _answer(self, secret: str) -> tuple[str, WebhookResponse]:
        return "notion verification_token", WebhookResponse(200)
