"""The mail that asks an office, and reminds it: with a link to one form, for people without an account too."""

from django.db.models import Prefetch
from django.utils.translation import gettext, override

from cms.formatting import day
from mailing.kinds import Message
from mailing.models import Mail
from petitions.models import Petition
from responses import contributing
from responses.models import CaseLink, Contribution
from responses.services import gathering

TEMPLATE = "contribution"


def build(mail: Mail) -> Message | None:
    """The mail about one question; None when it was answered or taken back, or nobody can be reached."""
    links = Prefetch("case__links", CaseLink.objects.filter(petition__in=Petition.objects.public()))
    found = Contribution.objects.waiting().filter(pk=mail.row_id).select_related("colleague", "asked_by")
    contribution = found.prefetch_related(links, "case__links__petition").first()
    address = gathering.address_of(contribution) if contribution else ""
    if contribution is None or not address:
        return None
    with override(contribution.language):
        words = (
            gettext("Reminder: we still need your contribution to an answer")
            if mail.details.get("chase")
            else gettext("We ask for your contribution to an answer")
        )
        context = {
            "subject": words,
            "late": bool(mail.details.get("chase")),
            "contribution": contribution,
            "due": day(contribution.due_on),
            "petitions": [link.petition for link in contribution.case.links.all()],
            "url": contributing.link(contribution),
        }
    return Message(to=address, language=contribution.language, context=context, template=TEMPLATE)
