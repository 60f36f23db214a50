"""The administrators' switches, through HTTP."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from audit.models import Entry
from petitions import switches
from petitions.models import SigningPause, SiteSwitches

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, make_user: Any) -> Client:
    client.force_login(make_user("administrator", "wagtailadmin.access_admin", role=Role.ADMINISTRATOR))
    return client


def post(client: Client, act: str, **fields: str) -> Any:
    return client.post(
        reverse("staff_switches"), {"act": act} | {f"{act}-{name}": text for name, text in fields.items()}
    )


def test_an_administrator_pauses_and_resumes_and_sees_who_did_it(desk: Client) -> None:
    assert post(desk, "pause_signing", reason="A flood.").status_code == 302
    html = desk.get(reverse("staff_switches")).content.decode()
    assert "paused since" in html
    assert "A flood." in html
    assert "Resume signing" in html
    assert post(desk, "resume_signing", reason="It is over.").status_code == 302
    pause = SigningPause.objects.get()
    assert pause.ended_at is not None
    assert Entry.objects.filter(subject_kind="switches", actor__username="administrator").count() == 2


def test_what_is_refused_says_why_and_keeps_what_was_typed(desk: Client) -> None:
    response = post(desk, "pause_signing", reason="")
    assert response.status_code == 200
    assert "This field is required" in response.content.decode()
    html = post(desk, "set_notice", notice="Only in English.", reason="Why not.").content.decode()
    assert "Write the notice in every language of the site." in html
    assert "Only in English." in html
    assert "Signing is not paused." in post(desk, "resume_signing", reason="Over.").content.decode()
    assert "Choose what to switch." in post(desk, "unknown").content.decode()
    assert not SigningPause.objects.exists()
    assert not Entry.objects.exists()


def test_the_notice_in_force_is_there_to_be_changed(desk: Client) -> None:
    post(desk, "set_notice", notice="Slow today.", notice_fr="Lent aujourd’hui.", reason="A flood.")
    assert SiteSwitches.objects.get().notice_fr == "Lent aujourd’hui."
    switches.forget()
    assert desk.get(reverse("staff_switches")).content.decode().count("Slow today.") == 2
