"""The links that this room mails: made from a row, and read back."""

from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings

from mailing.links import absolute
from petitions.models import Petition
from signatures.addressees import Addressee
from signatures.models import Follower, Signature
from vault import tokens
from vault.tokens import BadToken, Claim, Purpose

# Whoever wants to leave must find the way out of an old mail as well.
UNSUBSCRIBE_LIFETIME = timedelta(days=365)
SUPPORT_LIFETIME = timedelta(days=90)
# "Never mail me again" is taken back behind the same link, found in any old mail.
NEVER_LIFETIME = timedelta(days=3650)
_PLACE = "the-token"


def confirm(signature: Signature | Addressee) -> str:
    """Where this signature is confirmed, until its pending row goes: every mail about it carries the same link."""
    return _address("signatures:confirm", signature.language, _token(Purpose.CONFIRM, signature))


def not_me(signature: Signature | Addressee) -> str:
    """Where the mailbox's owner says that they did not sign; as long as it can be confirmed."""
    return _address("signatures:not_me", signature.language, _token(Purpose.NOT_ME, signature))


def never(address_key: bytes, language: str, *, now: datetime) -> str:
    """Where the mailbox's owner stops every mail of this site, and takes that back."""
    token = tokens.make_for_address(Purpose.NEVER, address_key, now=_day(now), lifetime=NEVER_LIFETIME)
    return _address("signatures:never", language, token)


def unsubscribe(signature: Signature | Addressee, *, now: datetime) -> str:
    """Where this signer stops the mails about the petition."""
    token = tokens.make(
        Purpose.UNSUBSCRIBE,
        petition_id=signature.petition_id,
        row_id=signature.id,
        generation=signature.generation,
        now=now,
        lifetime=UNSUBSCRIBE_LIFETIME,
    )
    return _address("signatures:unsubscribe", signature.language, token)


def rate(signature: Signature | Addressee, *, event_id: int, now: datetime) -> str:
    """Where this signer says what they think of the answer that the event tells of: it names petition and case."""
    token = tokens.make(
        Purpose.RATE,
        petition_id=event_id,
        row_id=signature.id,
        generation=signature.generation,
        now=_day(now),
    )
    return _address("signatures:rate", signature.language, token)


def follow(follower: Follower) -> str:
    """Where somebody says that they want to hear of the petition."""
    return _address("signatures:follow_confirm", follower.language, _follower_token(Purpose.FOLLOW, follower))


def unfollow(follower: Follower, *, now: datetime) -> str:
    """Where this follower stops the mails about the petition."""
    token = _follower_token(Purpose.UNFOLLOW, follower, now=_day(now), lifetime=UNSUBSCRIBE_LIFETIME)
    return _address("signatures:unfollow", follower.language, token)


def full(link: str) -> str:
    """The address to mail for a link of ours, which begins with a slash, or of others."""
    return settings.BASE_URL.rstrip("/") + link if link.startswith("/") else link


def creator_token(signature: Signature | Addressee, petition: Petition, *, now: datetime) -> str:
    """The token of the creator's page, good for 30 days."""
    return tokens.make(
        Purpose.CREATOR,
        petition_id=petition.pk,
        row_id=signature.id,
        generation=petition.link_generation,
        now=now,
    )


def creator(signature: Signature | Addressee, petition: Petition, *, now: datetime) -> str:
    """The creator's page."""
    return absolute("signatures:creator", signature.language, token=creator_token(signature, petition, now=now))


def support(petition: Petition, *, language: str, now: datetime) -> str:
    """The page where supporters sign before moderation. The same all day, so that it can be passed on."""
    token = tokens.make(
        Purpose.SUPPORT,
        petition_id=petition.pk,
        row_id=0,
        generation=petition.link_generation,
        now=_day(now),
        lifetime=SUPPORT_LIFETIME,
    )
    return absolute("signatures:support", language, petition_id=petition.pk, token=token)


def claimed(token: str, purpose: Purpose, *, now: datetime) -> Claim | None:
    """What a link says; None when it does not work. The row's generation is still to be compared."""
    try:
        return tokens.read(token, purpose, now=now)
    except BadToken:
        return None


def claimed_address(token: str, *, now: datetime) -> bytes | None:
    """The address key in a link of ``never``; None when it does not work."""
    try:
        return tokens.read_address(token, Purpose.NEVER, now=now)
    except BadToken:
        return None


def supported_petition(token: str, *, petition_id: int, now: datetime) -> Petition | None:
    """The petition of this number if ``token`` is its supporters' link."""
    claim = claimed(token, Purpose.SUPPORT, now=now)
    if claim is None or claim.petition_id != petition_id:
        return None
    return Petition.objects.filter(pk=petition_id, link_generation=claim.generation).first()


def creators_petition(token: str, *, now: datetime) -> tuple[Petition, Signature] | None:
    """The petition and creator's signature that ``token``, a creator's link, was made for."""
    claim = claimed(token, Purpose.CREATOR, now=now)
    if claim is None:
        return None
    petition = Petition.objects.filter(pk=claim.petition_id, link_generation=claim.generation).first()
    signature = Signature.objects.filter(petition_id=claim.petition_id, id=claim.row_id, role="creator").first()
    return (petition, signature) if petition and signature else None


def _token(purpose: Purpose, signature: Signature | Addressee) -> str:
    return tokens.make(
        purpose,
        petition_id=signature.petition_id,
        row_id=signature.id,
        generation=signature.generation,
        now=signature.created_at,
    )


def _follower_token(
    purpose: Purpose, follower: Follower, *, now: datetime | None = None, lifetime: timedelta = tokens.LIFETIME
) -> str:
    return tokens.make(
        purpose,
        petition_id=follower.petition_id,
        row_id=follower.pk,
        generation=0,
        now=now or follower.created_at,
        lifetime=lifetime,
    )


@lru_cache(maxsize=64)
def _day(now: datetime) -> datetime:
    """The same all day: a mail sent twice is the same mail."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _address(route: str, language: str, token: str) -> str:
    """As ``absolute``, for the links of which every mail has some: the address is looked up once."""
    before, after = _around(settings.BASE_URL, route, language)
    return f"{before}{token}{after}"


@lru_cache(maxsize=64)
def _around(base_url: str, route: str, language: str) -> tuple[str, str]:
    before, _token, after = absolute(route, language, token=_PLACE).partition(_PLACE)
    return before, after
