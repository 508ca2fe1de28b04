from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):

    initial = True

    dependencies = [('picture', '0004_counted_from_freezes'), ('members', '0004_capacity_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='Availability',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('starts', models.DateField()),
                ('ends', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('note', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Conflict',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField(null=True)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('party', models.TextField(blank=True)),
                ('why', models.TextField()),
                ('since', models.DateField(null=True)),
                ('until', models.DateField(null=True)),
                ('declared_by', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('kind', models.TextField(choices=[('organisation', 'organisation'), ('expert', 'expert'), ('course', 'course'), ('tool', 'tool'), ('publication', 'publication'), ('laboratory', 'laboratory'), ('fund', 'fund'), ('programme', 'programme')])),
                ('state', models.TextField(choices=[('proposed', 'proposed'), ('review', 'under no-objection review'), ('listed', 'listed'), ('fading', 'fading'), ('withdrawn', 'withdrawn')], default='proposed')),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('title', models.TextField()),
                ('about', models.TextField(blank=True)),
                ('language', models.TextField(default='en')),
                ('provider', models.TextField(blank=True)),
                ('identifier', models.TextField(blank=True)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), default=list, size=None)),
                ('everywhere', models.BooleanField(default=False)),
                ('home', models.CharField(blank=True, max_length=2)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('aspects', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('cost', models.TextField(choices=[('unknown', 'not told'), ('free', 'free'), ('at cost', 'at cost'), ('paid', 'paid')], default='unknown')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('url', models.TextField(blank=True)),
                ('contact', models.TextField(blank=True)),
                ('evidence', models.TextField(blank=True)),
                ('source', models.TextField(default='form')),
                ('details', models.JSONField(default=dict)),
                ('starts', models.DateField(null=True)),
                ('ends', models.DateField(null=True)),
                ('review_until', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('listed_at', models.DateTimeField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('upheld', models.BooleanField(null=True)),
                ('answer', models.TextField(blank=True, default='')),
                ('answered_by', models.BigIntegerField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Expert',
            fields=[
                ('resource', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='expert', serialize=False, to='capacity.resource')),
                ('person_named', models.BigIntegerField(null=True)),
                ('skills', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('speaks', models.JSONField(default=dict)),
                ('worked_in', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), default=list, size=None)),
                ('nationalities', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), default=list, size=None)),
                ('employer', models.BigIntegerField(null=True)),
                ('at_once', models.IntegerField(default=1)),
                ('consent_to', models.TextField(default='secretariat')),
                ('consent_organisations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('consent_by', models.TextField(blank=True)),
                ('consent_how', models.TextField(blank=True)),
                ('consent_at', models.DateTimeField(null=True)),
                ('consent_withdrawn_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ResourceShown',
            fields=[
                ('resource', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='shown', serialize=False, to='capacity.resource')),
                ('times', models.BigIntegerField(db_default=0, default=0)),
                ('looks', models.FloatField(db_default=0, default=0)),
                ('asked', models.BigIntegerField(db_default=0, default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(fields=['audience', '-id'], name='resource_page'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('starts__isnull', True), ('ends__gte', models.F('starts')), _connector='OR'), name='resource_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.UniqueConstraint(condition=models.Q(('identifier', ''), _negated=True), fields=('organisation', 'identifier'), name='resource_identifier_once'),
        ),
        migrations.AddField(
            model_name='conflict',
            name='resource',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='capacity.resource'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='resource',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmations', to='capacity.resource'),
        ),
        migrations.AddField(
            model_name='availability',
            name='resource',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='free', to='capacity.resource'),
        ),
        migrations.AddField(
            model_name='objection',
            name='resource',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='objections', to='capacity.resource'),
        ),
        migrations.AddConstraint(
            model_name='availability',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='availability_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.UniqueConstraint(fields=('resource', 'organisation'), name='objection_once'),
        ),
        migrations.CreateModel(
            name='ResourceEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('organisation', models.BigIntegerField(null=True)),
                ('person', models.BigIntegerField(null=True)),
                ('before', models.JSONField(default=dict)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='capacity.resource')),
            ],
            options={
                'indexes': [models.Index(fields=['resource', '-id'], name='resource_event_page')],
            },
        ),
        migrations.CreateModel(
            name='ResourceDuplicate',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('bits', models.FloatField()),
                ('same', models.BooleanField(null=True)),
                ('said_by', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duplicated_by', to='capacity.resource')),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duplicates', to='capacity.resource')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('resource', 'other'), name='resource_duplicate_once')],
            },
        ),
        migrations.CreateModel(
            name='ResourceImport',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('filename', models.TextField(blank=True)),
                ('format', models.TextField()),
                ('sha256', models.BinaryField()),
                ('stored', models.IntegerField(default=0)),
                ('known', models.IntegerField(default=0)),
                ('refused', models.IntegerField(default=0)),
                ('remarks', models.JSONField(default=list)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "capacity_availability",
                "capacity_confirmation",
                "capacity_conflict",
                "capacity_resource",
                "capacity_objection",
                "capacity_expert",
                "capacity_resourceshown",
                "capacity_resourceevent",
                "capacity_resourceduplicate",
                "capacity_resourceimport",
            ),
            blind=(
                "hueandcry_resources(text, jsonb, integer, integer, boolean)",
                "hueandcry_resource_near(text)",
                "hueandcry_resource_words()",
                "hueandcry_resources_for(text, text[], integer)",
                "hueandcry_resources_alike(text[], text[], integer)",
                "hueandcry_resources_shown(bigint[], double precision[])",
                "hueandcry_resource_asked(bigint)",
                "hueandcry_resource_confirmed()",
                "hueandcry_resources_due(integer, interval, interval)",
                "hueandcry_offices()",
                "hueandcry_is_expert(bigint)",
                "hueandcry_expert_shown_guarded()",
            ),
        ),
    ]
