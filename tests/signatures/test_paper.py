"""Signatures on paper: entered by one, confirmed by another, shown beside the count and never in it."""

import io
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.permissions import NotAllowed
from accounts.roles import TABLE, Role
from audit.models import Entry
from petitions.models import Crossing, Petition, RegionCount
from petitions.refusals import Refused
from signatures import paper, tally
from signatures.models import PaperBatch, PaperScan, PaperState
from tests import factories

PDF = b"%PDF-1.7\nname of Mary Poppins\n%%EOF\n"
RIGHTS = (*TABLE[Role.CLERK].permissions, "wagtailadmin.access_admin")


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(file, kind)
    return file.getvalue()


def a_clerk(name: str) -> User:
    user = User.objects.create_user(name, f"{name}@staff.example")
    for permission in RIGHTS:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def clerk(db: None) -> User:
    return a_clerk("clerk")


@pytest.fixture
def colleague(db: None) -> User:
    return a_clerk("colleague")


@pytest.fixture
def batch(petition: Petition, clerk: User) -> PaperBatch:
    return enter(petition, clerk)


def enter(petition: Petition, actor: User, **changes: Any) -> PaperBatch:
    words = {"place": "Town hall", "number": 120, "scan": PDF, **changes}
    return paper.enter(petition_id=petition.pk, actor=actor, now=timezone.now(), **words)


def number(petition: Petition) -> int:
    return Petition.objects.values_list("paper_count", flat=True).get(pk=petition.pk)


def decide(act: Any, batch: PaperBatch, actor: User, **words: str) -> PaperBatch:
    return act(batch_id=batch.pk, actor=actor, now=timezone.now(), **words)


def test_a_batch_counts_once_when_a_second_person_confirms_it(
    petition: Petition, batch: PaperBatch, clerk: User, colleague: User
) -> None:
    assert number(petition) == 0
    with pytest.raises(NotAllowed):
        decide(paper.confirm, batch, clerk)
    decide(paper.confirm, batch, colleague)
    with pytest.raises(Refused):
        decide(paper.confirm, batch, colleague)
    with pytest.raises(Refused):
        decide(paper.refuse, batch, colleague, reason="Second thoughts.")
    assert number(petition) == 120
    entries = Entry.objects.filter(action__startswith="paper.").order_by("id")
    assert [(entry.action, entry.actor) for entry in entries] == [("paper.enter", clerk), ("paper.confirm", colleague)]


def test_not_even_a_superuser_or_the_database_lets_one_person_do_both(petition: Petition) -> None:
    boss = User.objects.create_superuser("boss", "boss@staff.example")
    batch = enter(petition, boss)
    with pytest.raises(NotAllowed):
        decide(paper.confirm, batch, boss)
    for changes in ({"decided_by": boss, "decided_at": timezone.now()}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaperBatch.objects.filter(pk=batch.pk).update(state=PaperState.CONFIRMED, **changes)


def test_a_refused_scan_may_be_entered_again_and_a_confirmed_one_taken_back(
    petition: Petition, batch: PaperBatch, clerk: User, colleague: User
) -> None:
    with pytest.raises(Refused) as twice:
        enter(petition, colleague)
    assert twice.value.field == "scan"
    with pytest.raises(Refused):
        decide(paper.refuse, batch, colleague, reason=" ")
    decide(paper.refuse, batch, colleague, reason="Three names are the same.")
    again = enter(petition, clerk, number=117)
    decide(paper.confirm, again, colleague)
    assert number(petition) == 117
    decide(paper.take_back, again, colleague, reason="Entered for the wrong petition.")
    with pytest.raises(Refused):
        decide(paper.take_back, again, colleague, reason="Again.")
    assert number(petition) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"place": " \u200b"}, "place"),
        ({"place": "x" * 101}, "place"),
        ({"number": 0}, "number"),
        ({"number": 100_001}, "number"),
        ({"scan": b"<html><script>alert(1)</script>"}, "scan"),
        ({"scan": b"%PDF-1.7 but it never ends"}, "scan"),
        ({"scan": picture("PNG")[:-30]}, "scan"),
        ({"scan": picture("GIF")}, "scan"),
        ({"scan": b""}, "scan"),
        ({"scan": PDF + b" " * paper.MOST_BYTES}, "scan"),
    ],
)
def test_what_is_no_batch_is_refused_with_its_field(
    petition: Petition, clerk: User, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        enter(petition, clerk, **changes)
    assert refusal.value.field == field
    assert not PaperBatch.objects.exists()
    assert not Entry.objects.exists()


def test_pictures_are_told_by_their_content(petition: Petition, clerk: User) -> None:
    kinds = {enter(petition, clerk, scan=picture(kind)).scan_type for kind in ("PNG", "JPEG")}
    assert kinds == {"png", "jpeg"}


def test_only_petitions_that_were_open_and_only_clerks(petition: Petition, clerk: User) -> None:
    for other in (factories.make_petition(), factories.make_hidden_petition(opened=True), Petition(pk=1_999_999)):
        with pytest.raises(Refused) as refusal:
            enter(other, clerk)
        assert refusal.value.field == "petition_id"
    nobody = User.objects.create_user("nobody", "nobody@staff.example")
    with pytest.raises(NotAllowed):
        enter(petition, nobody)
    batch = enter(petition, clerk)
    with pytest.raises(NotAllowed):
        paper.read_scan(batch_id=batch.pk, actor=nobody)


def test_the_scan_is_sealed_at_rest_read_by_staff_only_and_can_be_let_go(
    batch: PaperBatch, clerk: User, colleague: User
) -> None:
    assert b"Mary Poppins" not in bytes(PaperScan.objects.get().sealed)
    assert paper.read_scan(batch_id=batch.pk, actor=colleague).content == PDF
    assert Entry.objects.filter(action="paper.read_scan", actor=colleague).count() == 1
    assert paper.forget_scans(petition_id=batch.petition_id) == 1
    with pytest.raises(PaperScan.DoesNotExist):
        paper.read_scan(batch_id=batch.pk, actor=colleague)
    decide(paper.confirm, batch, colleague)


def test_the_number_is_beside_the_count_on_page_and_in_json_and_crosses_nothing(
    client: Client, petition: Petition, batch: PaperBatch, colleague: User
) -> None:
    petition.thresholds.update(count=100)
    decide(paper.confirm, batch, colleague)
    tally.fold(timezone.now())
    address = f"/petitions/{petition.pk}"
    page = client.get(f"{address}/").content.decode()
    assert "<strong>120</strong> signatures on paper" in page
    assert "<strong>120</strong> signatures sur papier" in client.get(f"/fr{address}/").content.decode()
    found = client.get(f"{address}.json").json()["data"]["attributes"]
    assert (found["signature_count"], found["paper_signature_count"], found["signatures_by_region"]) == (0, 120, [])
    count = client.get(f"{address}/count.json").json()
    assert (count["signature_count"], count["paper_signature_count"]) == (0, 120)
    assert not Crossing.objects.exists()
    assert not RegionCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_who_confirm_at_once_count_it_once() -> None:
    petition, clerk = factories.make_open_petition(), a_clerk("clerk")
    batches = [enter(petition, clerk, scan=PDF + bytes([n]) + b"%%EOF", number=10) for n in range(2)]
    colleague = a_clerk("colleague")
    together, failures = Barrier(10), []

    def run(batch: PaperBatch) -> None:
        together.wait()
        try:
            decide(paper.confirm, batch, colleague)
        except Refused:
            pass
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[batches[n % 2]]) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert number(petition) == 20


def test_the_whole_way_through_the_screens(client: Client, petition: Petition, clerk: User, colleague: User) -> None:
    client.force_login(clerk)
    typed = {"petition_id": petition.pk, "place": "Town hall", "number": "12"}
    refused = client.post("/staff/paper/enter/", {**typed, "scan": SimpleUploadedFile("a.pdf", b"MZ no pdf")})
    assert refused.status_code == 200
    assert "Choose a PDF, PNG or JPEG file." in refused.content.decode()
    assert 'value="Town hall"' in refused.content.decode()
    large = SimpleUploadedFile("a.pdf", b"%PDF-" + b" " * paper.MOST_BYTES)
    assert "The file may have 10 MB." in client.post("/staff/paper/enter/", {**typed, "scan": large}).content.decode()
    entered = client.post("/staff/paper/enter/", {**typed, "scan": SimpleUploadedFile("../é\r\n.html", PDF)})
    page = entered["Location"]
    assert "You entered this batch" in client.get(page).content.decode()
    # Wagtail answers what somebody may not do by its start page.
    assert client.post(page, {"act": "confirm"})["Location"] == "/staff/"
    assert PaperBatch.objects.get().state == PaperState.ENTERED

    client.force_login(colleague)
    assert "12 signatures from Town hall" in client.get("/staff/paper/").content.decode()
    scan = client.get(f"{page}scan/")
    assert scan.content == PDF
    assert scan["Content-Type"] == "application/octet-stream"
    assert scan["Content-Disposition"].startswith(f'attachment; filename="petition-{petition.pk}-paper-')
    assert scan["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in scan["Cache-Control"]
    assert "sandbox" in scan["Content-Security-Policy"]
    assert client.post(page, {"act": "refuse", "refuse-reason": ""}).status_code == 200
    assert client.post(page, {"act": "confirm"}).status_code == 302
    assert "This batch was decided already." in client.post(page, {"act": "confirm"}, follow=True).content.decode()
    assert client.post(page, {"act": "take_back", "take_back-reason": "Wrong one."}).status_code == 302
    assert number(petition) == 0
    assert client.get("/staff/paper/99999999/").status_code == 404
    assert client.get("/staff/paper/99999999/scan/").status_code == 404
