"""What the documents of petitions are made of, and the triggers that keep them: in the transaction of the change."""

from django.db import migrations

CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION redress_plain (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION redress_plain ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
CREATE SEQUENCE search_version;
"""
NO_CONFIGURATION = """
DROP SEQUENCE search_version;
DROP TEXT SEARCH CONFIGURATION redress_plain;
"""

# A tag is a word that no text can hold, since the parser takes its first sign for a space.
TAGS = """
CREATE FUNCTION search_tags(
    kind text, reads text, language text, lists text[], topics bigint[], departments bigint[], regions text[],
    year int, tier int, over text
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT array_to_tsvector(
        ARRAY['§k:' || kind, '§l:' || CASE language WHEN 'fr' THEN 'fr' ELSE 'en' END, '§t:' || tier,
              '§y:' || greatest(year, 2000), '§c:' || over]
        || CASE reads WHEN '' THEN ARRAY[]::text[] ELSE ARRAY['§r:' || reads] END
        || ARRAY(SELECT '§s:' || name FROM unnest(lists) AS name)
        || ARRAY(SELECT '§o:' || number FROM unnest(topics) AS number)
        || ARRAY(SELECT '§d:' || number FROM unnest(departments) AS number)
        || ARRAY(SELECT '§g:' || code FROM unnest(regions) AS code)
    );
END;

CREATE FUNCTION search_tier(signatures int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT least(22, floor(log(2, greatest(signatures, 0) + 1)))::int;
END;
"""
NO_TAGS = """
DROP FUNCTION search_tier(int);
DROP FUNCTION search_tags(text, text, text, text[], bigint[], bigint[], text[], int, int, text);
"""

# The lists are those of petitions.listings, of which a test makes sure. A cell of fewer than five is shown to nobody.
REFRESH = """
CREATE FUNCTION search_refresh(numbers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_document AS kept (
        kind, object_id, reads, language, title, text, address, lists, topics, departments, regions, year, weight,
        tier, happened_at, closes_at, words, starts, version, gone
    )
    SELECT 'petition', one.id, '', one.language, one.title, '', '', lists, topics, departments, regions,
        extract(year FROM happened_at), one.signature_count, search_tier(one.signature_count), happened_at, closing_at,
        one.search || search_tags(
            'petition', '', one.language, lists, topics, departments, regions,
            extract(year FROM happened_at)::int, search_tier(one.signature_count),
            CASE one.state WHEN 'open' THEN 'open'
            ELSE greatest(2000, extract(year FROM coalesce(one.closed_at, happened_at))::int)::text END
        ),
        to_tsvector('redress_plain', one.title), nextval('search_version'), false
    FROM petitions_petition AS one, LATERAL (
        SELECT coalesce(one.opened_at, one.created_at) AS happened_at,
            CASE one.state WHEN 'open' THEN one.closes_at END AS closing_at,
            ARRAY['all'] || CASE one.state WHEN 'open' THEN ARRAY['open'] WHEN 'rejected' THEN ARRAY['rejected']
                            ELSE ARRAY['closed'] END
                || CASE WHEN one.state NOT IN ('open', 'closed', 'withdrawn') THEN ARRAY[]::text[]
                        WHEN one.response_state = 'awaiting' THEN ARRAY['awaiting_response']
                        WHEN one.response_state = 'answered' THEN ARRAY['with_response']
                        ELSE ARRAY[]::text[] END AS lists,
            ARRAY(SELECT topic_id FROM petitions_petition_topics WHERE petition_id = one.id ORDER BY 1) AS topics,
            ARRAY(SELECT department_id FROM petitions_petition_departments WHERE petition_id = one.id ORDER BY 1)
                AS departments,
            ARRAY(
                SELECT region_code FROM petitions_regioncount
                WHERE petition_id = one.id AND region_code <> ''
                  AND imported + CASE WHEN signed >= 5 THEN signed ELSE 0 END > 0
                ORDER BY 1
            ) AS regions
    ) AS found
    WHERE one.id = ANY(numbers) AND (
        one.state IN ('open', 'closed', 'rejected') OR (one.state = 'withdrawn' AND one.opened_at IS NOT NULL)
    )
    ON CONFLICT (kind, object_id, reads) DO UPDATE SET
        language = excluded.language, title = excluded.title, lists = excluded.lists, topics = excluded.topics,
        departments = excluded.departments, regions = excluded.regions, year = excluded.year,
        weight = excluded.weight, tier = excluded.tier, happened_at = excluded.happened_at,
        closes_at = excluded.closes_at, words = excluded.words, starts = excluded.starts,
        version = excluded.version, gone = false;

    UPDATE search_document AS kept
    SET gone = true, title = '', words = '', starts = '', version = nextval('search_version')
    WHERE kept.kind = 'petition' AND kept.object_id = ANY(numbers) AND NOT kept.gone AND NOT EXISTS (
        SELECT FROM petitions_petition AS one
        WHERE one.id = kept.object_id AND (
            one.state IN ('open', 'closed', 'rejected') OR (one.state = 'withdrawn' AND one.opened_at IS NOT NULL)
        )
    );
END;
$$;
"""
NO_REFRESH = "DROP FUNCTION search_refresh(bigint[]);"

# Not on a change of the count: `search.indexing.counts` follows it. Drafts and texts in moderation cost nothing.
TRIGGERS = """
CREATE FUNCTION search_petition_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM search_refresh(ARRAY[CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END]);
    RETURN NULL;
END;
$$;
CREATE TRIGGER search_petition_inserted AFTER INSERT ON petitions_petition
    FOR EACH ROW WHEN (NEW.state IN ('open', 'closed', 'rejected', 'withdrawn'))
    EXECUTE FUNCTION search_petition_changed();
CREATE TRIGGER search_petition_updated AFTER UPDATE OF
    title, ask, detail, language, state, response_state, opened_at, closes_at, closed_at, created_at
    ON petitions_petition
    FOR EACH ROW WHEN (
        NEW.state IN ('open', 'closed', 'rejected', 'withdrawn') OR OLD.state IN ('open', 'closed', 'rejected', 'withdrawn')
    )
    EXECUTE FUNCTION search_petition_changed();
CREATE TRIGGER search_petition_deleted AFTER DELETE ON petitions_petition
    FOR EACH ROW EXECUTE FUNCTION search_petition_changed();

CREATE FUNCTION search_label_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM search_refresh(ARRAY[CASE TG_OP WHEN 'DELETE' THEN OLD.petition_id ELSE NEW.petition_id END]);
    RETURN NULL;
END;
$$;
CREATE TRIGGER search_topic_changed AFTER INSERT OR DELETE ON petitions_petition_topics
    FOR EACH ROW EXECUTE FUNCTION search_label_changed();
CREATE TRIGGER search_department_changed AFTER INSERT OR DELETE ON petitions_petition_departments
    FOR EACH ROW EXECUTE FUNCTION search_label_changed();
"""
NO_TRIGGERS = """
DROP TRIGGER search_department_changed ON petitions_petition_departments;
DROP TRIGGER search_topic_changed ON petitions_petition_topics;
DROP FUNCTION search_label_changed();
DROP TRIGGER search_petition_deleted ON petitions_petition;
DROP TRIGGER search_petition_updated ON petitions_petition;
DROP TRIGGER search_petition_inserted ON petitions_petition;
DROP FUNCTION search_petition_changed();
"""

# A document that changed is told to the search server: here by a row, in the transaction of the change.
UNSENT = """
CREATE FUNCTION search_document_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_unsent (document_id, version) VALUES (NEW.id, NEW.version)
    ON CONFLICT (document_id) DO UPDATE SET version = excluded.version;
    RETURN NULL;
END;
$$;
CREATE TRIGGER search_document_changed AFTER INSERT OR UPDATE OF version ON search_document
    FOR EACH ROW EXECUTE FUNCTION search_document_changed();
ALTER TABLE search_document SET (fillfactor = 85);
"""
NO_UNSENT = """
DROP TRIGGER search_document_changed ON search_document;
DROP FUNCTION search_document_changed();
ALTER TABLE search_document RESET (fillfactor);
"""

FILL = "SELECT search_refresh(ARRAY(SELECT id FROM petitions_petition));"


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0014_feedback"),
        ("accounts", "0001_initial"),
        ("search", "0001_documents"),
    ]
    operations = [
        migrations.RunSQL(CONFIGURATION, NO_CONFIGURATION),
        migrations.RunSQL(TAGS, NO_TAGS),
        migrations.RunSQL(REFRESH, NO_REFRESH),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(UNSENT, NO_UNSENT),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
