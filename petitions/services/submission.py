"""From a text to the moderators' queue."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from petitions import drafts, limits, signals, staff_mail, switches
from petitions.lifecycle import Act, State
from petitions.models import Draft, Petition, Resubmission
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.services import texts
from petitions.services.events import record_event
from petitions.services.steps import lock, move, save
from vault import keys


@transaction.atomic
def submit(
    *,
    title: str,
    ask: str,
    detail: str,
    language: str,
    creator_name: str,
    rules_version: int = 1,
    corrects: Petition | None = None,
    now: datetime,
) -> Petition:
    """A new petition in state draft: shown to nobody until its creator's signature is confirmed.

    Its signers' addresses are compared by the rules of ``rules_version`` for as long as it lives. Moderators see that
    it is the refused petition ``corrects`` handed in again.
    Raises Refused (with the field) for a text or name that is missing or too long, or a language the site has not;
    while creation is paused; and where ``corrects`` was handed in again meanwhile, or is refused no more.
    """
    if switches.current().creation_paused:
        raise Refused(_("Starting petitions is paused at the moment."))
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Choose a language of this site."), "language")
    text = texts.checked(title=title, ask=ask, detail=detail)
    if corrects is not None:
        drafts.refuse_if_corrected(lock(corrects.pk))
    petition = Petition(
        language=language,
        creator_name=texts.checked_name(creator_name),
        key_version=keys.keyring().current,
        rules_version=rules_version,
        created_at=now,
        updated_at=now,
    )
    text.put_on(petition)
    petition.save()
    if corrects is not None:
        Resubmission.objects.create(petition=petition, refused=corrects)
    return petition


@transaction.atomic
def rename_creator(*, petition_id: int, creator_name: str, now: datetime) -> Petition:
    """Correct who asks, while the creator has not confirmed. Raises Refused afterwards or for a bad name."""
    petition = lock(petition_id)
    if petition.state != State.DRAFT:
        raise Refused(_("This petition has been confirmed already. Use the link in our last mail."))
    petition.creator_name = texts.checked_name(creator_name)
    save(petition, now)
    return petition


@transaction.atomic
def discard_draft(*, petition_id: int) -> None:
    """Delete a petition that its creator never confirmed, text and all. One that was confirmed stays."""
    Petition.objects.filter(pk=petition_id, state=State.DRAFT).delete()


@transaction.atomic
def confirm_creator(*, petition_id: int, now: datetime) -> Petition:
    """The creator's signature is confirmed: supporters may sign, or moderators decide where none are needed.

    Confirming again changes nothing. Raises Petition.DoesNotExist.
    """
    petition = lock(petition_id)
    if petition.state == State.DRAFT:
        move(petition, Act.CONFIRM_CREATOR)
        Draft.objects.filter(petition=petition).delete()
        _queue_if_supported(petition, now)
        save(petition, now)
        signals.announce(signals.petition_changed, petition_id=petition_id)
    return petition


@transaction.atomic
def record_supporters(*, petition_id: int, count: int, now: datetime) -> Petition:
    """Set how many supporters have confirmed; at the limit the petition is handed to the moderators, once.

    Also where the number is the same and the limit was lowered. After that only the number changes. Raises
    Petition.DoesNotExist; ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("a count of supporters is not negative")
    petition = lock(petition_id)
    changed = petition.supporter_count != count
    petition.supporter_count = count
    if _queue_if_supported(petition, now) or changed:
        save(petition, now)
        signals.announce(signals.petition_changed, petition_id=petition_id)
    return petition


def _queue_if_supported(petition: Petition, now: datetime) -> bool:
    needed = limits.current().supporters
    if petition.state != State.GATHERING_SUPPORT or petition.supporter_count < needed:
        return False
    move(petition, Act.COMPLETE_SUPPORT)
    petition.moderation_threshold_reached_at = now
    record_event(
        petition_id=petition.pk,
        kind=EventKind.SUPPORT_COMPLETE,
        details={"supporters": petition.supporter_count},
        public=False,
        tells_creator=True,
        now=now,
    )
    staff_mail.tell_moderators(now)
    return True
