"""The table of the replay records."""

from __future__ import annotations

from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """The migration that creates the table and its index."""

    initial = True
    dependencies = ()
    operations = (
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
