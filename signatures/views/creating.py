"""The last steps of creating a petition: say who asks, check everything, hand it in; or go on another day."""

from collections.abc import Callable, Iterator
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page
from cms.forms import PublicForm
from cms.templatetags.components import paragraphs
from petitions import drafts, places, switches
from petitions.creating import (
    BACK,
    LATER,
    check_address,
    creation_paused,
    gone,
    later_address,
    position,
    step_address,
)
from petitions.models import Draft
from petitions.refusals import Refused
from petitions.throttling import seconds_to_wait
from signatures import creation, resuming
from signatures.cookies import Handed
from signatures.forms import CreatorForm, MailboxForm
from signatures.models import Role
from signatures.views import answers

DraftView = Callable[[HttpRequest, Draft], HttpResponse]


def drafts_page(view: DraftView) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page for whoever holds a draft's token, once its text is written and until its creator has confirmed."""

    @csrf_exempt
    @private_page
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, token: str) -> HttpResponse:
        if switches.current().creation_paused:
            return creation_paused(request)
        draft = drafts.find(token=token, now=timezone.now(), handed_in=True)
        return view(request, draft) if draft else gone(request)

    return page


@drafts_page
def about_you(request: HttpRequest, draft: Draft) -> HttpResponse:
    """``/petitions/new/<token>/creator/``: who asks."""
    if step := drafts.unfinished(draft):
        return answers.SeeOther(step_address(draft, step))
    if request.method != "POST":
        form = CreatorForm(initial=drafts.person(draft))
        return render(request, "signatures/about_you.html", {"form": form} | position(draft, "creator"))
    form = CreatorForm(request.POST)
    leaves = BACK in request.POST or LATER in request.POST
    if not leaves and not form.is_ready:
        return render(request, "signatures/about_you.html", {"form": form} | position(draft, "creator"))
    drafts.keep_person(draft=draft, typed=form.typed())
    if BACK in request.POST:
        return answers.SeeOther(step_address(draft, drafts.STEPS[-1]))
    return answers.SeeOther(later_address(draft) if leaves else check_address(draft))


@drafts_page
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """``…/check/``: everything once more, with a way back to each answer; and the button that hands it in."""
    if step := drafts.unfinished(draft):
        return answers.SeeOther(step_address(draft, step))
    creator = CreatorForm(drafts.person(draft))
    if not creator.is_ready:
        return answers.SeeOther(reverse("signatures:about_you", args=[draft.token]))
    context = {"rows": [*_text_rows(draft), *_person_rows(draft, creator)]} | position(draft, "check")
    if request.method != "POST":
        return render(request, "signatures/check.html", context)
    if wait := seconds_to_wait(request, group="hand_in", rate="10/h"):
        return answers.too_many(request, "signatures/check.html", context, wait)
    now, signer = timezone.now(), creator.signer(network=request.META.get("REMOTE_ADDR", ""))
    try:
        submitted = creation.hand_in(draft_id=draft.pk, signer=signer, now=now)
    except Draft.DoesNotExist:  # deleted a moment ago
        return gone(request)
    except Refused as refusal:
        form = PublicForm({})
        form.add_error(None, str(refusal))
        return render(request, "signatures/check.html", context | {"form": form})
    handed = Handed(submitted.petition_id, submitted.row_id, Role.CREATOR, signer)
    return answers.check_email(handed, now=now)


@drafts_page
def later(request: HttpRequest, draft: Draft) -> HttpResponse:
    """``…/later/``: the link to go on with, by mail if wanted; and a way to delete what was written."""
    if draft.petition_id:
        return gone(request)
    here = reverse("signatures:later", args=[draft.token])
    known = {"email": drafts.person(draft).get("email", "")}
    form = MailboxForm(request.POST if request.method == "POST" else None, initial=known)
    context = {"draft": draft, "form": form, "sent": "sent" in request.GET, "until": resuming.kept_until(draft)}
    context["address"] = resuming.link(draft)
    if request.method != "POST":
        return render(request, "signatures/later.html", context)
    if "delete" in request.POST:
        drafts.discard(draft=draft)
        return answers.SeeOther(reverse("petitions:new") + "?deleted")
    if not form.is_valid():
        return render(request, "signatures/later.html", context)
    if wait := seconds_to_wait(request, group="resume", rate="10/h"):
        return answers.too_many(request, "signatures/later.html", context, wait)
    resuming.mail_link(draft=draft, email=form.cleaned_data["email"], now=timezone.now())
    return answers.SeeOther(f"{here}?sent")


def _text_rows(draft: Draft) -> Iterator[dict[str, object]]:
    labels = {
        "title": _("What you want to be done"),
        "ask": _("What exactly should be done, and why"),
        "detail": _("More detail"),
    }
    for step, label in labels.items():
        # Once handed in, the text stays as it is: supporters and moderators will see this one.
        change = {} if draft.petition_id else _change(step_address(draft, step) + "?change")
        yield {"key": label, "value": paragraphs(getattr(draft, step)) or _("Nothing"), **change}


def _person_rows(draft: Draft, form: CreatorForm) -> Iterator[dict[str, object]]:
    given, address = form.cleaned_data, reverse("signatures:about_you", args=[draft.token])
    place = given["postcode"] or places.countries().get(given["country"], given["country"])
    mails = _("About every step of your petition, and what we write to people who signed")
    values = {
        "name": (_("Your full name"), given["name"]),
        "email": (_("E-mail address"), given["email"]),
        "postcode": (_("Postcode") if given["postcode"] else _("Country you live in"), place),
        "notify": (_("E-mails"), mails if given["notify"] else _("About every step of your petition")),
    }
    for field, (label, value) in values.items():
        yield {"key": label, "value": value, **_change(f"{address}#id_{field}")}


def _change(address: str) -> dict[str, object]:
    return {"action_url": address, "action_text": _("Change")}
