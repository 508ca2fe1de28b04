from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("linkage", "0005_review")]
    operations: list[object] = []
