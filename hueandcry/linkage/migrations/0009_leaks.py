from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("linkage", "0008_deconfliction")]
    operations: list[object] = []
