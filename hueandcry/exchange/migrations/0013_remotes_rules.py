from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0012_remotes")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=('exchange_remote', 'exchange_envelope', 'exchange_remoterun'),
            blind=(
                "hueandcry_remotes_due(integer)",
                "hueandcry_node_changes(bigint, bigint, integer, integer)",
                "hueandcry_node_passed(bigint, bigint, integer)",
                "hueandcry_node_take(bigint, uuid[], bigint[], text[], uuid[], text[], boolean[])",
            ),
        )
    ]
