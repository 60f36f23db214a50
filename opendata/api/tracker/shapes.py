"""What the API says of answers that are owed, and of how departments keep their promises."""

from datetime import date

from django.utils.translation import gettext_noop as _

from opendata.api.kinds import Moment, Shape, Words, described


class Owed(Shape):
    """A petition that is owed an answer."""

    petition: int = described(_("The petition's number."), 1000001)
    links: dict[str, str] = described(
        _("The petition here, and its page."), {"petition": "https://example.org/api/petitions/1000001"}
    )
    title: str = described(_("The petition's title."), "Plant more trees in our streets")
    signature_count: int = described(_("The petition's signatures."), 12004)
    case: int = described(_("The case it is answered in; petitions answered together share it."), 42)
    department: str | None = described(_("Acronym of the department that owes it; null: nobody has it yet."), "DEFRA")
    state: str = described(_("How far the case is; paused while its clock stands still."), "drafting")
    owed_since: Moment = described(_("When it was promised."), "2026-03-02T09:14:55.120Z")
    due_on: date = described(_("The last day in time."), "2026-03-31")
    days_late: int = described(_("Calendar days past the due day."), 3)
    pause_reason: Words = described(_("Why the clock stands still, by language; empty: it runs."), {})
    update: Words = described(_("The latest word before the answer, by language."), {})
    updated_at: Moment | None = described(_("When that was said."), None)


class OwedPage(Shape):
    """One page of what is owed."""

    data: list[Owed] = described(_("The rows of this page."))
    next: str | None = described(_("The next page; null: this is the last."), None)


class DepartmentRecord(Shape):
    """What one department owes, and how it has answered."""

    department: str | None = described(
        _("Its name in the site's main language; null: what nobody has taken yet."), "Office of Trees"
    )
    owed: int = described(_("Answers owed now."), 12)
    late: int = described(_("Of these, past their due day."), 2)
    answered: int = described(_("Answers published, imported ones too."), 40)
    median_days: float | None = described(_("Median of calendar days from promise to answer."), 23.5)
    fell_due: int = described(_("Answers published that had a due day, and those late now."), 20)
    on_time: int = described(_("Of these, published in time."), 17)
    on_time_share: float | None = described(_("The part of these, 0 to 1; null where nothing fell due."), 0.85)


class MonthRecord(Shape):
    """One month of promises and answers."""

    month: str = described(_("The month, in the site's time zone."), "2026-03")
    promised: int = described(_("Answers promised in it."), 6)
    answered: int = described(_("Answers published in it."), 5)
    on_time: int = described(_("Of these, in time."), 4)
    late: int = described(_("Of these, late."), 1)
    median_days: float | None = described(_("Median of their calendar days from promise to answer."), 22.0)
    owed_at_end: int = described(_("Answers owed at its end."), 9)


class Performance(Shape):
    """How promises are kept: by department, and month by month."""

    departments: list[DepartmentRecord] = described(_("Each that owes or has answered, by name."))
    months: list[MonthRecord] = described(_("Every month since the first promise."))
