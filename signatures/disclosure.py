"""What its owner is told about a signature: all that is kept of it, and what they can do. On a page and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cms.formatting import moment
from cms.languages import current_language
from mailing.links import absolute
from petitions import places
from petitions.lifecycle import State
from petitions.models import Petition, Rating, Region
from petitions.wording import localized
from signatures import persons
from signatures.mailboxes import Entry, Found, Mailbox
from signatures.models import Role, Signature, SignatureState
from signatures.persons import Signer
from signatures.standing import knows

# Whoever signed is told "signed" as long as staff still look at it: so was the page after confirming.
STATES = {
    SignatureState.PENDING: _("not confirmed yet"),
    SignatureState.CONFIRMED: _("signed"),
    SignatureState.HELD: _("signed"),
    SignatureState.WITHDRAWN: _("withdrawn"),
    SignatureState.INVALIDATED: _("not counted"),
}


@dataclass(frozen=True)
class Disclosed:
    """One signature as its owner sees it."""

    petition: Petition
    signature: Signature
    person: Signer | None  # None once erased
    ratings: list[Rating] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The petition's title, if its signer may read it; '' otherwise."""
        return self.petition.title if knows(self.petition, self.signature.role) else ""

    @property
    def is_public(self) -> bool:
        """Whether the petition has a public page."""
        return knows(self.petition, Role.SIGNER)

    @property
    def state(self) -> str:
        return str(STATES[SignatureState(self.signature.state)])

    @property
    def is_creators(self) -> bool:
        return self.signature.role == Role.CREATOR

    @property
    def may_unsubscribe(self) -> bool:
        return self.signature.notify

    @property
    def may_withdraw(self) -> bool:
        counts = self.signature.state in (SignatureState.CONFIRMED, SignatureState.HELD)
        return counts and self.petition.state == State.OPEN and not self.is_creators

    @property
    def may_erase(self) -> bool:
        return self.person is not None

    @property
    def ends_petition(self) -> bool:
        """Whether the petition goes with its creator: it was not open yet."""
        return self.is_creators and not self.petition.was_opened

    def rows(self) -> Iterator[dict[str, Any]]:
        """What is kept, for a page."""
        for label, value in self._kept():
            yield {"key": label, "value": value or "–"}

    def _kept(self) -> Iterator[tuple[Any, Any]]:
        row = self.signature
        if self.person is not None:
            yield _("Name"), self.person.name
            yield _("E-mail address"), self.person.email
            yield _("Postcode"), self.person.postcode
            yield _("Network address you signed from"), self.person.network
        yield _("Region"), _region(row.region_code)
        yield _("Country"), places.country_name(row.country_code, current_language())
        yield _("Signed on"), moment(row.created_at)
        yield _("Confirmed on"), moment(row.confirmed_at)
        yield _("E-mails about the petition"), _("yes") if row.notify else _("no")
        for rating in self.ratings:
            yield (
                _("What you said of the answer"),
                ": ".join(filter(None, (rating.get_choice_display(), rating.comment))),
            )


def disclosed(entry: Entry) -> Disclosed:
    """What is kept of one signature, unsealed. Raises BrokenSeal."""
    row = entry.signature
    ratings = Rating.objects.filter(petition=row.petition_id, row_id=row.id).order_by("case_id")
    return Disclosed(entry.petition, row, persons.unsealed(row), list(ratings))


def as_json(mailbox: Mailbox, found: Found, *, now: datetime) -> dict[str, Any]:
    """All that is kept about the mailbox, to be taken elsewhere. ``look_further_below`` is null when it is complete."""
    return {
        "made_at": now.isoformat(),
        "address": mailbox.address,
        "link_works_until": mailbox.open_until.isoformat(),
        "look_further_below": found.before,
        "signatures": [_exported(disclosed(entry)) for entry in found.entries],
        "followed": [
            {
                "petition": each.petition.pk,
                "petition_title": each.petition.title if knows(each.petition, Role.SIGNER) else "",
                "asked_at": each.follower.created_at.isoformat(),
                "confirmed_at": each.follower.confirmed_at.isoformat() if each.follower.confirmed_at else None,
                "language": each.follower.language,
            }
            for each in found.followed
        ],
    }


def _exported(shown: Disclosed) -> dict[str, Any]:
    row = shown.signature
    return {
        "petition": row.petition_id,
        "petition_title": shown.title,
        "petition_address": _address(shown),
        "signature": row.id,
        "role": row.role,
        "state": "confirmed" if row.state == SignatureState.HELD else row.state,
        "signed_at": row.created_at.isoformat(),
        "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else None,
        "region": row.region_code,
        "country": row.country_code,
        "language": row.language,
        "wants_mails": row.notify,
        "answers_rated": [
            {"at": rating.at.isoformat(), "choice": rating.choice, "comment": rating.comment}
            for rating in shown.ratings
        ],
        "personal_data": _personal(shown.person),
    }


def _personal(person: Signer | None) -> dict[str, str] | None:
    return {name: asdict(person)[name] for name in ("name", "email", "postcode", "network")} if person else None


def _address(shown: Disclosed) -> str:
    route = {"petition_id": shown.petition.pk}
    return absolute("petitions:detail", shown.signature.language, **route) if shown.is_public else ""


def _region(code: str) -> str:
    region = Region.objects.filter(pk=code).first()
    return localized(region, current_language()) if region else code
