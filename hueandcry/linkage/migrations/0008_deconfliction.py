import uuid
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("linkage", "0007_forum")]

    operations = [
        migrations.CreateModel(
            name='Interest',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('title', models.TextField()),
                ('case', models.TextField(blank=True)),
                ('contact', models.TextField(blank=True)),
                ('note', models.TextField(blank=True)),
                ('tells', models.TextField(choices=[('meeting', 'only that somebody is there, and a place to write'), ('contact', 'our name and contact'), ('note', 'our name, contact and note')], default='contact')),
                ('crime', models.BigIntegerField(null=True)),
                ('operation', models.BigIntegerField(null=True)),
                ('action_at', models.DateTimeField(null=True)),
                ('action_zone', models.TextField(blank=True)),
                ('until', models.DateField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-id'], name='interest_page')],
                'constraints': [models.CheckConstraint(condition=models.Q(('crime__isnull', True), ('operation__isnull', True), _connector='OR'), name='interest_in_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='InterestSpend',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('amount', models.IntegerField()),
                ('guessable', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'at'], name='interestspend_at')],
            },
        ),
        migrations.CreateModel(
            name='InterestValue',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('interest', models.BigIntegerField()),
                ('organisation', models.BigIntegerField()),
                ('type', models.TextField()),
                ('value', models.TextField()),
                ('hash', models.TextField()),
                ('observable', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['hash'], name='interestvalue_hash')],
                'constraints': [models.UniqueConstraint(fields=('interest', 'hash'), name='interestvalue_once')],
            },
        ),
        migrations.CreateModel(
            name='Overlap',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('left', models.BigIntegerField()),
                ('right', models.BigIntegerField()),
                ('things', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['right'], name='overlap_right')],
                'constraints': [models.CheckConstraint(condition=models.Q(('left__lt', models.F('right'))), name='overlap_in_order'), models.UniqueConstraint(fields=('left', 'right'), name='overlap_once')],
            },
        ),
        migrations.CreateModel(
            name='OverlapMessage',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('overlap', models.BigIntegerField()),
                ('side', models.BigIntegerField()),
                ('words', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['overlap', 'id'], name='overlapmessage_page')],
            },
        ),
        migrations.CreateModel(
            name='OverlapSide',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(db_default=models.Func(function='gen_random_uuid'), default=uuid.uuid4, unique=True)),
                ('overlap', models.BigIntegerField()),
                ('organisation', models.BigIntegerField()),
                ('interest', models.BigIntegerField()),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('values', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('urgent_at', models.DateTimeField(null=True)),
                ('stand', models.TextField(blank=True, choices=[('go on', 'go on'), ('talk first', 'talk first')])),
                ('stand_at', models.DateTimeField(null=True)),
                ('outcome', models.TextField(blank=True, choices=[('together', 'we work together'), ('stood back', 'we stood back'), ('handed over', 'we handed over or took over'), ('no conflict', 'there was no conflict')])),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-id'], name='overlapside_page')],
                'constraints': [models.UniqueConstraint(fields=('overlap', 'organisation'), name='overlapside_once')],
            },
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "linkage_interest", "linkage_interestvalue", "linkage_interestspend", "linkage_overlap",
                "linkage_overlapside", "linkage_overlapmessage",
            ),
            blind=(
                "hueandcry_deconflicts(bigint)", "hueandcry_interest_values(bigint, text[], text[], text[], bigint[])",
                "hueandcry_deconflict()", "hueandcry_other_side(uuid)", "hueandcry_other_address(uuid)",
                "hueandcry_interests_forget()",
            ),
        ),
    ]
