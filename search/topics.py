"""A page for each topic: what is open, what waits for an answer, what was answered."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_safe

from cms.caching import public_page
from cms.kept import Kept
from cms.languages import current_language
from petitions.cards import Card, card, prepared
from petitions.lifecycle import State
from petitions.listings import LISTINGS
from petitions.models import Petition, Topic
from petitions.wording import in_order, localized
from search.addresses import list_address

SECONDS = 60
# What a topic's page shows: the list's name, its heading, and how many of it.
SECTIONS: tuple[tuple[str, Promise, int], ...] = (
    ("open", _("Open for signatures"), 6),
    ("awaiting_response", _("Waiting for an answer"), 3),
    ("with_response", pgettext("petitions", "Answered"), 3),
    ("closed", _("No longer open"), 3),
)


@dataclass(frozen=True)
class Section:
    """The beginning of one list of a topic's petitions, and where the rest is."""

    name: str
    heading: Promise
    cards: list[Card]
    url: str
    goes_on: bool


@dataclass(frozen=True)
class Counted:
    """A topic, and how many public petitions it has: in all, and open ones."""

    topic: Topic
    every: int
    opened: int

    @property
    def code(self) -> str:
        return self.topic.code


def _counted() -> tuple[Counted, ...]:
    public = Count("petitions", filter=Q(petitions__in=Petition.objects.public()))
    opened = Count("petitions", filter=Q(petitions__state=State.OPEN))
    counts = Topic.objects.annotate(every=public, opened=opened).values_list("pk", "every", "opened")
    topics = Topic.objects.in_bulk()
    return tuple(Counted(topics[pk], every, opened) for pk, every, opened in counts if every)


# The topics that have a public petition.
counted = Kept(_counted, seconds=SECONDS)


def named_topics(language: str) -> list[tuple[Counted, str]]:
    """These topics with their names in this language, in the order of the names."""
    named = ((one, localized(one.topic, language)) for one in counted())
    return sorted(named, key=lambda pair: in_order(pair[1]))


@require_safe
@public_page(SECONDS)
def every(request: HttpRequest) -> HttpResponse:
    """All topics, with how many petitions each has."""
    return render(request, "search/topics.html", {"topics": named_topics(current_language())})


@require_safe
@public_page(SECONDS)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """The petitions of one topic; 404 for a topic that there is not."""
    topic = Topic.objects.filter(code=code).first()
    if topic is None:
        raise Http404
    language = current_language()
    sections = [_section(topic, *chosen, language=language) for chosen in SECTIONS]
    context = {
        "topic": topic,
        "name": localized(topic, language),
        "sections": [section for section in sections if section.cards],
        "kept": {"topic": topic.code},
        "list_url": list_address(topic=topic.code),
        "others": [pair for pair in named_topics(language) if pair[0].code != topic.code],
    }
    return render(request, "search/topic.html", context)


def _section(topic: Topic, name: str, heading: Promise, most: int, *, language: str) -> Section:
    petitions = LISTINGS[name].petitions().filter(topics=topic)
    found = list(prepared(petitions)[: most + 1])
    cards = [card(petition, language) for petition in found[:most]]
    return Section(name, heading, cards, list_address(topic=topic.code, state=name), len(found) > most)
