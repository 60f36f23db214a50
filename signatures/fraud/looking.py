"""Support finds a signature. The log keeps who asked and how many were found, not for what address."""

from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from petitions.models import Petition
from petitions.refusals import Refused
from signatures import identity, mailboxes
from signatures.fraud.handling import HANDLE
from signatures.mailboxes import Entry, Found
from signatures.models import Signature


def look_up(*, actor: User, address: str = "", petition_id: int | None = None, row_id: int | None = None) -> Found:
    """The signatures of a mailbox, on one petition or on all; or the one signature of these numbers.

    Raises NotAllowed; Refused for what is no address.
    """
    require(actor, HANDLE)
    if row_id:
        found = _by_number(petition_id or 0, row_id)
    else:
        try:
            address = identity.checked(address)
        except identity.InvalidAddress as error:
            raise Refused(str(error.reason), "address") from error
        found = _by_address(address, petition_id)
    audit.services.record(
        action="signatures.look_up",
        subject_kind="petition",
        subject_id=petition_id or 0,
        actor_id=actor.pk,
        details={"by": "number" if row_id else "address", "found": len(found.entries)},
    )
    return found


def _by_number(petition_id: int, row_id: int) -> Found:
    row = Signature.objects.filter(petition_id=petition_id, id=row_id).first()
    petition = Petition.objects.filter(pk=petition_id).first()
    if row is None or petition is None:
        raise Refused(_("There is no signature of these numbers."), "number")
    return Found([Entry(petition, row)], None, [])


def _by_address(address: str, petition_id: int | None) -> Found:
    if petition_id is None:
        return mailboxes.find(address)
    entry = mailboxes.find_on(address, petition_id=petition_id)
    return Found([entry] if entry else [], None, [])
