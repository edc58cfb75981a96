from django.db import migrations

from alliance.database import append_only


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_relations")]
    operations = [append_only("ledger_entry")]
