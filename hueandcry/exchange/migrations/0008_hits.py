import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0007_recall_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='Ask',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('purpose', models.TextField(choices=[('investigation', 'investigate a crime'), ('prevention', 'prevent a crime')])),
                ('case', models.TextField(blank=True)),
                ('words', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('answer_by', models.DateField()),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-id'], name='ask_page')],
            },
        ),
        migrations.CreateModel(
            name='Lookup',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('channel', models.TextField()),
                ('purpose', models.TextField(choices=[('investigation', 'investigate a crime'), ('prevention', 'prevent a crime')])),
                ('words', models.TextField(blank=True)),
                ('case', models.TextField(blank=True)),
                ('asked', models.IntegerField()),
                ('guessable', models.IntegerField(default=0)),
                ('repeated', models.IntegerField(default=0)),
                ('hits', models.IntegerField(default=0)),
                ('unread', models.JSONField(default=list)),
                ('flagged', models.BooleanField(default=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-id'], name='lookup_page')],
            },
        ),
        migrations.CreateModel(
            name='LookupBlock',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField()),
                ('block', models.BigIntegerField()),
                ('day', models.DateField()),
                ('asked', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'day', 'block'), name='lookup_block_once')],
            },
        ),
        migrations.CreateModel(
            name='LookupNotice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('lookup', models.UUIDField()),
                ('asker', models.BigIntegerField()),
                ('purpose', models.TextField()),
                ('owner', models.BigIntegerField()),
                ('person', models.BigIntegerField(null=True)),
                ('report', models.BigIntegerField()),
                ('observable', models.BigIntegerField()),
                ('told', models.BooleanField(default=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['owner', '-id'], name='lookup_notice_page'), models.Index(condition=models.Q(('told', False)), fields=['id'], name='lookup_notice_due')],
            },
        ),
        migrations.CreateModel(
            name='LookupSpend',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('door', models.TextField()),
                ('amount', models.IntegerField()),
                ('guessable', models.IntegerField()),
                ('thing', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'door', 'at'], name='lookup_spend_window')],
            },
        ),
        migrations.CreateModel(
            name='AskPart',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('owner', models.BigIntegerField()),
                ('person', models.BigIntegerField(null=True)),
                ('named', models.BooleanField(default=False)),
                ('state', models.TextField(choices=[('open', 'waiting for an answer'), ('granted', 'granted'), ('partly', 'granted in part'), ('refused', 'refused'), ('taken back', 'taken back')], default='open')),
                ('observables', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('reports', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('granted', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('conditions', models.TextField(blank=True)),
                ('until', models.DateField(null=True)),
                ('question', models.TextField(blank=True)),
                ('reply', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.BigIntegerField(null=True)),
                ('told', models.BooleanField(default=False)),
                ('ask', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='exchange.ask')),
            ],
            options={
                'indexes': [models.Index(fields=['owner', 'state', 'id'], name='ask_part_page')],
                'constraints': [models.UniqueConstraint(fields=('ask', 'owner', 'person'), name='ask_part_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='AskValue',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('observable', models.BigIntegerField()),
                ('type', models.TextField()),
                ('value', models.TextField()),
                ('ask', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='exchange.ask')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('ask', 'observable'), name='ask_value_once')],
            },
        ),
        migrations.CreateModel(
            name='LookupAnswer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('observable', models.BigIntegerField()),
                ('type', models.TextField()),
                ('value', models.TextField()),
                ('organisations', models.IntegerField()),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('names', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('last_seen', models.DateField(null=True)),
                ('exact', models.BooleanField(default=False)),
                ('lookup', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='exchange.lookup')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('lookup', 'observable'), name='lookup_answer_once')],
            },
        ),
    ]
