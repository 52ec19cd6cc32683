"""The inbox in a Django project: its table as a migration, its admin pages, and a store on its database.

Add `webhook_verify.inbox.django` to `INSTALLED_APPS`, run `manage.py migrate`, and create the inbox:

    inbox = Inbox(DjangoInboxStore())
"""

from __future__ import annotations

try:
    from webhook_verify.inbox.django.store import DjangoInboxStore
except ModuleNotFoundError as _missing:
    if _missing.name != "django":
        raise
    raise ImportError("the Django inbox needs Django: pip install 'django>=5.2'") from _missing

__all__ = ["DjangoInboxStore"]
