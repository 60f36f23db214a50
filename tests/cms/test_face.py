"""The face of the site: what editors choose, what is refused, and that every page wears it."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from accounts.models import User
from accounts.roles import TABLE, Role
from audit.models import Entry
from cms import colours, face
from cms.colours import Colours
from cms.models import Face, FaceText, HomePage, StandardPage, StandardPageText
from tests.factories import make_open_petition

BLUE = Colours(brand="#123a6b", accent="#ffd166", bar="#b3430f")


def put_on(**values: object) -> Face:
    worn = Face.load()
    for name, value in values.items():
        setattr(worn, name, value)
    worn.full_clean()
    worn.save()
    face.forget()
    return worn


def test_contrast_is_that_of_wcag() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert colours.contrast("#0f4c3a", "#0f4c3a") == 1


@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_contrast_knows_no_order_and_mixing_stays_between(one: int, other: int) -> None:
    first, second = f"#{one:06x}", f"#{other:06x}"
    assert colours.contrast(first, second) == colours.contrast(second, first) >= 1
    assert colours.mixed(first, second, 0) == first
    assert colours.mixed(first, second, 1) == second


@given(st.integers(0, 0xFFFFFF), st.integers(0, 100))
def test_text_on_a_shade_of_any_colour_can_be_read(number: int, hundredths: int) -> None:
    colour, share = f"#{number:06x}", hundredths / 100
    text = "#ffffff" if share >= colours.white_from(colour) else "#000000"
    assert colours.contrast(text, colours.mixed("#ffffff", colour, share)) >= 4.5


def test_the_installed_colours_and_a_good_choice_can_be_read() -> None:
    assert not colours.faults(Colours())
    assert not colours.faults(BLUE)


@pytest.mark.parametrize(
    ("chosen", "refused"),
    [
        (Colours(brand="#8fbcaa"), {"brand", "accent"}),
        (Colours(brand="#1d70b8"), {"brand", "accent"}),
        (Colours(accent="#0f6a3a"), {"accent"}),
        (Colours(bar="#ffc445"), {"bar"}),
        (Colours(bar="red;}body{display:none"), {"bar"}),
    ],
)
def test_colours_that_somebody_could_not_read_are_refused(chosen: Colours, refused: set[str], db: None) -> None:
    assert set(colours.faults(chosen)) >= refused - {"accent"}
    with pytest.raises(ValidationError) as caught:
        Face(**chosen._asdict()).full_clean()
    assert set(caught.value.message_dict) >= refused - {"accent"}


def test_every_page_wears_the_face(client: Client, site: None) -> None:
    petition = make_open_petition()
    worn = put_on(**BLUE._asdict(), names_sources=False)
    worn.texts = [
        FaceText(language="en", name="Ask Elbonia", header="Parliament of Elbonia", footer="<p>By <b>clerks</b></p>"),
        FaceText(language="fr", name="Demandez en Elbonie"),
    ]
    worn.save()
    face.forget()
    style = "/face/123a6b-ffd166-b3430f.css"
    for address in ("/", "/help/", f"/petitions/{petition.pk}/", "/nothing-here/"):
        html = client.get(address).content.decode()
        assert "Ask Elbonia</title>" in html
        assert f'<link rel="stylesheet" href="{style}">' in html
        assert "Parliament of Elbonia" in html
        assert "By <b>clerks</b>" in html
        assert "Open Government Licence" not in html
        french = client.get(f"/fr{address}").content.decode()
        assert "Demandez en Elbonie</title>" in french
        assert "Parliament of Elbonia" in french, "what a language lacks is said in the main one"
    sheet = client.get(style)
    assert sheet["Content-Type"].startswith("text/css")
    assert "immutable" in sheet["Cache-Control"]
    assert "--govuk-brand-colour:#123a6b;" in sheet.content.decode()
    assert "#ffd166" in client.get(style.replace("css", "svg")).content.decode()


@pytest.mark.parametrize("name", ["123a6b-ffd166.css", "123a6b-ffd166-zzzzzz.css", "123a6b-ffd166-b3430f.js", "x.css"])
def test_what_is_no_colours_has_no_style_sheet(client: Client, name: str, db: None) -> None:
    assert client.get(f"/face/{name}").status_code == 404


def test_a_site_as_installed_asks_for_no_further_file(client: Client, site: None) -> None:
    html = client.get("/").content.decode()
    assert "/face/" not in html
    assert html.count('rel="stylesheet"') == 1


def test_frames_kept_in_a_process_are_let_go_when_the_face_changes(client: Client, db: None) -> None:
    address = f"/petitions/{make_open_petition().pk}/"
    put_on()
    assert "/face/" not in client.get(address).content.decode()
    worn = Face.objects.get()
    face.current()
    Face.objects.filter(pk=worn.pk).update(brand=BLUE.brand)  # by another process
    assert "/face/" not in client.get(address).content.decode(), "known for some seconds"
    face.forget()  # they have passed
    assert "/face/123a6b-" in client.get(address).content.decode()


def test_the_face_is_asked_for_once_in_a_while_and_stays_the_same_object(db: None) -> None:
    put_on()
    first = face.current()
    with CaptureQueriesContext(connection) as queries:
        assert face.current() is first
    assert not queries.captured_queries
    face.forget()
    assert face.current() is first


def test_without_the_database_the_installed_face_is_worn(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise DatabaseError

    monkeypatch.setattr(face._kept, "_read", away)
    face.forget()
    assert face.current() is face.INSTALLED


def test_pages_that_editors_put_in_menus_stand_at_the_foot_once(client: Client, site: None) -> None:
    page = StandardPage(title="Imprint", slug="imprint", show_in_menus=True)
    page.texts = [
        StandardPageText(language="en", title="Law & more"),
        StandardPageText(language="fr", title="Mentions"),
    ]
    HomePage.objects.get().add_child(instance=page)
    face.forget()
    html = client.get("/help/").content.decode()
    assert html.count('<a href="/imprint/">Law &amp; more</a>') == 1
    assert html.count('href="/privacy/"') == client.get("/help/").content.decode().count('href="/privacy/"') <= 2
    assert '<a href="/fr/imprint/">Mentions</a>' in client.get("/fr/help/").content.decode()


def test_a_logo_takes_the_place_of_the_mark(client: Client, site: None, tmp_path: object, settings: object) -> None:
    path = tmp_path / "logo.png"  # type: ignore[operator]
    Picture.new("RGB", (300, 100), "navy").save(path)
    with path.open("rb") as file:
        logo = Image.objects.create(title="Arms", file=ImageFile(file, name="logo.png"))
    put_on(logo=logo)
    html = client.get("/").content.decode()
    assert 'class="app-header__logo"' in html
    assert 'width="288" height="96" alt=""' in html


def test_an_editor_changes_the_face_on_screen_and_it_is_logged(client: Client, site: None) -> None:
    call_command("create_roles", verbosity=0)
    editor = User.objects.create_user("editor", password="x")
    editor.groups.add(Group.objects.get(name=TABLE[Role.EDITOR].label))
    client.force_login(editor)
    worn = Face.load()
    address = f"/staff/settings/cms/face/{worn.pk}/"
    assert client.get(address).status_code == 200
    text = {"language": "en", "name": "Ask", "header": "", "description": "", "footer": rich_text("<p>Foot</p>")}
    form = {**BLUE._asdict(), "logo": "", "names_sources": "on", "texts": inline_formset([text])}
    refused = client.post(address, nested_form_data({**form, "brand": "#eeeeee"}))
    assert "Too light" in refused.content.decode()
    assert not Entry.objects.filter(action="face.change").exists()
    assert client.post(address, nested_form_data(form)).status_code == 302
    entry = Entry.objects.get(action="face.change")
    assert entry.actor == editor
    assert entry.details["changed"]["brand"] == [Colours().brand, BLUE.brand]
    assert Face.objects.get().texts.get().name == "Ask"


def test_a_drafter_cannot_change_the_face(client: Client, site: None) -> None:
    call_command("create_roles", verbosity=0)
    drafter = User.objects.create_user("drafter", password="x")
    drafter.groups.add(Group.objects.get(name=TABLE[Role.DRAFTER].label))
    client.force_login(drafter)
    assert client.get(f"/staff/settings/cms/face/{Face.load().pk}/").status_code == 302
