import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import petitions.models.network
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('petitions', '0006_switches_and_tally'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='limits',
            name='challenge_factor',
            field=models.PositiveIntegerField(default=20, help_text="So many times as many signatures as usual switch a petition's challenge on. 0: never.", validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10000)], verbose_name='challenge: times its usual rate'),
        ),
        migrations.AddField(
            model_name='limits',
            name='challenge_least',
            field=models.PositiveIntegerField(default=1500, help_text='With fewer the rate switches nothing on.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='challenge: signatures in five minutes'),
        ),
        migrations.AddField(
            model_name='limits',
            name='challenge_minutes',
            field=models.PositiveIntegerField(default=15, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)], verbose_name='challenge: minutes it stays on by itself'),
        ),
        migrations.AddField(
            model_name='limits',
            name='challenge_refused',
            field=models.PositiveIntegerField(default=100, help_text='So many tries on one petition that were too many for their network switch its challenge on. 0: never.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000)], verbose_name='challenge: refused tries a minute'),
        ),
        migrations.AddField(
            model_name='limits',
            name='sign_per_hour_petition',
            field=models.PositiveIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000)], verbose_name='signatures per network, petition and hour'),
        ),
        migrations.AddField(
            model_name='limits',
            name='sign_per_second_site',
            field=models.PositiveIntegerField(default=3000, help_text='More are asked to come again in a moment.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000)], verbose_name='signatures a second, whole site'),
        ),
        migrations.CreateModel(
            name='NetworkRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', petitions.models.network.NetworkField(unique=True, verbose_name='network')),
                ('kind', models.CharField(choices=[('allow', 'allowed more'), ('block', 'blocked')], max_length=5, verbose_name='what holds for it')),
                ('note', models.CharField(max_length=300, verbose_name='reason')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'network rule',
                'verbose_name_plural': 'network rules',
                'permissions': (('manage_networks', 'Can allow and block networks'),),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('allow', 'block'))), name='network_rule_kind')],
            },
        ),
    ]
