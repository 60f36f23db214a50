"""Which petitions a client asks for."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value

from opendata.wethepeople import statuses
from opendata.wethepeople.arguments import BY_COUNT, DESCENDING, LONGEST_ADDRESS, Created, PetitionsAsked, Within
from opendata.wethepeople.envelope import Code, Refusal
from petitions import limits, selectors
from petitions.models import Petition, Threshold
from petitions.models.petition import PUBLISHED_AT, Source, ThresholdKind
from petitions.querysets import search_query
from petitions.visibility import Visibility, visibility

# Answers given here have numbers above all that came from there.
FIRST_RESPONSE = 10**9
SOURCE_ID = re.compile(r"[0-9a-f]{24}", re.ASCII)
PAGE = re.compile(r"(?:/[a-z]{2}(?:-[a-z]+)?)?/petitions/(\d{1,18})(?:/|\.json)?", re.ASCII)
TITLE, BODY = "{a}", "{b,c}"  # the weights of the words in ``Petition.search``


def petitions(asked: PetitionsAsked, *, now: datetime) -> QuerySet[Petition]:
    """The public petitions that fit, in the order that is asked for."""
    key = F("signature_count") if asked.sort_by == BY_COUNT else PUBLISHED_AT
    order = (key.desc(), F("id").desc()) if asked.sort_order == DESCENDING else (key.asc(), F("id").asc())
    listed = Petition.objects.public().alias(published_at=PUBLISHED_AT)
    return listed.filter(*_conditions(asked, now)).order_by(*order)


def _conditions(asked: PetitionsAsked, now: datetime) -> list[Any]:
    found: list[Any] = [_number("signature_count", asked.count)]
    if asked.created.is_asked:
        found.append(_published(asked.created))
    if asked.status:
        found.append(statuses.condition(asked.status))
    if asked.is_signable is not None:
        signable = statuses.signable(now)
        found.append(signable if asked.is_signable else ~signable)
    if asked.threshold.is_asked:
        found.append(_threshold(asked.threshold))
    if asked.response_id:
        found.append(with_response(asked.response_id))
    if asked.associated_before is not None:
        found.append(Q(public_case__answered_at__lt=_moment(asked.associated_before)))
    for text, weights in ((asked.title, TITLE), (asked.body, BODY)):
        if text:
            found.append(_words(text, weights))
    return found


def _number(name: str, within: Within) -> Q:
    bounds = {"": within.exact, "__gte": within.floor, "__lte": within.ceiling}
    return Q(**{name + lookup: value for lookup, value in bounds.items() if value is not None})


def _threshold(within: Within) -> Q:
    """By the signatures that an answer takes; of a petition that has no such threshold, those that the site asks."""
    thresholds = Threshold.objects.filter(petition=OuterRef("pk"), kind=ThresholdKind.RESPONSE)
    found: Any = Q(Exists(thresholds.filter(_number("count", within))))
    usual = limits.current().response_threshold
    floor, ceiling = within.floor or 0, usual if within.ceiling is None else within.ceiling
    if floor <= usual <= ceiling and within.exact in (None, usual):
        found |= ~Q(Exists(thresholds))
    return found


def _published(created: Created) -> Q:
    """By whole seconds: a petition was published in the second that its document tells."""
    found = Q()
    if created.at is not None:
        found &= Q(published_at__gte=_moment(created.at), published_at__lt=_moment(created.at + 1))
    if created.after is not None:
        found &= Q(published_at__gte=_moment(created.after + 1))
    if created.before is not None:
        found &= Q(published_at__lt=_moment(created.before))
    return found


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _words(text: str, weights: str) -> Q:
    """These words in title or text, each petition searched in its own language."""
    french, english = (_standing(search_query(text, language), weights) for language in ("fr", "en"))
    return (Q(language="fr") & french) | (~Q(language="fr") & english)


def _standing(query: SearchQuery, weights: str) -> Q:
    part = Func(F("search"), Value(weights), function="ts_filter", template='ts_filter(%(expressions)s::"char"[])')
    part.output_field = SearchVectorField()
    # The whole vector first: it has the index.
    matches = Func(part, query, template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField())
    return Q(search=query) & Q(matches)


def with_response(number: str) -> Q:
    """The petitions that this response answers; none for what is no number."""
    if not (number.isascii() and number.isdecimal()):
        return Q(pk__in=())
    if len(number) <= 18 and int(number) > FIRST_RESPONSE:
        return Q(public_case__case_id=int(number) - FIRST_RESPONSE, public_case__answered_at__isnull=False)
    # Only these have responses of elsewhere; a handful, so that nothing needs an index into the JSON.
    return Q(source=Source.WTP, response_state="answered", source_data__response__id=number)


def by_id(number: str) -> tuple[Petition | None, Visibility]:
    """The petition of this id, ours or that of We the People, and what may be seen of it."""
    if SOURCE_ID.fullmatch(number):
        petition = Petition.objects.filter(source=Source.WTP, source_id=number).first()
        if petition is None:
            return None, Visibility.ABSENT
        return petition, visibility(state=petition.state, opened=petition.was_opened)
    return selectors.by_number(number)


def shown(number: str) -> Petition:
    """The public petition of this id. Raises Refusal: 404, or 410 for what was taken away."""
    petition, seen = by_id(number)
    if petition is None or seen is not Visibility.PAGE:
        status = 410 if seen is Visibility.GONE else 404
        user = "The petition that you requested does not exist."
        raise Refusal(status, Code.NOT_FOUND, f"Petition {number[:40]} not found.", user=user)
    return petition


def id_at(address: str) -> str:
    """The id of the petition that stands at a web address, here or where it came from. Raises Refusal."""
    try:
        path = urlsplit(address).path
    except ValueError:
        path = ""
    if page := PAGE.fullmatch(path):
        return page[1]
    if not path.startswith("/") or len(address) >= LONGEST_ADDRESS:
        raise Refusal(400, Code.BAD_URL, "The argument url is not the address of a petition.")
    found = Petition.objects.filter(source=Source.WTP, source_url=address).values_list("source_id", flat=True).first()
    if found is None:
        raise Refusal(404, Code.NOT_FOUND, "There is no petition at this address.")
    return found
