"""The periodic jobs: each does its service's work, with the clock of this moment."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from accounts.models import User
from config import schedule
from petitions.models import Crossing, Petition
from responses import services, tasks
from responses.models import AnswerPage, Case

OURS = {name: job for name, job in schedule.JOBS.items() if job[0].startswith("responses.")}


@pytest.mark.parametrize("name", OURS)
def test_every_job_of_the_table_is_there_and_runs_on_an_empty_site(site: None, name: str) -> None:
    current_app.loader.import_default_modules()
    assert not current_app.tasks[OURS[name][0]]()


def test_a_threshold_whose_signal_was_dropped_gets_its_case(
    make_petition: Callable[..., Petition], cross: Callable[..., Crossing]
) -> None:
    cross(make_petition())
    assert tasks.open_missing_cases() == 1
    assert tasks.open_missing_cases() == 0


def test_one_broken_crossing_does_not_stop_the_others(
    make_petition: Callable[..., Petition], cross: Callable[..., Crossing], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = cross(make_petition()), cross(make_petition(title="Plant a hedge"))
    Petition.objects.filter(pk=broken.petition_id).update(title="")
    real = services.cases.answers.draft_page

    def fail_for_one(*, case: Case, petition: Petition) -> AnswerPage:
        if petition.pk == broken.petition_id:
            raise RuntimeError("no page")
        return real(case=case, petition=petition)

    monkeypatch.setattr(services.cases.answers, "draft_page", fail_for_one)
    assert tasks.open_missing_cases() == 1
    assert Case.objects.get().triggers.get().crossing == sound


def test_an_overdue_case_is_noted_by_its_job(make_case: Callable[..., Case]) -> None:
    case = make_case(now=timezone.now() - timedelta(days=90))
    assert tasks.watch_due_dates()
    case.refresh_from_db()
    assert case.overdue_noted_at is not None
    assert not tasks.watch_due_dates()


def test_a_scheduled_answer_is_published_by_its_job(cleared: Case, staff: dict[str, User]) -> None:
    now = timezone.now()
    services.schedule(case_id=cleared.pk, actor=staff["publisher"], at=now + timedelta(milliseconds=1), now=now)
    tasks.publish_scheduled()
    assert AnswerPage.objects.get(case=cleared).live
    assert tasks.record_missing_publications() == 0
    assert tasks.check_clearances() == 0
