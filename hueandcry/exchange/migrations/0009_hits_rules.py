from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0008_hits")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=('exchange_ask', 'exchange_lookup', 'exchange_lookupanswer', 'exchange_askpart'),
            blind=(),
        )
    ]
