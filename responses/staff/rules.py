"""Routing rules and teams: lists that coordinators edit, and the page that shows what a rule would take."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.models import Department, User
from accounts.permissions import require
from accounts.selectors import answering_departments
from audit.viewsets import AuditedViewSet
from responses import routing
from responses.models import RoutingRule, Team
from responses.staff.forms import owners
from responses.staff.screens import Screen

READ = "responses.view_routingrule"
CONDITIONS = ("words", "topics", "asked", "regions", "region_share")
SHOWN_WORDS = 120
MANY = forms.CheckboxSelectMultiple(attrs={"class": "rd-choices"})


def in_words(rule: RoutingRule) -> str:
    """The conditions of a rule in one line."""
    parts = [
        (gettext("topic"), ", ".join(str(topic) for topic in rule.topics.all())),
        (gettext("asked of"), ", ".join(department.acronym for department in rule.asked.all())),
        (gettext("words"), " / ".join(rule.lines)),
        (gettext("from"), ", ".join(region.name for region in rule.regions.all())),
    ]
    said = "; ".join(f"{name}: {value}" for name, value in parts if value)
    return Truncator(said).chars(SHOWN_WORDS) if said else gettext("every petition")


def goes_to(rule: RoutingRule) -> str:
    """Where a rule sends to, with a word where that place is closed."""
    if rule.department is None:
        return gettext("coordinator’s queue")
    if not rule.department.active:
        return gettext("coordinator’s queue (%(department)s is closed)") % {"department": rule.department.acronym}
    names = [rule.team.name if rule.team else "", str(rule.owner or "")]
    return ", ".join([rule.department.acronym, *filter(None, names)])


class ConditionsForm(forms.ModelForm):
    """What a petition must meet."""

    class Meta:
        model = RoutingRule
        fields = ("position", *CONDITIONS)
        widgets = {
            "topics": MANY,
            "asked": MANY,
            "regions": MANY,
            "words": AdminAutoHeightTextInput,
        }

    def conditions(self) -> routing.Conditions:
        """The conditions as they stand in the form, stored or not."""
        data = self.cleaned_data
        return routing.Conditions(
            topics=[topic.pk for topic in data["topics"]],
            asked=[department.pk for department in data["asked"]],
            lines=RoutingRule(words=data["words"]).lines,
            regions=[region.pk for region in data["regions"]],
            share=data["region_share"],
        )


class RuleForm(ConditionsForm):
    class Meta(ConditionsForm.Meta):
        fields = ("name", "position", "active", *CONDITIONS, "department", "team", "owner", "priority")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answering = Q(pk__in=answering_departments().values("pk")) | Q(pk=self.instance.department_id)
        self.fields["department"].queryset = Department.objects.filter(answering)
        self.fields["team"].queryset = Team.objects.filter(active=True).select_related("department")
        self.fields["owner"].queryset = owners(self.instance.owner_id)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        department, team = data.get("department"), data.get("team")
        if team and team.department_id != (department.pk if department else None):
            self.add_error("team", _("Choose a team of this department."))
        if data.get("owner") and not department:
            self.add_error("owner", _("Choose the department too, or leave this empty."))
        return data


class RuleIndexView(IndexView):
    """The rules in the order in which they are asked."""

    def get_base_queryset(self) -> QuerySet[RoutingRule]:
        rules = RoutingRule.objects.select_related("department", "team__department", "owner")
        return rules.prefetch_related("topics", "asked", "regions").order_by("position", "pk")

    @property
    def header_buttons(self) -> list[Any]:
        return [*super().header_buttons, HeaderButton(_("Try out"), reverse("cases:try_rule"), icon_name="view")]

    def get_list_more_buttons(self, instance: RoutingRule) -> list[Any]:
        address = f"{reverse('cases:try_rule')}?rule={instance.pk}"
        return [*super().get_list_more_buttons(instance), Button(_("Try out"), address, icon_name="view", priority=20)]


class RuleViewSet(AuditedViewSet):
    model = RoutingRule
    icon = "order"
    menu_label = _("Routing rules")
    menu_order = 612
    add_to_settings_menu = True
    index_view_class = RuleIndexView
    list_display = [
        "name",
        Column("position", label=_("Place"), accessor="position"),
        Column("conditions", label=_("Takes"), accessor=in_words),
        Column("goes_to", label=_("Goes to"), accessor=goes_to),
        Column("priority", label=_("Priority"), accessor="get_priority_display"),
        BooleanColumn("active", label=_("Active")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[RuleForm]:
        return RuleForm


class TeamForm(forms.ModelForm):
    """A team's people are of its department."""

    class Meta:
        model = Team
        fields = ("department", "name", "members", "point_person", "active")
        widgets = {"members": MANY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, department__isnull=False).order_by("department__name", "username")
        for name in ("members", "point_person"):
            self.fields[name].queryset = people.select_related("department")
            self.fields[name].label_from_instance = _of_department

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        department = data.get("department")
        named = data.get("point_person")
        if any(person.department_id != (department and department.pk) for person in data.get("members") or ()):
            self.add_error("members", _("Choose people of this department."))
        if named and named not in (data.get("members") or ()):
            self.add_error("point_person", _("Choose one of the members."))
        return data


def _of_department(user: User) -> str:
    return f"{user} ({user.department.acronym})" if user.department else str(user)


class TeamViewSet(AuditedViewSet):
    model = Team
    icon = "group"
    menu_label = _("Teams")
    menu_order = 611
    add_to_settings_menu = True
    list_display = ["name", "department", "point_person", BooleanColumn("active", label=_("Active"))]
    list_filter = ["department", "active"]
    search_fields = ["name"]

    def get_form_class(self, for_update: bool = False) -> type[TeamForm]:
        return TeamForm


VIEWSETS = (RuleViewSet("routing_rules"), TeamViewSet("teams"))


class TryRuleView(Screen):
    """What conditions would take of the petitions of today. Nothing is stored and no case is touched."""

    template_name = "staff/answers/try_rule.html"
    page_title = _("Try out a rule")
    header_icon = "view"

    def get(self, request: HttpRequest) -> HttpResponse:
        require(request.user, READ)
        rule = self._rule()
        form = ConditionsForm(request.GET if "position" in request.GET else None, instance=rule or RoutingRule())
        if rule and not form.is_bound:
            form = ConditionsForm(_as_sent(form), instance=rule)
        tried = self._try(form, rule) if form.is_valid() else None
        return self.render_to_response(self.get_context_data(form=form, rule=rule, tried=tried, said=_summary(tried)))

    def _rule(self) -> RoutingRule | None:
        number = self.request.GET.get("rule", "")
        return RoutingRule.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None

    def _try(self, form: ConditionsForm, rule: RoutingRule | None) -> routing.TryOut:
        place = form.cleaned_data["position"]
        earlier = [
            other
            for other in RoutingRule.objects.in_order()
            if other != rule and (other.position, other.pk) < (place, rule.pk if rule else float("inf"))
        ]
        return routing.try_out(form.conditions(), earlier=earlier)

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse_lazy("routing_rules:index"), "label": _("Routing rules")}]


def _as_sent(form: ConditionsForm) -> dict[str, Any]:
    return {name: form[name].value() for name in form.fields}


def _summary(tried: routing.TryOut | None) -> str:
    if tried is None:
        return ""
    return ngettext(
        "%(met)s of %(number)s petition meets these conditions.",
        "%(met)s of %(number)s petitions meet these conditions.",
        tried.looked_at,
    ) % {"met": tried.met, "number": tried.looked_at}
