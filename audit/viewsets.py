"""Screens of Wagtail's admin whose every change leaves an audit row."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import cached_property
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import ModelPermissionPolicy

from audit import services

COUNTED_AT_MOST = 10_000


class BoundedPaginator(WagtailPaginator):
    """Counts no further than 10,000: a list of millions opens as fast as a short one."""

    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet):
            return self.object_list.order_by()[:COUNTED_AT_MOST].count()
        return super().count

    @cached_property
    def items_count_label(self) -> str:
        return super().items_count_label + ("+" if self.count == COUNTED_AT_MOST else "")


class KeptPolicy(ModelPermissionPolicy):
    """The model's own permissions, but nothing is deleted here: other records refer to it."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


def changes(form: Any) -> dict[str, list[Any]]:
    """Field -> [old, new] of what a form changed; of a password only that it did."""
    return {
        name: ["…", "…"] if "password" in name else [_plain(form.initial.get(name)), _plain(form.cleaned_data[name])]
        for name in form.changed_data
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet | list | tuple):
        return sorted(str(item) for item in value)
    return str(value)


def record_save(view: Any, verb: str) -> None:
    """One audit row ``<model>.<verb>`` for what ``view`` has just saved."""
    name = view.object._meta.model_name if view.object else view.model._meta.model_name
    services.record(
        action=f"{name}.{verb}",
        subject_kind=name,
        subject_id=_number(view.object),
        actor_id=view.request.user.pk,
        details={"name": str(view.object), "changed": changes(view.form)},
    )


def _number(instance: Model) -> int:
    """The key of the subject; 0 where it is a word (a region's code), which the row's details name."""
    return instance.pk if isinstance(instance.pk, int) else 0


class AuditedCreateView(generic.CreateView):
    """Adds an object and the audit row in one transaction."""

    def save_instance(self) -> Model:
        self.object = super().save_instance()
        record_save(self, "add")
        return self.object


class AuditedEditView(generic.EditView):
    """Changes an object and adds the audit row in one transaction."""

    def save_instance(self) -> Model:
        instance = super().save_instance()
        record_save(self, "change")
        return instance


class AuditedViewSet(ModelViewSet):
    """A list that staff edit: adding and changing are audited, copying and deleting are off."""

    add_view_class = AuditedCreateView
    edit_view_class = AuditedEditView
    copy_view_enabled = False
    add_to_reference_index = False

    @property
    def permission_policy(self) -> KeptPolicy:
        return KeptPolicy(self.model)
