from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE signatures_signature_id_seq AS bigint;",
            "DROP SEQUENCE signatures_signature_id_seq;",
        ),
    ]
