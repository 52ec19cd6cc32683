"""The shape of a secret: which arguments a message may repeat.

A user who mistypes a file name must see it in the message. But a secret that is passed in the place of a file
name must not be repeated, for example in a build log. So a text is hidden only if it has the shape of a
secret: a random token, a known prefix such as `whsec_`, or a passphrase. Words, dates and paths are shown.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["HIDDEN", "has_secret_shape", "shown", "shown_file"]

HIDDEN = "[not shown]"
"""The placeholder for an argument that is not repeated."""

_MAX_SHORT_CHARS = 15
"""A text of at most this length is assumed not to be a secret, unless it has the prefix of one."""
_MAX_RANDOM_CHARS = 10
"""A file name may contain one random token of at most this length, such as the suffix of a temporary file."""

_PREFIX = re.compile(
    r"(?:whsec|whsk|whpk|sk_live|sk_test|rk_live|rk_test|ghp|gho|ghs|github_pat|shpss|shpat|pdl_ntfset"
    r"|polar_whs)_.{3,}|(?:glpat|xox[abeprs]|v1,whsec|key|AKIA|AIza|SG\.|eyJ)[-_.A-Za-z0-9]{12,}|-----BEGIN"
)
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,6}\Z")
_KNOWN_EXTENSION = re.compile(
    r"\.(?:bin|curl|db|env|har|http|jsonl?|key|log|ndjson|pem|py|sh|sqlite|trace|txt|xml)", re.IGNORECASE
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NAME_CHARS = re.compile(r"[\w\-.:@,+~]+")
_FILE_CHARS = re.compile(r"[\w\-.:@,+~ ()\[\]]+")
_TOKEN = re.compile(r"[^\W_]+")

# A word with a number, in the usual letter cases: invoice2, Invoice, HTTP, webhookSecret.
_WORD = re.compile(r"(?:[A-Z]?[a-z]{1,20}|[A-Z]{1,12})(?:[A-Z][a-z]{2,17}){0,4}[0-9]{0,8}")
_NUMBER = re.compile(r"[0-9]{1,14}[A-Za-z]{0,2}|[0-9]{1,8}T[0-9]{1,6}Z?")
_MAX_DIGITS = 8
_DATE_OR_ADDRESS = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_UNPRONOUNCEABLE = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}|[aeiou]{5}|(.)\1\1", re.IGNORECASE)


def has_secret_shape(text: str) -> bool:
    """Return whether a text may be a secret, so that a message must not repeat it.

    Args:
        text: An argument of the command line.

    Returns:
        True for a random token, a passphrase, and a text with the prefix of a secret.
    """
    if _PREFIX.match(text) and not _EXTENSION.search(text):
        return True
    if len(text) <= _MAX_SHORT_CHARS:
        return False
    is_file = _EXTENSION.search(text) is not None
    if not is_file and (re.search(r"\s", text) or _is_mostly_digits(text)):
        return True  # a passphrase, or a number
    if not all(_has_name_chars(component, is_file) for component in re.split(r"[/\\]", text)):
        return True
    tokens = _TOKEN.findall(_UUID.sub("", text) if is_file else text)
    others = [token for token in tokens if not _is_word(token)]
    if is_file and len(others) == 1 and len(others[0]) <= _MAX_RANDOM_CHARS:
        return False
    return not tokens or bool(others)


def _is_mostly_digits(text: str) -> bool:
    """Return whether a text consists of digits rather than letters, and is not a date or an IP address."""
    digits = sum(character.isdigit() for character in text)
    is_long = digits > _MAX_DIGITS and digits >= sum(character.isalpha() for character in text)
    return is_long and _DATE_OR_ADDRESS.search(text) is None


def _has_name_chars(component: str, is_file: bool) -> bool:
    """Return whether a part of a path has only characters of names, and more letters than others."""
    letters = sum(character.isalnum() for character in component)
    chars = _FILE_CHARS if is_file else _NAME_CHARS
    return component in {"", ".", "..", "~"} or (
        chars.fullmatch(component) is not None and 2 * letters >= len(component)
    )


def _is_word(token: str) -> bool:
    if not token.isascii():
        return not any(character.isdigit() for character in token)
    if _NUMBER.fullmatch(token):
        return True
    return _WORD.fullmatch(token) is not None and not (
        len(token) > _MAX_RANDOM_CHARS and _UNPRONOUNCEABLE.search(token)
    )


def shown(text: str) -> str:
    """Return the text for a message, or a placeholder if it has the shape of a secret.

    Args:
        text: An argument of the command line.

    Returns:
        The text, or `HIDDEN`.
    """
    return HIDDEN if has_secret_shape(text) else text


def shown_file(name: str) -> str:
    """Return the name of a file for a message. Only a part with the shape of a secret is replaced.

    Args:
        name: The name, with or without folders.

    Returns:
        The name. The folders and the extension are shown, too, if they exist or have no secret.
    """
    if not has_secret_shape(name):
        return name
    path = Path(name)
    extension = path.suffix if _KNOWN_EXTENSION.fullmatch(path.suffix) else ""
    try:
        folder = name[: len(name) - len(path.name)] if path.name and path.parent.is_dir() else ""
    except (OSError, ValueError):  # too long, or it contains a NUL character
        return HIDDEN
    last = name[len(folder) :]
    if folder and not has_secret_shape(last):
        return name
    return f"{folder}{HIDDEN}{extension}"
