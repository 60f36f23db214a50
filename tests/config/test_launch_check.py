"""What stands between an empty database and a first live petition is named, and nothing else is."""

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import transaction
from wagtail.models import WorkflowPage, WorkflowTask

from accounts.models import Department, User
from accounts.roles import TABLE, Role
from cms.models import HomePage
from config.checks import check_environment, check_records
from petitions.models import Country, Limits, PostcodeArea, RejectionReason, Topic
from tests.ports import free_port
from vault.keys import write_new


def records() -> set[str]:
    """The ids of what is missing in the database."""
    return {str(message.id).removeprefix("redress.") for message in check_records(None, databases=["default"])}


def environment() -> set[str]:
    """The ids of what is missing around the site."""
    return {str(message.id).removeprefix("redress.") for message in check_environment(None)}


@pytest.fixture
def ready_records(db: None) -> None:
    """All that `docs/operations.md` says to make, made."""
    for command in ("create_site", "create_workflow", "create_roles", "create_reference_data"):
        call_command(command, verbosity=0, stdout=StringIO())
    department = Department.objects.create(acronym="DFT", name="Department for Transport")
    people = {role: _member(role, department) for role in Role}
    _member(Role.MODERATOR, None, "second_moderator")
    department.point_person = people[Role.DRAFTER]
    department.save()
    Limits.objects.update_or_create(pk=1, defaults={"coordinator": people[Role.COORDINATOR]})
    Topic.objects.create(code="transport", name="Transport")


def _member(role: Role, department: Department | None, name: str = "") -> User:
    user = User.objects.create(
        username=name or role.value,
        email=f"{name or role.value}@department.example",
        department=department if TABLE[role].in_department else None,
    )
    user.groups.add(Group.objects.get(name=TABLE[role].label))
    return user


@pytest.fixture(scope="module")
def mail_server() -> Iterator[int]:
    """The port of a mail server that answers."""
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


@pytest.fixture
def ready_environment(settings: LazySettings, tmp_path: Path, mail_server: int) -> None:
    write_new(tmp_path / "keys")
    settings.REDRESS_KEYS = str(tmp_path / "keys")
    settings.SECRET_KEY = "k" * 64
    settings.ERASURE_LEDGER = tmp_path / "ledger" / "erasures.jsonl"
    settings.BASE_URL = "https://petitions.parliament.uk.eu"
    settings.TRUSTED_PROXIES = 1
    settings.DEFAULT_FROM_EMAIL = "Petitions <petitions@parliament.uk.eu>"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", mail_server, 3


def test_an_empty_database_lacks_everything(db: None) -> None:
    HomePage.objects.all().delete()
    assert records() >= {"E022", "E023", "E024", "E025", "E028", "E029", "E032", "E033", "E034", "W035", "E036"}


def _without_role(role: Role) -> Callable[[], object]:
    return lambda: User.objects.filter(groups__name=TABLE[role].label).update(is_active=False)


LOSSES: list[tuple[str, Callable[[], object]]] = [
    ("E022", lambda: HomePage.objects.update(live=False)),
    ("E024", lambda: Group.objects.filter(name=TABLE[Role.AUDITOR].label).delete()),
    ("E025", _without_role(Role.ADMINISTRATOR)),
    ("E025", _without_role(Role.LEGAL_REVIEWER)),
    ("W026", lambda: User.objects.filter(username="second_moderator").update(is_active=False)),
    ("W027", lambda: User.objects.filter(username="approver").update(email="")),
    ("E028", lambda: Limits.objects.update(coordinator=None)),
    ("E028", lambda: Limits.objects.update(coordinator=User.objects.get(username="publisher"))),
    ("E029", lambda: Department.objects.update(active=False)),
    ("E030", lambda: Department.objects.update(point_person=None)),
    ("W031", lambda: User.objects.filter(username="department_reviewer").update(department=None)),
    ("E032", lambda: RejectionReason.objects.update(active=False)),
    ("E033", lambda: PostcodeArea.objects.all().delete()),
    ("E034", lambda: Country.objects.all().delete()),
    ("W035", lambda: Topic.objects.all().delete()),
    ("E036", lambda: WorkflowPage.objects.all().delete()),
    ("E036", lambda: WorkflowTask.objects.order_by("pk").last().delete()),
]


def test_no_petition_waits_for_editors_auditors_and_clerks(ready_records: None) -> None:
    User.objects.filter(username__in=[Role.EDITOR, Role.AUDITOR, Role.CLERK]).update(is_active=False)
    assert records() == set()


def test_a_database_made_by_the_book_lacks_nothing_and_each_loss_is_named(ready_records: None) -> None:
    assert records() == set()
    for number, lose in LOSSES:
        savepoint = transaction.savepoint()
        lose()
        assert number in records(), number
        transaction.savepoint_rollback(savepoint)
    assert records() == set()


def test_the_database_is_asked_only_when_a_database_is_named(django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        assert check_records(None) == []


def test_an_environment_made_by_the_book_lacks_nothing(ready_environment: None) -> None:
    assert environment() == set()


@pytest.mark.parametrize(
    ("number", "name", "value"),
    [
        ("E001", "REDRESS_KEYS", ""),
        ("E001", "REDRESS_KEYS", "/nowhere/keys"),
        ("E003", "SECRET_KEY", "short"),
        ("E004", "BASE_URL", "http://petitions.parliament.uk.eu"),
        ("E005", "BASE_URL", "https://localhost:8000"),
        ("W006", "TRUSTED_PROXIES", 0),
        ("E007", "EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"),
        ("E007", "EMAIL_BACKEND", "mailing.backends.FolderBackend"),
        ("W007", "EMAIL_PORT", 9),
        ("E008", "DEFAULT_FROM_EMAIL", "petitions@localhost"),
        ("E008", "DEFAULT_FROM_EMAIL", "Petitions <petitions@site.example>"),
    ],
)
def test_each_wrong_setting_is_named(
    ready_environment: None, settings: LazySettings, number: str, name: str, value: object
) -> None:
    setattr(settings, name, value)
    assert environment() == {number}


def test_a_ledger_that_can_t_be_written_is_named(
    ready_environment: None, settings: LazySettings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    settings.ERASURE_LEDGER = tmp_path / "file" / "erasures.jsonl"
    assert environment() == {"E010"}


def test_a_key_file_that_others_may_read_is_named(ready_environment: None, settings: LazySettings) -> None:
    Path(settings.REDRESS_KEYS).chmod(0o640)
    assert environment() == {"E002"}


def test_the_command_lists_what_is_missing_and_fails(ready_records: None, ready_environment: None) -> None:
    said = StringIO()
    call_command("launch_check", stdout=said)
    assert "Ready" in said.getvalue()
    Limits.objects.update(coordinator=None)
    said = StringIO()
    with pytest.raises(CommandError, match="missing: 1"):
        call_command("launch_check", stdout=said)
    assert "No coordinator is named" in said.getvalue()
    assert "redress.E028" in said.getvalue()
