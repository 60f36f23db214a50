"""The signatures of a petition that were made here, with nothing by which a person could be known."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from opendata.wethepeople.arguments import LARGEST_OFFSET, Created, SignaturesAsked
from opendata.wethepeople.envelope import Refusal
from opendata.wethepeople.petitions import id_of, seconds
from petitions import places
from petitions.lifecycle import State
from petitions.models import CountryCount, Petition, RegionCount
from petitions.places import SMALLEST_SHOWN
from signatures.models import Signature, SignatureState
from vault import keys, opaque

HOUR = 3600
KIND = "listed signature"


def listed(petition: Petition, asked: SignaturesAsked) -> tuple[list[dict[str, Any]], int]:
    """One part of the list, and how many there are in all. Raises Refusal.

    Their order is one by chance that stays: who knows when somebody signed finds no row by its place.
    """
    if asked.offset_asked > LARGEST_OFFSET and not asked.after:
        words = f"The largest offset is {LARGEST_OFFSET}. Go on with after=ID, the last signature's id."
        raise Refusal(400, None, words)
    regions, countries = shown_regions(petition), shown_countries(petition)
    found = _fitting(petition, asked, regions, countries)
    if found is None:
        return [], 0
    rows = found.only("petition_id", "id", "region_code", "country_code", "created_at").order_by("signer_key")
    if asked.after:
        rows = rows.filter(signer_key__gt=_key_of(petition, asked.after))
    number = id_of(petition)
    page = [
        {
            "id": hidden_id(petition, row.id),
            "type": "signature",
            "petitionId": number,
            "name": "",
            "city": "",
            "state": row.region_code if row.region_code in regions else "",
            "zip": "",
            "country": row.country_code if row.country_code in countries else "",
            "created": (seconds(row.created_at) or 0) // HOUR * HOUR,
        }
        for row in rows[asked.part.offset : asked.part.end]
    ]
    return page, _count(petition, asked, found, regions, countries)


def hidden_id(petition: Petition, row_id: int) -> str:
    """What a signature is called in public."""
    return opaque.hidden(KIND, group=petition.pk, number=row_id, version=_version(petition))


def _version(petition: Petition) -> int:
    """Of the master key under which this petition's signatures are called; it stays the same when keys rotate."""
    ring = keys.keyring()
    return petition.key_version if petition.key_version in ring.keys else ring.current


def _key_of(petition: Petition, name: str) -> bytes:
    row_id = opaque.number(KIND, name, group=petition.pk, version=_version(petition))
    rows = Signature.objects.filter(petition_id=petition.pk, id=row_id).values_list("signer_key", flat=True)
    key = rows.first() if row_id is not None and row_id < 2**63 else None
    if key is None:
        raise Refusal(400, None, "The argument after is not the id of a signature of this petition.")
    return bytes(key)


def shown_regions(petition: Petition) -> dict[str, tuple[str, int]]:
    """The regions whose signatures made here are in a public row: by code, with name and how many."""
    names = {region.code: region.name for region in places.regions()}
    return _shown(RegionCount.objects.filter(petition=petition), lambda row: row.region_code, names.get)


def shown_countries(petition: Petition) -> dict[str, tuple[str, int]]:
    """The same by country."""
    names = places.countries()
    return _shown(CountryCount.objects.filter(petition=petition), lambda row: row.country_code, names.get)


def _shown(
    rows: QuerySet[Any], code_of: Callable[[Any], str], name_of: Callable[[str], str | None]
) -> dict[str, tuple[str, int]]:
    return {
        code_of(row): (name_of(code_of(row)) or "", row.signed)
        for row in rows.filter(signed__gte=SMALLEST_SHOWN)
        if name_of(code_of(row))
    }


def _fitting(
    petition: Petition, asked: SignaturesAsked, regions: dict[str, Any], countries: dict[str, Any]
) -> QuerySet[Signature] | None:
    """The signatures that fit; None where nothing can: what is not told cannot be asked for."""
    # Of one that was refused no figures by place are public either.
    if petition.state == State.REJECTED or asked.unlisted:
        return None
    found = Signature.objects.filter(petition_id=petition.pk, state=SignatureState.CONFIRMED)
    for text, shown, column in ((asked.state, regions, "region_code"), (asked.country, countries, "country_code")):
        if text:
            code = _code(text, shown)
            if code is None:
                return None
            found = found.filter(**{column: code})
    return _made(found, asked.created)


def _code(text: str, shown: dict[str, tuple[str, int]]) -> str | None:
    """The place that somebody means by its code or by its name."""
    meant = text.casefold()
    return next((code for code, (name, _n) in shown.items() if meant in (code.casefold(), name.casefold())), None)


def _made(found: QuerySet[Signature], created: Created) -> QuerySet[Signature]:
    """Those made then, judged by the full hours that are told: closer questions get no closer answers."""
    if created.at is not None:
        if created.at % HOUR:
            return found.none()
        found = found.filter(created_at__gte=_hour(created.at), created_at__lt=_hour(created.at + HOUR))
    if created.after is not None:
        found = found.filter(created_at__gte=_hour(created.after + HOUR))
    if created.before is not None:
        found = found.filter(created_at__lt=_hour(created.before + HOUR - 1))
    return found


def _hour(moment: int) -> datetime:
    return datetime.fromtimestamp(moment // HOUR * HOUR, UTC)


def _count(
    petition: Petition,
    asked: SignaturesAsked,
    found: QuerySet[Signature],
    regions: dict[str, tuple[str, int]],
    countries: dict[str, tuple[str, int]],
) -> int:
    """How many fit: from the counts where one says it, since some petitions have millions of rows."""
    if asked.created.is_asked or (asked.state and asked.country):
        return found.count()
    if asked.state:
        return regions[_code(asked.state, regions) or ""][1]
    if asked.country:
        return countries[_code(asked.country, countries) or ""][1]
    return max(petition.signature_count - petition.imported_count, 0)
