"""Tokens of AutoConfig, which contain a server, an API token, an id and a signing secret."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import ClassVar, NamedTuple

import msgspec

from webhook_verify.api._model import Model
from webhook_verify.errors import InvalidSecret
from webhook_verify.tracebacks import hide_arguments

__all__ = ["AutoConfigToken"]


class _Content(Model, frozen=True, kw_only=True):
    """The JSON in a token: `eid` in version 1, `sid` in version 2."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"esec", "tok"})

    aid: str
    surl: str
    esec: str
    tok: str
    eid: str = ""
    sid: str = ""


class AutoConfigToken(NamedTuple):
    """The content of a token."""

    app_id: str
    endpoint_id: str
    """Id of the endpoint; "" in version 2."""
    subscription_id: str
    """Id of the subscription; "" in version 1."""
    server_url: str
    signing_secret: str
    api_token: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.server_url!r}, ...)"

    @classmethod
    @hide_arguments
    def parse(cls, token: object) -> AutoConfigToken:
        """Read a token.

        Args:
            token: The token, as the provider of the webhooks shows it.

        Returns:
            The content.

        Raises:
            TypeError: If the token is not a str.
            InvalidSecret: If the token is malformed, or of an unsupported version.
        """
        if not isinstance(token, str):
            raise TypeError(f"token must be a str, not {type(token).__name__!r}")
        version, text = token[:8], token[8:].rstrip("=")
        if version not in {"auto_v1_", "auto_v2_"}:
            raise InvalidSecret(
                "token does not begin with auto_v1_ or auto_v2_. Copy it in full, or update webhook_verify "
                "if its version is newer"
            )
        try:
            decoded = b64decode(text + "=" * (-len(text) % 4), validate=True)
            content = msgspec.json.decode(decoded, type=_Content)
        except (NotBase64, ValueError, msgspec.DecodeError):
            content = None
        if content is None or not (content.eid if version == "auto_v1_" else content.sid):
            raise InvalidSecret("token is not base64 of the expected JSON. Copy it in full")
        own = (content.eid, "") if version == "auto_v1_" else ("", content.sid)
        return cls(content.aid, *own, content.surl, content.esec, content.tok)
