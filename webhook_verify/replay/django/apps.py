"""The Django app that brings the table of :class:`DjangoModelStore`."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["ReplayConfig"]


class ReplayConfig(AppConfig):
    """``webhook_verify.replay.django`` in ``INSTALLED_APPS``."""

    name = "webhook_verify.replay.django"
    label = "webhook_verify_replay"
    verbose_name = "Webhook replay protection"
