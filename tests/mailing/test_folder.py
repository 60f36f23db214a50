"""The demo's mails: whole files, and pages that show them."""

import email
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.urls import clear_url_caches
from django.utils import timezone

from mailing import sender
from tests.mailing.conftest import Queue


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.EMAIL_BACKEND = "mailing.backends.FolderBackend"
    return settings.MAIL_FOLDER


@pytest.fixture
def demo(folder: Path, settings) -> Client:
    settings.ROOT_URLCONF = "tests.mailing.demo_urls"
    clear_url_caches()
    return Client()


def test_each_mail_is_one_whole_file(folder: Path, queue: Queue) -> None:
    queue(1)
    queue(2)
    assert sender.send_due(timezone.now()) == 2
    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    message = email.message_from_bytes(files[0].read_bytes())
    assert message["To"] == "person1@example.org"
    assert message["From"]
    assert message["Date"]


def test_a_file_that_can_not_be_written_leaves_no_half(folder: Path) -> None:
    class Unwritable(EmailMessage):
        def message(self, **_options: object):
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        get_connection().send_messages([Unwritable("a", "b", to=["c@example.org"])])
    assert not list(folder.glob("*.eml"))


def test_the_pages_list_and_show_the_mails(demo: Client, queue: Queue) -> None:
    assert "No mail yet." in demo.get("/demo/mail/").content.decode()
    for row_id in (1, 2):
        queue(row_id)
    sender.send_due(timezone.now())
    page = demo.get("/demo/mail/").content.decode()
    assert page.index("person2@example.org") < page.index("person1@example.org")
    found = demo.get("/demo/mail/?to=person1").content.decode()
    assert "person1@example.org" in found
    assert "person2@example.org" not in found


def test_one_mail_is_shown_as_text_with_links(demo: Client, queue: Queue, folder: Path) -> None:
    queue(1)
    sender.send_due(timezone.now())
    (file,) = folder.glob("*.eml")
    response = demo.get(f"/demo/mail/{file.stem}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "it is &lt;fine&gt;" in page
    assert 'href="https://petitions.example/here/"' in page


@pytest.mark.parametrize("name", ["unknown", "..", "%2e%2e%2fkeys"])
def test_anything_else_is_404(demo: Client, name: str) -> None:
    assert demo.get(f"/demo/mail/{name}/").status_code == 404


def test_without_the_demo_s_folder_there_is_nothing(demo: Client, settings) -> None:
    settings.MAIL_FOLDER = None
    assert demo.get("/demo/mail/").status_code == 404


def test_outside_the_demo_the_address_does_not_exist(db: None, client: Client) -> None:
    assert client.get("/demo/mail/").status_code == 404


@pytest.mark.parametrize("name", ["nobody", "a" * 3000, "..%2Fkeys", "a%FFb"])
def test_a_name_that_no_mail_has_is_an_unknown_address(demo: Client, folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    (folder.parent / "keys.eml").write_text("Subject: not a mail of the folder")
    assert demo.get(f"/demo/mail/{name}/").status_code == 404
