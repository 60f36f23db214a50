"""Text search in English and French with accents folded, as immutable functions that a stored column may use."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

CONFIGURATIONS = """
CREATE TEXT SEARCH CONFIGURATION redress_english (COPY = english);
ALTER TEXT SEARCH CONFIGURATION redress_english
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION redress_french (COPY = french);
ALTER TEXT SEARCH CONFIGURATION redress_french
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
"""

NO_CONFIGURATIONS = """
DROP TEXT SEARCH CONFIGURATION redress_french;
DROP TEXT SEARCH CONFIGURATION redress_english;
"""

# A text is indexed in its own language; a title weighs more than what follows it. A body that is parsed now names the
# configurations for good: a backup is restored with an empty search path, where their bare names would not be found.
FUNCTION = """
CREATE FUNCTION petition_search(language text, title text, ask text, detail text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT setweight(to_tsvector(config, title), 'A')
        || setweight(to_tsvector(config, ask), 'B')
        || setweight(to_tsvector(config, detail), 'C')
    FROM (SELECT CASE WHEN language = 'fr' THEN 'redress_french'::regconfig
                      ELSE 'redress_english'::regconfig END AS config) AS chosen;
END;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CONFIGURATIONS, NO_CONFIGURATIONS),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION petition_search(text, text, text, text);"),
    ]
