from pathlib import Path

import django.db.models.functions.datetime
import uuid
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0005_academy_roles'),
        ('capacity', '0007_priorities'),
    ]

    operations = [
        migrations.CreateModel(
            name='FrameworkVersion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('code', models.TextField()),
                ('version', models.TextField()),
                ('title', models.TextField()),
                ('digest', models.TextField()),
                ('document', models.BinaryField()),
                ('roles', models.IntegerField()),
                ('relations', models.IntegerField()),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='framework_version_once')],
            },
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=("academy_frameworkversion",),
        ),
    ]
