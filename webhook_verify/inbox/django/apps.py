"""The Django app with the table and the admin pages of the inbox."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps

__all__ = ["InboxConfig"]


class InboxConfig(AppConfig):
    """The app `webhook_verify.inbox.django` for `INSTALLED_APPS`."""

    name = "webhook_verify.inbox.django"
    label = "webhook_verify_inbox"
    default_auto_field: Any = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add the pages to the admin site, if the project has one."""
        if not apps.is_installed("django.contrib.admin"):
            return
        from django.contrib import admin

        from webhook_verify.inbox.django.admin import InboxEntryAdmin
        from webhook_verify.inbox.django.models import InboxEntry

        if not admin.site.is_registered(InboxEntry):
            admin.site.register(InboxEntry, InboxEntryAdmin)


# Not in the class: django-stubs has no public name for the type of this attribute.
InboxConfig.verbose_name = "Webhook inbox"
