"""The table of the inbox as a Django model. `webhook_verify.inbox.sql.statements` documents its columns."""

from __future__ import annotations

from django.db import models

from webhook_verify.inbox.entries import Entry, EntryState
from webhook_verify.inbox.sql.rows import COLUMNS, entry_of

__all__ = ["InboxEntry"]


class InboxEntry(models.Model):
    """One stored delivery. Read it here, and change it with the store."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    entry_key: models.CharField[str, str] = models.CharField("key", max_length=64, unique=True)
    namespace: models.TextField[str, str] = models.TextField()
    lane: models.CharField[str, str] = models.CharField(max_length=255)
    message_id: models.TextField[str, str] = models.TextField("message id")
    event_type: models.TextField[str | None, str | None] = models.TextField("event type", null=True)
    scheme: models.TextField[str, str] = models.TextField()
    secret_label: models.TextField[str, str] = models.TextField("secret label")
    received_at: models.FloatField[float, float] = models.FloatField("received at")
    headers: models.TextField[str, str] = models.TextField()
    parts: models.TextField[str, str] = models.TextField()
    body: models.BinaryField[bytes, bytes] = models.BinaryField()
    body_format: models.SmallIntegerField[int, int] = models.SmallIntegerField()
    state: models.CharField[str, str] = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in EntryState]
    )
    attempts: models.IntegerField[int, int] = models.IntegerField()
    due_at: models.FloatField[float, float] = models.FloatField("due at")
    claim_at: models.FloatField[float | None, float | None] = models.FloatField(null=True)
    leased_until: models.FloatField[float | None, float | None] = models.FloatField("leased until", null=True)
    token: models.CharField[str, str] = models.CharField(max_length=64)
    error: models.TextField[str, str] = models.TextField()
    audit: models.TextField[str, str] = models.TextField()
    ended_at: models.FloatField[float | None, float | None] = models.FloatField("ended at", null=True)

    class Meta:
        """The table of the SQL stores. The migration creates it with their statements."""

        app_label = "webhook_verify_inbox"
        db_table = "webhook_inbox"
        managed = False
        default_permissions: tuple[str, ...] = ("view",)
        permissions: tuple[tuple[str, str], ...] = (
            ("redrive_inboxentry", "Can redrive dead letters"),
            ("discard_inboxentry", "Can discard entries"),
        )
        verbose_name = "delivery"
        verbose_name_plural = "deliveries"

    @property
    def entry(self) -> Entry:
        """The entry, as the store returns it."""
        return entry_of([getattr(self, column) for column in COLUMNS])

    def __str__(self) -> str:
        return f"{self.id} {self.event_type or self.scheme}"
