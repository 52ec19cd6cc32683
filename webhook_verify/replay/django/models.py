"""The table of `DjangoModelStore`. `webhook_verify.replay.sql.statements` documents its columns."""

from __future__ import annotations

from django.db import models

__all__ = ["ReplayRecord"]


class ReplayRecord(models.Model):
    """One claimed or completed delivery. Only the store writes it."""

    delivery_key: models.CharField[str, str] = models.CharField(max_length=64, primary_key=True)
    token: models.CharField[str, str] = models.CharField(max_length=32)
    leased_until: models.FloatField[float | None, float | None] = models.FloatField(null=True)
    kept_until: models.FloatField[float, float] = models.FloatField()
    claims: models.IntegerField[int, int] = models.IntegerField()

    class Meta:
        """A fixed table name, so that workers outside Django can share the table."""

        app_label = "webhook_verify_replay"
        db_table = "webhook_verify_replay"
        indexes: tuple[models.Index, ...] = (
            models.Index(fields=["kept_until"], name="webhook_verify_kept_until"),
        )

    def __str__(self) -> str:
        return self.delivery_key
