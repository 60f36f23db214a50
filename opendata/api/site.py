"""The API as a whole: its rooms, its addresses and its description."""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext_noop as _

from cms.caching import mark_public
from opendata.api import changes, start, tables
from opendata.api.answering import DESCRIPTION_SECONDS, Api, api_view, nothing_here
from opendata.api.answers import operations as answers
from opendata.api.kinds import example_of
from opendata.api.petitions import operations as petitions
from opendata.api.tracker import operations as tracker
from opendata.replies import answer

PREFIX = "/api/"
VERSION = "1.0.0"
GROUPS = {
    "start": _("Start"),
    "petitions": _("Petitions"),
    "answers": _("Answers"),
    "tracker": _("Answers owed"),
    "changes": _("What changed"),
    "tables": _("Tables, hearings and outcomes"),
}
TITLE = _("Redress API")
ABOUT = _("Everything public about petitions, their answers and what is owed. Read-only, without a key.")
LICENCES = _("Imported petitions say in `source` on which terms they may be used.")

api = Api(
    title=TITLE,
    version=VERSION,
    description=f"{ABOUT} {LICENCES}",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    openapi_extra={"tags": [{"name": name, "description": words} for name, words in GROUPS.items()]},
)
for _router in (start.router, petitions.router, answers.router, tracker.router, changes.router, tables.router):
    api.add_router("", _router)


@cache
def description() -> dict[str, Any]:
    """The API in OpenAPI 3.1, each answer with an example that is put together of those of its fields."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    # Ninja lists those of questions too, though it has made parameters of their fields.
    schemas = {name: schema for name, schema in found["components"]["schemas"].items() if not name.endswith("Asked")}
    found["components"] = {**found["components"], "schemas": schemas}
    for operations in found["paths"].values():
        for operation in operations.values():
            for status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
                operation["responses"][int(status)] = {
                    "description": status.phrase,
                    "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            responses = {str(status): response for status, response in operation["responses"].items()}
            operation["responses"] = responses
            for response in responses.values():
                for content in response["content"].values():
                    content["example"] = example_of(content["schema"], schemas)
    return found


@api_view
def description_document(request: HttpRequest) -> HttpResponse:
    """The description for programs."""
    response = answer(request, description())
    mark_public(response, DESCRIPTION_SECONDS)
    return response


def urls() -> Iterator[URLPattern]:
    """Every address below the API's, but for its page."""
    yield path("openapi.json", description_document, name="description")
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern):
            yield path(str(pattern.pattern), api_view(pattern.callback), name=pattern.name)
    yield re_path(r"^(?!docs/)(?P<path>.*)$", nothing_here)
