"""What the API says of a petition."""

from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext_noop as _

from opendata.api.kinds import Moment, Shape, Words, described

State = Literal["open", "closed", "rejected", "withdrawn"]


class Threshold(Shape):
    """A number of signatures, and what reaching it brings."""

    kind: Literal["response", "debate", "own"] = described(
        _("An answer, a hearing, or a threshold of its own."), "response"
    )
    signatures: int = described(_("How many signatures it takes."), 10000)
    opens_case: bool = described(_("Whether an answer is promised when it is reached."), True)
    brings: Words = described(_("What it brings, in words of its own; empty: the usual."), {})
    reached_at: Moment | None = described(_("When it was reached; null: not yet."), "2026-03-02T09:14:55.120Z")


class Rejection(Shape):
    """Why a petition was refused."""

    code: str = described(_("The reason's code."), "duplicate")
    reason: Words = described(_("The reason, by language."), {"en": "There is already a petition about this"})
    details: str | None = described(_("What was said besides."), None)
    duplicate_of: int | None = described(_("The petition that asks for the same."), 241584)


class Ratings(Shape):
    """What signers say of an answer: was it one to what was asked?"""

    yes: int = described(_("Signers who say yes."), 210)
    partly: int = described(_("Signers who say partly."), 64)
    no: int = described(_("Signers who say no."), 131)


class AnswerState(Shape):
    """Where the answer to a petition stands: owed, or given."""

    state: str = described(_("How far the case is; paused while its clock stands still."), "drafting")
    case: int | None = described(_("The case it is answered in; petitions answered together share it."), 42)
    links: dict[str, str] = described(
        _("The answer here, and its page."), {"page": "https://example.org/answers/trees/"}
    )
    department: str | None = described(_("Acronym of the department that answers."), "DEFRA")
    owed_since: Moment | None = described(_("When the answer was promised."), "2026-03-02T09:14:55.120Z")
    due_on: date | None = described(_("The last day in time; null: no due date."), "2026-03-31")
    days_late: int = described(_("Calendar days past the due day; 0 once the answer is given."), 0)
    pause_reason: Words = described(_("Why the clock stands still, by language; empty: it runs."), {})
    update: Words = described(
        _("The latest word before the answer, by language."), {"en": "We are asking two offices."}
    )
    updated_at: Moment | None = described(_("When that was said."), "2026-03-20T12:00:00.000Z")
    kind: Literal["answer", "not_ours", "already_done"] = described(
        _("What the answer is: a plain one, that it is not ours to decide, or that it is done already."), "answer"
    )
    answered_at: Moment | None = described(_("When it was published; null: still owed."), None)
    corrected_at: Moment | None = described(_("When it was last corrected."), None)
    summary: Words = described(_("The answer in short, by language."), {})
    ratings: Ratings | None = described(_("What signers say of it; null with fewer than 20 votes."), None)


class Hearing(Shape):
    """A debate or hearing: planned, held or refused."""

    scheduled_on: date | None = described(_("The day it is planned for."), "2026-06-14")
    debated: bool | None = described(_("Whether it was held; null: no outcome yet."), True)
    debated_on: date | None = described(_("The day it was held on."), "2026-06-14")
    outcome_at: Moment | None = described(_("When the outcome was known."), "2026-06-14T16:30:00.000Z")
    texts: Words = described(_("What was said of it, by language."), {"en": "Members spoke for two hours."})
    links: dict[str, str] = described(
        _("Transcript, recording and other addresses, by their names in the UK API."),
        {"transcript_url": "https://example.org/transcripts/14-june"},
    )


class Outcome(Shape):
    """What became of what a petition asked for."""

    what: str = described(_("law, policy or refused."), "policy")
    on: date | None = described(_("The day it happened on."), "2026-09-01")
    told_at: Moment = described(_("When it entered the timeline."), "2026-09-01T11:00:00.000Z")
    text: Words = described(_("What happened, by language."), {"en": "The rule was changed."})
    link: str | None = described(_("Where to read more."), None)


class Source(Shape):
    """Where an imported petition comes from, and on which terms it may be used."""

    name: str = described(_("Its site."), "UK Parliament petitions")
    id: str = described(_("Its number there."), "241584")
    url: str | None = described(_("Its page there."), "https://petition.parliament.uk/petitions/241584")
    licence: str = described(_("The licence."), "Open Government Licence v3.0")
    licence_url: str = described(
        _("The licence's text."), "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    )


class Petition(Shape):
    """A petition with all that is public about it, but for its figures by place and hour and its timeline."""

    id: int = described(_("Its number; below 1,000,000: that of an imported petition of the UK site."), 1000001)
    links: dict[str, str] = described(
        _("Its own address, its page, history, places and events."),
        {"self": "https://example.org/api/petitions/1000001", "page": "https://example.org/petitions/1000001/"},
    )
    title: str = described(_("What it asks for, in one line."), "Plant more trees in our streets")
    ask: str = described(_("What should be done."), "The council should plant a tree for each one felled.")
    detail: str = described(_("Why, at length."), "Shade cools houses.")
    language: str = described(_("The language it was written in."), "en")
    creator_name: str | None = described(_("Who asks; null unless it is open."), "A. Gardener")
    note: str | None = described(_("A note of the site above the text."), None)
    state: State = described(_("Where it stands."), "open")
    response_state: Literal["none", "awaiting", "answered"] = described(
        _("Whether an answer is owed or given."), "none"
    )
    signature_count: int = described(_("Confirmed signatures, those counted at its source included."), 8211)
    paper_signature_count: int = described(_("Signatures on paper; part of no other figure."), 0)
    created_at: Moment = described(_("When it was handed in."), "2026-01-10T08:00:00.000Z")
    updated_at: Moment = described(_("When its row last changed, its count included."), "2026-02-01T10:00:02.393Z")
    opened_at: Moment | None = described(_("When it opened for signatures."), "2026-01-15T12:00:00.000Z")
    closes_at: Moment | None = described(_("Until when it can be signed."), "2026-07-16T00:00:00.000Z")
    closed_at: Moment | None = described(_("When it closed."), None)
    rejected_at: Moment | None = described(_("When it was refused."), None)
    withdrawn_at: Moment | None = described(_("When its creator took it back."), None)
    thresholds: list[Threshold] = described(_("Numbers of signatures and what they bring, the smallest first."))
    topics: list[str] = described(_("Codes of its topics, in order."), ["environment"])
    departments: list[str] = described(_("Acronyms of its departments, in order."), ["DEFRA"])
    rejection: Rejection | None = described(_("Why it was refused."), None)
    answer: AnswerState | None = described(_("Its answer, owed or given; null: none is due."))
    hearing: Hearing | None = described(_("Its hearing; null: none."), None)
    outcomes: list[Outcome] = described(_("What became of it, the newest first."), [])
    source: Source | None = described(_("Where it was imported from; null: made here."), None)


class PetitionPage(Shape):
    """One page of a list of petitions."""

    data: list[Petition] = described(_("The rows of this page."))
    next: str | None = described(
        _("The next page; null: this is the last."), "https://example.org/api/petitions?cursor=WyJz"
    )


class Hour(Shape):
    """New signatures in one hour."""

    hour: Moment = described(_("Its first instant, UTC."), "2026-01-15T12:00:00.000Z")
    signature_count: int = described(_("New signatures; fewer than none where some were removed."), 317)


class History(Shape):
    """New signatures by hour, the oldest first; hours without any are left out."""

    signature_count: int = described(_("All signatures of the petition."), 8211)
    before: int = described(_("Of these, those that no hour is known of: counted elsewhere."), 0)
    data: list[Hour] = described(_("The rows of this page."))
    next: str | None = described(_("The next page; null: this is the last."), None)


class Place(Shape):
    """A place and its signatures."""

    code: str | None = described(_("Its code; null where the source has none."), "LON")
    name: str = described(_("Its name in the site's main language."), "London")
    signature_count: int = described(_("Signatures from there: those signed here count once they are five."), 1204)


class Constituency(Shape):
    """A constituency and its signatures, as the source of an imported petition published them."""

    ons_code: str = described(_("Its code."), "E14000639")
    name: str = described(_("Its name."), "Cities of London and Westminster")
    mp: str | None = described(_("Its member of parliament at that time."), None)
    signature_count: int = described(_("Signatures from there."), 77)


class Places(Shape):
    """Signatures by place, the most first. Each table and what it does not show sum to the petition's count."""

    signature_count: int = described(_("All signatures of the petition."), 8211)
    regions: list[Place] = described(_("By region."))
    regions_not_shown: int = described(_("Signatures in no row of the regions."), 15)
    countries: list[Place] = described(_("By country."))
    countries_not_shown: int = described(_("Signatures in no row of the countries."), 4)
    constituencies: list[Constituency] = described(_("For imported petitions only, by code."))


class Event(Shape):
    """A dated entry of the timeline."""

    id: int = described(_("Its number; later entries have higher ones."), 5120)
    kind: str = described(
        _("What happened: opened, threshold, case, answered, hearing, outcome, closed and others."), "threshold"
    )
    at: Moment = described(_("When it happened."), "2026-03-02T09:14:55.120Z")
    text: Words = described(_("Staff's words, by language."), {})
    details: dict[str, Any] = described(
        _("Numbers and dates of this kind of entry."), {"threshold": "response", "count": 10000}
    )
    link: str | None = described(_("Where to read more."), None)


class EventPage(Shape):
    """One page of a timeline, the newest first."""

    data: list[Event] = described(_("The rows of this page."))
    next: str | None = described(_("The next page; null: this is the last."), None)
