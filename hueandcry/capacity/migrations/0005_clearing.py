from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0004_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('state', models.TextField(choices=[('draft', 'draft'), ('open', 'open'), ('matched', 'matched'), ('agreed', 'agreed'), ('done', 'done'), ('withdrawn', 'withdrawn')], default='draft')),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('country', models.CharField(max_length=2)),
                ('title', models.TextField()),
                ('about', models.TextField(blank=True, default='')),
                ('aspects', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('opened_at', models.DateTimeField(null=True)),
                ('answer_by', models.DateField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('outcome', models.TextField(blank=True, default='')),
                ('rating', models.SmallIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['audience', '-id'], name='call_page')],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.SmallIntegerField()),
                ('skills', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('language_level', models.TextField(default='B2')),
                ('starts', models.DateField()),
                ('ends', models.DateField()),
                ('days', models.IntegerField()),
                ('on_site', models.BooleanField(default=True)),
                ('from_elsewhere', models.BooleanField(default=True)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='capacity.call')),
            ],
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('audience', models.IntegerField()),
                ('resource', models.BigIntegerField()),
                ('provider', models.BigIntegerField()),
                ('state', models.TextField(choices=[('chosen', 'chosen'), ('confirmed', 'confirmed'), ('declined', 'declined'), ('done', 'done'), ('failed', 'did not take place')], default='chosen')),
                ('reasons', models.JSONField(default=list)),
                ('differs', models.TextField(blank=True, default='')),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('answered_at', models.DateTimeField(null=True)),
                ('days', models.IntegerField(null=True)),
                ('outcome', models.TextField(blank=True, default='')),
                ('rating', models.SmallIntegerField(null=True)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='capacity.call')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='capacity.place')),
            ],
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('audience', models.IntegerField()),
                ('resource', models.BigIntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('note', models.TextField(blank=True, default='')),
                ('no_conflict', models.BooleanField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='capacity.call')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'resource'), name='offer_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(fields=('call', 'number'), name='place_once'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='place_ends_after_start'),
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "capacity_call",
                "capacity_place",
                "capacity_assignment",
                "capacity_offer",
            ),
        ),
    ]
