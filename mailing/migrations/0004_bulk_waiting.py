from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailing", "0003_sending"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("priority", 2), ("state", "queued")),
                fields=["petition_id"],
                name="mail_bulk_waiting",
            ),
        ),
    ]
