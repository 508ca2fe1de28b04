from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_publication")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=("exchange_entry", "exchange_change", "exchange_collection"),
            blind=(
                "hueandcry_collections()",
                "hueandcry_publish(integer)",
                "hueandcry_enter_objects(integer, bigint[])",
                "hueandcry_objects_gone()",
                "hueandcry_collection_gone()",
                "hueandcry_unrendered(integer)",
                "hueandcry_rendered(bigint[], bigint[], bigint[], integer[])",
                "hueandcry_waiting()",
            ),
        )
    ]
