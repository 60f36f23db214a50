"""The files of a published answer stay what was approved, whoever holds rights on documents."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document

from accounts.models import User
from responses import clearance, services
from responses.models import AnswerPage, Case
from tests.responses.people import approve_all

Staff = dict[str, User]
LogIn = Callable[[User], Client]


@pytest.fixture
def plan(site: None) -> Document:
    return Document.objects.create(title="Plan", file=ContentFile(b"plan one", name="plan.txt"))


@pytest.fixture
def with_plan(case: Case, write: Callable[..., AnswerPage], staff: Staff, plan: Document) -> AnswerPage:
    """An answer in drafting that refers to the plan."""
    page = write(case).get_latest_revision_as_object()
    page.texts.first().body.append(("documents", [plan]))
    page.save_revision(user=staff["drafter"])
    return page


@pytest.fixture
def live(case: Case, with_plan: AnswerPage, staff: Staff, now: datetime) -> AnswerPage:
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    approve_all(case, staff)
    services.publish(case_id=case.pk, actor=staff["publisher"], now=now)
    return AnswerPage.objects.get(case=case)


@pytest.mark.parametrize("who", ["drafter", "editor", "superuser"])
@pytest.mark.parametrize(
    "change", [{"file": SimpleUploadedFile("plan.txt", b"plan two")}, {"title": "No plan"}], ids=["file", "title"]
)
def test_a_file_of_a_published_answer_is_not_changed(
    live: AnswerPage, plan: Document, staff: Staff, log_in: LogIn, who: str, change: dict[str, Any]
) -> None:
    edit = reverse("wagtaildocs:edit", args=[plan.pk])
    response = log_in(staff[who]).post(edit, {"title": "Plan", "collection": "1", **change})
    assert response.status_code == 200
    assert "A published answer shows this document." in response.content.decode()
    assert_kept(plan, live)


def test_it_is_neither_deleted_nor_changed_by_any_other_way(live: AnswerPage, plan: Document) -> None:
    renamed = Document.objects.get(pk=plan.pk)
    renamed.title = "No plan"
    for way in (plan.delete, Document.objects.filter(pk=plan.pk).delete, renamed.save):
        with pytest.raises(PermissionDenied), transaction.atomic():
            way()
    assert_kept(plan, live)


def test_every_document_is_a_download(site: None, settings: LazySettings, tmp_path: Path) -> None:
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    for name in ("plan.pdf", "plan.csv"):
        document = Document.objects.create(title="Plan", file=ContentFile(b"%PDF-1.7 %%EOF", name=name))
        assert Client().get(document.url)["Content-Disposition"].startswith("attachment")


def test_a_document_is_known_by_what_it_is(staff: Staff, log_in: LogIn) -> None:
    add = reverse("wagtaildocs:add")
    for name, content, kept in (
        ("a.pdf", b"MZ\x90", 0),
        ("a.txt", b"x" * (10 * 1024 * 1024 + 1), 0),
        ("a.txt", b"x", 1),
    ):
        file = SimpleUploadedFile(name, content)
        response = log_in(staff["drafter"]).post(add, {"title": "Plan", "file": file, "collection": "1"})
        assert response.status_code == (302 if kept else 200)
        assert Document.objects.count() == kept


def test_the_screen_that_deletes_says_no(live: AnswerPage, plan: Document, staff: Staff, log_in: LogIn) -> None:
    response = log_in(staff["superuser"]).post(reverse("wagtaildocs:delete", args=[plan.pk]))
    assert (response.status_code, response["Location"]) == (302, reverse("wagtailadmin_home"))


def assert_kept(plan: Document, live: AnswerPage) -> None:
    kept = Document.objects.get(pk=plan.pk)
    assert kept.title == "Plan"
    with kept.file.open() as file:
        assert file.read() == b"plan one"
    assert clearance.flaw(live) == ""


def test_its_tags_may_change(live: AnswerPage, plan: Document, staff: Staff, log_in: LogIn) -> None:
    edit = reverse("wagtaildocs:edit", args=[plan.pk])
    log_in(staff["drafter"]).post(edit, {"title": "Plan", "tags": "bridges", "collection": "1"})
    assert [tag.name for tag in Document.objects.get(pk=plan.pk).tags.all()] == ["bridges"]


def test_the_file_of_a_draft_is_changed_and_deleted_as_before(
    with_plan: AnswerPage, plan: Document, staff: Staff, log_in: LogIn
) -> None:
    client, edit = log_in(staff["drafter"]), reverse("wagtaildocs:edit", args=[plan.pk])
    client.post(edit, {"title": "Plan", "file": SimpleUploadedFile("plan.txt", b"plan two"), "collection": "1"})
    with Document.objects.get(pk=plan.pk).file.open() as file:
        assert file.read() == b"plan two"
    client.post(reverse("wagtaildocs:delete", args=[plan.pk]))
    assert not Document.objects.filter(pk=plan.pk).exists()


def test_the_address_of_an_uploaded_document_can_not_be_guessed(
    staff: Staff, log_in: LogIn, client: Client, settings: LazySettings, tmp_path: Path
) -> None:
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    upload = {"title": "Figures", "file": SimpleUploadedFile("figures.csv", b"1;2"), "collection": "1"}
    assert log_in(staff["drafter"]).post(reverse("wagtaildocs:add"), upload).status_code == 302
    added = Document.objects.get(title="Figures")
    assert re.fullmatch(r"figures-[0-9a-f]{18}\.csv", added.filename)
    assert client.get(added.url).status_code == 200
    assert client.get(reverse("wagtaildocs_serve", args=[added.pk, "figures.csv"])).status_code == 404


def test_another_title_of_a_file_voids_what_was_approved(with_plan: AnswerPage, plan: Document) -> None:
    before = clearance.digest(with_plan)
    Document.objects.filter(pk=plan.pk).update(title="No plan")
    assert clearance.digest(with_plan) != before
