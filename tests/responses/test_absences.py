"""The screens on which absences and further reviews are set."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from responses import reviewers
from responses.models import Case, Delegation, ExtraReviewTask

Staff = dict[str, User]
LogIn = Callable[[User], Client]


def test_an_absence_is_set_and_ended_on_screen(staff: Staff, log_in: LogIn) -> None:
    client, address = log_in(staff["approver"]), reverse("cases:absences")
    data = {"principal_id": staff["approver"].pk, "delegate_id": staff["publisher"].pk, "starts_on": "2030-01-07"}
    refused = client.post(address, data | {"ends_on": "2030-01-01"})
    assert refused.status_code == 200
    assert "2030-01-07" in refused.content.decode()
    for wrong in ({"ends_on": "nonsense"}, {"ends_on": "2030-01-09", "principal_id": staff["legal_reviewer"].pk}):
        assert client.post(address, data | wrong).status_code == 200
    assert not Delegation.objects.exists()
    assert client.post(address, data | {"ends_on": "2030-01-11"}).status_code == 302
    made = Delegation.objects.get()
    assert (made.principal, made.delegate, made.set_by) == (staff["approver"], staff["publisher"], staff["approver"])
    assert "Publisher" in client.get(address).content.decode()
    for who, number in (("legal_reviewer", str(made.pk)), ("approver", "x"), ("approver", "0")):
        assert log_in(staff[who]).post(address, {"end": number}).status_code == 302
        assert Delegation.objects.get().ended_at is None
    client.post(address, {"end": str(made.pk)})
    assert Delegation.objects.get().ended_at is not None


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "x", "²"])
def test_a_number_that_is_none_ends_no_absence_and_leads_nowhere(number: str, staff: Staff, log_in: LogIn) -> None:
    assert log_in(staff["coordinator"]).post(reverse("cases:absences"), {"end": number}).status_code == 302
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"])
    for client in (log_in(staff["superuser"]), log_in(staff["drafter"])):
        assert client.get(f"{bulk}?id={number}").status_code == 404
        assert client.post(f"{bulk}?id=all&childOf={number}").status_code == 404


def test_a_further_review_is_added_and_switched_off_on_screen(
    case: Case, staff: Staff, department: Department, log_in: LogIn
) -> None:
    client = log_in(staff["administrator"])
    data = {
        "name": "Press office",
        "department": str(department.pk),
        "after": "legal",
        "reviewers": [str(staff["legal_reviewer"].pk)],
        "working_days": "2",
    }
    assert client.post(reverse("extra_reviews:add"), data | {"active": "on"}).status_code == 302
    task = ExtraReviewTask.objects.get()
    assert [review.label for review in reviewers.reviews(case)][2] == "Press office"
    assert "Press office" in client.get(reverse("extra_reviews:index")).content.decode()
    assert client.post(reverse("extra_reviews:edit", args=[task.pk]), data).status_code == 302
    assert len(reviewers.reviews(case)) == 3
