from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0010_alerts")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=('exchange_alert', 'exchange_alertmatch'),
            blind=(),
        )
    ]
