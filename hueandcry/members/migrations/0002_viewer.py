from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [('members', '0001_initial'), ('audit', '0002_chain')]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=('members_organisation', 'members_circle', 'members_circlemember', 'members_agreement'),
            blind=('hueandcry_identify(bigint)', 'hueandcry_enter(bigint, bigint, bigint[], text[], boolean)', 'hueandcry_intern(bigint[])'),
        )
    ]
