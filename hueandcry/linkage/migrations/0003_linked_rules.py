from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step

LINKED = (
    "linkage_fact", "linkage_model", "linkage_run", "linkage_crime", "linkage_crimereport", "linkage_crimeevent",
    "linkage_operation", "linkage_operationcrime", "linkage_operationevent", "linkage_operationvalue",
    "linkage_operationsuggestion",
)


class Migration(migrations.Migration):
    dependencies = [("linkage", "0002_linked"), ("exchange", "0018_victim")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"), protect=(*LINKED, "linkage_judgement"), linked=LINKED,
            blind=(
                "hueandcry_operation_others(bigint)", "hueandcry_operations_seen(bigint[])",
                "hueandcry_operations_all_seen()", "hueandcry_crime_others(bigint)",
                "hueandcry_crimes_all_seen()", "hueandcry_crimes_counted(integer, integer)",
                "hueandcry_operation_crimes(bigint)",
                "hueandcry_memberships_told(bigint[])", "hueandcry_guesses(bigint)",
                "hueandcry_operation_events(bigint, integer)",
            ),
        ),
    ]
