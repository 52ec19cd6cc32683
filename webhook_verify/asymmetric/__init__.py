"""Public keys: the only package that imports `cryptography` and `jwt`. It needs the extra `asymmetric`.

Each module is imported at the first use of its kind of key, so that a service with HMAC secrets needs neither
the packages nor their import time.
"""

from __future__ import annotations

from webhook_verify.asymmetric.ed25519 import generate, signer, verifier

__all__ = ["generate", "signer", "verifier"]
