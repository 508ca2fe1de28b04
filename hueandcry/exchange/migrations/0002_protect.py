from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [('exchange', '0001_initial'), ('members', '0002_viewer')]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=('exchange_submission', 'exchange_submissionkey', 'exchange_submissionchunk', 'exchange_remark', 'exchange_report', 'exchange_object', 'exchange_observation', 'exchange_observable', 'exchange_grant', 'exchange_revision', 'exchange_mapping'),
            blind=('hueandcry_search(text, integer)', 'hueandcry_unfinished(integer)'),
        )
    ]
