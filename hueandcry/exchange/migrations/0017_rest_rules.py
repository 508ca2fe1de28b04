from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0016_rest")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=("exchange_keptanswer", "exchange_callcount"),
            blind=(
                "hueandcry_count_call(bigint, text, bigint)",
                "hueandcry_forget_answers(integer)",
                "hueandcry_sightings(text[], integer)",
            ),
        )
    ]
