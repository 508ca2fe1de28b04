from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("linkage", "0006_rooms")]
    operations: list[object] = []
