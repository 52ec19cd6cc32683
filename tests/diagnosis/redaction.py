"""What no diagnosis may say: a secret, a signature or a piece of the body, in any spelling."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import webhook_verify
from webhook_verify import Secret, Verifier
from webhook_verify.diagnosis import Diagnosis
from webhook_verify.headers import header_pairs
from webhook_verify.verifier import labelled_secrets

__all__ = ["leaked", "said"]

_WINDOW = 14  # characters: shorter ones stand in anybody's sentences
_MAX_WINDOWS = 400
_IDENTITIES = {"google-pubsub", "aws-sns"}
"""Schemes whose configured value names an account or a topic, which `identity_differs` shows on purpose."""


def said(diagnosis: Diagnosis) -> str:
    """Everything that a diagnosis can be made to say."""
    return "\n".join(
        (str(diagnosis), repr(diagnosis), json.dumps(diagnosis.as_dict()), repr(diagnosis.cause))
    )


def leaked(text: str, verifier: Verifier, body: bytes | str, headers: Any) -> list[str]:
    """Return what the text says of a delivery though it must not, but for words of the diagnosis itself."""
    names_identities = "identity_differs" in text and verifier.scheme.name in _IDENTITIES
    unsaid = _unsaid(verifier, body, headers, with_secrets=not names_identities)
    found = [each for each in unsaid if each in text]
    return [each for each in found if each not in _vocabulary()] if found else []


@cache
def _vocabulary() -> str:
    """Return the sources of the package: hypothesis draws a body out of its constants now and then."""
    return "\n".join(file.read_text("utf-8") for file in Path(webhook_verify.__file__).parent.rglob("*.py"))


def _unsaid(verifier: Verifier, body: bytes | str, headers: Any, *, with_secrets: bool) -> set[str]:
    """Return all of it that must not be said, as far as it is long enough to be told from words."""
    texts: set[str] = set()
    for _, secret, _ in labelled_secrets(verifier) if with_secrets else ():
        texts |= _of_secret(secret)
    for name, value in header_pairs(headers):
        if any(word in name for word in ("signature", "hmac", "token", "authorization", "verification")):
            texts |= {piece for piece in re.split(r"[\s,;=.\"]+", value) if len(piece) >= _WINDOW}
    text = body if isinstance(body, str) else body.decode("latin-1")
    texts |= {text[place : place + _WINDOW] for place in range(0, len(text), 1 + len(text) // _MAX_WINDOWS)}
    return {each for each in texts if len(each) >= _WINDOW}


def _of_secret(secret: Secret) -> set[str]:
    value = secret.reveal()
    octets = value if isinstance(value, bytes) else value.encode()
    texts = {octets.decode("latin-1"), octets.hex(), b64encode(octets).decode()}
    return texts | {each.partition("_")[2] for each in texts}
