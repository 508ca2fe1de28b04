from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_protect")]
    operations = [step(Path(__file__).with_suffix(".sql"), blind=("hueandcry_search(text, integer)",))]
