"""Petitions in the shapes of the API, in a fixed number of queries however many they are."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from cms.languages import main_language
from opendata.api.petitions import shapes
from opendata.values import text
from petitions import places, ratings
from petitions.importing.sources import LICENCES
from petitions.lifecycle import State
from petitions.models import Event, Petition, PublicCase
from petitions.models import Hearing as HearingRow
from petitions.models import Threshold as ThresholdRow
from petitions.models.petition import Source
from petitions.models.timeline import EventKind
from responses import clock

# Of an entry's details those that its public words speak of.
PUBLIC_DETAILS = (
    "threshold", "count", "opens_case", "signatures", "due_on", "what", "on", "case", "answer", "reason",
    "closes_at", "began_at", "ended_at",
)  # fmt: skip


def prepared(petitions: QuerySet) -> QuerySet:
    """Petitions with all that ``petition`` reads."""
    outcomes = Event.objects.filter(kind=EventKind.OUTCOME, public=True).order_by("-happened_at", "-pk")
    related = petitions.select_related("public_case__department", "hearing", "rejection__reason")
    return related.defer("search", "salt").prefetch_related(
        "topics",
        "departments",
        Prefetch("thresholds", queryset=ThresholdRow.objects.select_related("crossing")),
        Prefetch("events", queryset=outcomes, to_attr="outcomes"),
    )


def petition(row: Petition, *, base: str, today: date) -> shapes.Petition:
    """One prepared petition; ``base`` is scheme and name that the client called."""
    case: PublicCase | None = getattr(row, "public_case", None)
    found: HearingRow | None = getattr(row, "hearing", None)
    return shapes.Petition(
        id=row.pk,
        links=_links(row, base),
        title=row.title,
        ask=row.ask,
        detail=row.detail,
        language=row.language,
        creator_name=text(row.creator_name) if row.state == State.OPEN else None,
        note=text(row.committee_note),
        state=cast(shapes.State, row.state),
        response_state=cast(Any, row.response_state),
        signature_count=row.signature_count,
        paper_signature_count=row.paper_count,
        created_at=row.created_at,
        updated_at=row.updated_at,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        rejected_at=row.rejected_at,
        withdrawn_at=row.withdrawn_at,
        thresholds=[_threshold(one) for one in row.thresholds.all()],
        topics=sorted(topic.code for topic in row.topics.all()),
        departments=sorted(office.acronym for office in row.departments.all()),
        rejection=_rejection(row),
        answer=answer_state(case, base=base, today=today) if case else None,
        hearing=hearing(found) if found else None,
        outcomes=[outcome(event) for event in row.outcomes],  # type: ignore[attr-defined]
        source=_source(row),
    )


def _links(row: Petition, base: str) -> dict[str, str]:
    own = f"{base}/api/petitions/{row.pk}"
    return {
        "self": own,
        "page": f"{base}/petitions/{row.pk}/",
        "history": f"{own}/history",
        "places": f"{own}/places",
        "events": f"{own}/events",
    }


def words(texts: Mapping[str, str]) -> dict[str, str]:
    """A text by language, without the languages that it was not written in."""
    return {language: said for language, said in texts.items() if said}


def names(row: Any, field: str = "name") -> dict[str, str]:
    """The columns of a name (``name``, ``name_fr``) by language."""
    main = settings.LANGUAGE_CODE
    others = {code: getattr(row, f"{field}_{code}", "") for code, _name in settings.LANGUAGES if code != main}
    return words({main: getattr(row, field)} | others)


def _threshold(row: ThresholdRow) -> shapes.Threshold:
    return shapes.Threshold(
        kind=cast(Any, row.kind),
        signatures=row.count,
        opens_case=row.opens_case,
        brings=names(row, "brings"),
        reached_at=row.crossing.crossed_at if hasattr(row, "crossing") else None,
    )


def _rejection(row: Petition) -> shapes.Rejection | None:
    found = getattr(row, "rejection", None)
    if row.state != State.REJECTED or found is None:
        return None
    return shapes.Rejection(
        code=found.reason.code,
        reason=names(found.reason, "title"),
        details=text(found.details),
        duplicate_of=found.duplicate_of_id,
    )


def answer_state(case: PublicCase, *, base: str, today: date) -> shapes.AnswerState:
    """Where the answer stands, as the public face of its case says."""
    given = case.answered_at is not None
    pages = {
        "self": f"{base}/api/answers/{case.case_id}" if given and case.answer_path and case.case_id else "",
        "page": f"{base}{case.answer_path}" if given and case.answer_path else "",
        "elsewhere": case.external_url,
    }
    return shapes.AnswerState(
        state=case.state,
        case=case.case_id,
        links=words(pages),
        department=case.department.acronym if case.department else None,
        owed_since=case.owed_since,
        due_on=case.due_on,
        days_late=clock.days_late(case.due_on, today) if case.due_on and not given else 0,
        pause_reason=words(case.pause_reason),
        update=words(case.news),
        updated_at=case.news_at,
        kind=cast(Any, case.answer_kind),
        answered_at=case.answered_at,
        corrected_at=case.corrected_at,
        summary=words(case.summary),
        ratings=rated(case),
    )


def rated(case: PublicCase) -> shapes.Ratings | None:
    """What signers said of the answer, once enough did."""
    found = ratings.result(case.ratings, case_id=case.case_id)
    return shapes.Ratings(yes=found.yes, partly=found.partly, no=found.no) if found.is_shown else None


def hearing(row: HearingRow) -> shapes.Hearing:
    """A hearing; its words in the main language where staff wrote them in no other."""
    return shapes.Hearing(
        scheduled_on=row.scheduled_on,
        debated=row.debated,
        debated_on=row.debated_on,
        outcome_at=row.outcome_at,
        texts=words(row.texts or {main_language(): row.overview}),
        links=words({name: url or "" for name, url in row.links.items()}),
    )


def outcome(event: Event) -> shapes.Outcome:
    """What came of a petition, as its timeline tells it."""
    on = event.details.get("on")
    return shapes.Outcome(
        what=event.details.get("what", ""),
        on=date.fromisoformat(on) if on else None,
        told_at=event.happened_at,
        text=words(event.text),
        link=text(event.link),
    )


def event(row: Event) -> shapes.Event:
    """One public entry of a timeline."""
    details = {name: row.details[name] for name in PUBLIC_DETAILS if name in row.details}
    return shapes.Event(
        id=row.pk, kind=row.kind, at=row.happened_at, text=words(row.text), details=details, link=text(row.link)
    )


def _source(row: Petition) -> shapes.Source | None:
    licence = LICENCES.get(cast(Source, row.source))
    if licence is None:
        return None
    return shapes.Source(
        name=str(Source(row.source).label),
        id=row.source_id,
        url=text(row.source_url),
        licence=licence.name,
        licence_url=licence.url,
    )


def placed(row: Petition) -> shapes.Places:
    """The petition's figures by place, each as its page may show it."""
    regions = places.public_regions(row, main_language())
    countries = places.public_countries(row, main_language())
    return shapes.Places(
        signature_count=row.signature_count,
        regions=[_place(one) for one in regions.rows],
        regions_not_shown=regions.not_shown,
        countries=[_place(one) for one in countries.rows],
        countries_not_shown=countries.not_shown,
        constituencies=[
            shapes.Constituency(
                ons_code=one.ons_code, name=one.name, mp=text(one.mp), signature_count=one.signature_count
            )
            for one in row.constituency_counts.order_by("ons_code")
        ],
    )


def _place(row: places.PlaceRow) -> shapes.Place:
    return shapes.Place(code=text(row.code), name=row.name, signature_count=row.count)
