"""Candidates for a secret whose text was rewritten: escaped, normalized, or joined with another secret."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Iterator
from typing import Literal

from webhook_verify.credentials import joined_secrets

__all__ = ["rewritten_secrets"]

_MAX_SECRET_CHARS = 8_192

SecretVariant = tuple[str, str, str]
"""(cause, evidence, text of the secret)."""


def rewritten_secrets(text: str) -> Iterator[SecretVariant]:
    """Yield candidates for the text of the sender's secret.

    Args:
        text: The configured secret.

    Yields:
        Candidates, which may be repeated or equal to `text`.
    """
    if len(text) > _MAX_SECRET_CHARS:
        return
    secrets, separator = joined_secrets(text)
    for number, secret in enumerate(secrets, 1):
        evidence = (
            f"the configured text is {_count(len(secrets))} secrets with {separator} between them, and "
            f"number {number} is the key: pass a list of secrets, Verifier([first, second])"
        )
        yield "secret_prefix", evidence, secret
    cause = "secret_is_encoded"
    for evidence, candidate in (*_html_texts(text), *_escaped_texts(text), *_normalized_texts(text)):
        yield cause, evidence, candidate


def _count(number: int) -> str:
    return "two" if number == 2 else str(number)


_APOSTROPHES = ("&#039;", "&#39;", "&#x27;", "&apos;")
_MUSTACHE = {"/": "&#x2F;", "`": "&#x60;", "=": "&#x3D;"}


def _html_texts(text: str) -> Iterator[tuple[str, str]]:
    unescaped = html.unescape(text)
    evidence = "the configured text has HTML entities, and the key is the text without them"
    yield evidence, unescaped
    yield evidence, html.unescape(unescaped)
    evidence = (
        "the sender stores the secret with HTML entities: its <, >, & and quotes are escaped in the key"
    )
    bare = html.escape(text, quote=False)
    yield evidence, bare
    for quote in ("&quot;", "&#34;"):
        quoted = bare.replace('"', quote)
        yield evidence, quoted
        for apostrophe in _APOSTROPHES:
            yield evidence, quoted.replace("'", apostrophe)
    mustache = bare.replace('"', "&quot;").replace("'", "&#39;")
    for plain, entity in _MUSTACHE.items():
        mustache = mustache.replace(plain, entity)
    yield evidence, mustache
    yield evidence, text.replace("&", "&amp;")
    yield evidence, text.replace("<", "&lt;").replace(">", "&gt;")


def _escaped_texts(text: str) -> Iterator[tuple[str, str]]:
    """Undo the escapes of JSON, of a shell and of Docker Compose."""
    if "\\" in text:
        try:
            parsed = json.loads(f'"{text}"')
        except ValueError:
            parsed = ""
        yield "the configured text is the secret escaped for JSON", str(parsed)
        yield "the configured text is the secret escaped with backslashes", text.replace("\\", "")
    yield "the configured text is the secret with doubled dollar signs", text.replace("$$", "$")


def _normalized_texts(text: str) -> Iterator[tuple[str, str]]:
    if text.isascii():
        return
    for form in _FORMS:
        evidence = f"the key is the secret in Unicode normalization form {form}"
        yield evidence, unicodedata.normalize(form, text)


_FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")
