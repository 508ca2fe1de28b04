import uuid
from pathlib import Path

import django.db.models.functions.datetime
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [('members', '0002_viewer')]

    operations = [
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('from_kind', models.TextField()),
                ('from_reference', models.TextField()),
                ('to_kind', models.TextField()),
                ('to_reference', models.TextField()),
                ('relation', models.TextField()),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['to_kind', 'to_reference', '-id'], name='link_back')],
                'constraints': [models.UniqueConstraint(fields=('from_kind', 'from_reference', 'to_kind', 'to_reference', 'relation', 'audience', 'organisation'), name='link_once'), models.CheckConstraint(condition=models.Q(('from_kind', models.F('to_kind')), ('from_reference', models.F('to_reference')), _negated=True), name='link_of_two')],
            },
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "chain_link",
            ),
            blind=(
            ),
        ),
    ]
