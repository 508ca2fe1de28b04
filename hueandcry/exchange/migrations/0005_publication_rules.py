from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_publication")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=('exchange_entry', 'exchange_change', 'exchange_collection'),
            blind=(),
        )
    ]
