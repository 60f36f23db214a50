"""Pages that search: the list of petitions, everything on the site, and suggestions while somebody types."""

from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.caching import public_page
from cms.languages import current_language, path_for
from petitions import similar
from petitions.cards import Card, card, prepared
from petitions.lifecycle import State
from petitions.listings import LISTINGS
from petitions.models import Petition
from search import engines
from search.addresses import address, list_address, parameters
from search.facets import Narrowing
from search.models import Kind
from search.paging import page_of
from search.presenting import entries
from search.queries import DEEPEST_PAGE, KINDS, LONGEST_TEXT, PAGE_SIZE, Query, Results, Suggestion

NEAR_SHOWN = 5
# With fewer finds than this, titles that begin with what was typed are shown below.
FEW = 3
SUGGESTED = 8
SUGGESTIONS_SECONDS = 60


@require_safe
@public_page
def petitions(request: HttpRequest) -> HttpResponse:
    """The petitions that fit the question, one page of them; 404 for a page that the list does not have."""
    language = current_language()
    query = Query.read(request.GET, language=language)
    results = _results(query)
    more = {
        "feed_query": _feed_query(query),
        "heading": LISTINGS[query.state].label,
        "everywhere": list_address(q=query.text),
    }
    context = _context(query, results, "search:petitions", language)
    return render(request, "search/petitions.html", context | more)


@require_safe
@public_page
def everything(request: HttpRequest) -> HttpResponse:
    """Petitions, answers and pages that fit the question; without one, a box to ask it."""
    language = current_language()
    query = Query.read(request.GET, language=language, kinds=KINDS)
    if not query.text:
        return render(request, "search/everything.html", {"query": query})
    context = _context(query, _results(query), "search:everything", language)
    return render(
        request, "search/everything.html", context | {"everywhere": address("search:everything", {"q": query.text})}
    )


@require_safe
@public_page(SUGGESTIONS_SECONDS)
def suggestions(request: HttpRequest) -> HttpResponse:
    """Titles that begin with what was typed, as JSON, with the addresses of what they are the titles of."""
    found = _suggested(request.GET.get("q", ""), current_language())
    return HttpResponse(orjson.dumps({"suggestions": found}), content_type="application/json")


def _results(query: Query) -> Results:
    """The page that was asked for. Raises Http404 where there is none."""
    if query.page > DEEPEST_PAGE:
        raise Http404
    results = engines.find(query)
    if query.page > 1 and not results.found:
        raise Http404
    return results


def _context(query: Query, results: Results, route: str, language: str) -> dict[str, Any]:
    """What both pages show of the finds."""
    shown = entries(results.found, language)
    narrowing = Narrowing(query, results, route=route, language=language)
    few = bool(query.text) and len(results.found) < FEW and query.page == 1
    return {
        "query": query,
        "results": results,
        "page": page_of(results, query.page, shown),
        "first": (query.page - 1) * PAGE_SIZE + 1,
        "at_the_end": query.page == DEEPEST_PAGE,
        "groups": list(narrowing.groups()),
        "kept": parameters(query, q=""),
        "narrowed": query.filters,
        "near": [] if shown or not query.text else _near(query, language),
        "suggested": _suggested(query.text, language) if few else [],
        "suggestions_url": reverse("search:suggestions"),
    }


def _near(query: Query, language: str) -> list[Card]:
    """Petitions with some of the words, where none has all of them."""
    states = (State.OPEN, State.CLOSED, State.REJECTED)
    found = similar.find(title=query.text, language=language, limit=NEAR_SHOWN, states=states)
    petitions = prepared(Petition.objects.public()).in_bulk([petition.pk for petition in found])
    return [card(petitions[one.pk], language) for one in found if one.pk in petitions]


def _suggested(text: str, language: str) -> list[dict[str, str]]:
    text = " ".join(text.replace("\x00", " ").split())[:LONGEST_TEXT]
    found = engines.suggest(text, language=language, limit=SUGGESTED) if text else []
    once = {one.title.casefold(): one for one in reversed(found)}
    return [{"title": one.title, "url": _url(one, language)} for one in reversed(once.values())]


def _url(suggestion: Suggestion, language: str) -> str:
    if suggestion.kind == Kind.PETITION:
        return reverse("petitions:detail", args=[suggestion.object_id])
    return path_for(suggestion.address, language)


def _feed_query(query: Query) -> str:
    """The parameters of the feed of this list, which knows no other filters and has an order of its own."""
    known = {name: value for name, value in parameters(query).items() if name in ("q", "state", "topic")}
    return f"?{urlencode(known)}" if known else ""
