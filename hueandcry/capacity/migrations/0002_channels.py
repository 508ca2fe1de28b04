from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0001_register'),
    ]

    operations = [
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('country', models.CharField(max_length=2)),
                ('kind', models.TextField(choices=[('24/7', '24/7 point of contact'), ('authority', 'competent authority'), ('cert', 'national CERT'), ('interpol', 'Interpol national central bureau'), ('europol', 'Europol national unit'), ('liaison', 'liaison officer')])),
                ('name', models.TextField()),
                ('requests', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('may_send', models.TextField(blank=True)),
                ('how', models.TextField(blank=True)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('basis', models.TextField(blank=True)),
                ('hours', models.TextField(blank=True)),
                ('email', models.TextField(blank=True)),
                ('phone', models.TextField(blank=True)),
                ('url', models.TextField(blank=True)),
                ('source', models.TextField()),
                ('source_day', models.DateField()),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('confirmed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['country', 'kind'], name='channel_country')],
            },
        ),
        migrations.CreateModel(
            name='ChannelUse',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('request', models.TextField()),
                ('sent_on', models.DateField()),
                ('answered_on', models.DateField(null=True)),
                ('outcome', models.TextField(default='waiting')),
                ('note', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='capacity.channel')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_on__isnull', True), ('answered_on__gte', models.F('sent_on')), _connector='OR'), name='channeluse_answered_after_sent')],
            },
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "capacity_channel",
                "capacity_channeluse",
            ),
            blind=(
                "hueandcry_channel_times(bigint[])",
            ),
        ),
    ]
