"""What is missing between an empty database and a first live petition.

`manage.py launch_check` shows it; `manage.py check --deploy --database default` holds it too. Both are for the place
where the site will run: nothing here is asked of a demo, a test or a first `migrate`.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from wagtail.models import Site, WorkflowPage

from accounts.models import Department, User
from accounts.roles import TABLE, Role
from accounts.selectors import in_role, members_of
from cms.models import HomePage
from petitions.models import Country, Limits, PostcodeArea, Region, RejectionReason, Topic
from responses.clearance import REQUIRED_STEPS
from responses.models import AnswerIndexPage
from vault.keys import Keyring

LAUNCH = "launch"
SHORTEST_SECRET_KEY = 50
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
# Names that no mail server in the world has (RFC 2606, RFC 6762).
NO_MAIL_DOMAINS = ("localhost", "local", "invalid", "test", "example", "example.org", "example.com", "example.net")
NO_MAIL_BACKENDS = {
    "mailing.backends.FolderBackend",
    *(f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "filebased", "locmem")),
}

# No petition waits for these on its way to an answer.
DISPENSABLE = {Role.EDITOR, Role.AUDITOR, Role.CLERK}

Messages = Iterator[CheckMessage]


@register(LAUNCH, deploy=True)
def check_environment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whether the environment says all that this site must be told."""
    parts = (_key_file, _secret_key, _address, _proxies, _mail, _files, _ledger)
    return [message for part in parts for message in part()]


@register(LAUNCH, Tags.database, deploy=True)
def check_records(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Whether the database holds what a first petition needs on its way to an answer."""
    if not databases:
        return []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return [_missing("E020", "The tables are not there or not of this version.", "manage.py migrate")]
        parts: tuple[Callable[[], Messages], ...] = (
            _site,
            _groups,
            _people,
            _coordinator,
            _departments,
            _reference_data,
            _workflow,
        )
        return [message for part in parts for message in part()]
    except DatabaseError as error:
        return [_missing("E021", f"The database does not answer ({type(error).__name__}).", "see DATABASE_URL")]


def _missing(number: str, what: str, remedy: str) -> CheckMessage:
    """An error (E…) or a warning (W…) with what to do about it."""
    kind = Error if number.startswith("E") else Warning
    return kind(what, hint=remedy, id=f"redress.{number}")


def _key_file() -> Messages:
    if not settings.REDRESS_KEYS:
        yield _missing("E001", "REDRESS_KEYS names no key file.", "set it, then: manage.py make_keys")
        return
    path = Path(settings.REDRESS_KEYS)
    try:
        Keyring.read(path)
    except ImproperlyConfigured:
        yield _missing(
            "E001",
            "The key file can't be read as one, by this user.",
            "on a new site: manage.py make_keys; else restore it from its backup",
        )
        return
    if path.stat().st_mode & 0o077:
        yield _missing("E002", "The key file is open to others than its owner.", f"chmod 600 {path}")


def _secret_key() -> Messages:
    if len(settings.SECRET_KEY) < SHORTEST_SECRET_KEY:
        yield _missing(
            "E003", f"SECRET_KEY is shorter than {SHORTEST_SECRET_KEY} characters.", "openssl rand -base64 48"
        )


def _address() -> Messages:
    address = urlsplit(settings.BASE_URL)
    if address.scheme != "https":
        yield _missing(
            "E004", "BASE_URL does not begin with https://: links in mails carry secrets.", "set BASE_URL, see TLS"
        )
    if address.hostname in LOCAL_HOSTS:
        yield _missing("E005", "BASE_URL names this machine only: links in mails would lead nowhere.", "set BASE_URL")


def _proxies() -> Messages:
    if settings.TRUSTED_PROXIES < 1:
        yield _missing(
            "W006",
            "TRUSTED_PROXIES is 0: behind a proxy all visitors would share the limits of one network.",
            "set it to the number of proxies of yours that add to X-Forwarded-For",
        )


def _mail() -> Messages:
    if settings.EMAIL_BACKEND in NO_MAIL_BACKENDS:
        yield _missing("E007", "No mail leaves this machine: EMAIL_URL names no mail server.", "set EMAIL_URL")
    elif not _mail_server_answers():
        yield _missing(
            "W007", "The mail server of EMAIL_URL does not answer now.", "nobody can sign until mails are delivered"
        )
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ").lower()
    if "." not in domain or f".{domain}".endswith(tuple(f".{name}" for name in NO_MAIL_DOMAINS)):
        yield _missing(
            "E008",
            "The sender's address (MAIL_FROM) is in no domain that can send mail.",
            "set MAIL_FROM to an address in a domain with SPF, DKIM and DMARC records of yours",
        )


def _mail_server_answers() -> bool:
    try:
        with get_connection(fail_silently=False):
            return True
    except (OSError, SMTPException):
        return False


def _files() -> Messages:
    manifest_name = getattr(staticfiles_storage, "manifest_name", None)
    if manifest_name and not staticfiles_storage.exists(manifest_name):
        yield _missing("E009", "Styles and scripts were not collected: pages fail.", "manage.py collectstatic")


def _ledger() -> Messages:
    path = Path(settings.ERASURE_LEDGER)
    folder = next(parent for parent in path.parents if parent.exists())
    if not os.access(path if path.exists() else folder, os.W_OK) or not folder.is_dir():
        yield _missing(
            "E010",
            "The ledger of erasures can't be written by this user: nobody could have their data erased.",
            f"make {path.parent} writable, or set ERASURE_LEDGER",
        )


def _site() -> Messages:
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None or not HomePage.objects.filter(pk=site.root_page_id, live=True).exists():
        yield _missing("E022", "The site has no home page.", "manage.py create_site")
    if not AnswerIndexPage.objects.filter(live=True).exists():
        yield _missing("E023", "There is no page under which answers stand.", "manage.py create_workflow")


def _groups() -> Messages:
    have = set(Group.objects.values_list("name", flat=True))
    lacking = [rights.label for rights in TABLE.values() if rights.label not in have]
    if lacking:
        yield _missing("E024", f"These groups are missing: {', '.join(lacking)}.", "manage.py create_roles")


def _people() -> Messages:
    for role in Role:
        if role not in DISPENSABLE and not members_of(role).exists():
            remedy = (
                "manage.py make_administrator" if role is Role.ADMINISTRATOR else "an administrator adds one: Users"
            )
            yield _missing("E025", f"Nobody holds the role {TABLE[role].label}.", remedy)
    if members_of(Role.MODERATOR).count() == 1:
        yield _missing(
            "W026", "There is one moderator only: nobody could review a refusal.", "an administrator adds another"
        )
    unreachable = User.objects.filter(is_active=True, email="").order_by("pk").values_list("pk", flat=True)
    if unreachable:
        yield _missing(
            "W027",
            f"These staff logins have no e-mail address and hear of no task: {', '.join(map(str, unreachable))}.",
            "an administrator adds it: Users",
        )


def _coordinator() -> Messages:
    limits = Limits.objects.select_related("coordinator").first()
    coordinator = limits.coordinator if limits else None
    if coordinator is None or not in_role(coordinator, Role.COORDINATOR):
        yield _missing(
            "E028",
            "No coordinator is named to whom cases without a department go.",
            "an administrator names an active coordinator: Limits",
        )


def _departments() -> Messages:
    departments = Department.objects.filter(active=True).select_related("point_person")
    if not departments:
        yield _missing("E029", "There is no department that could answer.", "an administrator adds one: Departments")
    for department in departments:
        name = department.acronym
        if department.point_person is None or not department.point_person.is_active:
            yield _missing("E030", f"Department {name} has no named person.", "an administrator names one: Departments")
        for role in (Role.DRAFTER, Role.DEPARTMENT_REVIEWER):
            if not members_of(role).filter(department=department).exists():
                yield _missing(
                    "W031",
                    f"Department {name} has nobody among its {TABLE[role].label}.",
                    "an administrator adds one: Users",
                )


def _reference_data() -> Messages:
    remedy = "manage.py create_reference_data"
    if not RejectionReason.objects.filter(active=True).exists():
        yield _missing("E032", "There are no reasons for which a petition may be refused.", remedy)
    if not Region.objects.exists() or not PostcodeArea.objects.exists():
        yield _missing("E033", "There are no regions with their postcode areas.", remedy)
    if not Country.objects.exists():
        yield _missing("E034", "There are no countries to choose from when signing.", remedy)
    if not Topic.objects.exists():
        yield _missing("W035", "There are no topics to file petitions under.", "an administrator adds some: Topics")


def _workflow() -> Messages:
    attached = WorkflowPage.objects.filter(
        page__in=AnswerIndexPage.objects.values("page_ptr"), workflow__active=True
    ).first()
    steps = [getattr(task.specific, "step", None) for task in attached.workflow.tasks] if attached else []
    if tuple(step for step in steps if step) != REQUIRED_STEPS:
        needed = ", ".join(str(step.label) for step in REQUIRED_STEPS)
        yield _missing(
            "E036",
            f"The answers' workflow lacks a step that clearance needs ({needed}).",
            "manage.py create_workflow",
        )
