"""The table of :class:`DjangoModelStore`.

What its columns mean stands in :mod:`webhook_verify.replay.sql.statements`.
"""

from __future__ import annotations

from django.db import models

__all__ = ["ReplayRecord"]


class ReplayRecord(models.Model):
    """One claimed or completed delivery. Written by the store alone."""

    delivery_key: models.CharField[str, str] = models.CharField(max_length=64, primary_key=True)
    token: models.CharField[str, str] = models.CharField(max_length=32)
    leased_until: models.FloatField[float | None, float | None] = models.FloatField(null=True)
    kept_until: models.FloatField[float, float] = models.FloatField()
    claims: models.IntegerField[int, int] = models.IntegerField()

    class Meta:
        """A name of its own, so that workers outside Django may share the table."""

        app_label = "webhook_verify_replay"
        db_table = "webhook_verify_replay"
        indexes = (models.Index(fields=["kept_until"], name="webhook_verify_kept_until"),)

    def __str__(self) -> str:
        return self.delivery_key
