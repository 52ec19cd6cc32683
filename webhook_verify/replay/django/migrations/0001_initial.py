"""The table of the replay records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """The migration that creates the table and its index."""

    initial: ClassVar[bool | None] = True
    dependencies: ClassVar[Sequence[tuple[str, str]]] = ()
    operations: ClassVar[Sequence[Operation]] = (
        migrations.CreateModel(
            name="ReplayRecord",
            fields=[
                ("delivery_key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("token", models.CharField(max_length=32)),
                ("leased_until", models.FloatField(null=True)),
                ("kept_until", models.FloatField()),
                ("claims", models.IntegerField()),
            ],
            options={
                "db_table": "webhook_verify_replay",
                "indexes": [models.Index(fields=["kept_until"], name="webhook_verify_kept_until")],
            },
        ),
    )
