"""Petition numbers below 1,000,000 are kept for imported UK petitions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("petitions", "0002_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE petitions_petition ALTER COLUMN id RESTART WITH 1000001;",
            migrations.RunSQL.noop,
        ),
    ]
