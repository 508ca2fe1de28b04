from pathlib import Path

import django.db.models.functions.datetime
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0003_assessment'),
    ]

    operations = [
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('model', models.TextField()),
                ('country', models.CharField(blank=True, default='', max_length=2)),
                ('aspect', models.TextField()),
                ('stage', models.SmallIntegerField()),
                ('why', models.TextField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['model', 'aspect', 'country'], name='target_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(('stage__gte', 1), ('stage__lte', 5)), name='target_stage_known')],
            },
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "capacity_target",
            ),
        ),
    ]
