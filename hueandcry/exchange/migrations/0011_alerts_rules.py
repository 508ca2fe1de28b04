from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0010_alerts")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=('exchange_alert', 'exchange_alertmatch', 'exchange_outcome', 'exchange_look'),
            blind=(
                'hueandcry_changed(bigint, integer)',
                'hueandcry_alerts_behind(integer)',
                'hueandcry_changed_matching(bigint[], text[], bigint[])',
                'hueandcry_alerts_to_tell(integer)',
                'hueandcry_looked(text, bigint)',
                'hueandcry_latest_change()',
                'hueandcry_standing_organisations(bigint[])',
            ),
        )
    ]
