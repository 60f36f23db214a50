import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('petitions', '0008_fraud_desk'),
    ]

    operations = [
        migrations.AlterField(
            model_name='limits',
            name='challenge_refused',
            field=models.PositiveIntegerField(default=100, help_text='So many networks that try a petition too often switch its challenge on. 0: never.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000)], verbose_name='challenge: refused networks a minute'),
        ),
    ]
