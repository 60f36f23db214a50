"""The public list of answers: searched by words, narrowed to the office that answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Case, Count, F, Func, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from cms.kept import Kept
from petitions.models import Petition
from petitions.querysets import search_query
from petitions.wording import localized
from responses import selectors
from responses.models import AnswerPage, AnswerText, CaseLink

LONGEST_TEXT = 200
OFFICES_SECONDS = 60
EVERY: Promise = _("All departments")


@dataclass(frozen=True)
class Question:
    """What is looked for among the answers; whatever makes no sense reads as if it were not there."""

    text: str = ""
    department: int = 0

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Question":
        text = " ".join(values.get("q", "").replace("\x00", " ").split())[:LONGEST_TEXT].strip()
        department = values.get("department", "")
        number = int(department) if department.isascii() and department.isdigit() and len(department) < 9 else 0
        return cls(text=text, department=number)

    @property
    def kept(self) -> dict[str, str]:
        """What a new search takes along."""
        return {"department": str(self.department)} if self.department else {}

    def address(self, department: int) -> str:
        """The same question to another department, 0 for all."""
        return "?" + urlencode({name: value for name, value in (("q", self.text), ("department", department)) if value})


def answers(question: Question) -> QuerySet[AnswerPage]:
    """The live answers that fit, newest first; those with the words in their own title or summary before those where
    only the petition has them."""
    found = selectors.answers()
    if question.department:
        found = found.filter(case__department=question.department)
    if not question.text:
        return found
    own = Q(pk__in=_with_words(question.text).values("page"))
    asked = CaseLink.objects.filter(petition__in=Petition.objects.public().matching(question.text))
    nearness = Case(When(own, then=0), default=1, output_field=IntegerField())
    found = found.filter(own | Q(case__in=asked.values("case")))
    return found.order_by(nearness, "-case__published_at", "-pk")


def _with_words(text: str) -> QuerySet[AnswerText]:
    """The texts of answers in which these words stand, each searched in its own language."""
    indexed = (F("language"), F("title"), F("summary"), Value(""))
    words = Func(*indexed, function="petition_search", output_field=SearchVectorField())
    texts = AnswerText.objects.annotate(words=words)
    french = Q(language="fr", words=search_query(text, "fr"))
    return texts.filter(french | (~Q(language="fr") & Q(words=search_query(text, "en"))))


def _offices() -> tuple[tuple[Department, int], ...]:
    live = AnswerPage.objects.live().filter(case__department__isnull=False)
    counts = dict(live.order_by().values_list("case__department").annotate(Count("pk")))
    return tuple((office, counts[office.pk]) for office in Department.objects.filter(pk__in=counts).order_by("name"))


offices = Kept(_offices, seconds=OFFICES_SECONDS)


def departments(question: Question, language: str) -> list[dict[str, Any]]:
    """The departments that answered, as links that narrow the list; nothing while there is only one."""
    known = offices()
    if len(known) < 2:
        return []
    every = {"label": EVERY, "url": question.address(0), "count": None, "current": not question.department}
    return [every] + [
        {
            "label": localized(office, language),
            "url": question.address(office.pk),
            "count": count,
            "current": office.pk == question.department,
        }
        for office, count in sorted(known, key=lambda pair: -pair[1])
    ]
