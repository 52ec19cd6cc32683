"""Typed clients for the management APIs of webhook providers. They need the extra `api`.

Each provider has its own module: `webhook_verify.api.svix`, `webhook_verify.api.lithic` and
`webhook_verify.api.emporix`. The shared modules do not depend on a provider:

- `secret_source`, `_secret_state`, `_refreshing_verifier`: lookups that fetch the signing secret, and fetch
  it again after a rotation.
- `errors`: parsing of error responses.
- `_operation`, `_resource`: the declaration of an operation, for synchronous and asynchronous clients.
- `_sender`, `_attempts`, `_retry`, `_sequence`, `_transport`: sending an operation, with retries.
- `_client_credentials`: OAuth 2 access tokens.
- `_pages`: lists with several pages.
- `_client`, `_settings`, `_model`: base classes of the clients, their settings and the payloads.
"""

from __future__ import annotations

try:
    import httpx2 as _httpx2
    import msgspec as _msgspec
except ImportError as _missing:
    raise ImportError(
        "the management clients need httpx2 and msgspec: pip install 'webhook-verify[api]'"
    ) from _missing

__all__: list[str] = []

del _httpx2, _msgspec
