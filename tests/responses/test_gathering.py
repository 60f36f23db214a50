"""Asking offices: by link without an account, once, reminded when late; what they said stays as it was said."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from accounts.permissions import NotAllowed
from audit.models import Entry
from mailing.kinds import message_of
from mailing.models import Mail
from petitions.services import Refused
from responses import attachments, contributing, selectors, services
from responses.models import Attachment, Case, Contribution
from responses.services import gathering
from tests.responses.people import NOW

pytestmark = pytest.mark.django_db

Staff = dict[str, User]
LogIn = Callable[[User], Client]

DUE = date(2026, 3, 9)  # a Monday
QUESTION = "When was the bridge last looked at?"
WORDS = "In May 2024. It was found sound."
AGENCY = gathering.Outside("Bridges Agency", "desk@bridges.example")
PDF = b"%PDF-1.7\nreport\n%%EOF\n"


def ask(case: Case, staff: Staff, *, now: datetime = NOW, **fields: object) -> list[Contribution]:
    wanted = {"question": QUESTION, "due_on": timezone.localdate(now) + timedelta(days=7), "outside": [AGENCY]}
    return gathering.ask(case_id=case.pk, actor=staff["drafter"], now=now, **{**wanted, **fields})


@pytest.fixture
def asked(case: Case, staff: Staff) -> Contribution:
    return ask(case, staff)[0]


@pytest.fixture
def link(case: Case, staff: Staff) -> str:
    """The path of a link that works today."""
    return address(ask(case, staff, now=timezone.now())[0])


def address(contribution: Contribution) -> str:
    return reverse("responses:contribute", args=[contributing.token(contribution)])


def answer(contribution: Contribution, **fields: object) -> Contribution:
    said = {"text": WORDS, "answered_by": "A. Clerk, engineer", "now": NOW + timedelta(days=1)}
    return gathering.contribute(contribution_id=contribution.pk, **{**said, **fields})


def mails() -> list[Mail]:
    return list(Mail.objects.filter(kind=gathering.KIND).order_by("pk"))


# --- Asking


def test_several_offices_are_asked_at_once_each_through_its_own_way(
    case: Case, staff: Staff, department: Department, make_department: Callable[..., Department]
) -> None:
    department.point_person = staff["drafter"]
    department.save()
    team = make_department("TEAM", email="team@office.example")
    asked = ask(case, staff, department_ids=[department.pk, team.pk], language="fr")
    assert {one.office for one in asked} == {department.name, team.name, AGENCY.name}
    to = {message_of(mail).to for mail in mails()}
    assert to == {staff["drafter"].email, "team@office.example", "desk@bridges.example"}
    assert {one.language for one in asked} == {staff["drafter"].language, "fr"}
    assert b"bridges.example" not in bytes(asked[-1].sealed)
    assert Entry.objects.filter(action="case.ask", subject_id=case.pk, actor=staff["drafter"]).count() == 3


def test_members_of_a_department_find_what_is_asked_of_it_and_nobody_else_does(
    case: Case, staff: Staff, log_in: LogIn
) -> None:
    asked_of = Department.objects.get(acronym="HMT")
    (question,) = ask(case, staff, now=timezone.now(), outside=[], department_ids=[asked_of.pk])
    page = reverse("cases:asked")
    colleague = staff["second_department_reviewer"]

    shown = log_in(colleague).get(page).content.decode()

    assert QUESTION in shown
    assert contributing.link(question) in shown
    assert "Asked of my office" in log_in(colleague).get(reverse("wagtailadmin_home")).content.decode()
    assert log_in(colleague).get(reverse("cases:detail", args=[case.pk])).status_code == 404
    for other in ("drafter", "legal_reviewer"):
        assert QUESTION not in log_in(staff[other]).get(page).content.decode()
    answer(question)
    assert QUESTION not in log_in(colleague).get(page).content.decode()


def test_the_mail_holds_the_question_and_a_link_for_it_alone(asked: Contribution) -> None:
    letter = message_of(mails()[0])
    assert letter.context["url"] == contributing.link(asked)
    assert contributing.asked(contributing.token(asked), now=NOW) == asked
    other = Contribution.objects.get(pk=asked.pk)
    other.pk += 1
    assert contributing.asked(contributing.token(other), now=NOW) is None
    assert contributing.asked(contributing.token(asked), now=NOW + timedelta(days=38)) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"question": " "}, "question"),
        ({"question": "x" * 2001}, "question"),
        ({"due_on": date(2026, 3, 2)}, "due_on"),
        ({"due_on": date(2028, 3, 2)}, "due_on"),
        ({"outside": []}, "department_ids"),
        ({"outside": [AGENCY] * 21}, "department_ids"),
    ],
)
def test_a_question_needs_words_a_day_ahead_and_offices(
    case: Case, staff: Staff, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        ask(case, staff, **wrong)
    assert refusal.value.field == field
    assert not mails()


def test_only_those_who_draft_the_case_ask_and_take_back(
    case: Case, staff: Staff, asked: Contribution, published: Case
) -> None:
    for name in ("approver", "second_drafter", "publisher"):
        if name in staff:
            with pytest.raises(NotAllowed):
                gathering.withdraw(contribution_id=asked.pk, actor=staff[name], now=NOW)
    with pytest.raises(Refused, match="published"):
        ask(published, staff)


def test_the_form_of_the_case_asks_and_names_what_it_could_not_read(case: Case, staff: Staff, log_in: LogIn) -> None:
    client, act = log_in(staff["drafter"]), reverse("cases:act", args=[case.pk, "ask"])
    typed = {"question": QUESTION, "due_on": timezone.localdate() + timedelta(days=9), "language": "en"}
    wrong = client.post(act, {**typed, "outside": "Bridges Agency <desk@bridges.example>\nsomebody"})
    assert "this is none: somebody" in wrong.content.decode()
    assert QUESTION in wrong.content.decode()
    assert not Contribution.objects.exists()
    right = client.post(act, {**typed, "outside": "Bridges Agency <desk@bridges.example>"}, follow=True)
    assert "Bridges Agency" in right.content.decode()
    assert Contribution.objects.get().office == "Bridges Agency"


# --- Answering


def test_an_office_answers_by_its_link_once_and_the_writers_hear_of_it(
    link: str, case: Case, staff: Staff, log_in: LogIn
) -> None:
    page = Client().get(link)
    assert QUESTION in page.content.decode()
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
    said = {"text": WORDS, "answered_by": "A. Clerk", "files": [SimpleUploadedFile("../plan.pdf", PDF)]}
    assert Client().post(link, said).status_code == 303
    kept = Contribution.objects.get()
    assert (kept.text, kept.answered_by) == (WORDS, "A. Clerk")
    assert WORDS in Client().get(link).content.decode()
    said["files"] = []
    assert WORDS in Client().post(link, {**said, "text": "Never mind."}).content.decode()
    assert Contribution.objects.get().text == WORDS
    assert Mail.objects.filter(kind="staff_task", details__what="contributed", row_id=staff["drafter"].pk).count() == 1
    screen = log_in(staff["drafter"]).get(reverse("cases:detail", args=[case.pk])).content.decode()
    assert WORDS in screen
    assert "plan.pdf" in screen


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_stored(link: str) -> None:
    def told(**sent: object) -> str:
        response = Client().post(link, {"text": WORDS, "answered_by": "A. Clerk", **sent})
        assert response.status_code == 200
        return response.content.decode()

    assert "Fill in “What your office says”" in told(text="")
    assert "Write your contribution." in told(text="\u200b")
    assert "Fill in “Your name and role”" in told(answered_by="")
    assert WORDS in told(files=[SimpleUploadedFile("plan.pdf", b"MZ\x90 no plan")])
    assert "none of these kinds" in told(files=[SimpleUploadedFile("plan.pdf", b"MZ\x90 no plan")])
    assert "at most 3 files" in told(files=[SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(4)])
    assert Contribution.objects.get().is_waiting
    assert not Attachment.objects.exists()


def test_a_link_of_a_question_taken_back_or_of_nothing_opens_nothing(
    link: str, case: Case, staff: Staff, log_in: LogIn
) -> None:
    asked = Contribution.objects.get()
    withdraw = reverse("cases:withdraw_question", args=[case.pk, asked.pk])
    assert log_in(staff["drafter"]).post(withdraw).status_code == 302
    for path in (link, link[:-2] + "A/", "/contribute/x/", "/fr/contribute/é/"):
        assert Client().get(path).status_code == 404
        assert Client().post(path, {"text": WORDS, "answered_by": "A"}).status_code == 404
    assert not message_of(mails()[0])
    with pytest.raises(Refused):
        answer(asked)


def test_large_bodies_pass_with_a_link_of_ours_only(link: str) -> None:
    def posted(path: str) -> int:
        files = [SimpleUploadedFile("a.txt", b"line\n" * 40_000)]
        return Client().post(path, {"text": WORDS, "answered_by": "A. Clerk", "files": files}).status_code

    assert posted("/contribute/x/") == 413
    assert posted("/petitions/new/") == 413
    assert posted(link) == 303
    assert Attachment.objects.get().size == 200_000


# --- Files


def packed(*names: str, mimetype: bytes = b"", method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for name in names:
            file.writestr(name, "<x/>")
    return out.getvalue()


def damaged(method: int) -> bytes:
    """A text document whose first entry cannot be unpacked."""
    content = bytearray(packed("content.xml", mimetype=b"application/vnd.oasis.opendocument.text" * 9, method=method))
    content[48:60] = b"\xff" * 12
    return bytes(content)


ODT = packed("content.xml", mimetype=b"application/vnd.oasis.opendocument.text")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", PDF),
        ("plan.docx", packed("word/document.xml")),
        ("plan.xlsx", packed("xl/workbook.xml")),
        ("plan.odt", ODT),
        ("plan.csv", "place;année\n".encode()),
        ("plan.TXT", b"words"),
    ],
)
def test_a_file_of_a_kind_we_take_is_known_by_what_it_is(name: str, content: bytes) -> None:
    assert attachments.checked(name, content) == (name, name.rpartition(".")[2].lower())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", b"%PDF-1.7 cut off"),
        ("plan.pdf", ODT),
        ("plan.docx", packed("word/document.xml", "word/vbaProject.bin")),
        ("plan.docx", b"PK\x03\x04 broken"),
        ("plan.odt", damaged(zipfile.ZIP_DEFLATED)),
        ("plan.odt", damaged(zipfile.ZIP_BZIP2)),
        ("plan.odt", damaged(zipfile.ZIP_LZMA)),
        ("plan.png", b"\x89PNG\r\n\x1a\n broken"),
        ("plan.txt", b"null \x00"),
        ("plan.txt", b"\xff\xfe"),
        ("plan.html", b"<script>"),
        ("plan.exe", b"words"),
        ("plan", b"words"),
        ("plan.txt", b"x" * (attachments.MOST_BYTES + 1)),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Refused):
        attachments.checked(name, content)


def test_names_of_files_lose_what_could_mislead() -> None:
    assert attachments.safe_name("C:\\plans\\..\\plan.pdf") == "plan.pdf"
    assert attachments.safe_name('a"b\r\nc.pdf') == "a_b__c.pdf"
    assert attachments.safe_name("\u202efdp.exe.") == "_fdp.exe"
    assert attachments.safe_name("../") == "file"
    assert len(attachments.safe_name("x" * 300 + ".pdf")) == 100


def test_an_original_is_downloaded_as_it_came_and_never_changed(
    asked: Contribution, case: Case, staff: Staff, log_in: LogIn
) -> None:
    answer(asked, files=[gathering.File("plan.pdf", PDF)])
    kept = Attachment.objects.get()
    assert PDF not in bytes(kept.sealed)
    response = log_in(staff["drafter"]).get(reverse("cases:attachment", args=[case.pk, kept.pk]))
    assert response.content == PDF
    assert response["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert response["Content-Type"] == "application/octet-stream"
    for change in (
        lambda: Attachment.objects.update(name="other.pdf"),
        lambda: Contribution.objects.update(text="Other words."),
    ):
        with pytest.raises(DatabaseError, match="original"), transaction.atomic():
            change()


# --- Chasing


def test_late_offices_are_reminded_three_times_then_the_writers_are_told(asked: Contribution, staff: Staff) -> None:
    days = [NOW + timedelta(days=days) for days in range(40)]
    reminded = [str(timezone.localdate(day)) for day in days for _again in range(2) if gathering.chase(day)]
    # Due on Monday 9; the day after, then every third working day; the fourth is no mail to them but one to us.
    assert reminded == ["2026-03-10", "2026-03-13", "2026-03-18", "2026-03-23"]
    assert [mail.details.get("chase") for mail in mails()] == [None, True, True, True]
    assert message_of(mails()[-1]).context["url"] == message_of(mails()[0]).context["url"]
    told = Mail.objects.filter(kind="staff_task", details__what="silent").values_list("row_id", flat=True)
    assert staff["drafter"].pk in told


def test_nobody_is_reminded_who_answered_or_whose_answer_nobody_needs(
    asked: Contribution, case: Case, staff: Staff
) -> None:
    late = NOW + timedelta(days=30)
    answer(asked)
    ask(case, staff)
    Case.objects.update(state="closed", closed_at=NOW)
    assert gathering.chase(late) == 0


def test_addresses_are_forgotten_a_month_after_the_answer(asked: Contribution) -> None:
    answer(asked)
    gathering.chase(NOW + timedelta(days=30))
    assert Contribution.objects.get().sealed
    gathering.chase(NOW + timedelta(days=32))
    assert Contribution.objects.get().sealed is None
    assert gathering.address_of(Contribution.objects.get()) == ""


def test_contributions_stand_beside_the_draft_with_two_queries(
    asked: Contribution, case: Case, django_assert_num_queries: Callable[..., object]
) -> None:
    answer(asked, files=[gathering.File("plan.pdf", PDF)])
    with django_assert_num_queries(2):
        (shown,) = selectors.contributions(case)
        assert [file.name for file in shown.attachments.all()] == ["plan.pdf"]


def test_a_question_can_be_asked_in_review_too(in_review: Case, staff: Staff) -> None:
    assert ask(in_review, staff)
    assert services.recall(case_id=in_review.pk, actor=staff["drafter"], now=NOW).state == "drafting"
