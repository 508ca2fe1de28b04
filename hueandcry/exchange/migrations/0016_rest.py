import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0015_mailbox_rules")]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("token", models.BigIntegerField()),
                ("person", models.BigIntegerField()),
                ("key", models.TextField()),
                ("digest", models.BinaryField()),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("status", models.SmallIntegerField(null=True)),
                ("media", models.TextField(blank=True, default="")),
                ("body", models.BinaryField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["started_at"], name="answer_age")],
                "constraints": [models.UniqueConstraint(fields=("token", "key"), name="answer_once")],
            },
        ),
        migrations.CreateModel(
            name="CallCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "token", "kind", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("token", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("minute", models.BigIntegerField()),
                ("used", models.IntegerField()),
            ],
        ),
    ]
