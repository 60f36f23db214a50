"""Staff hear of work at once, or in one mail a day, as each chooses; never a word of an unpublished text."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from mailing import kinds
from mailing.compose import compose
from mailing.models import Mail
from responses import services
from responses.models import AnswerPage, Case, MailChoice, Notice
from responses.services import digests, notices
from tests.responses.people import waiting_step

Staff = dict[str, User]

EARLY = datetime(2026, 3, 3, 6, 59, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 7, 1, tzinfo=UTC)


def daily(user: User) -> None:
    MailChoice.objects.create(user=user, daily=True)


def mails(kind: str, user: User) -> list[Mail]:
    return list(Mail.objects.filter(kind=kind, row_id=user.pk))


def test_who_chose_one_mail_a_day_gets_all_of_it_in_the_morning_once(
    case: Case, write: Callable[..., AnswerPage], staff: Staff
) -> None:
    reviewer, other = staff["department_reviewer"], staff["coordinator"]
    daily(reviewer)
    notices.tell(notices.What.COMMENTED, case=case, to=[reviewer.pk, other.pk])
    notices.tell(notices.What.COMMENTED, case=case, to=[reviewer.pk])
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=EARLY)
    assert mails(notices.KIND, reviewer) == []
    assert len(mails(notices.KIND, other)) == 1
    assert digests.send_digests(EARLY) == 0
    assert digests.send_digests(MORNING) == 1
    assert digests.send_digests(MORNING + timedelta(minutes=5)) == 0
    (mail,) = mails(digests.KIND, reviewer)
    email = compose(mail, kinds.message_of(mail))
    assert email.subject == "Your cases today: 2"
    assert f"https://petitions.example/staff/cases/reviews/{waiting_step(case).pk}/" in email.body
    assert email.body.count("a colleague left a note") == 1
    assert "Mend the bridge" in email.body
    for text in (email.subject, email.body, email.alternatives[0].content):
        assert "Answer on the bridge" not in text
        assert "mended" not in text


def test_what_comes_after_the_days_mail_waits_for_the_next_morning(case: Case, staff: Staff) -> None:
    daily(staff["drafter"])
    for number, day in enumerate((MORNING, MORNING + timedelta(days=1)), start=1):
        notices.tell(notices.What.DUE_TODAY, case=case, once=str(number))
        notices.tell(notices.What.DUE_TODAY, case=case, once=str(number))
        assert digests.send_digests(day) == 1
        notices.tell(notices.What.OVERDUE, case=case, to=[staff["drafter"].pk], once=str(number))
        assert digests.send_digests(day + timedelta(hours=3)) == 0
    first, second = [kinds.message_of(mail).context["items"] for mail in mails(digests.KIND, staff["drafter"])]
    assert len(first) == 1
    assert len(second) == 2
    later = digests.KEPT + timedelta(days=2)
    digests.send_digests(MORNING + later)
    assert Notice.objects.count() == 1  # only the newest, which this very run mailed


def test_a_days_mail_leaves_out_what_is_done_and_is_not_sent_empty(in_review: Case, staff: Staff) -> None:
    reviewer = staff["department_reviewer"]
    daily(reviewer)
    state = waiting_step(in_review)
    notices.tell(notices.What.REVIEW, case=in_review, task_state=state, to=[reviewer.pk], once="again")
    digests.send_digests(MORNING)
    (mail,) = mails(digests.KIND, reviewer)
    assert kinds.message_of(mail) is not None
    services.approve(task_state_id=state.pk, actor=reviewer, now=MORNING)
    assert kinds.message_of(mail) is None
    User.objects.filter(pk=reviewer.pk).update(is_active=False)
    assert kinds.message_of(mail) is None


def test_a_note_tells_owner_and_writers_but_not_who_left_it(case: Case, staff: Staff) -> None:
    services.add_note(case_id=case.pk, actor=staff["coordinator"], text="Ask the county first.", now=MORNING)
    services.add_note(case_id=case.pk, actor=staff["drafter"], text="I did.", now=MORNING)
    told = Mail.objects.filter(kind=notices.KIND, details__what="commented")
    assert [mail.row_id for mail in told] == [staff["drafter"].pk]
    assert "Ask the county first" not in compose(told[0], kinds.message_of(told[0])).body


@pytest.mark.parametrize(("who", "offered"), [("drafter", True), ("moderator", False)])
def test_the_choice_stands_on_ones_account_page(
    staff: Staff, log_in: Callable[[User], Client], who: str, offered: bool
) -> None:
    client = log_in(staff[who])
    page = client.get("/staff/account/")
    assert ('name="case_mails-daily"' in page.content.decode()) == offered
    data = {"name_email-first_name": "A", "name_email-last_name": "B", "name_email-email": "a@staff.example"}
    more = {"theme-theme": "system", "theme-density": "default", "theme-contrast": "system"}
    locale = {"locale-preferred_language": "en", "locale-current_time_zone": "UTC"}
    extra = {"theme-keyboard_shortcuts": "on", "case_mails-daily": "on"}
    answer = client.post("/staff/account/", data | more | locale | extra)
    assert answer.status_code == 302, answer.content.decode()
    assert MailChoice.objects.filter(user=staff[who], daily=True).exists() == offered
