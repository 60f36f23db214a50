"""The list of petitions: search, states, topics, order."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cms.caching import public_page
from cms.languages import current_language
from petitions import similar
from petitions.cards import card, prepared
from petitions.lifecycle import State
from petitions.listings import LISTINGS, SHOWN
from petitions.models import Petition, Topic
from petitions.wording import localized
from search import fallback
from search.addresses import list_address
from search.paging import page_of
from search.queries import DEEPEST_PAGE, MOST_COUNTED, PAGE_SIZE, SORTS, Query, Results

SORT_LABELS: dict[str, Promise] = {
    "relevance": _("Best match"),
    "signatures": _("Most signatures"),
    "trending": _("Signed most today"),
    "newest": _("Newest"),
    "closing": _("Closing soon"),
}
NEAR_SHOWN = 5


@require_safe
@public_page
def petitions(request: HttpRequest) -> HttpResponse:
    """The petitions that fit the question, one page of them; 404 for a page that the list does not have."""
    query = Query.read(request.GET)
    if query.page > DEEPEST_PAGE:
        raise Http404
    results = fallback.find(query)
    if query.page > 1 and not results.petitions:
        raise Http404
    language = current_language()
    cards = [card(petition, language) for petition in results.petitions]
    return render(
        request,
        "search/petitions.html",
        {
            "query": query,
            "results": results,
            "page": page_of(results, query.page, cards),
            "first": (query.page - 1) * PAGE_SIZE + 1,
            "at_the_end": query.page == DEEPEST_PAGE,
            "most_counted": MOST_COUNTED,
            "states": _states(query, results),
            "topics": _topics(query, results, language),
            "sorts": _sorts(query),
            "kept": _parameters(query, q=""),
            "everywhere": _address(query, state="", topic=""),
            "feed_query": _feed_query(query),
            "heading": LISTINGS[query.state].label,
            "near": [] if cards or not query.text else _near(query, language),
        },
    )


def _near(query: Query, language: str) -> list[Any]:
    """Petitions with some of the words, where none has all of them."""
    states = (State.OPEN, State.CLOSED, State.REJECTED)
    found = similar.find(title=query.text, language=language, limit=NEAR_SHOWN, states=states)
    petitions = prepared(Petition.objects.public()).in_bulk([petition.pk for petition in found])
    return [card(petitions[one.pk], language) for one in found if one.pk in petitions]


def _parameters(query: Query, **changes: str) -> dict[str, str]:
    """The question as parameters of an address, with changes; what goes without saying is left out."""
    natural = "relevance" if query.text else "signatures"
    values = {
        "q": query.text,
        "state": "" if query.state == "all" else query.state,
        "topic": query.topic,
        "sort": "" if query.sort == natural else query.sort,
    }
    return {name: value for name, value in (values | changes).items() if value}


def _address(query: Query, **changes: str) -> str:
    return list_address(**_parameters(query, **changes))


def _feed_query(query: Query) -> str:
    """The parameters of the feed of this list, which has an order of its own."""
    parameters = urlencode(_parameters(query, sort=""))
    return f"?{parameters}" if parameters else ""


def _states(query: Query, results: Results) -> list[dict[str, Any]]:
    return [
        {
            "label": LISTINGS[name].label,
            "url": _address(query, state="" if name == "all" else name),
            "count": results.states.get(name),
            "current": name == query.state,
        }
        for name in SHOWN
    ]


def _topics(query: Query, results: Results, language: str) -> list[dict[str, Any]]:
    every = {"label": _("All topics"), "url": _address(query, topic=""), "count": None, "current": not query.topic}
    options: list[dict[str, Any]] = [
        {
            "label": localized(topic, language),
            "url": _address(query, topic=topic.code),
            "count": results.topics.get(topic.code, 0),
            "current": topic.code == query.topic,
        }
        for topic in Topic.objects.all()
        if results.topics.get(topic.code) or topic.code == query.topic
    ]
    return [every, *sorted(options, key=lambda option: -option["count"])] if options else []


def _sorts(query: Query) -> list[dict[str, Any]]:
    return [
        {"label": SORT_LABELS[name], "url": _address(query, sort=name), "count": None, "current": name == query.sort}
        for name in SORTS
        if query.text or name != "relevance"
    ]
