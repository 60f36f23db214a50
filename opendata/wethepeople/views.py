"""The addresses of the We the People API: each reads what is asked, asks one room and wraps the answer."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cms.caching import mark_unstored, public_page
from opendata.replies import host_address, open_data
from opendata.wethepeople import finding, petitions, responses, signatures, signing, validations
from opendata.wethepeople.arguments import PetitionsAsked, ResponsesAsked, SignaturesAsked, ValidationsAsked
from opendata.wethepeople.envelope import Code, Found, Refusal, answered, callback_of, refused
from petitions import limits
from petitions.models import Petition

Resource = Callable[..., Found | None]
View = Callable[..., HttpResponse]

SCRIPTS, DOCUMENTS = ("", "json", "jsonp"), ("", "json")
FRESH_SECONDS = 2
LISTED_SECONDS = 30  # a list of signatures reads more rows than any other answer
GAVE_UP = "57014"  # PostgreSQL's word for a statement that took too long
RETRY_SECONDS = 30


def public(*, max_age: int = FRESH_SECONDS) -> Callable[[Resource], View]:
    """Decorate a resource that everybody may read, pages of every site too: as JSON, or as a script."""

    def decorate(resource: Resource) -> View:
        return wraps(resource)(open_data(public_page(max_age=max_age)(_wrapped(resource, SCRIPTS, ("GET", "HEAD")))))

    return decorate


def for_partners(*methods: str) -> Callable[[Resource], View]:
    """Decorate a resource that takes a key: nobody keeps what it answers, and no page of another site may read it."""

    def decorate(resource: Resource) -> View:
        view = _wrapped(resource, DOCUMENTS, methods)

        @csrf_exempt  # a key is no authority that a browser would send along
        @wraps(resource)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            mark_unstored(response)
            return response

        return wrapper

    return decorate


def _wrapped(resource: Resource, formats: tuple[str, ...], methods: tuple[str, ...]) -> View:
    """What the resource found, or why it refused, in the format that the address ends with."""

    def view(request: HttpRequest, *args: Any, form: str = "", **kwargs: Any) -> HttpResponse:
        began, callback = time.perf_counter(), ""
        try:
            if request.method not in methods:
                raise Refusal(405, None, f"Use {' or '.join(methods)} here.")
            if form not in formats:
                raise Refusal(406, None, f"This is served as {' and '.join(formats[1:])} only.")
            callback = callback_of(request) if form == "jsonp" else ""
            found = resource(request, *args, **kwargs)
        except Refusal as refusal:
            response = refused(refusal, callback=callback)
            if refusal.status == 405:
                response["Allow"] = ", ".join(methods)
            return response
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != GAVE_UP:
                raise
            return refused(_too_much(), callback=callback)
        return answered(request, found, callback=callback, seconds=time.perf_counter() - began)

    return view


def _too_much() -> Refusal:
    words = "This takes too long. Ask for less at once, or with fewer conditions."
    return Refusal(503, Code.UNAVAILABLE, words, retry_after=RETRY_SECONDS)


@public()
def petition_list(request: HttpRequest) -> Found:
    """``petitions.json``: those that fit, unless asked otherwise the first published first."""
    asked, now, host = PetitionsAsked.read(request.GET), timezone.now(), host_address(request)
    if not asked.is_public:
        raise Refusal(403, Code.NOT_PUBLIC, "Petitions that are not public are shown to nobody.")
    if asked.url:
        return _one(finding.id_at(asked.url), request)
    fitting, part = finding.petitions(asked, now=now), asked.part
    page = petitions.prepared(fitting)[part.offset : part.end]
    told = {**asked.told(), "publicThreshold": limits.current().supporters, "websiteUrl": host}
    return Found(
        [petitions.document(petition, host=host, now=now) for petition in page],
        count=fitting.order_by().count(),
        limit=part.limit,
        offset=part.offset,
        request={"resource": "petitions", "query": dict(sorted(told.items()))},
    )


@public()
def petition(request: HttpRequest, number: str) -> Found:
    """``petitions/ID.json``: one petition, as a list of one."""
    return _one(number, request)


def _one(number: str, request: HttpRequest) -> Found:
    shown = Petition.objects.filter(pk=finding.shown(number).pk)
    document = petitions.document(petitions.prepared(shown).get(), host=host_address(request), now=timezone.now())
    return Found([document], count=1, limit=1)


@public(max_age=LISTED_SECONDS)
def petition_signatures(request: HttpRequest, number: str) -> Found:
    """``petitions/ID/signatures.json``: those that were made here."""
    asked = SignaturesAsked.read(request.GET)
    results, count = signatures.listed(finding.shown(number), asked)
    return Found(results, count=count, limit=asked.part.limit, offset=asked.part.offset)


@public()
def response_list(request: HttpRequest) -> Found:
    """``responses.json``: answers, the newest first unless asked otherwise."""
    asked = ResponsesAsked.read(request.GET)
    results, count = responses.listed(asked, host=host_address(request))
    query = {"resource": "responses", "query": asked.told()}
    return Found(results, count=count, limit=asked.part.limit, offset=asked.part.offset, request=query)


@public()
def response(request: HttpRequest, number: str) -> Found:
    """``responses/ID.json``: one answer, as a list of one."""
    return Found([responses.one(number, host=host_address(request))], count=1, limit=1)


@for_partners("POST")
def sign(request: HttpRequest) -> None:
    """``signatures.json``: hand in a signature. What is answered does not depend on whose it is."""
    signing.sign(request, now=timezone.now())


@for_partners("GET", "HEAD")
def validation_list(request: HttpRequest) -> Found:
    """``validations.json``: what was confirmed of that which came through the key."""
    key = signing.key_of(request, now=timezone.now())
    asked = ValidationsAsked.read(request.GET)
    results, count = validations.listed(key, asked)
    return Found(results, count=count, limit=asked.part.limit, offset=asked.part.offset)


@public()
def nothing(request: HttpRequest, anything: str = "") -> Found:
    """Any other address of the API."""
    raise Refusal(404, Code.NOT_FOUND, "There is no such resource.")
