import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from pathlib import Path

from django.db import migrations, models

from hueandcry.audit.migration_sql import step

TABLES = (
    'linkage_hypothesis', 'linkage_evidence', 'linkage_note', 'linkage_task', 'linkage_operationname',
    'linkage_analysisrevision',
)


class Migration(migrations.Migration):

    dependencies = [
        ('linkage', '0003_linked_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnalysisRevision',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('hypothesis', 'hypothesis'), ('note', 'note'), ('task', 'task'), ('name', 'name')])),
                ('thing', models.BigIntegerField()),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('before', models.JSONField()),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'thing', '-id'], name='analysisrevision_page')],
            },
        ),
        migrations.CreateModel(
            name='Hypothesis',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('operation', models.BigIntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('audience', models.IntegerField()),
                ('principal', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('statement', models.TextField()),
                ('likelihood', models.TextField(choices=[('remote', 'almost no chance'), ('very-unlikely', 'very unlikely'), ('unlikely', 'unlikely'), ('even', 'roughly even chance'), ('likely', 'likely'), ('very-likely', 'very likely'), ('almost-certain', 'almost certain')])),
                ('confidence', models.TextField(choices=[('low', 'low confidence'), ('moderate', 'moderate confidence'), ('high', 'high confidence')])),
                ('state', models.TextField(choices=[('open', 'open'), ('held', 'held to be true'), ('dropped', 'dropped')], default='open')),
            ],
            options={
                'indexes': [models.Index(fields=['operation', 'audience', 'id'], name='hypothesis_page')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('operation', models.BigIntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('audience', models.IntegerField()),
                ('principal', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('words', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['operation', 'audience', '-id'], name='note_page')],
            },
        ),
        migrations.CreateModel(
            name='OperationName',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('operation', models.BigIntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('audience', models.IntegerField()),
                ('principal', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('name', models.TextField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('operation', 'audience'), name='operationname_once')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('operation', models.BigIntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('audience', models.IntegerField()),
                ('principal', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('title', models.TextField()),
                ('words', models.TextField(blank=True)),
                ('assignee', models.BigIntegerField()),
                ('assignee_person', models.BigIntegerField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('state', models.TextField(choices=[('open', 'open'), ('doing', 'being done'), ('done', 'done'), ('dropped', 'dropped')], default='open')),
            ],
            options={
                'indexes': [models.Index(fields=['operation', 'audience', 'id'], name='task_page'), models.Index(fields=['assignee', 'state', 'due_on'], name='task_of')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('report', models.BigIntegerField(null=True)),
                ('observable', models.BigIntegerField(null=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('bearing', models.TextField(choices=[('for', 'speaks for it'), ('against', 'speaks against it'), ('neither', 'fits either way')])),
                ('words', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('hypothesis', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='linkage.hypothesis')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('report__isnull', True), ('observable__isnull', True), _connector='XOR'), name='evidence_is_one_thing'), models.UniqueConstraint(fields=('hypothesis', 'organisation', 'report', 'observable'), name='evidence_once', nulls_distinct=False)],
                'indexes': [models.Index(fields=['report'], name='evidence_report')],
            },
        ),
        step(Path(__file__).with_suffix('.sql'), protect=TABLES),
    ]
