"""Public keys: the only package that imports ``cryptography`` and ``jwt``. Extra ``asymmetric``.

Each module is imported when the first key of its kind is met, never before, so that a service with HMAC
secrets needs neither the packages nor their import time.
"""

from __future__ import annotations

from webhook_verify.asymmetric.ed25519 import generate, signer, verifier

__all__ = ["generate", "signer", "verifier"]
