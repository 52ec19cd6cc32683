"""Replay stores in the cache or the database of a Django project.

`DjangoCacheStore` needs a cache that all processes share; on Redis it fulfills the whole contract of a store.
`DjangoModelStore` is for a project without such a cache: add `webhook_verify.replay.django` to
`INSTALLED_APPS` and migrate. `AsyncDjangoCacheStore` and `AsyncDjangoModelStore` are for an `AsyncReceiver`.
"""

from __future__ import annotations

try:
    from webhook_verify.replay.django.cache import AsyncDjangoCacheStore, DjangoCacheStore
    from webhook_verify.replay.django.model import AsyncDjangoModelStore, DjangoModelStore
except ModuleNotFoundError as _missing:
    if _missing.name != "django":
        raise
    raise ImportError("the Django stores need Django: pip install 'django>=5.2'") from _missing

__all__ = ["AsyncDjangoCacheStore", "AsyncDjangoModelStore", "DjangoCacheStore", "DjangoModelStore"]
