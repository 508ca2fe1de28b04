from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("linkage", "0007_forum")]
    operations: list[object] = []
