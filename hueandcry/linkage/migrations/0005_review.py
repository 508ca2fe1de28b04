from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("linkage", "0004_analysis")]
    operations: list[object] = []
