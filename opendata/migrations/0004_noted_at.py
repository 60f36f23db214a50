"""When a change was noted, by which one sees how far the feed is behind; and the words of reasons change petitions too."""

import django.db.models.functions.datetime
from django.db import migrations, models

# The title of a reason stands in the document of every petition that was refused for it.
REASONS = """
CREATE FUNCTION opendata_touch_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO opendata_touched (kind, subject)
    SELECT 'petition', petition_id FROM petitions_rejection WHERE reason_id IN (SELECT id FROM written);
    RETURN NULL;
END
$$;
CREATE TRIGGER opendata_petition_updated AFTER UPDATE ON petitions_rejectionreason REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION opendata_touch_refused();
"""
NO_REASONS = """
DROP TRIGGER opendata_petition_updated ON petitions_rejectionreason;
DROP FUNCTION opendata_touch_refused();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("opendata", "0003_partners"),
        ("petitions", "0014_feedback"),
    ]
    operations = [
        migrations.AddField(
            model_name="touched",
            name="at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.RunSQL(REASONS, NO_REASONS),
    ]
