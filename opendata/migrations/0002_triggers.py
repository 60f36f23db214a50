"""Triggers note what is written into the tables that the feed is made of. The feed begins with all that is there."""

from django.db import migrations

# Table, kind, the column that holds the number of the thing.
MADE_OF = (
    ("petitions_petition", "petition", "id"),
    ("petitions_petition_topics", "petition", "petition_id"),
    ("petitions_petition_departments", "petition", "petition_id"),
    ("petitions_threshold", "petition", "petition_id"),
    ("petitions_crossing", "petition", "petition_id"),
    ("petitions_rejection", "petition", "petition_id"),
    ("petitions_correction", "petition", "petition_id"),
    ("petitions_hearing", "petition", "petition_id"),
    ("petitions_otherbusiness", "petition", "petition_id"),
    ("petitions_publiccase", "petition", "petition_id"),
    ("petitions_publiccase", "answer", "case_id"),
    ("petitions_event", "petition", "petition_id"),
    ("accounts_department", "department", "id"),
    ("petitions_topic", "topic", "id"),
)

FUNCTIONS = """
CREATE FUNCTION opendata_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO opendata_touched (kind, subject) SELECT DISTINCT %L, %I FROM written WHERE %I IS NOT NULL',
        TG_ARGV[0], TG_ARGV[1], TG_ARGV[1]
    );
    RETURN NULL;
END
$$;
CREATE FUNCTION opendata_touch_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO opendata_touched (kind, subject) VALUES ('petition', NEW.petition_id);
    RETURN NULL;
END
$$;
-- How far signers have been told is written into the same row, often, and is no change to anybody else.
CREATE TRIGGER opendata_updated AFTER UPDATE OF kind, happened_at, text, details, link, public ON petitions_event
    FOR EACH ROW EXECUTE FUNCTION opendata_touch_event();
"""

NO_FUNCTIONS = """
DROP TRIGGER opendata_updated ON petitions_event;
DROP FUNCTION opendata_touch_event();
DROP FUNCTION opendata_touch();
"""

# An answer whose petitions are taken over by another case changes as much as that one.
WHEN = (("inserted", "INSERT", "NEW"), ("updated", "UPDATE", "NEW"), ("was", "UPDATE", "OLD"), ("gone", "DELETE", "OLD"))


def _triggers():
    for table, kind, column in MADE_OF:
        for name, act, rows in WHEN:
            if table == "petitions_event" and act == "UPDATE" or name == "was" and kind != "answer":
                continue
            yield table, f"opendata_{kind}_{name}", act, rows, kind, column


NOTE = "".join(
    f"CREATE TRIGGER {name} AFTER {act} ON {table} REFERENCING {rows} TABLE AS written\n"
    f"    FOR EACH STATEMENT EXECUTE FUNCTION opendata_touch('{kind}', '{column}');\n"
    for table, name, act, rows, kind, column in _triggers()
)
FORGET = "".join(f"DROP TRIGGER {name} ON {table};\n" for table, name, *_rest in _triggers())

BEGIN = """
INSERT INTO opendata_touched (kind, subject) SELECT 'department', id FROM accounts_department;
INSERT INTO opendata_touched (kind, subject) SELECT 'topic', id FROM petitions_topic;
INSERT INTO opendata_touched (kind, subject) SELECT 'petition', id FROM petitions_petition;
INSERT INTO opendata_touched (kind, subject) SELECT DISTINCT 'answer', case_id FROM petitions_publiccase
    WHERE case_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("opendata", "0001_changes"),
        ("accounts", "0002_staff_access"),
        ("petitions", "0014_feedback"),
    ]
    operations = [migrations.RunSQL(FUNCTIONS + NOTE + BEGIN, FORGET + NO_FUNCTIONS)]
