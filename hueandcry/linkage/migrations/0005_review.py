import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from hueandcry.audit.migration_sql import step

TABLES = ("linkage_reviewround", "linkage_reviewstratum", "linkage_sampledpair", "linkage_pairreading")


class Migration(migrations.Migration):
    dependencies = [("linkage", "0004_analysis")]

    operations = [
        migrations.CreateModel(
            name='ReviewRound',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('model', models.BigIntegerField()),
                ('seed', models.BigIntegerField()),
                ('reports', models.IntegerField()),
                ('left_out', models.JSONField(default=dict)),
                ('share', models.FloatField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('figures', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-id'], name='reviewround_page')],
                'constraints': [models.CheckConstraint(condition=models.Q(('share__gte', 0), ('share__lte', 1)), name='reviewround_share')],
            },
        ),
        migrations.CreateModel(
            name='ReviewStratum',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='strata', to='linkage.reviewround')),
                ('number', models.IntegerField()),
                ('linked', models.BooleanField()),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('through', models.BooleanField(default=False)),
                ('pairs', models.BigIntegerField()),
                ('drawn', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('round', 'number'), name='reviewstratum_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SampledPair',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sampled', to='linkage.reviewround')),
                ('stratum', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sampled', to='linkage.reviewstratum')),
                ('place', models.IntegerField()),
                ('left', models.BigIntegerField()),
                ('right', models.BigIntegerField()),
                ('twice', models.BooleanField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('round', 'place'), name='sampledpair_place_once'), models.CheckConstraint(condition=models.Q(('left__lt', models.F('right'))), name='sampledpair_in_order')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='PairReading',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pair', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='linkage.sampledpair')),
                ('number', models.SmallIntegerField()),
                ('person', models.BigIntegerField()),
                ('verdict', models.TextField(choices=[('same', 'the same crime'), ('different', 'different crimes'), ('unsure', 'unsure')])),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pair', 'number'), name='pairreading_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 3)), name='pairreading_number')],
                'indexes': [],
            },
        ),
        step(Path(__file__).with_suffix(".sql"), protect=TABLES),
    ]
