"""Signing through a partner: ``POST /v1/signatures``. By every rule of signing, and the same answer for all addresses.

The partner's key stands for what a person declares on the form. Nothing here asks whether an address has signed, and
nothing is answered that would tell.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.http import HttpRequest

from opendata.models import PartnerKey, PartnerSignature
from opendata.wethepeople import finding, keys
from opendata.wethepeople.envelope import Code, Refusal
from petitions import networks, places
from petitions.models import Petition
from petitions.places import HOME_COUNTRY
from petitions.visibility import Visibility
from signatures import door, identity, intake, names, throttle
from signatures.entry import tidy_postcode
from signatures.persons import Signer
from signatures.standing import Standing

REQUIRED = ("petition_id", "email", "first_name", "last_name")
CHALLENGE_RETRY_SECONDS = 300
PAUSE_RETRY_SECONDS = 300
BEARER = "Bearer "


def key_of(request: HttpRequest, *, now: datetime) -> PartnerKey:
    """The key that a request brings, in its header or as ``api_key``. Raises Refusal for one that may not be used."""
    header = request.headers.get("Authorization", "")
    given = header.removeprefix(BEARER) if header.startswith(BEARER) else request.GET.get("api_key", "")
    key = keys.find(given.strip(), now=now)
    if key is None:
        raise Refusal(401, Code.BAD_KEY, "Invalid key.", user="The key provided is not valid.")
    return key


def sign(request: HttpRequest, *, now: datetime) -> None:
    """Hand in the signature of the request: its owner is mailed a link to confirm it. Raises Refusal."""
    key = key_of(request, now=now)
    address = request.META.get("REMOTE_ADDR", "")
    _take_turn(key, address)
    fields = _fields(request)
    signer = _signer(key, fields, address)
    petition = _petition(fields["petition_id"])
    if door.is_challenged(petition.pk) and not key.trusted:
        words = "This petition takes signatures on its own page only at present. Send them later."
        raise Refusal(429, Code.UNAVAILABLE, words, retry_after=CHALLENGE_RETRY_SECONDS)
    try:
        _hand_in(key, petition, signer, now)
    except intake.NotSignable as refusal:
        raise _not_signable(petition, refusal.standing) from refusal
    except identity.InvalidAddress as refusal:
        raise _bad_field("email", str(refusal.reason)) from refusal


def _take_turn(key: PartnerKey, address: str) -> None:
    """One turn of the key's own limits and of the whole site's. Those of networks are for people, not for partners."""
    if networks.caller(address).is_blocked:
        raise Refusal(403, None, "Nothing is taken from this network.")
    rules = throttle.partner_rules(key.pk, per_minute=key.per_minute, per_hour=key.per_hour)
    turn = throttle.take_each([rules])[0]
    if turn.wait:
        words = "Too many signatures at once: send the rest later."
        status = 503 if turn.kind == throttle.SITE else 429
        raise Refusal(status, Code.UNAVAILABLE, words, retry_after=throttle.whole_seconds(turn))


def _fields(request: HttpRequest) -> dict[str, str]:
    """The texts of the body, JSON or a form. Raises Refusal where a required one is missing."""
    given: Any = request.POST
    if request.content_type == "application/json":
        try:
            given = orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise Refusal(400, Code.FIELDS, "The body is not JSON.") from error
    fields = _texts(given) if isinstance(given, Mapping) else {}
    if missing := [name for name in REQUIRED if not fields.get(name)]:
        words = f"Missing required fields. These fields are required: {', '.join(REQUIRED)}."
        raise Refusal(400, Code.FIELDS, f"{words} Missing: {', '.join(missing)}.", user=words)
    return fields


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    """Numbers are read as texts: clients send postcodes of digits and our ids so."""
    return {
        name: str(value).strip()
        for name, value in given.items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }


def _signer(key: PartnerKey, fields: Mapping[str, str], address: str) -> Signer:
    country = fields.get("country") or key.country
    if country not in places.countries():
        raise _bad_field("country", "This is no country's code.")
    postcode, typed = "", fields.get("zip", "")
    if country == HOME_COUNTRY and typed:
        postcode = tidy_postcode(typed)
        if not postcode:
            raise _bad_field("zip", "This is no postcode.")
    try:
        name = names.checked(f"{fields['first_name']} {fields['last_name']}")
        email = identity.checked(fields["email"])
        identity.canonical(email, identity.RULES_VERSION)
    except names.InvalidName as refusal:
        raise _bad_field("first_name, last_name", str(refusal.reason)) from refusal
    except identity.InvalidAddress as refusal:
        raise _bad_field("email", str(refusal.reason)) from refusal
    # Nobody has asked the signer whether they want mails about what becomes of it.
    return Signer(name, email, postcode, country, notify=False, language=key.language, network=address)


def _bad_field(name: str, words: str) -> Refusal:
    return Refusal(400, Code.FIELDS, f"{name}: {words}", user=words)


def _petition(number: str) -> Petition:
    petition, seen = finding.by_id(number)
    if petition is None or seen is not Visibility.PAGE:
        user = "The petition you are trying to sign doesn't exist."
        raise Refusal(
            410 if seen is Visibility.GONE else 404, Code.NOT_SIGNABLE, f"No such petition {number[:40]}", user=user
        )
    return petition


@transaction.atomic
def _hand_in(key: PartnerKey, petition: Petition, signer: Signer, now: datetime) -> None:
    row_id = intake.accept(petition_id=petition.pk, signer=signer, now=now)
    PartnerSignature.objects.bulk_create(
        [PartnerSignature(key=key, petition_id=petition.pk, row_id=row_id, handed_in_at=now)],
        update_conflicts=True,
        unique_fields=["key", "petition_id", "row_id"],
        update_fields=["handed_in_at"],
    )


def _not_signable(petition: Petition, standing: Standing) -> Refusal:
    if standing is Standing.PAUSED:
        words = "Signing is paused. Nothing was recorded: send it again later."
        return Refusal(503, Code.UNAVAILABLE, words, retry_after=PAUSE_RETRY_SECONDS)
    if standing is Standing.ENDED:
        words = "This petition cannot accept more signatures."
        return Refusal(403, Code.CLOSED, f"Petition {petition.pk} cannot accept more signatures.", user=words)
    return Refusal(404, Code.NOT_SIGNABLE, "No such petition.")
