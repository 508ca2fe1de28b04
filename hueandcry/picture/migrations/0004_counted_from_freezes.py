from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("picture", "0003_rules")]
    operations = [step(Path(__file__).with_suffix(".sql"))]
