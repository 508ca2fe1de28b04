from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step

LINKED = ("picture_freeze", "picture_freezefile", "picture_estimate", "picture_signal")
OTHERS = ("picture_release", "picture_releasefile", "picture_exchangerate", "picture_denominator")


class Migration(migrations.Migration):
    dependencies = [("picture", "0002_freezes"), ("linkage", "0009_leaks"), ("members", "0003_token_use")]
    operations = [step(Path(__file__).with_suffix(".sql"), protect=(*LINKED, *OTHERS), linked=LINKED)]
