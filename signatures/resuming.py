"""Going on with a petition another day: the link to its draft, mailed to whoever asks for it.

The mail holds no word that was written: whoever types a stranger's address could send their own words by us.
"""

from datetime import datetime

from django.db import transaction

from mailing import kinds
from mailing.kinds import Message
from mailing.links import absolute
from mailing.models import Mail, Priority
from petitions import drafts
from petitions.models import Draft
from petitions.models.draft import KEPT
from signatures import links, pacing, persons
from signatures.mailboxes import NO_PETITION

KIND = "draft"
# Numbers from here on stand for drafts where mails to one address are counted; petitions have lower ones.
FIRST_SUBJECT = 2**62


def register() -> None:
    """Make this mail known."""
    kinds.register(KIND, priority=Priority.CONFIRMATION, build=_mail)


def link(draft: Draft) -> str:
    """The draft's full address: it opens the first question that is not answered."""
    return absolute("petitions:resume", draft.language, token=draft.token)


def kept_until(draft: Draft) -> datetime:
    """When the draft is deleted if it was not handed in."""
    return draft.created_at + KEPT


@transaction.atomic
def mail_link(*, draft: Draft, email: str, now: datetime) -> None:
    """Mail the link to ``email``, which the draft keeps, within the limits of that mailbox. Raises InvalidAddress."""
    key = persons.address_key(email)
    drafts.keep_person(draft=draft, typed=drafts.person(draft) | {"email": email})
    pacing.queue_paced(
        KIND, petition_id=NO_PETITION, row_id=draft.pk, address_key=key, subject=FIRST_SUBJECT + draft.pk, now=now
    )


def _mail(mail: Mail) -> Message | None:
    draft = Draft.objects.filter(pk=mail.row_id, petition=None).first()
    email = drafts.person(draft).get("email", "") if draft else ""
    if draft is None or not email:
        return None
    address_keys = persons.address_keys(email)
    return Message(
        to=email,
        language=draft.language,
        template="draft",
        personal={
            "link": link(draft),
            "never_link": links.never(address_keys[0], draft.language, now=mail.created_at),
        },
        context={"until": kept_until(draft)},
        address_keys=tuple(address_keys),
    )
