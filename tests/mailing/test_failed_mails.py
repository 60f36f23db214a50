"""Staff see what failed and why, never to whom, unless they say for what."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.groups import make_groups
from accounts.models import User
from accounts.permissions import NotAllowed
from accounts.roles import TABLE, Role
from audit.models import Entry
from mailing.models import Mail, MailState
from signatures import failed_mails as failed
from tests.mailing.conftest import Queue, Server
from tests.mailing.test_sender import run

ADDRESS = "person1@example.org"


def one_of(role: Role) -> User:
    from django.contrib.auth.models import Group

    make_groups()
    user = User.objects.create_user(f"{role}-of-mail", is_staff=True)
    user.groups.add(Group.objects.get(name=TABLE[role].label))
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mail(queue: Queue, smtp: Server) -> Mail:
    smtp.replies[ADDRESS] = "550 no such mailbox"
    mail = queue(1)
    run()
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED
    smtp.replies.clear()
    return mail


@pytest.fixture
def administrator(mail: Mail) -> User:
    return one_of(Role.ADMINISTRATOR)


def test_the_list_says_what_failed_and_never_to_whom(mail: Mail, administrator: User) -> None:
    page = browser(administrator).get(reverse("staff_mails")).content.decode()
    for words in ("refused with 550", "test_personal", "1 mail"):
        assert words in page
    assert ADDRESS not in page
    assert ADDRESS not in browser(administrator).get(reverse("staff_mail", args=[mail.pk])).content.decode()


def test_what_waits_is_counted_as_far_as_a_page_may_take(
    mail: Mail, queue: Queue, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failed, "MOST_COUNTED", 2)
    oldest, *_others = [queue(number) for number in (2, 3, 4)]
    queue(5, kind="test_bulk")
    told = {each.waiting: each for each in failed.queues().values()}
    assert told.keys() == {0, 1, 2}
    assert [told[number].is_more for number in (0, 1, 2)] == [False, False, True]
    assert told[2].oldest_due_at == oldest.due_at
    page = browser(administrator).get(reverse("staff_mails")).content.decode()
    assert "<dd>2+</dd>" in page
    assert "<dd>1</dd>" in page


@pytest.mark.parametrize("named", ["mail", "error"])
def test_what_failed_is_sent_again(mail: Mail, administrator: User, smtp: Server, named: str) -> None:
    values = {"mail": {"mail": mail.pk}, "error": {"error": mail.error}}[named]
    browser(administrator).post(reverse("staff_mails"), values)
    assert run() == 1
    assert [to for to, _content in smtp.taken] == [ADDRESS]
    entry = Entry.objects.get(action="mail.retry")
    assert (entry.actor_id, entry.details["mails"]) == (administrator.pk, 1)
    browser(administrator).post(reverse("staff_mails"), values)
    assert run() == 0


def test_a_form_of_nonsense_changes_nothing(mail: Mail, administrator: User) -> None:
    for values in ({"mail": "x"}, {"mail": "9" * 40}, {"error": "x" * 201}, {}):
        page = browser(administrator).post(reverse("staff_mails"), values)
        assert (page.status_code, "Nothing was queued" in page.content.decode()) == (200, True)
    assert browser(administrator).post(reverse("staff_mails"), {"error": "no such"}).status_code == 302
    assert Mail.objects.get().state == MailState.FAILED
    with pytest.raises(ValueError, match="name one"):
        failed.retry(actor=administrator, now=mail.created_at)


def test_an_address_is_shown_for_a_reason_that_is_kept(mail: Mail, administrator: User) -> None:
    page, client = reverse("staff_mail", args=[mail.pk]), browser(administrator)
    refused = client.post(page, {"reason": "  "})
    assert ADDRESS not in refused.content.decode()
    assert not Entry.objects.filter(action="mail.unmask").exists()
    shown = client.post(page, {"reason": "They asked by telephone"})
    assert ADDRESS in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    entry = Entry.objects.get(action="mail.unmask")
    assert (entry.actor_id, entry.subject_id, entry.reason) == (administrator.pk, mail.pk, "They asked by telephone")
    with pytest.raises(ValueError, match="reason"):
        failed.unmask(actor=administrator, mail_id=mail.pk, reason=" ")


def test_who_reads_only_changes_nothing_and_sees_no_address(mail: Mail) -> None:
    auditor = one_of(Role.AUDITOR)
    assert browser(auditor).get(reverse("staff_mails")).status_code == 200
    for page, values in (
        (reverse("staff_mails"), {"mail": mail.pk}),
        (reverse("staff_mail", args=[mail.pk]), {"reason": "Curious"}),
    ):
        browser(auditor).post(page, values)
    assert Mail.objects.get().state == MailState.FAILED
    assert not Entry.objects.filter(action__startswith="mail.").exists()
    with pytest.raises(NotAllowed):
        failed.unmask(actor=auditor, mail_id=mail.pk, reason="Curious")
    with pytest.raises(NotAllowed):
        failed.retry(actor=auditor, mail_id=mail.pk, now=mail.created_at)


def test_a_mail_that_did_not_fail_has_no_page(queue: Queue, administrator: User) -> None:
    waiting = queue(2)
    client = browser(administrator)
    assert client.get(reverse("staff_mail", args=[waiting.pk])).status_code == 404
    assert client.post(reverse("staff_mail", args=[waiting.pk]), {"reason": "x"}).status_code == 404


def test_an_address_that_is_gone_is_shown_as_nobody_s(mail: Mail, administrator: User, monkeypatch: Any) -> None:
    Mail.objects.update(row_id=7)
    assert failed.unmask(actor=administrator, mail_id=mail.pk, reason="Asked") is None
