"""Who else is at a case: said on its page, and kept up to date while it is open."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.admin.models import EditingSession

from accounts.models import User
from responses.models import Case, Presence
from responses.services import presence
from responses.staff.screens import Guarded, case_or_404

# An open page says so every half minute; without a script only its opening counts.
THERE = timedelta(minutes=3)


def arrive(case: Case, user: User, now: datetime) -> list[str]:
    """Note that ``user`` has the case's page open; a sentence on each colleague who has it, or its text, open too."""
    presence.note(case, user, now)
    return [*_writing(case, user, now), *_looking(case, user, now)]


def _writing(case: Case, user: User, now: datetime) -> list[str]:
    sessions = EditingSession.objects.filter(
        content_type__app_label="wagtailcore",
        content_type__model="page",
        object_id=str(case.page.pk),
        last_seen_at__gt=now - THERE,
    )
    others = sessions.exclude(user=user).select_related("user").order_by("is_editing")
    each = {session.user_id: session for session in others}
    return [
        (
            gettext("%(name)s is changing the answer.")
            if session.is_editing
            else gettext("%(name)s has the answer open.")
        )
        % {"name": session.user}
        for session in each.values()
    ]


def _looking(case: Case, user: User, now: datetime) -> list[str]:
    there = Presence.objects.filter(case=case, seen_at__gt=now - THERE).exclude(user=user).select_related("user")
    sentences = []
    for row in there.order_by("-seen_at"):
        minutes = max(int((now - row.seen_at).total_seconds() // 60), 0)
        words = gettext("%(name)s has this case open now.")
        if minutes:
            words = ngettext(
                "%(name)s opened this case %(minutes)s minute ago.",
                "%(name)s opened this case %(minutes)s minutes ago.",
                minutes,
            )
        sentences.append(words % {"name": row.user, "minutes": minutes})
    return sentences


class PresenceView(Guarded):
    """Called by an open page: notes that it is open, answers who else is there."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = case_or_404(request.user, pk)
        return JsonResponse({"others": arrive(case, request.user, timezone.now())})
