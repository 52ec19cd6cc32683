"""Typed clients for the management APIs of webhook providers. They need the extra ``api``.

Each provider is a module of its own: :mod:`webhook_verify.api.svix`, :mod:`webhook_verify.api.lithic`
and :mod:`webhook_verify.api.emporix`. What they share knows no provider: ``_operation`` says what a call
is, ``_sequence`` leads through one of several operations, ``_retry`` says when it is sent again, ``_sender``
sends it, ``_client_credentials`` has the token for it, ``_pages`` walks lists, ``_resource`` gives it to
blocking and to asyncio code, ``_client`` is what all clients are, ``_model`` is what the payloads are made
of, ``errors`` reads what servers answer when they refuse, and ``secret_source`` keeps a verifier supplied
with the secret that is valid at the provider.
"""

from __future__ import annotations

try:
    import httpx2 as _httpx2
    import msgspec as _msgspec
except ImportError as missing:
    raise ImportError(
        "the management clients need httpx2 and msgspec: pip install 'webhook-verify[api]'"
    ) from missing

__all__: list[str] = []

del _httpx2, _msgspec
