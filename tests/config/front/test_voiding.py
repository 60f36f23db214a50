"""After a text was taken away no copy from before is shown."""

import time
from pathlib import Path

import pytest

import audit.services
from config.front import copies, voiding
from config.front.answer import Answer
from config.front.copies import Copies
from config.front.pages import Page
from config.tasks import void_copies
from tests.factories import make_open_petition

pytestmark = pytest.mark.django_db
KEY = ("http", "localhost", "/petitions/7/", "")


def page(age: float) -> Page:
    return Page(Answer("200 OK", [], b"words"), made=time.monotonic(), made_at=time.time() - age, seconds=2)


def test_taking_a_petition_down_voids_the_copies_from_before() -> None:
    petition = make_open_petition()
    Copies().keep(KEY, page(age=1))
    void_copies()
    assert Copies().find(KEY, None) is not None
    audit.services.record(action="petition.approve", subject_kind="petition", subject_id=petition.pk)
    void_copies()
    assert Copies().find(KEY, None) is not None
    audit.services.record(action="petition.take_down", subject_kind="petition", subject_id=petition.pk)
    void_copies()
    assert Copies().find(KEY, None) is None
    assert Copies().find(KEY, page(age=1)) is None, "nor what this process still holds"
    assert Copies().find(KEY, page(age=-60)) is not None


@pytest.mark.parametrize("act", sorted(voiding.TAKEN_AWAY))
def test_the_acts_are_those_that_petitions_know(act: str) -> None:
    services = Path(voiding.__file__).resolve().parents[2] / "petitions" / "services"
    name = act.removeprefix("petition.")
    words = "".join(path.read_text() for path in services.glob("*.py"))
    assert f'"{name}"' in words or f"Act.{name.upper()}" in words


def test_no_more_copies_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MOST_COPIES", 3)
    kept = Copies()
    for number in range(6):
        kept.keep((*KEY[:2], f"/petitions/{number}/", ""), page(age=10 - number))
    found = [number for number in range(6) if kept.find((*KEY[:2], f"/petitions/{number}/", ""), None)]
    assert found == [3, 4, 5]


def test_a_second_leaves_no_more_copies_than_held_pages_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MOST_IN_A_SECOND", 2)
    monkeypatch.setattr("time.monotonic", lambda: 1007.5)
    kept, pages = Copies(), [page(age=0) for _ in range(3)]
    keys = [(*KEY[:2], f"/petitions/{number}/", "") for number in range(3)]
    for key, shown in zip(keys, pages, strict=True):
        kept.keep(key, shown)
    assert [kept.find(key, None) is not None for key in keys] == [True, True, False]
    monkeypatch.setattr("time.monotonic", lambda: 1008.0)
    kept.keep(keys[2], pages[2])
    assert kept.find(keys[2], None) is not None, "the next second has room again"


def test_pages_with_a_question_and_copies_of_copies_are_not_kept() -> None:
    asked = (*KEY[:3], "q=a")
    Copies().keep(asked, page(age=0))
    copy = page(age=0)
    copy.copy_of = copy.answer
    Copies().keep(KEY, copy)
    assert Copies().find(asked, None) is Copies().find(KEY, None) is None
