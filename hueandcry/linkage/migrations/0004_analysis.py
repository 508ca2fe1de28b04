from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("linkage", "0003_linked_rules")]
    operations: list[object] = []
