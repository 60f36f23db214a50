"""Anybody may say that something is wrong with a petition."""

import pytest

from petitions.lifecycle import State
from petitions.models import Report
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_report_is_stored_without_its_reporter_and_thanked_for(client):
    petition = make.make_open_petition()
    path = f"/petitions/{petition.pk}/report/"
    assert petition.title in client.get(path).content.decode()
    response = client.post(path, {"reason": "spam", "text": "It sells\r\nshoes."}, REMOTE_ADDR="192.0.2.1")
    assert response["Location"] == f"{path}thanks/"
    assert "Thank you" in client.get(response["Location"]).content.decode()
    report = Report.objects.get()
    assert (report.petition, report.reason, report.text) == (petition, "spam", "It sells\nshoes.")


@pytest.mark.parametrize(
    "build", [make.make_closed_petition, make.make_rejected_petition, make.make_withdrawn_petition]
)
def test_whatever_can_be_read_can_be_reported(client, build):
    petition = build()
    assert client.post(f"/petitions/{petition.pk}/report/", {"reason": "personal"}).status_code == 303
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose what is wrong with the petition."),
        ({"reason": "nonsense", "text": "kept words"}, "nonsense"),
        ({"reason": "spam", "text": "x" * 1001}, "Use 1000 characters or fewer. You have used 1001."),
        ({"reason": "other", "text": " "}, "Say what is wrong."),
    ],
)
def test_a_bad_report_is_refused_keeps_what_was_typed_and_stores_nothing(client, data, words):
    petition = make.make_open_petition()
    response = client.post(f"/petitions/{petition.pk}/report/", data)
    html = response.content.decode()
    assert response.status_code == 200
    assert words in html
    assert "govuk-error-summary" in html
    assert data.get("text", "").strip() in html
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("columns", "status"),
    [({"state": State.DRAFT}, 404), ({"state": State.HIDDEN}, 404)],
)
def test_what_nobody_can_see_nobody_can_report(client, columns, status):
    petition = make.make_petition(**columns)
    assert client.post(f"/petitions/{petition.pk}/report/", {"reason": "spam"}).status_code == status
    assert client.post("/petitions/999999999/report/", {"reason": "spam"}).status_code == 404
    assert not Report.objects.exists()


def test_reports_are_limited_by_network_and_what_was_typed_stays(client):
    petition = make.make_open_petition()
    path = f"/petitions/{petition.pk}/report/"
    answers = [client.post(path, {"reason": "spam", "text": "kept words"}) for _ in range(25)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 10 <= Report.objects.count() == len(answers) - len(refused)
    assert int(refused[0]["Retry-After"]) > 0
    assert "kept words" in refused[0].content.decode()


def test_the_form_speaks_french(client):
    petition = make.make_open_petition()
    response = client.post(f"/fr/petitions/{petition.pk}/report/", {"reason": "spam"})
    assert response["Location"] == f"/fr/petitions/{petition.pk}/report/thanks/"
