"""*What did I sign?*: the form that mails a link to a mailbox, and the pages behind the link. GET shows, POST acts."""

from collections.abc import Callable
from functools import wraps

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page, unstored_page
from cms.errors import error_page
from cms.languages import current_language
from petitions.throttling import seconds_to_wait
from signatures import disclosure, erasure, following, leaving, ledger, mailboxes
from signatures.forms import MailboxForm
from signatures.mailboxes import Entry, Mailbox
from signatures.models import Role, SignatureState
from signatures.standing import knows
from signatures.views import answers

log = structlog.get_logger(__name__)

LONGEST_NUMBER = 18
RETRY_SECONDS = 300
MailboxView = Callable[..., HttpResponse]


@csrf_exempt
@unstored_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """``/mailbox/``: mail me the link. The answer is the same whether the address ever signed or not."""
    template = "signatures/mailbox_ask.html"
    if request.method != "POST":
        return render(request, template, {"form": MailboxForm(), "sent": "sent" in request.GET})
    form = MailboxForm(request.POST)
    if not form.is_valid():
        return render(request, template, {"form": form})
    if wait := seconds_to_wait(request, group="mailbox", rate="10/h"):
        return answers.too_many(request, template, {"form": MailboxForm(initial=request.POST.dict())}, wait)
    mailboxes.ask(email=form.cleaned_data["email"], language=current_language(), now=timezone.now())
    return answers.SeeOther(reverse("signatures:mailbox_ask") + "?sent=1")


def owners_page(view: MailboxView) -> MailboxView:
    """A page for whoever holds the link to a mailbox; the neutral page for everybody else."""

    @csrf_exempt
    @private_page
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, token: str, **numbers: int) -> HttpResponse:
        mailbox = mailboxes.opened(token, now=timezone.now())
        if mailbox is None:
            return answers.link_failed(request)
        # A look at a mailbox costs a key for every petition.
        if wait := seconds_to_wait(request, group="mailbox_page", rate="200/h"):
            return error_page(request, 429, retry_after=wait)
        try:
            return view(request, token, mailbox, **numbers)
        except ledger.NotWritten:
            log.exception("erasure_not_written")
            return error_page(
                request, 503, retry_after=RETRY_SECONDS, message=_("Nothing was erased. Try again later.")
            )

    return page


@owners_page
def overview(request: HttpRequest, token: str, mailbox: Mailbox) -> HttpResponse:
    """``/mailbox/<token>/``: what this mailbox signed, newest petition first."""
    found = mailboxes.find(mailbox.address, before=_before(request))
    context = {
        "token": token,
        "mailbox": mailbox,
        "signatures": [disclosure.disclosed(entry) for entry in found.entries],
        "followed": [(each, knows(each.petition, Role.SIGNER)) for each in found.followed],
        "before": found.before,
        "is_first": _before(request) is None,
        "done": request.GET.get("done"),
    }
    return render(request, "signatures/mailbox.html", context)


@owners_page
def export(request: HttpRequest, token: str, mailbox: Mailbox) -> HttpResponse:
    """``…/data.json``: all that is kept, as a file."""
    found = mailboxes.find(mailbox.address, before=_before(request))
    body = disclosure.as_json(mailbox, found, now=timezone.now())
    response = JsonResponse(body, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-signatures.json"'
    return response


@owners_page
def one(request: HttpRequest, token: str, mailbox: Mailbox, petition_id: int) -> HttpResponse:
    """``…/<petition>/``: all that is kept of one signature, and the ways to leave."""
    if request.method == "POST" and "unfollow" in request.POST:
        mailboxes.stop_following(mailbox.address, petition_id=petition_id)
        return _overview(token, "unsubscribe")
    entry = mailboxes.find_on(mailbox.address, petition_id=petition_id)
    if request.method == "POST":
        return _acted(request, token, entry)
    if entry is None:
        return answers.link_failed(request)
    context = {"token": token, "shown": disclosure.disclosed(entry), "done": request.GET.get("done")}
    return render(request, "signatures/mailbox_one.html", context)


def _acted(request: HttpRequest, token: str, entry: Entry | None) -> HttpResponse:
    """Do what was asked; asked again, it is done already and the answer is the same."""
    act = next((act for act in ACTS if act in request.POST), None)
    if act is None:
        return error_page(request, 400)
    done = ACTS[act](entry) if entry else True
    return _overview(token, act if done else "too_late")


def _unsubscribe(entry: Entry) -> bool:
    row = entry.signature
    return leaving.unsubscribe(petition_id=row.petition_id, row_id=row.id, generation=row.generation)


def _withdraw(entry: Entry) -> bool:
    row = entry.signature
    done = leaving.withdraw(petition_id=row.petition_id, row_id=row.id, generation=row.generation)
    return done or row.state == SignatureState.WITHDRAWN


def _erase(entry: Entry) -> bool:
    erasure.erase(signatures=[entry.signature], now=timezone.now())
    return True


# What the owner may do, by the name of its button; whether it is so now.
ACTS: dict[str, Callable[[Entry], bool]] = {"unsubscribe": _unsubscribe, "withdraw": _withdraw, "erase": _erase}


@owners_page
def erase_all(request: HttpRequest, token: str, mailbox: Mailbox) -> HttpResponse:
    """``…/erase/``: every signature's personal data at once, after a second look."""
    if request.method != "POST":
        return render(request, "signatures/mailbox_erase.html", {"token": token})
    before = None
    while found := mailboxes.find(mailbox.address, before=before):
        erasure.erase(signatures=[entry.signature for entry in found.entries], now=timezone.now())
        for each in found.followed:
            following.stop(petition_id=each.petition.pk, row_id=each.follower.pk)
        if found.before is None:
            break
        before = found.before
    return _overview(token, "erase_all")


def _overview(token: str, done: str) -> HttpResponse:
    return answers.SeeOther(reverse("signatures:mailbox", args=[token]) + f"?done={done}")


def _before(request: HttpRequest) -> int | None:
    given = request.GET.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER else None
