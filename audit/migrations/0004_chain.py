"""The chain: entries wait in a queue that a trigger fills, what is sealed can only grow. Old entries wait too."""

from django.db import migrations, models

GROW = """
CREATE FUNCTION audit_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed (entry_id) SELECT id FROM added ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_entry_waits AFTER INSERT ON audit_entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION audit_await_seal();
INSERT INTO audit_unsealed (entry_id) SELECT id FROM audit_entry;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_link
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""

SHRINK = """
DROP TRIGGER audit_no_change ON audit_head;
DROP TRIGGER audit_no_change ON audit_seal;
DROP TRIGGER audit_no_change ON audit_link;
DROP TRIGGER audit_entry_waits ON audit_entry;
DROP FUNCTION audit_await_seal();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_plural_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Head',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField()),
                ('digest', models.BinaryField(max_length=32)),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('-day',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('number', models.BigIntegerField(help_text='1, 2, 3 … without a gap.', primary_key=True, serialize=False)),
                ('entry_id', models.BigIntegerField(unique=True)),
                ('content', models.BinaryField(max_length=32)),
                ('digest', models.BinaryField(max_length=32)),
            ],
            options={
                'ordering': ('number',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(help_text='The last link of the batch.', primary_key=True, serialize=False)),
                ('digest', models.BinaryField(max_length=32)),
                ('key_version', models.IntegerField()),
                ('mark', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ('number',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Unsealed',
            fields=[
                ('entry_id', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RunSQL(GROW, SHRINK),
    ]
