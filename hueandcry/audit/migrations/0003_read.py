from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [('audit', '0002_chain')]
    operations = [step(Path(__file__).with_suffix(".sql"), protect=('audit_act',))]
