import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0005_publication_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecallPosition',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Recall',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('report', models.BigIntegerField()),
                ('report_reference', models.UUIDField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField(null=True)),
                ('change', models.BigIntegerField()),
                ('kind', models.TextField(choices=[('withdrawn', 'withdrawn'), ('corrected', 'corrected'), ('restored', 'restored'), ('superseded', 'superseded'), ('handled', 'handling changed'), ('restricted', 'no longer for you'), ('erased', 'erased')])),
                ('revision', models.IntegerField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('due_on', models.DateField()),
                ('statement', models.TextField()),
                ('signature', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-id'], name='recall_page')],
                'constraints': [models.UniqueConstraint(fields=('change', 'kind'), name='recall_once')],
            },
        ),
        migrations.AddField(
            model_name='report',
            name='restriction',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField(null=True)),
                ('person', models.BigIntegerField(null=True)),
                ('token', models.BigIntegerField(null=True)),
                ('remote', models.BigIntegerField(null=True)),
                ('channel', models.TextField()),
                ('report', models.BigIntegerField(null=True)),
                ('collection', models.IntegerField(null=True)),
                ('first_entry', models.BigIntegerField(null=True)),
                ('last_entry', models.BigIntegerField(null=True)),
                ('everything', models.BooleanField(db_default=False, default=False)),
                ('principals', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('mask', models.SmallIntegerField(db_default=0, default=0)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('everything', True)), fields=['at'], name='delivery_everything')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('report__isnull', False)), fields=('report', 'organisation', 'person', 'token', 'remote', 'channel'), name='delivery_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Permission',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('code', models.TextField(choices=[('H1', 'use as evidence'), ('H2', 'pass on'), ('H3', 'further restriction')])),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('reason', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('answer_by', models.DateField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.BigIntegerField(null=True)),
                ('allowed', models.BooleanField(null=True)),
                ('conditions', models.TextField(blank=True)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='permissions', to='exchange.report')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('allowed', False), _negated=True), fields=('report', 'code', 'organisation'), name='permission_once')],
            },
        ),
        migrations.CreateModel(
            name='RecallReceipt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('owner', models.BigIntegerField()),
                ('sender', models.BigIntegerField(null=True)),
                ('organisation', models.BigIntegerField(null=True)),
                ('person', models.BigIntegerField(null=True)),
                ('remote', models.BigIntegerField(null=True)),
                ('channel', models.TextField()),
                ('told_at', models.DateTimeField(null=True)),
                ('fetched_at', models.DateTimeField(null=True)),
                ('acted_at', models.DateTimeField(null=True)),
                ('acted_by', models.BigIntegerField(null=True)),
                ('note', models.TextField(blank=True, db_default='')),
                ('recall', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='exchange.recall')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-id'], name='receipt_page'), models.Index(condition=models.Q(('acted_at__isnull', True), ('fetched_at__isnull', True)), fields=['id'], name='receipt_not_fetched')],
                'constraints': [models.UniqueConstraint(fields=('recall', 'organisation', 'person', 'remote', 'channel'), name='receipt_once', nulls_distinct=False)],
            },
        ),
    ]
