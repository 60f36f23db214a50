"""What the home page shows of petitions, and what stands above every page."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from cms.languages import current_language, main_language
from petitions import switches
from petitions.cards import Card, card, prepared
from petitions.listings import named
from petitions.models import Petition, RejectionReason
from petitions.wording import localized

SHOWN = 6
# Fewer than a row of them say little of what moves people, and leave the page half empty.
LEAST_TODAY = 3


def notice(request: HttpRequest, context: dict[str, Any]) -> str:
    """The site's notice, and that signing is paused; nothing when there is nothing to say."""
    now_on = switches.current()
    text = localized(now_on.notice, current_language())
    if not text and not now_on.signing_paused:
        return ""
    lang = "" if current_language() in now_on.notice else main_language()
    context = {"text": text, "lang": lang, "paused_at": now_on.signing_paused_at}
    return render_to_string("petitions/panels/notice.html", context)


def reasons(request: HttpRequest, context: dict[str, Any]) -> str:
    """Why petitions are refused, each with what it means and how to try again; ``#reason-<code>`` leads to it."""
    language = current_language()
    described = [
        {
            "code": reason.code,
            "title": localized(reason, language, "title"),
            "explanation": localized(reason, language, "explanation"),
            "advice": localized(reason, language, "advice"),
            "hides": reason.hides,
        }
        for reason in RejectionReason.objects.filter(active=True)
    ]
    return render_to_string("petitions/panels/reasons.html", {"reasons": described})


def most_signed(request: HttpRequest, context: dict[str, Any]) -> str:
    """The open petitions that most people signed in the last 24 hours; on a quiet day the most signed of all.

    Nothing when no petition is open.
    """
    language = current_language()
    recent = most_signed_today(language=language)
    lively = len(recent) >= LEAST_TODAY
    cards = recent if lively else most_signed_of_all(language=language)
    if not cards:
        return ""
    return render_to_string("petitions/panels/most_signed.html", {"cards": cards, "today": lively})


def most_signed_today(*, language: str) -> list[Card]:
    """Open petitions by how many signed them in the last 24 hours, as the tally keeps it."""
    petitions = prepared(named("trending").petitions().select_related("trend"))[:SHOWN]
    return [card(petition, language, recent=petition.trend.last_day) for petition in petitions]


def most_signed_of_all(*, language: str) -> list[Card]:
    """The open petitions with the most signatures."""
    return [card(petition, language) for petition in prepared(Petition.objects.open().most_signed())[:SHOWN]]
