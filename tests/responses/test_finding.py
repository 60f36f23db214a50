"""The list of answers, searched and narrowed."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Department
from responses import finding
from responses.finding import Question
from responses.models import AnswerPage, AnswerText, Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(published: Case) -> AnswerPage:
    return AnswerPage.objects.get(case=published)


def found(**values: Any) -> list[AnswerPage]:
    return list(finding.answers(Question.read(values)))


@pytest.mark.parametrize("text", ["mended bridge", "BRIDGES", '"begins in April"', "bridge -tunnel"])
def test_an_answer_is_found_by_its_own_words(answer: AnswerPage, text: str) -> None:
    assert found(q=text) == [answer]


@pytest.mark.parametrize("text", ["tunnel", "bridge tunnel", "|&!'", "- - - -"])
def test_other_words_do_not_find_it(answer: AnswerPage, text: str) -> None:
    assert found(q=text) == []


def test_an_answer_is_found_by_the_petition_it_answers(answer: AnswerPage) -> None:
    petition = answer.case.links.get().petition
    petition.detail = "Cyclists cross it every morning."
    petition.save()
    assert found(q="cyclist") == [answer]
    petition.state = "hidden"
    petition.save()
    assert found(q="cyclist") == []


def test_a_text_is_searched_in_its_own_language(answer: AnswerPage) -> None:
    AnswerText.objects.create(page=answer, language="fr", title="Le pont", summary="Les travaux commencent.", body=[])
    assert found(q="pont tunnel") == []
    assert found(q="les ponts") == [answer]


def test_the_list_is_narrowed_to_the_department_that_answered(answer: AnswerPage) -> None:
    other = Department.objects.exclude(pk=answer.case.department_id).first()
    assert other is not None
    assert found(department=str(answer.case.department_id)) == [answer]
    assert found(department=str(other.pk)) == []
    for nonsense in ("x", "-1", "9" * 40, "²", "\x00"):
        assert found(department=nonsense) == [answer]


def test_the_page_says_what_was_found(client: Client, answer: AnswerPage) -> None:
    page = client.get("/answers/", {"q": "bridge"}).content.decode()
    assert "1 answer about “bridge”" in page
    assert f"/answers/{answer.slug}/" in page
    assert 'content="noindex, follow"' in page
    nothing = client.get("/answers/", {"q": "<b>tunnel"}).content.decode()
    assert "No such answer was found" in nothing
    assert "<b>tunnel" not in nothing
    assert "noindex" not in client.get("/answers/").content.decode()


def test_an_answer_that_is_not_live_is_not_found(answer: AnswerPage) -> None:
    AnswerPage.objects.update(live=False)
    assert found(q="bridge") == []
