"""What the home page shows of petitions, and what stands above every page."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from cms.languages import current_language
from petitions import switches
from petitions.cards import Card, card, prepared
from petitions.lifecycle import State
from petitions.models import HourCount, Petition
from petitions.wording import localized

SHOWN = 6
TODAY = timedelta(hours=24)


def notice(request: HttpRequest, context: dict[str, Any]) -> str:
    """The site's notice, and that signing is paused; nothing when there is nothing to say."""
    now_on = switches.current()
    text = localized(now_on.notice, current_language())
    if not text and not now_on.signing_paused:
        return ""
    return render_to_string("petitions/panels/notice.html", {"text": text, "paused_at": now_on.signing_paused_at})


def most_signed(request: HttpRequest, context: dict[str, Any]) -> str:
    """The open petitions that most people signed in the last 24 hours; where nobody did, the most signed of all.

    Nothing when no petition is open.
    """
    language = current_language()
    recent = most_signed_since(timezone.now() - TODAY, language=language)
    cards = recent or most_signed_of_all(language=language)
    if not cards:
        return ""
    return render_to_string("petitions/panels/most_signed.html", {"cards": cards, "today": bool(recent)})


def most_signed_since(since: datetime, *, language: str) -> list[Card]:
    """Open petitions by how many signed them since then (whole hours, the one that ``since`` lies in left out)."""
    signed = HourCount.objects.filter(hour__gte=since, petition__state=State.OPEN)
    sums = signed.values("petition").annotate(total=Sum("count")).filter(total__gt=0).order_by("-total", "petition")
    totals = {row["petition"]: row["total"] for row in sums[:SHOWN]}
    petitions = prepared(Petition.objects.open()).in_bulk(totals)
    return [card(petitions[pk], language, recent=total) for pk, total in totals.items() if pk in petitions]


def most_signed_of_all(*, language: str) -> list[Card]:
    """The open petitions with the most signatures."""
    return [card(petition, language) for petition in prepared(Petition.objects.open().most_signed())[:SHOWN]]
