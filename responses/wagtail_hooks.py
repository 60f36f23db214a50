from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLResolver, include, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.home import (
    LockedPagesPanel,
    RecentEditsPanel,
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)
from wagtail.models import Page

from audit.viewsets import AuditedViewSet
from petitions.services import NotAllowed, Refused
from petitions.wagtail_hooks import PermittedMenuItem
from responses import lifecycle, services
from responses.models import AnswerPage, Case
from responses.models.case import SEES_ALL, SEES_DEPARTMENT
from responses.reviewers import PERMISSIONS
from responses.services import quoting
from responses.services.cases import takes_part
from responses.staff import rules
from responses.staff.act import ASSIGN, PUBLISH
from responses.staff.asked import AskedMenuItem
from responses.staff.escalations import EscalationViewSet, escalations
from responses.staff.extra_reviews import ExtraReviewViewSet, extra_reviews
from responses.staff.handing_in import HAND_IN, HandInMenuItem, beside_save
from responses.staff.mail_choice import MailChoicePanel
from responses.staff.panel import OwedPanel, TasksPanel
from responses.staff.saved_texts import SavedTextViewSet, saved_texts
from responses.stock_mail import leave_answers_out
from responses.viewsets import CaseViewSet, SeenByRole, cases

INSERT = "action-insert"
LISTS_OF_PAGES = (UserObjectsInWorkflowModerationPanel, RecentEditsPanel, LockedPagesPanel)

leave_answers_out()


@hooks.register("register_admin_urls")
def urls() -> list[URLResolver]:
    return [path("cases/", include("responses.staff.urls"))]


@hooks.register("register_admin_viewset")
def viewset() -> CaseViewSet:
    return cases


@hooks.register("register_admin_viewset")
def escalation_lines() -> EscalationViewSet:
    return escalations


@hooks.register("register_admin_viewset")
def routing_viewsets() -> tuple[AuditedViewSet, ...]:
    return rules.VIEWSETS


@hooks.register("register_admin_viewset")
def further_reviews() -> ExtraReviewViewSet:
    return extra_reviews


@hooks.register("register_admin_menu_item")
def absences_item() -> MenuItem:
    return PermittedMenuItem(
        _("Absences"),
        reverse("cases:absences"),
        permissions=(ASSIGN, *PERMISSIONS.values()),
        name="absences",
        icon_name="user",
        order=140,
    )


@hooks.register("register_admin_viewset")
def saved_texts_viewset() -> SavedTextViewSet:
    return saved_texts


@hooks.register("register_admin_menu_item")
def desk_item() -> MenuItem:
    return PermittedMenuItem(
        _("Publication desk"),
        reverse("cases:desk"),
        permissions=(PUBLISH,),
        name="publication-desk",
        icon_name="upload",
        order=130,
    )


@hooks.register("register_admin_menu_item")
def asked_item() -> MenuItem:
    return AskedMenuItem(
        _("Asked of my office"), reverse("cases:asked"), name="asked-of-my-office", icon_name="help", order=125
    )


@hooks.register("register_admin_menu_item")
def overview_item() -> MenuItem:
    return PermittedMenuItem(
        _("Overview of cases"),
        reverse("cases:overview"),
        permissions=(*SEES_ALL, *SEES_DEPARTMENT),
        name="cases-overview",
        icon_name="table",
        order=119,
    )


@hooks.register("construct_homepage_summary_items", order=100)
def leave_counts_of_pages_out(request: HttpRequest, items: list[Any]) -> None:
    """How many pages and files there are is no news to those who answer, and takes six queries."""
    if takes_part(request.user):
        items.clear()


@hooks.register("construct_homepage_panels")
def panels(request: HttpRequest, panels: list[Any]) -> None:
    # Wagtail's own list of reviews leads into the editor, which is closed while an answer is in review.
    panels[:] = [panel for panel in panels if not isinstance(panel, WorkflowObjectsToModeratePanel)]
    if takes_part(request.user):
        # Their pages are answers, which stand in their day.
        panels[:] = [panel for panel in panels if not isinstance(panel, LISTS_OF_PAGES)]
        panels.append(TasksPanel())
    if SeenByRole(Case).user_has_permission(request.user, "view"):
        panels.append(OwedPanel())


@hooks.register("register_account_settings_panel")
def mail_choice(request: HttpRequest, user: Any, profile: Any) -> MailChoicePanel | None:
    return MailChoicePanel(request, user, profile) if takes_part(user) else None


@hooks.register("insert_global_admin_css")
def staff_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("responses/staff.css"))


@hooks.register("register_page_action_menu_item")
def hand_in_item() -> ActionMenuItem:
    return HandInMenuItem()


@hooks.register("construct_page_action_menu")
def hand_in_is_a_button(items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:
    beside_save(items)


@hooks.register("after_edit_page")
def hand_in(request: HttpRequest, page: Page) -> HttpResponse | None:
    if not isinstance(page, AnswerPage) or HAND_IN not in request.POST:
        return None
    try:
        services.submit(case_id=page.case_id, actor=request.user, now=timezone.now())
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
        return redirect("wagtailadmin_pages:edit", page.pk)
    except lifecycle.WrongState:
        messages.error(request, _("The case has moved on meanwhile: look at where it stands now."))
    else:
        messages.success(request, _("The answer is in review."))
    return redirect("cases:detail", page.case_id)


@hooks.register("after_edit_page")
def insert_source(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The draft is saved; now what the button names is put into it, and the editor opens again."""
    if not isinstance(page, AnswerPage) or INSERT not in request.POST:
        return None
    kind, _colon, rest = request.POST[INSERT].partition(":")
    number, _colon, language = rest.partition(":")
    try:
        quoting.insert(
            case_id=page.case_id,
            actor=request.user,
            kind=kind,
            source_id=int(number) if number.isdecimal() and len(number) < 19 else 0,
            language=language,
            now=timezone.now(),
        )
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Inserted, with its source. The draft was saved."))
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_edit_page")
def refuse_acts_on_a_run_that_is_gone(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Wagtail 7.4 fails on a decision about a run that somebody has just cancelled (its issue 13856)."""
    if request.method == "POST" and "action-workflow-action" in request.POST and page.current_workflow_task is None:
        messages.error(request, _("This review is no longer waiting: it was decided or taken back."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("before_delete_page")
def keep_answers(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Answers are kept for good, so that no page above them can be deleted either."""
    if request.method == "POST" and AnswerPage.objects.descendant_of(page, inclusive=True).exists():
        messages.error(request, _("There are answers below this page. They are kept for good."))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


@hooks.register("before_bulk_action")
def keep_answers_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
) -> HttpResponse | None:
    if action_type != "delete" or not all(isinstance(item, Page) for item in objects):
        return None
    return next((answer for page in objects if (answer := keep_answers(request, page))), None)
