from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0008_hits")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=(
                "exchange_ask",
                "exchange_askvalue",
                "exchange_askpart",
                "exchange_lookup",
                "exchange_lookupanswer",
                "exchange_lookupnotice",
                "exchange_lookupspend",
                "exchange_lookupblock",
            ),
            blind=(
                "hueandcry_spend(text, integer, integer, bigint)",
                "hueandcry_note_blocks(bigint[], integer[])",
                "hueandcry_hits(bigint, bigint[], text[])",
                "hueandcry_others_within(bigint)",
                "hueandcry_ask(bigint)",
                "hueandcry_ask_parts(bigint[])",
                "hueandcry_ask_reply(uuid, text)",
                "hueandcry_hits_to_tell()",
                "hueandcry_asks_to_tell()",
                "hueandcry_asks_over()",
                "hueandcry_still(bigint[])",
                "hueandcry_hits_forget()",
            ),
        )
    ]
