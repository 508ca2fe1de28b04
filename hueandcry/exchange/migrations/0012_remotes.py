import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0011_alerts_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='Remote',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('kind', models.TextField(choices=[('taxii', 'TAXII 2.1 collection'), ('misp', 'MISP feed'), ('node', 'node of Hue & Cry')])),
                ('name', models.TextField()),
                ('url', models.TextField()),
                ('credentials', models.BinaryField(null=True)),
                ('every', models.IntegerField(default=900)),
                ('pulls', models.BooleanField(default=True)),
                ('pushes', models.BooleanField(default=False)),
                ('circle', models.BigIntegerField(null=True)),
                ('filter', models.JSONField(default=dict)),
                ('handling', models.JSONField(default=dict)),
                ('position', models.JSONField(default=dict)),
                ('node', models.UUIDField(null=True)),
                ('passes_on', models.BooleanField(default=False)),
                ('paused', models.BooleanField(default=False)),
                ('failures', models.IntegerField(default=0)),
                ('next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('paused', False)), fields=['next_at'], name='remote_due')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'name'), name='remote_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Envelope',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('origin', models.UUIDField()),
                ('number', models.BigIntegerField()),
                ('kind', models.TextField()),
                ('report', models.UUIDField()),
                ('content', models.TextField(blank=True)),
                ('passes_on', models.BooleanField(default=False)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('applied_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True)),
                ('remote', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='envelopes', to='exchange.remote')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('applied_at__isnull', True)), fields=['remote', 'id'], name='envelope_waiting'), models.Index(fields=['origin', 'number'], name='envelope_number'), models.Index(fields=['origin', 'report', 'id'], name='envelope_report')],
                'constraints': [models.UniqueConstraint(fields=('remote', 'origin', 'number'), name='envelope_once')],
            },
        ),
        migrations.CreateModel(
            name='RemoteRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('pulled', models.BigIntegerField(default=0)),
                ('pushed', models.BigIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('remote', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='exchange.remote')),
            ],
            options={
                'indexes': [models.Index(fields=['remote', '-id'], name='remote_run_page')],
            },
        ),
    ]
