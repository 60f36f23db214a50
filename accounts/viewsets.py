"""Staff and departments in Wagtail's admin."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, Column
from wagtail.users.views.users import CreateView, EditView, IndexView, UserViewSet

from accounts.forms import StaffCreationForm, StaffEditForm
from accounts.models import Department, User
from accounts.services.signing_in import end_sessions
from audit.viewsets import AuditedViewSet, BoundedPaginator, KeptPolicy, record_save

RIGHTS = {"groups", "is_active", "is_superuser", "department"}


class StaffIndexView(IndexView):
    """Wagtail's list with roles and departments, and without acts on many at once.

    Every change of a person's rights is one decision, audited.
    """

    paginator_class = BoundedPaginator

    @property
    def columns(self) -> list[Any]:
        own = [
            Column("roles", label=_("Roles"), accessor=_roles),
            Column("department", label=_("Department"), accessor=lambda user: user.department or ""),
        ]
        columns = [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]
        place = next(at for at, column in enumerate(columns) if column.name == "is_superuser")
        return [*columns[:place], *own, *columns[place + 1 :]]

    def get_base_queryset(self) -> QuerySet[User]:
        return super().get_base_queryset().select_related("department").prefetch_related("groups")

    def get_list_buttons(self, instance: User) -> list[Any]:
        # Those who only look on would open an empty menu.
        may_change = self.permission_policy.user_has_permission(self.request.user, "change")
        return super().get_list_buttons(instance) if may_change else []


def _roles(user: User) -> str:
    names = [group.name for group in user.groups.all()]
    return ", ".join([str(_("Superuser")), *names] if user.is_superuser else names)


class StaffCreateView(CreateView):
    """Adds a member of staff; only a superuser makes another superuser."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"by_superuser": self.request.user.is_superuser}

    def save_instance(self) -> Model:
        self.object = super().save_instance()
        record_save(self, "add")
        return self.object


class StaffEditView(EditView):
    """Changes a member of staff; a superuser is changed by superusers only."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"by_superuser": self.request.user.is_superuser}

    def save_instance(self) -> Model:
        instance = super().save_instance()
        record_save(self, "change")
        if RIGHTS & set(self.form.changed_data):
            end_sessions(instance)
        return instance


class StaffViewSet(UserViewSet):
    """Wagtail's users, with department and language of mails. Staff are disabled, never deleted."""

    index_view_class = StaffIndexView
    add_view_class = StaffCreateView
    edit_view_class = StaffEditView
    create_template_name = "staff/accounts/create.html"
    edit_template_name = "staff/accounts/edit.html"
    copy_view_enabled = False

    @property
    def permission_policy(self) -> KeptPolicy:
        return KeptPolicy(User)

    def get_form_class(self, for_update: bool = False) -> type[StaffCreationForm] | type[StaffEditForm]:
        return StaffEditForm if for_update else StaffCreationForm


class DepartmentViewSet(AuditedViewSet):
    model = Department
    icon = "group"
    menu_label = _("Departments")
    menu_order = 610
    add_to_settings_menu = True
    list_display = ["name", "acronym", "point_person", BooleanColumn("active", label=_("Active"))]
    list_filter = ["active"]
    search_fields = ["name", "acronym"]
    form_fields = [
        "acronym",
        "name",
        "name_fr",
        "name_ar",
        "url",
        "email",
        "country",
        "subdivision",
        "point_person",
        "active",
    ]


departments = DepartmentViewSet("departments")
