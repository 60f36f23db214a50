"""The index follows what is public: by signal, by sweep, by a rebuild that may be interrupted, and by a check."""

import re
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from petitions.lifecycle import State
from petitions.models import Petition, RegionCount
from petitions.models.counting import Trend
from search import engines, tasks
from search.engines.elastic import client as server
from search.engines.elastic.breaker import breaker
from search.indexing import counts, drift, pages, rebuilding, sending
from search.models import Document, Kind, Rebuild, Unsent
from search.queries import Query
from tests import factories as make

pytestmark = pytest.mark.django_db
real_server = [pytest.mark.elasticsearch, pytest.mark.slow, pytest.mark.processes]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def found(text: str) -> list[int]:
    results = engines.find(Query.read({"q": text}))
    assert not results.simpler
    return [one.object_id for one in results.found]


def refreshed() -> None:
    server.writing().indices.refresh(index=server.alias())


def test_a_document_says_what_the_lists_say():
    """The lists of a document are worked out by a trigger, those of pages by `petitions.listings`."""
    from petitions.listings import SHOWN, named

    made = [
        make.make_open_petition(),
        make.make_owed_petition(),
        make.make_answered_petition(state=State.CLOSED, closed_at=timezone.now()),
        make.make_closed_petition(),
        make.make_rejected_petition(),
        make.make_withdrawn_petition(),
        make.make_hidden_petition(opened=True),
        make.make_petition(state=State.IN_MODERATION),
    ]
    for petition in made:
        wanted = {name for name in SHOWN if named(name).petitions().filter(pk=petition.pk).exists()}
        document = Document.objects.filter(kind=Kind.PETITION, object_id=petition.pk, gone=False).first()
        assert set(document.lists if document else []) == wanted, petition.state


def test_a_document_goes_in_the_transaction_that_hides_its_petition():
    petition = make.make_open_petition(title="Squirrels")
    assert found("squirrels") == [petition.pk]
    Petition.objects.filter(pk=petition.pk).update(state=State.HIDDEN, hidden_at=timezone.now())
    assert found("squirrels") == []
    document = Document.objects.get(object_id=petition.pk)
    assert (document.gone, document.title, document.words) == (True, "", "")
    Petition.objects.filter(pk=petition.pk).update(state=State.OPEN)
    assert found("squirrels") == [petition.pk]
    petition.delete()
    assert found("squirrels") == []


def test_a_new_topic_narrows_at_once():
    petition = make.make_open_petition(title="Squirrels")
    petition.topics.add(make.make_topic("trees"))
    assert engines.find(Query.read({"q": "squirrels", "topic": "trees"})).total == 1
    petition.topics.clear()
    assert engines.find(Query.read({"q": "squirrels", "topic": "trees"})).total == 0


def test_counts_follow_the_petitions_that_were_signed():
    petition = make.make_open_petition(signature_count=100)
    still = make.make_open_petition(signature_count=100)
    Petition.objects.update(signature_count=5000)
    Trend.objects.create(petition=petition, hour=NOW, last_day=4900, last_hour=10)
    assert counts.follow() == 1
    document = Document.objects.get(object_id=petition.pk)
    assert (document.weight, document.tier) == (5000, 12)
    assert Document.objects.get(object_id=still.pk).weight == 100
    assert counts.follow(everywhere=True) == 1
    assert counts.follow(everywhere=True) == 0


def test_a_region_is_found_once_it_has_enough_signatures_to_be_shown():
    petition = make.make_open_petition(title="Squirrels", signature_count=1_100)
    Trend.objects.create(petition=petition, hour=NOW, last_day=30, last_hour=10)
    there = RegionCount.objects.create(petition=petition, region_code="B", signed=4)
    Petition.objects.update(signature_count=1_200)
    counts.follow()
    assert engines.find(Query.read({"q": "squirrels", "region": "B"})).total == 0
    RegionCount.objects.filter(pk=there.pk).update(signed=5)
    Petition.objects.update(signature_count=1_300)  # not twice as many: no other tier
    assert counts.follow() == 1
    assert engines.find(Query.read({"q": "squirrels", "region": "B"})).total == 1
    assert counts.follow() == 0


def test_each_table_that_a_document_is_made_from_has_a_trigger():
    """A table that is forgotten fails here, and so does a column of the petition's own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'search_refresh'")
        source = cursor.fetchone()[0]
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND starts_with(tgname, 'search_')"
        )
        kept = {table for (table,) in cursor.fetchall()}
        cursor.execute(
            "SELECT attname FROM pg_trigger JOIN pg_attribute ON attrelid = tgrelid AND attnum = ANY(tgattr::int2[]) "
            "WHERE tgname = 'search_petition_updated'"
        )
        columns = {column for (column,) in cursor.fetchall()}
    read = set(re.findall(r"\b(?:FROM|JOIN) (\w+)", source)) & tables - {"search_document"}
    assert {"petitions_petition", "petitions_petition_topics"} <= read
    # Places follow with the counts (search.indexing.counts), as the number of signatures does.
    assert read - kept == {"petitions_regioncount"}
    assert set(re.findall(r"\bone\.(\w+)", source)) - columns == {"id", "signature_count", "search"}
    # Of which the words for `search` are made (petitions/migrations), and what the server is sent (sending.DOCUMENTS).
    assert {"title", "ask", "detail"} <= columns


def test_without_a_server_nothing_piles_up():
    petition = make.make_open_petition()
    petition.delete()
    assert Unsent.objects.exists()
    tasks.sweep()
    assert not Unsent.objects.exists()
    assert not Document.objects.filter(gone=True).exists()


def test_a_page_is_found_as_it_was_last_published():
    from cms.models import StandardPage

    call_command("create_site", verbosity=0)
    assert pages.sweep() > 3
    assert pages.sweep() == 0
    page = StandardPage.objects.get(slug="help")
    text = page.texts.get(language="en")
    text.title = "Hedgehogs explained"
    page.texts.add(text)
    page.save_revision().publish()
    assert pages.sweep() == 1
    query = Query.read({"q": "hedgehogs"}, kinds=tuple(Kind.values))
    assert [one.object_id for one in engines.find(query).found] == [page.pk]
    page.unpublish()
    assert pages.sweep() == 1
    assert engines.find(query).found == []


def test_nothing_of_signers_or_creators_is_in_a_document():
    make.make_open_petition(creator_name="Quillon Thornbeck")
    row = sending.following(0, 1)[0]
    told = str(sending.source(row))
    assert "Thornbeck" not in told
    assert set(sending.source(row)) == {
        "kind", "object_id", "reads", "title_en", "text_en", "starts", "address", "lists", "topics", "departments",
        "regions", "year", "weight", "happened_at", "closes_at",
    }  # fmt: skip


class TestWithAServer:
    """On a real search server."""

    pytestmark = real_server

    def test_a_change_gets_there_by_its_wake_up_and_by_the_sweep(self, index):
        petition = make.make_open_petition(title="Squirrels")
        index()
        other = make.make_open_petition(title="More squirrels")
        assert tasks.send_petition(other.pk) == 1
        refreshed()
        assert set(found("squirrels")) == {petition.pk, other.pk}
        Petition.objects.filter(pk=petition.pk).update(title="Badgers")
        other.delete()
        tasks.sweep()
        refreshed()
        assert found("squirrels") == []
        assert found("badgers") == [petition.pk]
        assert not Unsent.objects.exists()
        assert not Document.objects.filter(gone=True).exists()

    def test_a_rebuild_goes_on_where_it_was_interrupted_and_readers_never_notice(self, index, monkeypatch):
        first = [make.make_open_petition(title=f"Squirrels {number}", thresholds=False).pk for number in range(6)]
        index()
        assert set(found("squirrels")) == set(first)
        old = set(server.writing().indices.get_alias(name=server.alias()))
        monkeypatch.setattr(rebuilding, "AT_ONCE", 2)
        sent: list[int] = []

        def breaks(done: int, of: int) -> None:
            sent.append(done)
            if done == 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rebuilding.rebuild(now=NOW, progress=breaks)
        assert set(found("squirrels")) == set(first)
        # Meanwhile the world goes on, before and behind the place that it had got to.
        Petition.objects.filter(pk=first[0]).update(title="Badgers")
        late = make.make_open_petition(title="Squirrels late")
        tasks.sweep()
        refreshed()
        assert set(found("squirrels")) == {*first[1:], late.pk}
        going_on: list[int] = []
        rebuilding.rebuild(now=NOW, progress=lambda done, of: going_on.append(done))
        assert going_on[0] == 4
        assert set(found("squirrels")) == {*first[1:], late.pk}
        assert found("badgers") == [first[0]]
        assert not Rebuild.objects.exists()
        assert not old & set(server.writing().indices.get(index=f"{server.alias()}*"))
        assert drift.check().is_none

    def test_a_drift_is_seen_named_and_mended(self, index, capsys):
        kept, lost, stale = (make.make_open_petition(title=f"Squirrels {number}") for number in range(3))
        index()
        assert drift.check() == drift.Drift(compared=3)
        writing = server.writing()
        writing.delete(index=server.alias(), id=f"petition-{lost.pk}-", version=10**9, version_type="external_gte")
        source = sending.source(sending.following(0, 1)[0]) | {"object_id": 77}
        writing.index(index=server.alias(), id="petition-77-", document=source)
        Petition.objects.filter(pk=stale.pk).update(title="Squirrels anew")
        with pytest.raises(CommandError, match="1 missing, 1 old, 1 surplus"):
            call_command("check_search")
        Unsent.objects.all().delete()
        writing.indices.delete(index=",".join(writing.indices.get_alias(name=server.alias())))
        assert tasks.heal() == 3
        assert drift.check().is_none
        assert kept.pk in found("squirrels")

    def test_an_index_that_is_gone_is_filled_again_and_the_tables_answer_meanwhile(self, index):
        petition = make.make_open_petition(title="Squirrels")
        results = engines.find(Query.read({"q": "squirrels"}))
        assert (results.simpler, results.found[0].object_id) == (True, petition.pk)
        cache.clear()
        breaker.close()
        assert tasks.heal() == 1
        assert found("squirrels") == [petition.pk]
        assert tasks.heal() == 0

    def test_the_command_rebuilds_and_tells_how_many(self, index, capsys):
        make.make_open_petition()
        call_command("rebuild_search")
        assert "1 documents are in the index" in capsys.readouterr().out

    def test_a_near_copy_of_a_title_is_among_the_first_five_similar_ones(self, index):
        from petitions import similar

        wanted = make.make_open_petition(title="Ban the sale of fireworks to the public")
        for number in range(8):
            make.make_open_petition(title=f"Mend the road to village {number}", ask="Holes", detail="")
        index()
        for title in (
            "BAN sale of fireworks, to the public!",
            "to the public: fireworks sale ban",
            "Prohibit the sale of fireworks",
        ):
            assert wanted.pk in [one.pk for one in similar.find(title=title, language="en")]


def test_commands_need_a_server():
    for command in ("rebuild_search", "check_search"):
        with pytest.raises(CommandError, match="no search server"):
            call_command(command)
