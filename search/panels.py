"""The ways into the petitions that the home page shows: topics, and the reader's region."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from cms.languages import current_language
from petitions import places
from search.regions import PostcodeForm
from search.topics import named_topics

TOPICS_SHOWN = 12


def ways_in(request: HttpRequest, context: dict[str, Any]) -> str:
    """The topics with most open petitions, and the form for a postcode; nothing on a site that has neither."""
    topics = sorted(named_topics(current_language()), key=lambda pair: (-pair[0].opened, -pair[0].every))
    regions = places.regions()
    if not topics and not regions:
        return ""
    shown = {"topics": topics[:TOPICS_SHOWN], "form": PostcodeForm() if regions else None}
    return render_to_string("search/panels/ways_in.html", shown, request)
