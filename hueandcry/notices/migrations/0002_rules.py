from pathlib import Path

from django.db import migrations

from hueandcry.audit.migration_sql import step


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("members", "0003_token_use")]
    operations = [
        step(
            Path(__file__).with_suffix(".sql"),
            protect=("notices_notice", "notices_preference", "notices_webhook", "notices_webhookcall"),
            blind=(
                "hueandcry_tell(text, text, text, text, bigint[], bigint[], text[], bigint[], text)",
                "hueandcry_unread(bigint)",
                "hueandcry_feed_person(bytea)",
                "hueandcry_mail_due(integer)",
                "hueandcry_webhook_claim(integer)",
                "hueandcry_webhook_done(bigint, integer, text, integer[])",
                "hueandcry_forget_notices()",
            ),
        )
    ]
