import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [('linkage', '0005_review'), ('members', '0003_token_use'), ('notices', '0002_rules')]

    operations = [
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('name', models.TextField()),
                ('purpose', models.TextField()),
                ('legal_basis', models.TextField()),
                ('ceiling', models.TextField()),
                ('circle', models.BigIntegerField(unique=True)),
                ('principal', models.BigIntegerField(unique=True)),
                ('record', models.BigIntegerField(unique=True)),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.BigIntegerField(null=True)),
                ('closing', models.TextField(blank=True, db_default='', default='')),
            ],
            options={
                'indexes': [models.Index(fields=['audience', '-id'], name='room_page')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ceiling__in', ['GREEN', 'AMBER', 'AMBER+STRICT', 'RED'])), name='room_ceiling_known')],
            },
        ),
        migrations.CreateModel(
            name='RoomEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('act', models.TextField()),
                ('about', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='linkage.room')),
            ],
        ),
        migrations.CreateModel(
            name='RoomOrganisation',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('state', models.TextField(choices=[('invited', 'invited'), ('joined', 'in it'), ('declined', 'declined'), ('uninvited', 'invitation taken back'), ('left', 'left'), ('removed', 'removed')])),
                ('words', models.TextField(blank=True)),
                ('invited_by', models.BigIntegerField()),
                ('invited_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_by', models.BigIntegerField(null=True)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='organisations', to='linkage.room')),
            ],
        ),
        migrations.CreateModel(
            name='RoomPerson',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('role', models.TextField(choices=[('lead', 'lead'), ('member', 'member')], default='member')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('named_by', models.BigIntegerField()),
                ('left_at', models.DateTimeField(null=True)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='linkage.room')),
            ],
        ),
        migrations.AddIndex(
            model_name='roomevent',
            index=models.Index(fields=['room', '-id'], name='roomevent_page'),
        ),
        migrations.AddIndex(
            model_name='roomorganisation',
            index=models.Index(fields=['organisation', 'state'], name='roomorganisation_theirs'),
        ),
        migrations.AddConstraint(
            model_name='roomorganisation',
            constraint=models.UniqueConstraint(fields=('room', 'organisation'), name='room_organisation_once'),
        ),
        migrations.AddIndex(
            model_name='roomperson',
            index=models.Index(condition=models.Q(('left_at__isnull', True)), fields=['person'], name='roomperson_principals'),
        ),
        migrations.AddConstraint(
            model_name='roomperson',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('room', 'person'), name='room_person_once'),
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "linkage_room",
                "linkage_roomorganisation",
                "linkage_roomperson",
                "linkage_roomevent",
            ),
            blind=(
                "hueandcry_rooms_invited()",
                "hueandcry_room_role(bigint)",
                "hueandcry_rooms_led()",
                "hueandcry_room_open(uuid, text, text, text, text)",
                "hueandcry_room_invite(bigint, bigint, text, integer)",
                "hueandcry_room_answer(bigint, boolean)",
                "hueandcry_room_name(bigint, bigint, text)",
                "hueandcry_room_unname(bigint, bigint)",
                "hueandcry_room_end(bigint, bigint)",
                "hueandcry_room_close(bigint, text)",
            ),
        ),
    ]
