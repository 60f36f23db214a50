"""Whatever the documents of the change feed are read from notes its changes: a table that is forgotten fails here."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opendata.api.answers import documents as answers
from opendata.api.petitions import documents as own
from opendata.changes import numbering
from opendata.models import Change
from opendata.uk import documents as uk
from opendata.wethepeople import petitions as wethepeople
from petitions import limits, places
from petitions.models import Petition, RejectionReason, Topic
from petitions.versions import WRITTEN_WITH_PETITION

READ = re.compile(r'\b(?:FROM|JOIN) "(\w+)"')

# What a petition's documents read beside its own rows, and why none of these brings every petition into the feed.
OF_MANY_PETITIONS = {
    "accounts_department": "is told itself",
    "petitions_topic": "is told itself",
    "petitions_region": "names by code, at /api/regions",
    "petitions_country": "names by code",
    "petitions_limits": "says what a petition without a threshold of its own would need",
}
# What an answer's documents read beside the public face of its case, which is written whenever one of these changes for
# readers: petitions.services.record_case and record_answer.
SHOWN_BY_THE_CASE = {
    "responses_answerpage", "wagtailcore_page", "responses_answertext", "responses_case", "responses_caselink",
}  # fmt: skip
TOLD_THEMSELVES = {"petitions_petition", "petitions_event", "accounts_department"}


def noted(kind: str) -> set[str]:
    """The tables whose triggers bring things of this kind into the feed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE starts_with(tgname, %s)",
            [f"opendata_{kind}_"],
        )
        return {table for (table,) in cursor.fetchall()}


def read_by(make: Callable[[], object]) -> set[str]:
    """The tables that this reads."""
    places.forget()
    limits.forget()
    with CaptureQueriesContext(connection) as asked:
        assert make()
    return {table for query in asked.captured_queries for table in READ.findall(query["sql"])}


def _petitions() -> object:
    public, today, now = Petition.objects.public(), timezone.localdate(), timezone.now()
    return [
        [own.petition(row, base="", today=today) for row in own.prepared(public)],
        [uk.attributes(row) | uk.breakdowns(row) for row in uk.prepared(public)],
        [wethepeople.document(row, host="", now=now) for row in wethepeople.prepared(public)],
    ]


def _answers() -> object:
    found = list(answers.prepared())
    assert found
    return [(answers.answer(page, base=""), answers.whole(page, base="")) for page in found]


def test_each_table_that_petitions_are_read_from_notes_its_changes(petitions: dict[str, Petition]) -> None:
    read = read_by(_petitions) - {model._meta.db_table for model in WRITTEN_WITH_PETITION}
    assert {"petitions_petition", "petitions_publiccase", "petitions_rejectionreason"} <= read
    assert read - noted("petition") == set(OF_MANY_PETITIONS)
    assert {"accounts_department"} == noted("department")
    assert {"petitions_topic"} == noted("topic")


def test_each_table_that_answers_are_read_from_notes_its_changes(petitions: dict[str, Petition]) -> None:
    assert read_by(_answers) - noted("answer") == SHOWN_BY_THE_CASE | TOLD_THEMSELVES


def test_a_table_without_a_trigger_would_be_noticed(petitions: dict[str, Petition]) -> None:
    def more() -> object:
        return [*_petitions(), Topic.objects.get(code="trees").petitions.first().hour_counts.count()]  # type: ignore[misc]

    assert read_by(more) - noted("petition") > set(OF_MANY_PETITIONS)


def test_other_words_for_a_reason_change_what_was_refused_for_it(petitions: dict[str, Petition]) -> None:
    numbering.number(timezone.now())
    seen = Change.objects.latest("position").position
    RejectionReason.objects.update(title_fr="Pas de notre ressort")
    numbering.number(timezone.now() + timedelta(minutes=1))
    told = Change.objects.filter(position__gt=seen).values_list("kind", "subject")
    assert set(told) == {("petition", petitions["rejected"].pk)}
