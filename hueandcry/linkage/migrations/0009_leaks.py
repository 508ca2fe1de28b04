from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("linkage", "0008_deconfliction")]
    operations: list[object] = [step(Path(__file__).with_suffix(".sql"))]
