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
                ('observable', models.BigIntegerField(null=True)),
                ('type', models.TextField(blank=True)),
                ('value', models.TextField(blank=True)),
                ('purpose', models.TextField()),
                ('case', models.TextField(blank=True)),
                ('words', models.TextField(blank=True)),
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
                ('purpose', models.TextField()),
                ('case', models.TextField(blank=True)),
                ('asked', models.IntegerField()),
                ('hits', models.IntegerField(default=0)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-id'], name='lookup_page')],
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
                ('lookup', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='exchange.lookup')),
            ],
        ),
        migrations.CreateModel(
            name='AskPart',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('owner', models.BigIntegerField()),
                ('named', models.BooleanField(default=False)),
                ('state', models.TextField(choices=[('open', 'waiting for an answer'), ('granted', 'granted'), ('partly', 'granted in part'), ('refused', 'refused'), ('taken back', 'taken back')], default='open')),
                ('reports', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('granted', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('conditions', models.TextField(blank=True)),
                ('until', models.DateField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.BigIntegerField(null=True)),
                ('ask', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='exchange.ask')),
            ],
            options={
                'indexes': [models.Index(fields=['owner', 'state', 'id'], name='ask_part_page')],
                'constraints': [models.UniqueConstraint(fields=('ask', 'owner'), name='ask_part_once')],
            },
        ),
    ]
