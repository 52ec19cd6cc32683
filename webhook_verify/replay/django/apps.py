"""The Django app with the table of `DjangoModelStore`."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["ReplayConfig"]


class ReplayConfig(AppConfig):
    """The app `webhook_verify.replay.django` for `INSTALLED_APPS`."""

    name = "webhook_verify.replay.django"
    label = "webhook_verify_replay"


# Not in the class: django-stubs has no public name for the type of this attribute.
ReplayConfig.verbose_name = "Webhook replay protection"
