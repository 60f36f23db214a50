"""The page of an answer stays: neither it nor a page above it is deleted, copied along or handed in."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from responses.models import AnswerIndexPage, AnswerPage, Case
from responses.models.approval import ReviewState

Staff = dict[str, User]
LogIn = Callable[[User], Client]


def test_nothing_above_an_answer_can_be_deleted(published: Case, staff: Staff, log_in: LogIn) -> None:
    client = log_in(staff["superuser"])
    index = AnswerIndexPage.objects.get()
    for page in (index, index.get_parent()):
        assert client.post(reverse("wagtailadmin_pages:delete", args=[page.pk])).status_code == 302
        bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        assert client.post(f"{bulk}?id={page.pk}").status_code < 500
    assert AnswerPage.objects.get(case=published).live


@pytest.mark.parametrize("stage", ["case", "published"])
def test_no_page_above_an_answer_is_deleted_by_the_api_or_copied_with_it(
    stage: str, request: pytest.FixtureRequest, staff: Staff, log_in: LogIn
) -> None:
    page = AnswerPage.objects.get(case=request.getfixturevalue(stage))
    client, home = log_in(staff["superuser"]), page.get_parent().get_parent()
    for above in (page.get_parent(), home):
        address = reverse("wagtailadmin_api:pages:action", args=[above.pk, "delete"])
        assert client.post(address, {}, content_type="application/json").status_code == 403
        data = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": "1", "copy_subpages": "on"}
        assert client.post(reverse("wagtailadmin_pages:copy", args=[above.pk]), data).status_code < 500
        address = reverse("wagtailadmin_api:pages:action", args=[above.pk, "copy"])
        answer = client.post(address, {"recursive": True, "slug": "copy"}, content_type="application/json")
        assert answer.status_code < 500
    assert (AnswerPage.objects.get(), AnswerIndexPage.objects.count()) == (page, 1)


def test_no_code_deletes_the_page_of_an_answer(case: Case) -> None:
    with pytest.raises(PermissionDenied), transaction.atomic():
        AnswerIndexPage.objects.get().delete()
    assert AnswerPage.objects.get().case == case


def test_the_list_of_answers_is_no_answer_to_be_reviewed(case: Case, staff: Staff, log_in: LogIn) -> None:
    index = AnswerIndexPage.objects.get()
    data = {"title": "Mine", "slug": index.slug, "action-submit": "1"}
    for name in ("drafter", "superuser"):
        edit = reverse("wagtailadmin_pages:edit", args=[index.pk])
        assert log_in(staff[name]).post(edit, data).status_code < 500
    assert not ReviewState.objects.exists()
