from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0002_channels'),
    ]

    operations = [
        migrations.CreateModel(
            name='CountryAnswer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('model', models.TextField()),
                ('country', models.CharField(max_length=2)),
                ('aspect', models.TextField()),
                ('indicator', models.TextField(blank=True, default='')),
                ('text', models.TextField()),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['country', 'model'], name='countryanswer_country')],
            },
        ),
        migrations.CreateModel(
            name='IndicatorEvidence',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('model', models.TextField()),
                ('country', models.CharField(max_length=2)),
                ('indicator', models.TextField()),
                ('holds', models.BooleanField()),
                ('kind', models.TextField()),
                ('source', models.TextField()),
                ('url', models.TextField(blank=True, default='')),
                ('quote', models.TextField(blank=True, default='')),
                ('dated', models.DateField()),
                ('expires', models.DateField()),
                ('tlp', models.TextField(default='GREEN')),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_why', models.TextField(blank=True, default='')),
            ],
            options={
                'indexes': [models.Index(fields=['country', 'model', 'indicator'], name='evidence_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(('tlp__in', ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'])), name='evidence_tlp_known'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='evidence_has_a_source'), models.CheckConstraint(condition=models.Q(('expires__gt', models.F('dated'))), name='evidence_expires_later')],
            },
        ),
        migrations.CreateModel(
            name='TreatyStatus',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('treaty', models.TextField()),
                ('provision', models.TextField(blank=True, default='')),
                ('status', models.TextField(choices=[('signed', 'signed'), ('ratified', 'ratified or acceded'), ('in law', 'in law'), ('in force', 'in force'), ('denounced', 'denounced'), ('not in law', 'not in law')])),
                ('day', models.DateField()),
                ('law', models.TextField(blank=True, default='')),
                ('note', models.TextField(blank=True, default='')),
                ('source', models.TextField()),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['country', 'treaty'], name='treatystatus_country')],
                'constraints': [models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='treatystatus_has_a_source')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceReview',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('verdict', models.TextField(choices=[('accepted', 'accepted'), ('refused', 'refused')])),
                ('reason', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='capacity.indicatorevidence')),
            ],
            options={
                'indexes': [models.Index(fields=['evidence', 'at'], name='evidencereview_of')],
            },
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "capacity_countryanswer",
                "capacity_indicatorevidence",
                "capacity_treatystatus",
                "capacity_evidencereview",
            ),
        ),
    ]
