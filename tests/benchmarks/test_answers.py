"""What `bin/bench answers` fills and counts is what it says."""

import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.demo import make_demo_staff
from accounts.groups import make_groups
from accounts.models import User
from benchmarks import cases, desk, letters, publishing
from mailing.models import Mail
from responses import performance, tracker
from responses.models import Case
from tests.factories import make_closed_petition


@pytest.mark.django_db
def test_one_case_in_ten_is_owed_and_the_others_were_answered() -> None:
    make_groups()
    now = timezone.now()
    cases._fill(range(200), cases._staff(2), now)

    states = Counter(Case.objects.values_list("state", flat=True))
    assert states == {
        **{"new": 4, "assigned": 6, "drafting": 6, "approved": 2, "scheduled": 2},
        **{"published": 2, "follow_up": 2, "closed": 176},
    }
    assert Case.objects.owed().count() == tracker.owed_cases().count() == 20
    assert sum(row.answered for row in performance.by_department("en", now.date())) == 180


@pytest.mark.django_db
def test_signers_who_are_made_are_told_and_their_mails_can_be_made() -> None:
    now = timezone.now()
    petition = make_closed_petition(response_state="awaiting")
    letters._sign(petition.pk, 3, now)

    found = letters._enumerated(petition.pk, now)
    assert found["queued"] == Mail.objects.count() == 3
    assert b"The road will be mended." in letters._one_letter(petition.pk)


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(404 if self.path.endswith("/0/") else 200)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(302 if f"csrftoken={desk.CSRF}" in self.headers["Cookie"] else 403)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def test_a_desk_counts_refusals_and_remembers_its_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        browser = desk.Desk(url, "session")
        assert (desk.timed(browser, "/staff/cases/0/")[0], desk.timed(browser, "/staff/cases/7/")[0]) == (404, 200)
        assert browser.post("/staff/cases/7/note/", {"text": "Note"}) == 302
    finally:
        server.shutdown()
        server.server_close()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    assert desk.Desk(nobody, "session").get("/staff/") == 0


@pytest.mark.django_db
def test_an_answer_is_cleared_as_it_must_be_before_it_is_published() -> None:
    call_command("create_site", verbosity=0)
    call_command("create_workflow", verbosity=0)
    make_groups()
    make_demo_staff()
    staff = {user.username: user for user in User.objects.all()}
    case_id = publishing._cleared(1, staff)
    assert Case.objects.get(pk=case_id).state == "approved"

    assert publishing._publish(case_id, staff["publisher"]) > 0
    assert Case.objects.get(pk=case_id).state == "published"
