from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts.demo import make_demo_staff
from accounts.groups import make_groups
from accounts.models import Department, User
from petitions.models import Crossing, Limits, Petition, Threshold
from responses import services
from responses.models import AnswerPage, AnswerText, Case
from tests.responses.people import NOW, approve_all

BODY = [("paragraph", "<p>We will mend the bridge by May.</p>")]
SUMMARY = "The bridge will be mended. Work begins in April."


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[bool]:
    """The site made once for a module, whose tests run inside this transaction; it is never committed.

    Not for a module whose tests commit: there each makes its own.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        yield False
        return
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True
        with around:
            make_site()
            with django_db_blocker.block():
                yield True
            transaction.set_rollback(True)


def make_site() -> None:
    """The pages, the reviews, the roles and one member of staff for each."""
    call_command("create_site", verbosity=0)
    call_command("create_workflow", verbosity=0)
    make_groups()
    make_demo_staff()
    Limits.objects.update_or_create(pk=1, defaults={"coordinator": User.objects.get(username="coordinator")})


@pytest.fixture
def site(world: bool, db: None) -> None:
    """The site with its staff."""
    if not world:
        make_site()


@pytest.fixture
def staff(site: None) -> dict[str, User]:
    people = {user.username: user for user in User.objects.filter(username__regex="^[a-z_]+$")}
    people["superuser"] = User.objects.create_superuser("superuser", "superuser@staff.example", "petition-demo")
    return people


@pytest.fixture
def department(site: None) -> Department:
    return Department.objects.get(acronym="DEFRA")


@pytest.fixture
def make_petition(site: None, department: Department) -> Callable[..., Petition]:
    """An open petition; with a department unless told otherwise."""

    def make(*, title: str = "Mend the bridge", departments: list[Department] | None = None, **fields: Any) -> Petition:
        petition = Petition.objects.create(
            **{
                "title": title,
                "ask": "Please mend the bridge.",
                "state": "open",
                "opened_at": NOW - timedelta(days=30),
                "closes_at": NOW + timedelta(days=150),
                "signature_count": 12_000,
                **fields,
            }
        )
        petition.departments.set([department] if departments is None else departments)
        return petition

    return make


@pytest.fixture
def cross() -> Callable[..., Crossing]:
    """The petition's threshold, reached."""

    def reach(petition: Petition, *, kind: str = "response", at: datetime = NOW, **fields: Any) -> Crossing:
        threshold = Threshold.objects.create(petition=petition, kind=kind, count=10_000, opens_case=True)
        return Crossing.objects.create(threshold=threshold, petition=petition, crossed_at=at, count=10_000, **fields)

    return reach


@pytest.fixture
def make_case(make_petition: Callable[..., Petition], cross: Callable[..., Crossing]) -> Callable[..., Case]:
    def make(*, now: datetime = NOW, **fields: Any) -> Case:
        crossing = cross(make_petition(**fields), at=now)
        return services.open_case(crossing_id=crossing.pk, now=now)

    return make


@pytest.fixture
def case(make_case: Callable[..., Case]) -> Case:
    return make_case()


@pytest.fixture
def write(staff: dict[str, User]) -> Callable[..., AnswerPage]:
    """Write the answer as the drafter does: a new version of the page."""

    def write(case: Case, *, by: User | None = None, summary: str = SUMMARY, french: bool = False) -> AnswerPage:
        page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
        text = page.texts.first()
        text.title, text.summary, text.body = "Answer on the bridge", summary, BODY
        page.texts = [text]
        if french:
            page.texts.add(
                AnswerText(
                    language="fr",
                    title="Réponse sur le pont",
                    summary="Le pont sera réparé.",
                    body=[("paragraph", "<p>Le pont sera réparé en mai.</p>")],
                )
            )
        page.save_revision(user=by or staff["drafter"])
        return AnswerPage.objects.get(case=case)

    return write


@pytest.fixture
def in_review(case: Case, write: Callable[..., AnswerPage], staff: dict[str, User]) -> Case:
    write(case)
    return services.submit(case_id=case.pk, actor=staff["drafter"], now=NOW)


@pytest.fixture
def cleared(in_review: Case, staff: dict[str, User]) -> Case:
    return approve_all(in_review, staff)


@pytest.fixture
def published(cleared: Case, staff: dict[str, User]) -> Case:
    return services.publish(case_id=cleared.pk, actor=staff["publisher"], now=NOW + timedelta(days=1))


@pytest.fixture
def make_department(site: None) -> Callable[..., Department]:
    def make(acronym: str, **fields: Any) -> Department:
        return Department.objects.create(acronym=acronym, name=f"Department {acronym}", **fields)

    return make


@pytest.fixture
def log_in() -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client

    return log_in
