"""Words of staff's own on cases, by which they are found again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import NotAllowed
from petitions.services import Refused
from responses.models import Case, CaseTag
from responses.services import steps
from responses.services.cases import takes_part

LENGTH = 40
AT_MOST = 20


def named(words: str) -> list[str]:
    """The tags in a line of words with commas: trimmed, lower case, each once. Raises Refused for too long a one."""
    names = dict.fromkeys(" ".join(word.split()).lower() for word in words.split(","))
    names.pop("", None)
    if any(len(name) > LENGTH for name in names):
        raise Refused(_("Use at most %(limit)s characters for a tag.") % {"limit": LENGTH}, "tags")
    return list(names)


@transaction.atomic
def tag(*, case_id: int, actor: User, now: datetime, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Case:
    """The case with tags added and taken away, as ``named`` gives them.

    Raises NotAllowed to those who may not see the case or only look on; Refused above 20 tags on a case.
    """
    case = steps.locked(case_id)
    if not takes_part(actor) or not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise NotAllowed("case of another department")
    before = tags_of(case)
    wanted = sorted({*before, *add} - set(remove))
    if len(wanted) > AT_MOST:
        raise Refused(_("A case has at most %(limit)s tags.") % {"limit": AT_MOST}, "tags")
    if wanted != before:
        CaseTag.objects.bulk_create([CaseTag(name=name) for name in wanted], ignore_conflicts=True)
        case.tags.set(CaseTag.objects.filter(name__in=wanted))
        steps.record(case, "tag", actor=actor, before=before, tags=wanted)
    return case


def tags_of(case: Case) -> list[str]:
    """The case's tags, in order."""
    return sorted(case.tags.values_list("name", flat=True))
