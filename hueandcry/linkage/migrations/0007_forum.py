import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [('linkage', '0006_rooms')]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('audience', models.IntegerField()),
                ('room', models.BigIntegerField(null=True)),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('filename', models.TextField()),
                ('kind', models.TextField()),
                ('size', models.BigIntegerField()),
                ('sha256', models.BinaryField()),
                ('tlp', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('erased_at', models.DateTimeField(null=True)),
                ('erased_by', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('audience', models.IntegerField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('edited_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AttachmentKey',
            fields=[
                ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='linkage.attachment')),
                ('key', models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name='attachment',
            name='post',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='linkage.post'),
        ),
        migrations.CreateModel(
            name='PostRevision',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('audience', models.IntegerField()),
                ('person', models.BigIntegerField()),
                ('before', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='linkage.post')),
            ],
        ),
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('scope', models.TextField(choices=[('a circle', 'a circle'), ('a case room', 'a case room'), ('law enforcement', 'law enforcement of the alliance')])),
                ('principal', models.BigIntegerField()),
                ('audience', models.IntegerField()),
                ('room', models.BigIntegerField(null=True)),
                ('title', models.TextField()),
                ('tlp', models.TextField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('pinned', models.BooleanField(db_default=False, default=False)),
                ('closed_at', models.DateTimeField(null=True)),
                ('posts', models.IntegerField(db_default=0, default=0)),
                ('last_post', models.BigIntegerField(db_default=0, default=0)),
                ('last_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['audience', '-last_at', '-id'], name='thread_page'), models.Index(condition=models.Q(('room__isnull', False)), fields=['room'], name='thread_room')],
                'constraints': [models.CheckConstraint(condition=models.Q(('tlp__in', ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'])), name='thread_tlp_known')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('person', models.BigIntegerField()),
                ('post', models.BigIntegerField(default=0)),
                ('following', models.BooleanField(default=False)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='linkage.thread')),
            ],
        ),
        migrations.AddField(
            model_name='post',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='said', to='linkage.thread'),
        ),
        migrations.CreateModel(
            name='AttachmentChunk',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.IntegerField()),
                ('content', models.BinaryField()),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='linkage.attachment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attachment', 'number'), name='attachment_chunk_once')],
            },
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('room__isnull', False)), fields=['room', '-id'], name='attachment_room'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('tlp__in', ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'])), name='attachment_tlp_known'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('post__isnull', False), ('room__isnull', False), _connector='OR'), name='attachment_hangs_somewhere'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(fields=('thread', 'person'), name='reading_once'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['thread', 'id'], name='post_page'),
        ),
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "linkage_thread",
                "linkage_post",
                "linkage_postrevision",
                "linkage_reading",
                "linkage_attachment",
                "linkage_attachmentkey",
                "linkage_attachmentchunk",
            ),
            blind=(
                "hueandcry_forum_search(text, integer)",
                "hueandcry_thread_followers(bigint)",
                "hueandcry_thread_seers(bigint, bigint[])",
                "hueandcry_post_counted()",
            ),
        ),
    ]
