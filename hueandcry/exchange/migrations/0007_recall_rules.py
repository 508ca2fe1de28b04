from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0006_recall")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=("exchange_recall", "exchange_delivery", "exchange_permission", "exchange_recallreceipt",
                     "exchange_recallposition"),
            blind=(
                "hueandcry_opened(bigint, integer)",
                "hueandcry_recipients(bigint[])",
                "hueandcry_note_recipients(bigint[])",
                "hueandcry_change_told()",
                "hueandcry_recall_position()",
                "hueandcry_recall_news(integer)",
                "hueandcry_recall_keep(jsonb)",
                "hueandcry_recall_fetched()",
                "hueandcry_reviews_due(date)",
            ),
        )
    ]
