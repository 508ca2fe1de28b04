import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0003_search'),
        ('members', '0003_token_use'),
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('pk', models.CompositePrimaryKey('collection', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('collection', models.IntegerField()),
                ('number', models.BigIntegerField()),
                ('key', models.BigIntegerField()),
                ('version', models.DateTimeField(null=True)),
                ('kind', models.TextField()),
                ('spec', models.SmallIntegerField(default=21)),
                ('object', models.BigIntegerField()),
                ('added', models.DateTimeField()),
                ('latest', models.BooleanField(default=True)),
                ('gate', models.SmallIntegerField(default=0)),
                ('seer', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['collection', 'added'], name='entry_added')],
            },
        ),
        migrations.AddField(
            model_name='object',
            name='ours',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='object',
            name='spec',
            field=models.SmallIntegerField(db_default=21, default=21),
        ),
        migrations.RemoveIndex(
            model_name='object',
            name='object_key',
        ),
        migrations.AddField(
            model_name='object',
            name='hash',
            field=models.GeneratedField(db_persist=True, expression=models.Func(models.F('key'), models.Value(0), function='hashtextextended'), output_field=models.BigIntegerField()),
        ),
        migrations.AddIndex(
            model_name='object',
            index=models.Index(fields=['hash'], name='object_hash'),
        ),
        migrations.AddIndex(
            model_name='object',
            index=models.Index(condition=models.Q(('ours', True)), fields=['report', 'audience'], name='object_ours'),
        ),
        migrations.AlterField(
            model_name='object',
            name='report',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='objects_held', to='exchange.report'),
        ),
        migrations.AlterField(
            model_name='observation',
            name='report',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='observations', to='exchange.report'),
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(null=True, unique=True)),
                ('kind', models.TextField(choices=[('added', 'added'), ('corrected', 'corrected'), ('withdrawn', 'withdrawn'), ('restored', 'restored'), ('superseded', 'superseded'), ('handled', 'handling changed'), ('erased', 'erased'), ('gone', 'objects deleted')])),
                ('report', models.BigIntegerField()),
                ('reference', models.UUIDField()),
                ('organisation', models.BigIntegerField()),
                ('person', models.BigIntegerField(null=True)),
                ('audience', models.IntegerField()),
                ('first_object', models.BigIntegerField(null=True)),
                ('last_object', models.BigIntegerField(null=True)),
                ('size', models.IntegerField(default=0)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('rendered', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('number__isnull', True)), fields=['id'], name='change_waiting'), models.Index(condition=models.Q(('number__isnull', True), ('rendered', False)), fields=['id'], name='change_unrendered'), models.Index(fields=['report', 'id'], name='change_report')],
            },
        ),
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('reference', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('kind', models.TextField(choices=[('everyone', 'public'), ('alliance', 'the alliance'), ('circle', 'a circle'), ('organisation', "an organisation's inbox"), ('search', 'a saved search')])),
                ('principal', models.BigIntegerField(null=True, unique=True)),
                ('organisation', models.BigIntegerField(null=True)),
                ('alert', models.BigIntegerField(null=True, unique=True)),
                ('last_entry', models.BigIntegerField(default=0)),
                ('last_added', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('alert__isnull', False), ('kind', 'search'), ('organisation__isnull', False), ('principal__isnull', True)), models.Q(('alert__isnull', True), ('organisation__isnull', True), ('principal__isnull', False), models.Q(('kind', 'search'), _negated=True)), _connector='OR'), name='collection_has_one_source')],
            },
        ),
    ]
