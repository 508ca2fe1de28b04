from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0014_mailbox")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=('exchange_mailbox', 'exchange_sender', 'exchange_letter'),
            blind=(),
        )
    ]
