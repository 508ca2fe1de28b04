import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0009_hits_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('name', models.TextField()),
                ('query', models.TextField()),
                ('often', models.TextField(choices=[('never', 'only when I look'), ('at once', 'at once'), ('daily', 'once a day'), ('weekly', 'once a week')], default='daily')),
                ('served', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('looked', models.BigIntegerField(default=0)),
                ('told', models.BigIntegerField(default=0)),
                ('told_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'organisation', 'name'), name='alert_name_once')],
            },
        ),
        migrations.CreateModel(
            name='AlertMatch',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('report', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matches', to='exchange.alert')),
            ],
            options={
                'indexes': [models.Index(fields=['alert', 'id'], name='alert_match_page')],
                'constraints': [models.UniqueConstraint(fields=('alert', 'report'), name='alert_match_once')],
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('name', models.TextField(primary_key=True, serialize=False)),
                ('looked', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('kind', models.TextField(choices=[('opened', 'a case was opened'), ('arrested', 'somebody was arrested'), ('taken down', 'it was taken down'), ('recovered', 'money was recovered'), ('guidance', 'guidance was published'), ('nothing', 'nothing further')])),
                ('words', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='exchange.report')),
            ],
        ),
    ]
