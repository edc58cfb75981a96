from django.db import migrations

from alliance.database import append_only


class Migration(migrations.Migration):
    dependencies = [("accord", "0002_relations")]
    operations = [append_only("accord_registerentry")]
