"""The link by which an office answers one question: made from its row, and read back."""

import re
from datetime import datetime, timedelta

from django.utils import timezone

from mailing.links import absolute
from responses.models import Contribution
from vault import tokens
from vault.tokens import BadToken, Purpose

# Who answers late is welcome still.
OPEN_AFTER = timedelta(days=30)
PATH = re.compile(r"(?:/[a-z]{2}(?:-[a-z]+)?)?/contribute/([^/]+)/")


def token(contribution: Contribution) -> str:
    """The token of the page that answers this question, good until 30 days after the day it is asked for."""
    asked_on = timezone.localdate(contribution.asked_at)
    return tokens.make(
        Purpose.CONTRIBUTE,
        petition_id=0,
        row_id=contribution.pk,
        generation=contribution.generation,
        now=contribution.asked_at,
        lifetime=contribution.due_on - asked_on + OPEN_AFTER,
    )


def link(contribution: Contribution) -> str:
    """Where this question is answered; the same in every mail about it."""
    return absolute("responses:contribute", contribution.language, token=token(contribution))


def asked(given: str, *, now: datetime) -> Contribution | None:
    """The question that the token ``given`` was made for; None when the link does not work."""
    try:
        claim = tokens.read(given, Purpose.CONTRIBUTE, now=now)
    except BadToken:
        return None
    found = Contribution.objects.filter(pk=claim.row_id, generation=claim.generation, withdrawn_at=None)
    return found.select_related("case", "asked_by", "colleague").first()


def may_upload(path: str, *, now: datetime) -> bool:
    """Whether ``path`` is such a page with a token of ours: there, files may be sent."""
    match = PATH.fullmatch(path)
    if match is None:
        return False
    try:
        tokens.read(match.group(1), Purpose.CONTRIBUTE, now=now)
    except BadToken:
        return False
    return True
