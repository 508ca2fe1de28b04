import uuid
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0006_needs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('number', models.SmallIntegerField()),
                ('title', models.TextField()),
                ('why', models.TextField()),
                ('aspects', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), default=list, size=None)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('merged_why', models.TextField(blank=True, default='')),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged', to='capacity.proposal')),
            ],
        ),
        migrations.CreateModel(
            name='ProposalComment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='capacity.proposal')),
            ],
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('title', models.TextField()),
                ('question', models.TextField()),
                ('chambers', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('ballots', models.TextField(choices=[('secret', 'secret for good'), ('published', 'published with the result, by organisation')], default='secret')),
                ('top', models.SmallIntegerField(default=5)),
                ('discuss_on', models.DateField()),
                ('vote_on', models.DateField()),
                ('close_on', models.DateField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('cancelled_why', models.TextField(blank=True, default='')),
                ('voting_told_at', models.DateTimeField(null=True)),
                ('counted_at', models.DateTimeField(null=True)),
                ('result', models.JSONField(null=True)),
                ('digest', models.TextField(blank=True, default='')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('discuss_on__lte', models.F('vote_on')), ('vote_on__lte', models.F('close_on'))), name='round_days_in_order'), models.CheckConstraint(condition=models.Q(('top__gte', 1), ('top__lte', 50)), name='round_top_known')],
            },
        ),
        migrations.AddField(
            model_name='proposal',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='capacity.round'),
        ),
        migrations.CreateModel(
            name='Dissent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dissents', to='capacity.round')),
            ],
        ),
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('chamber', models.TextField()),
                ('ranks', models.JSONField(default=dict)),
                ('opinions', models.JSONField(default=dict)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cast', to='capacity.round')),
            ],
        ),
        migrations.CreateModel(
            name='Priority',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('place', models.SmallIntegerField()),
                ('state', models.TextField(choices=[('current', 'current'), ('renewed', 'renewed'), ('ended', 'ended')], default='current')),
                ('adopted_on', models.DateField()),
                ('review_on', models.DateField()),
                ('review', models.TextField(blank=True, default='')),
                ('reminded_at', models.DateTimeField(null=True)),
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='priority', to='capacity.proposal')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('review_on__gt', models.F('adopted_on'))), name='priority_review_follows')],
            },
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(fields=('round', 'number'), name='proposal_number_once'),
        ),
        migrations.AddConstraint(
            model_name='dissent',
            constraint=models.UniqueConstraint(fields=('round', 'organisation'), name='dissent_once'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.UniqueConstraint(fields=('round', 'organisation'), name='ballot_once'),
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "capacity_round",
                "capacity_proposal",
                "capacity_proposalcomment",
                "capacity_ballot",
                "capacity_dissent",
                "capacity_priority",
            ),
            blind=("hueandcry_ballots_of(bigint)", "hueandcry_turnout(bigint)", "hueandcry_priorities_due()"),
        ),
    ]
