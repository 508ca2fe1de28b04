import uuid
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0004_gaps'),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('state', models.TextField(choices=[('draft', 'draft'), ('open', 'open for offers'), ('agreed', 'agreed'), ('done', 'done'), ('withdrawn', 'withdrawn')], default='draft')),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('country', models.CharField(max_length=2)),
                ('title', models.TextField()),
                ('about', models.TextField(blank=True, default='')),
                ('aspects', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('closed', models.BooleanField(default=False)),
                ('answer_by', models.DateField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('opened_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.TextField(blank=True, default='')),
            ],
            options={
                'indexes': [models.Index(fields=['audience', '-id'], name='call_page')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='call_done_says_how')],
            },
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
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.SmallIntegerField()),
                ('kind', models.TextField(choices=[('expert', 'expert'), ('course', 'course')], default='expert')),
                ('skills', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('useful', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('languages', models.JSONField(default=dict)),
                ('any_language', models.BooleanField(default=False)),
                ('starts', models.DateField()),
                ('ends', models.DateField()),
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
                ('organisation', models.BigIntegerField()),
                ('provider', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('state', models.TextField(choices=[('chosen', 'chosen'), ('confirmed', 'confirmed'), ('declined', 'declined'), ('released', 'choice taken back'), ('done', 'took place'), ('failed', 'did not take place')], default='chosen')),
                ('reasons', models.JSONField(default=list)),
                ('differs', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('answered_at', models.DateTimeField(null=True)),
                ('days', models.IntegerField(null=True)),
                ('outcome', models.TextField(blank=True, default='')),
                ('rating', models.SmallIntegerField(null=True)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='capacity.call')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='capacity.offer')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='assignments', to='capacity.place')),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('audience', models.IntegerField()),
                ('resource', models.BigIntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='capacity.call')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'resource'), name='invitation_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('call', 'resource'), name='offer_once'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('no_conflict', True)), name='offer_declares_no_conflict'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(fields=('call', 'number'), name='place_once'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='place_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['chosen', 'confirmed', 'done'])), fields=('place',), name='assignment_place_once'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('rating', None), models.Q(('rating__gte', 1), ('rating__lte', 5)), _connector='OR'), name='assignment_rating_known'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('days', None), models.Q(('days__gte', 0), ('days__lte', 1000)), _connector='OR'), name='assignment_days_known'),
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "capacity_call",
                "capacity_place",
                "capacity_invitation",
                "capacity_offer",
                "capacity_assignment",
            ),
            blind=(
                "hueandcry_asker_sees(bigint, bigint)",
                "hueandcry_audience_between(integer, bigint, bigint)",
                "hueandcry_engaged(bigint[])",
                "hueandcry_assignment_guarded()",
            ),
        ),
    ]
