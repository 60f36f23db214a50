"""Endings by scope are answers: they pass the same gate, and are shown and mailed as what they are."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from petitions.models import Event, Petition, PublicCase
from responses import content, services
from responses.clearance import NotCleared
from responses.models import AnswerPage, Case
from tests.responses.people import approve_all


def set_kind(case: Case, kind: str, drafter: User) -> AnswerPage:
    page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
    page.kind = kind
    page.save_revision(user=drafter)
    return page


@pytest.mark.parametrize(
    ("kind", "english", "french"),
    [
        ("not_ours", "not ours to decide", "hors de notre compétence"),
        ("already_done", "already done", "déjà fait"),
    ],
)
def test_an_ending_by_scope_is_cleared_published_and_shown_as_such(
    case: Case, write: Callable[..., AnswerPage], staff: dict[str, User], client: Client, now: datetime,
    kind: str, english: str, french: str,
) -> None:  # fmt: skip
    write(case)
    set_kind(case, kind, staff["drafter"])
    with pytest.raises(NotCleared):
        AnswerPage.objects.get(case=case).get_latest_revision().publish()
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    services.publish(case_id=approve_all(case, staff).pk, actor=staff["publisher"], now=now)

    face = PublicCase.objects.get(case_id=case.pk)
    assert face.answer_kind == kind
    assert Petition.objects.get(case_links__case=case).response_state == "answered"
    assert Event.objects.get(kind="answered").details["answer"] == kind
    petition = f"/petitions/{face.petition_id}/"
    for path in (petition, face.answer_path, "/answers/"):
        assert english in client.get(path).content.decode().lower(), path
        assert french in client.get(f"/fr{path}").content.decode().lower(), path


def test_a_plain_answer_is_shown_without_a_kind(published: Case, client: Client) -> None:
    face = PublicCase.objects.get(case_id=published.pk)
    assert face.answer_kind == "answer"
    for path in (f"/petitions/{face.petition_id}/", face.answer_path):
        shown = client.get(path).content.decode()
        assert "app-tag--purple" not in shown


def test_what_kind_it_is_belongs_to_what_was_approved(in_review: Case) -> None:
    page = AnswerPage.objects.get(case=in_review).get_latest_revision_as_object()
    plain = content.digest(page)
    page.kind = "not_ours"
    assert content.digest(page) != plain
