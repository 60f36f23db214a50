import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('petitions', '0007_door'),
        ('signatures', '0008_counting_and_paper'),
    ]

    operations = [
        migrations.CreateModel(
            name='SpentProof',
            fields=[
                ('digest', models.BinaryField(max_length=16, primary_key=True, serialize=False)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ChallengeMode',
            fields=[
                ('petition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='petitions.petition')),
                ('by_hand', models.CharField(blank=True, choices=[('on', 'on'), ('off', 'off')], default='', help_text="'' lets the clock say.", max_length=3)),
                ('until', models.DateTimeField(help_text='Until then it is on by itself.', null=True)),
                ('cause', models.CharField(blank=True, choices=[('rate', 'many times its usual rate'), ('refused', 'many tries that were refused')], default='', max_length=7)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'permissions': (('manage_challenge', 'Can switch the challenge of a petition'),),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('by_hand__in', ('', 'on', 'off'))), name='challenge_by_hand'), models.CheckConstraint(condition=models.Q(models.Q(('cause', ''), ('until', None)), models.Q(('until__isnull', False), models.Q(('cause', ''), _negated=True)), _connector='OR'), name='challenge_has_cause')],
            },
        ),
    ]
