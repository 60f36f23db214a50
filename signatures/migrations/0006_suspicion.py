import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):

    dependencies = [
        ('signatures', '0005_disowned'),
    ]

    operations = [
        migrations.AddField(
            model_name='signature',
            name='suspicion',
            field=models.CharField(blank=True, choices=[('', 'none'), ('disposable', 'disposable address'), ('blocked', 'blocked domain')], db_default='', default='', help_text='Confirmed, a suspected signature is held for staff.', max_length=12),
        ),
        migrations.AddField(
            model_name='mailedaddress',
            name='about',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=Value('{}'), default=list, size=None),
        ),
        # Room on each page for the second version of rows that are confirmed: no index is touched then.
        migrations.RunSQL(
            "ALTER TABLE signatures_signature SET (fillfactor = 85)",
            "ALTER TABLE signatures_signature RESET (fillfactor)",
        ),
    ]
