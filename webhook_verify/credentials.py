"""Credentials that are recognised by their shape, such as an API key in place of a signing secret.

Only shapes that their issuers document are recognised, because a signing secret may be any text.
"""

from __future__ import annotations

import warnings

from webhook_verify.credential_forms import API_KEY, KINDS, LABELLED_KEY, STARTS
from webhook_verify.errors import WeakSecretWarning

__all__ = [
    "credential_kind",
    "is_api_key",
    "is_documented",
    "is_public_key",
    "joined_secrets",
    "problem_of",
    "resembled_credential",
    "split_prefix",
    "warn_about_credential",
]

_MAX_CHARS = 65_536
# Importing re would take as long as the rest of this package, so it is imported for the texts that need it.


def credential_kind(value: str | bytes) -> str:
    """Return the kind of a credential that is not a signing secret.

    Args:
        value: The configured secret.

    Returns:
        The kind in words, such as `a GitHub token`, or "" if the shape is not that of a known credential.
    """
    text = _as_text(value)
    if len(text) > _MAX_CHARS or not (text.startswith(STARTS) or _has_infix(text)):
        return ""
    import re

    return next((kind for kind, _, pattern in KINDS if re.match(pattern, text)), "")


def resembled_credential(value: str | bytes) -> str:
    """Return the kind of credential that a text resembles, by a documented form or by a less certain mark.

    A label such as `key_` in its prefix, a URL and an e-mail address are marks. A signing secret may have
    them, so they are evidence only if no signature matches.

    Args:
        value: The configured secret.

    Returns:
        The kind in words, or "" if the text resembles no credential.
    """
    kind = credential_kind(value)
    text = _as_text(value)
    if kind or len(text) > _MAX_CHARS:
        return kind
    import re

    return next((words for words, pattern in _RESEMBLED if re.match(pattern, text)), "")


_RESEMBLED = (
    ("a URL", r"https?://\S+$"),
    ("an e-mail address", r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}$"),
    ("an API key, by its prefix", LABELLED_KEY),
)


def is_api_key(value: str | bytes) -> bool:
    """Return whether a text is an API key of the form that several providers use.

    Args:
        value: The configured secret.

    Returns:
        Whether it has the form of Stripe's API keys. A provider such as Paystack signs with such a key.
    """
    return credential_kind(value) == API_KEY


def _as_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _has_infix(text: str) -> bool:
    """Return whether a text has a mark of the kinds that have no common beginning."""
    return (
        ":" in text[6:14]
        or text[32:33] == "-"
        or text.endswith(("w1cDnyilFU=", ".googleusercontent.com"))
        or any(name in text[:30] for name in _ENVIRONMENTS)
    )


_ENVIRONMENTS = ("live", "test", "prod", "sandbox", "sbx", "sbox", "dev", "stg", "staging")


def problem_of(text: str) -> str:
    """Return why a text is not a valid secret, if its shape shows it.

    Args:
        text: The configured secret, which the scheme cannot decode.

    Returns:
        The problem and its solution, or "" if the shape is unknown.
    """
    secrets, separator = joined_secrets(text)
    if secrets:
        return (
            f"secret contains {len(secrets)} secrets with {separator} between them. Pass a list of secrets, "
            "such as Verifier([first, second])"
        )
    kind = credential_kind(text)
    return f"secret looks like {kind}. Configure the webhook's signing secret instead" if kind else ""


def warn_about_credential(label: str, value: str | bytes, pattern: str) -> None:
    """Warn with `WeakSecretWarning` if a secret is another credential.

    A secret with the documented shape, or an unknown one, causes no warning.

    Args:
        label: The label of the secret.
        value: The configured secret.
        pattern: The regular expression of the provider's secrets.
    """
    kind = credential_kind(value)
    if kind and not is_documented(value, pattern):
        # All warnings have the same location, so that Python's default filter shows each text once.
        text = f"{label}: the secret looks like {kind}: configure the webhook's signing secret instead"
        warnings.warn(text, WeakSecretWarning, stacklevel=1)


def is_documented(value: str | bytes, pattern: str) -> bool:
    """Return whether a secret has the shape that its provider documents.

    Args:
        value: The configured secret.
        pattern: The regular expression of the provider's secrets, or "" if it documents none.

    Returns:
        Whether the whole secret matches the pattern.
    """
    import re

    return re.fullmatch(pattern, _as_text(value)) is not None


# A JSON Web Key, or a set of them; a SubjectPublicKeyInfo with the identifier of its algorithm.
_PUBLIC_KEY = (
    rb'[{\[](?=.{0,4000}?"kty")'
    rb"|M[A-Za-z0-9+/]{3,6}(?:BQYDK2V|EwYHKoZIzj0|ANBgkqhki)"
    rb"|0.{1,4}0.{1,2}\x06(?:\x03\x2b\x65|\x07\x2a\x86\x48\xce\x3d|\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01)"
)


def is_public_key(key: bytes) -> bool:
    """Return whether the key of an HMAC is a public key, which an attacker knows, too. Not for PEM.

    Args:
        key: The bytes of the key.

    Returns:
        True for a JSON Web Key, and for base64 or DER of a public key.
    """
    if key[:1] not in (b"M", b"0", b"{", b"["):
        return False
    import re

    return re.match(_PUBLIC_KEY, key, re.DOTALL) is not None


_SEPARATOR = r"[\s,;|]+"
_PREFIX = r"[A-Za-z]{2,10}_(?:[a-z]{2,6}_)?"
# A passphrase contains spaces, too, but its words are short and have no digits.
_LONG_SECRET = r"(?=\D*\d)[0-9A-Za-z+/_=.~-]{16,}"
_MIN_SECRET_CHARS, _MAX_JOINED = 8, 8


def joined_secrets(text: str) -> tuple[list[str], str]:
    """Split a text that contains several secrets instead of one.

    Args:
        text: The configured secret.

    Returns:
        The secrets, and the separator in words, such as `a comma`. ([], "") if it is not several secrets.
    """
    import re

    parts = [part.strip("\"'[]()") for part in re.split(_SEPARATOR, text[:_MAX_CHARS], maxsplit=_MAX_JOINED)]
    secrets = [part for part in parts if part]
    match = re.search(_SEPARATOR, text)
    if match is None or not 2 <= len(secrets) <= _MAX_JOINED or min(map(len, secrets)) < _MIN_SECRET_CHARS:
        return [], ""
    prefixes = {found[0] if (found := re.match(_PREFIX, secret)) else "" for secret in secrets}
    has_prefix = len(prefixes) == 1 and "" not in prefixes
    if not has_prefix and not all(re.fullmatch(_LONG_SECRET, secret) for secret in secrets):
        return [], ""
    names = {",": "a comma", ";": "a semicolon", "|": "a vertical bar", "\n": "a line break"}
    return secrets, next((name for char, name in names.items() if char in match[0]), "a space")


# Each kind of key, and the version that some dashboards show before it: v1,whsec_...
_PREFIXES = {"whsec": "v1,", "whpk": "v1a,", "whsk": "v1a,"}


def split_prefix(text: str) -> tuple[str, str]:
    """Return the kind of a secret of Standard Webhooks.

    Args:
        text: The secret, with or without a prefix such as `whsec_` or `v1,whsec_`.

    Returns:
        The kind that the prefix names (`whsec`, `whpk` or `whsk`), "" without a prefix, and the rest.
    """
    for kind, form in _PREFIXES.items():
        unprefixed = text.removeprefix(form)
        if unprefixed.startswith(f"{kind}_"):
            return kind, unprefixed[len(kind) + 1 :]
    return "", text
