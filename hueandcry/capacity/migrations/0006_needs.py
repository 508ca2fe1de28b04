import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0005_clearing'),
    ]

    operations = [
        migrations.CreateModel(
            name='NeedIndex',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('name', models.TextField(unique=True)),
                ('indicators', models.JSONField()),
                ('groups', models.JSONField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('retired_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NeedRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('year', models.SmallIntegerField()),
                ('choices', models.JSONField()),
                ('inputs', models.JSONField()),
                ('told', models.JSONField()),
                ('digest', models.TextField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('index', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='capacity.needindex')),
            ],
        ),
        migrations.CreateModel(
            name='Statistic',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code', models.TextField(unique=True)),
                ('name', models.TextField()),
                ('scale', models.TextField()),
                ('unit', models.TextField(blank=True, default='')),
                ('direction', models.SmallIntegerField()),
                ('source', models.TextField()),
                ('url', models.TextField(blank=True, default='')),
                ('licence', models.TextField(blank=True, default='')),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('direction__in', [1, -1])), name='statistic_direction_known'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='statistic_has_a_source')],
            },
        ),
        migrations.CreateModel(
            name='Consultation',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('decision', models.TextField(choices=[('confirmed', 'need confirmed'), ('raised', 'need is greater than the index says'), ('lowered', 'need is less than the index says')])),
                ('reasons', models.TextField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consultations', to='capacity.needrun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='consultation_has_reasons')],
            },
        ),
        migrations.CreateModel(
            name='StatisticValue',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('year', models.SmallIntegerField()),
                ('value', models.FloatField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('statistic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='told', to='capacity.statistic')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('statistic', 'country', 'year'), name='statisticvalue_once')],
            },
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "capacity_statistic",
                "capacity_statisticvalue",
                "capacity_needindex",
                "capacity_needrun",
                "capacity_consultation",
            ),
        ),
    ]
