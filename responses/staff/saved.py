"""Filters of the list of cases that are kept under a name, by whom, and for whom."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from accounts.models import User
from accounts.permissions import NotAllowed
from responses.models import SavedFilter
from responses.models.case import SEES_ALL, SEES_DEPARTMENT
from responses.staff.filters import CaseFilters
from responses.staff.screens import Guarded

# Beside the filters themselves: what is searched for, and the order.
ALSO_KEPT = ("q", "ordering")
OFFERED = 30


def query_of(data: QueryDict) -> str:
    """The part of an address that chooses cases, in one fixed order; '' for the whole list."""
    known = (*CaseFilters.base_filters, *ALSO_KEPT)
    return urlencode([(name, value) for name in known for value in sorted(data.getlist(name)) if value])


def offered(user: User) -> list[SavedFilter]:
    """One's own filters and those that colleagues show."""
    found = SavedFilter.objects.filter(owner=user) | SavedFilter.objects.filter(shared=True)
    return list(found.select_related("owner")[:OFFERED])


def sees_cases(user: User) -> bool:
    return any(user.has_perm(right) for right in (*SEES_ALL, *SEES_DEPARTMENT))


class SavedFilterForm(forms.ModelForm):
    class Meta:
        model = SavedFilter
        fields = ("name", "query", "shared")

    def clean_query(self) -> str:
        return query_of(QueryDict(self.cleaned_data["query"]))


def _to_list(query: str) -> HttpResponseBase:
    address = reverse("staff_cases:index")
    return redirect(f"{address}?{query}" if query else address)


class Own(Guarded):
    """For those who see cases."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_cases(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class SaveView(Own):
    """Keeps the filter of the list one comes from; a second one of the same name takes the first one's place."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return redirect("staff_cases:index")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = SavedFilterForm(request.POST)
        if not form.is_valid():
            for name, errors in form.errors.items():
                messages.error(request, f"{form.fields[name].label}: {errors[0]}")
            return _to_list(query_of(QueryDict(request.POST.get("query", ""))))
        values = {"query": form.cleaned_data["query"], "shared": form.cleaned_data["shared"]}
        kept, _created = SavedFilter.objects.update_or_create(
            owner=request.user, name=form.cleaned_data["name"], defaults=values
        )
        messages.success(request, _("The filter is kept. Its address can be passed on."))
        return redirect("cases:filter", kept.pk)


class OpenView(Own):
    """The list under a kept filter: an address to pass on. Its owner takes it away here."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return _to_list(self._found(pk).query)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        found = self._found(pk)
        if found.owner_id != request.user.pk:
            raise NotAllowed(_("Only who kept a filter can take it away."))
        found.delete()
        messages.success(request, _("The filter is gone."))
        return redirect("staff_cases:index")

    def _found(self, pk: int) -> SavedFilter:
        # Whoever has the address may open it: it shows each reader only what they may see.
        found = SavedFilter.objects.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def case_id(self) -> None:
        return None
