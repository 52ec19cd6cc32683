"""Replay protection in what a Django project has: its cache, or its database.

:class:`DjangoCacheStore` is for a cache that all processes share; on Redis it keeps every rule of a store.
:class:`DjangoModelStore` is for a project without one: add ``webhook_verify.replay.django`` to
``INSTALLED_APPS`` and migrate. Both have a twin for an ``AsyncReceiver``.
"""

from __future__ import annotations

try:
    from webhook_verify.replay.django.cache import AsyncDjangoCacheStore, DjangoCacheStore
    from webhook_verify.replay.django.model import AsyncDjangoModelStore, DjangoModelStore
except ModuleNotFoundError as missing:
    if missing.name != "django":
        raise
    raise ImportError("the Django stores need Django: pip install 'django>=5.2'") from missing

__all__ = ["AsyncDjangoCacheStore", "AsyncDjangoModelStore", "DjangoCacheStore", "DjangoModelStore"]
