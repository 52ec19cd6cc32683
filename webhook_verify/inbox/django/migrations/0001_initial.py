"""The table of the inbox, created with the statements of the SQL stores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from webhook_verify.inbox.django.store import creating_statements
from webhook_verify.inbox.entries import EntryState

__all__ = ["Migration"]


def _create_table(apps: Any, schema_editor: Any) -> None:
    for statement in creating_statements(schema_editor.connection):
        schema_editor.execute(statement)


def _drop_table(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE webhook_inbox")


class Migration(migrations.Migration):
    """The migration that creates the table and its indexes."""

    initial: ClassVar[bool | None] = True
    dependencies: ClassVar[Sequence[tuple[str, str]]] = ()
    operations: ClassVar[Sequence[Operation]] = (
        migrations.RunPython(_create_table, _drop_table),
        migrations.CreateModel(
            name="InboxEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entry_key", models.CharField(max_length=64, unique=True, verbose_name="key")),
                ("namespace", models.TextField()),
                ("lane", models.CharField(max_length=255)),
                ("message_id", models.TextField(verbose_name="message id")),
                ("event_type", models.TextField(null=True, verbose_name="event type")),
                ("scheme", models.TextField()),
                ("secret_label", models.TextField(verbose_name="secret label")),
                ("received_at", models.FloatField(verbose_name="received at")),
                ("headers", models.TextField()),
                ("parts", models.TextField()),
                ("body", models.BinaryField()),
                ("body_format", models.SmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[(state.value, state.value) for state in EntryState], max_length=10
                    ),
                ),
                ("attempts", models.IntegerField()),
                ("due_at", models.FloatField(verbose_name="due at")),
                ("claim_at", models.FloatField(null=True)),
                ("leased_until", models.FloatField(null=True, verbose_name="leased until")),
                ("token", models.CharField(max_length=64)),
                ("error", models.TextField()),
                ("audit", models.TextField()),
                ("ended_at", models.FloatField(null=True, verbose_name="ended at")),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "db_table": "webhook_inbox",
                "permissions": (
                    ("redrive_inboxentry", "Can redrive dead letters"),
                    ("discard_inboxentry", "Can discard entries"),
                ),
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
    )
