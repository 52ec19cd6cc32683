"""Credentials that are recognised by their shape, such as an API key in place of a signing secret.

Only shapes that their issuers document are recognised, because a signing secret may be any text.
"""

from __future__ import annotations

import warnings

from webhook_verify.errors import WeakSecretWarning

__all__ = [
    "credential_kind",
    "is_api_key",
    "is_documented",
    "is_public_key",
    "joined_secrets",
    "problem_of",
    "split_prefix",
    "warn_about_credential",
]

_MAX_CHARS = 65_536
_API_KEY = "an API key (sk_live_..., rk_live_...)"
# (the kind in words, how it begins, the whole shape). For a kind without a beginning, see `_has_infix`.
_KINDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("a private key in PEM format", ("-----BEGIN ",), r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"),
    (_API_KEY, ("sk_", "rk_", "pk_"), r"(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{10,}$"),
    (
        "a GitHub token",
        ("gh", "github_pat_"),
        r"(?:gh[pousr]_[0-9A-Za-z]{20,}|github_pat_[0-9A-Za-z_]{20,})$",
    ),
    ("a GitLab token", ("gl",), r"gl(?:pat|dt|rt)-[0-9A-Za-z_.-]{20,}$"),
    ("a Slack token", ("xox", "xapp-"), r"(?:xox[a-z]|xapp)-[0-9A-Za-z.-]{10,}$"),
    ("a SendGrid API key", ("SG.",), r"SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}$"),
    ("an AWS access key id", ("AKIA", "ASIA"), r"A(?:KIA|SIA)[0-9A-Z]{16}$"),
    ("a Google API key", ("AIza",), r"AIza[0-9A-Za-z_-]{35}$"),
    ("an OpenAI or Anthropic API key", ("sk-",), r"sk-(?:proj-|ant-|svcacct-)?[0-9A-Za-z_-]{20,}$"),
    ("a Shopify access token", ("shp",), r"shp(?:at|ca|pa)_[0-9A-Fa-f]{32}$"),
    ("a Square token", ("sq0",), r"sq0(?:atp|csp|idp)-[0-9A-Za-z_-]{20,}$"),
    ("a Linear API key", ("lin_",), r"lin_(?:api|oauth)_[0-9A-Za-z]{20,}$"),
    ("a Paddle API key", ("pdl_",), r"pdl_(?:live|sdbx)_apikey_[0-9A-Za-z_]{20,}$"),
    ("a Resend API key", ("re_",), r"re_[0-9A-Za-z_]{20,}$"),
    ("a Sanity token", ("sk",), r"sk[0-9A-Za-z]{100,}$"),
    ("a Dropbox access token", ("sl.",), r"sl\.[0-9A-Za-z_.-]{40,}$"),
    ("the client id of a GitHub App", ("Iv",), r"Iv(?:1\.|23)[0-9A-Za-z]{14,}$"),
    ("an Intercom access token", ("dG9rO",), r"dG9rO[0-9A-Za-z+/]{20,}=*$"),
    ("a Polar access token", ("polar_",), r"polar_(?:oat|pat|cst|at)_[0-9A-Za-z_]{16,}$"),
    ("a Replicate API token", ("r8_",), r"r8_[0-9A-Za-z]{30,}$"),
    ("a Sentry token", ("sntry",), r"sntry[su]_[0-9A-Za-z_+/=.-]{20,}$"),
    ("a ClickUp API token", ("pk_",), r"pk_[0-9]{4,}_[0-9A-Z]{20,}$"),
    ("a Trello token", ("ATTA",), r"ATTA[0-9a-f]{60,}$"),
    ("a WooCommerce API key", ("cs_", "ck_"), r"c[sk]_[0-9a-f]{40}$"),
    ("a Twilio SID", ("SK", "AC"), r"(?:SK|AC)[0-9a-f]{32}$"),
    ("a Typeform access token", ("tfp_",), r"tfp_[0-9A-Za-z_-]{20,}$"),
    ("an Airtable access token", ("pat",), r"pat[0-9A-Za-z]{14}\.[0-9a-f]{64}$"),
    ("a Doppler token", ("dp.",), r"dp\.(?:pt|st|ct|sa|scim|audit)\.[0-9A-Za-z._-]{20,}$"),
    ("a Notion token", ("ntn_",), r"ntn_[0-9A-Za-z]{30,}$"),
    ("a Razorpay key id", ("rzp_",), r"rzp_(?:live|test)_[0-9A-Za-z]{10,}$"),
    ("an Atlassian API token", ("ATATT", "ATCTT"), r"AT[AC]TT3[0-9A-Za-z_=.-]{20,}$"),
    ("a Contentful access token", ("CFPAT-",), r"CFPAT-[0-9A-Za-z_-]{20,}$"),
    ("a Google access token", ("ya29.",), r"ya29\.[0-9A-Za-z_.-]{20,}$"),
    (
        "an access token",
        ("hf_", "npm_", "dop_v1_", "sbp_", "pscale_", "figd_", "vcp_", "glsa_", "dckr_pat_", "phc_", "sgp_"),
        r"(?:hf|npm|dop_v1|sbp|pscale_tkn|figd|vcp|glsa|dckr_pat|phc|sgp)_[0-9A-Za-z_.-]{20,}$",
    ),
    ("an ElevenLabs API key", ("sk_",), r"sk_[0-9a-f]{48}$"),
    ("a Mollie API key", ("live_", "test_"), r"(?:live|test)_[0-9A-Za-z]{30}$"),
    ("a LiveKit API key", ("API",), r"API[0-9A-Za-z]{12}$"),
    ("the id of a Stripe endpoint", ("we_",), r"we_[0-9A-Za-z]{14,}$"),
    ("a JSON Web Token", ("eyJ",), r"eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{16,}$"),
    ("an access token of Meta or Square", ("EAA",), r"EAA[0-9A-Za-z_-]{50,}$"),
    ("a HubSpot access token", ("pat-",), r"pat-[a-z]{2}[0-9]-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    ("a Telegram bot token", (), r"[0-9]{6,12}:[0-9A-Za-z_-]{30,}$"),
    ("a Mailgun API key", (), r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}$"),
)
# Importing re would take as long as the rest of this package, so it is imported for the texts that need it.
_STARTS = tuple(start for _, starts, _ in _KINDS for start in starts)


def credential_kind(value: str | bytes) -> str:
    """Return the kind of a credential that is not a signing secret.

    Args:
        value: The configured secret.

    Returns:
        The kind in words, such as `a GitHub token`, or "" if the shape is not that of a known credential.
    """
    text = _as_text(value)
    if len(text) > _MAX_CHARS or not (text.startswith(_STARTS) or _has_infix(text)):
        return ""
    import re

    return next((kind for kind, _, pattern in _KINDS if re.match(pattern, text)), "")


def is_api_key(value: str | bytes) -> bool:
    """Return whether a text is an API key of the form that several providers use.

    Args:
        value: The configured secret.

    Returns:
        Whether it has the form of Stripe's API keys. A provider such as Paystack signs with such a key.
    """
    return credential_kind(value) == _API_KEY


def _as_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _has_infix(text: str) -> bool:
    """Return whether a text has the separators of a Telegram token or a Mailgun key, which have no prefix."""
    return ":" in text[6:13] or text[32:33] == "-"


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
