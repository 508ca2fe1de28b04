import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0013_remotes_rules")]

    operations = [
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField(unique=True)),
                ("kind", models.TextField(choices=[("maildir", "a maildir"), ("imap", "an IMAP folder")])),
                ("place", models.TextField()),
                ("credentials", models.BinaryField(null=True)),
                ("done_folder", models.TextField(blank=True, default="")),
                ("validity", models.BigIntegerField(default=0)),
                ("last_uid", models.BigIntegerField(default=0)),
                ("every", models.IntegerField(default=60)),
                ("paused", models.BooleanField(default=False)),
                ("failures", models.IntegerField(default=0)),
                ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("error", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Sender",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("organisation", models.BigIntegerField()),
                ("person", models.BigIntegerField()),
                ("address", models.TextField(unique=True)),
                ("dkim_required", models.BooleanField(default=True)),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reference", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("sha256", models.BinaryField()),
                ("sender", models.TextField(blank=True)),
                ("organisation", models.BigIntegerField(null=True)),
                ("person", models.BigIntegerField(null=True)),
                ("dkim", models.TextField(blank=True)),
                ("submission", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("taking", "being taken"),
                            ("taken", "taken"),
                            ("refused", "refused"),
                            ("failed", "failed for a fault of ours"),
                        ]
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("answer", models.BooleanField(default=False)),
                ("message_id", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "mailbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="letters", to="exchange.mailbox"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("mailbox", "sha256"), name="letter_once")],
                "indexes": [
                    models.Index(fields=["organisation", "-id"], name="letter_page"),
                    models.Index(
                        fields=["id"],
                        name="letter_answer_due",
                        condition=models.Q(("answer", True), ("answered_at__isnull", True)),
                    ),
                ],
            },
        ),
    ]
