"""The Django app with the table and the admin pages of the inbox."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["InboxConfig"]


class InboxConfig(AppConfig):
    """The app `webhook_verify.inbox.django` for `INSTALLED_APPS`."""

    name = "webhook_verify.inbox.django"
    label = "webhook_verify_inbox"
    default_auto_field = "django.db.models.BigAutoField"


# Not in the class: django-stubs has no public name for the type of this attribute.
InboxConfig.verbose_name = "Webhook inbox"
