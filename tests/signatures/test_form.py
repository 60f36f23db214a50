"""What is typed wrongly is named beside its field, kept, and stored nowhere."""

import re
import unicodedata
from html import unescape

import pytest
from django.test import Client

from mailing.models import Mail
from petitions.models import Country, Petition
from signatures import persons
from signatures.models import Delta, Signature
from tests.signatures.conftest import Sign, a_person, row_of, send_mails


def nothing_stored() -> bool:
    return not (Signature.objects.exists() or Mail.objects.exists() or Delta.objects.exists())


def value_of(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert found
    value = re.search(r'value="([^"]*)"', found[0])
    return value[1] if value else ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 300),
        ("name", "   "),
        ("name", "\u200b\u200b"),
        ("name", "\u202eabc"),
        ("name", "http://x.y"),
        ("name", "www.spam.example"),
        ("name", "=cmd"),
        ("name", "x\r\nBcc: y@z.example"),
        ("name", ""),
        ("email", "a@b"),
        ("email", "a..b@x.org"),
        ("email", '"a b"@x.org'),
        ("email", "a@[127.0.0.1]"),
        ("email", "a@x.org."),
        ("email", f"{'a' * 65}@x.org"),
        ("email", "a\u200b@x.org"),
        ("email", "a\u202e@x.org"),
        ("email", "а@gmail.com"),
        ("email", ""),
        ("postcode", ""),
        ("postcode", "SW1A<1AA"),
        ("postcode", "S" * 11),
        ("country", "XX"),
        ("eligible", ""),
    ],
)
def test_bad_input_is_named_kept_and_not_stored(petition: Petition, sign: Sign, field: str, value: str) -> None:
    person = a_person(**{field: value})
    response = sign(petition, **person)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error:" in page
    summary = page.index("govuk-error-summary")
    assert summary < page.index("<h1")
    assert f'href="#id_{field}"' in page
    for other in {"name", "email", "postcode"} - {field}:
        assert value_of(page, other) == person[other]
    assert nothing_stored()


@pytest.mark.parametrize(
    "name",
    ["O'Brien-Łukasz", "Nuñez", "李小龙", "محمد علي", "Ö", "J. R. (no surname)", "Rene\u0301", "x", "x" * 100],
)
def test_real_names_are_stored_and_mailed_unbroken(petition: Petition, sign: Sign, name: str) -> None:
    assert sign(petition, name=name).status_code == 303
    person = persons.unsealed(row_of(petition))
    assert person is not None
    assert person.name == unicodedata.normalize("NFC", name)
    (message,) = send_mails()
    assert person.name in message.body


def test_the_longest_address_passes(petition: Petition, sign: Sign) -> None:
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.org"
    assert sign(petition, email=longest).status_code == 303


def test_a_likely_slip_is_asked_about_once(petition: Petition, sign: Sign) -> None:
    response = sign(petition, email="user@gmial.com")
    page = response.content.decode()
    assert response.status_code == 200
    assert "user@gmail.com" in page
    assert "<title>Error:" not in page
    assert nothing_stored()
    again = {"email": "user@gmial.com", "seen_address": value_of(page, "seen_address")}
    assert sign(petition, **again).status_code == 303
    (message,) = send_mails()
    assert message.to == ["user@gmial.com"]


def test_a_slip_corrected_passes_at_once_and_another_slip_is_asked_about(petition: Petition, sign: Sign) -> None:
    seen = value_of(sign(petition, email="user@gmial.com").content.decode(), "seen_address")
    assert sign(petition, email="user@hotmial.com", seen_address=seen).status_code == 200
    assert sign(petition, email="user@gmail.com", seen_address=seen).status_code == 303


def test_the_address_that_was_meant_is_taken_in_one_press(petition: Petition, sign: Sign, client: Client) -> None:
    page = sign(petition, email="user@gmial.com", name="Anna & Ben", notify="on").content.decode()
    correction = page[page.index("<form") : page.index("</form>")]
    assert '<button type="submit" class="govuk-button govuk-button--secondary" name="email"' in correction
    assert 'value="user@gmail.com"' in correction
    beside = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)">\n', correction)}
    response = client.post(f"/petitions/{petition.pk}/sign/", beside | {"email": "user@gmail.com"})
    assert response.status_code == 303
    person = persons.unsealed(row_of(petition))
    assert person is not None
    assert (person.name, person.email) == ("Anna & Ben", "user@gmail.com")
    assert row_of(petition).notify


def test_other_fields_of_the_request_are_ignored(petition: Petition, sign: Sign) -> None:
    response = sign(
        petition, state="confirmed", confirmed_at="2026-01-01", petition_id="1", role="creator", is_staff="1"
    )
    assert response.status_code == 303
    row = row_of(petition)
    assert (row.state, row.role, row.confirmed_at, row.petition_id) == ("pending", "signer", None, petition.pk)


def test_who_lives_abroad_needs_no_postcode_and_has_no_region(petition: Petition, sign: Sign) -> None:
    Country.objects.bulk_create([Country(code="GB", name="United Kingdom"), Country(code="FR", name="France")])
    assert sign(petition, country="FR", postcode="75001").status_code == 303
    row = row_of(petition)
    assert (row.country_code, row.region_code) == ("FR", "")
    person = persons.unsealed(row)
    assert person is not None
    assert person.postcode == ""


def test_a_postcode_gives_the_region_and_an_unknown_one_none(petition: Petition, sign: Sign) -> None:
    from petitions.models import PostcodeArea, Region

    Region.objects.get_or_create(code="H", defaults={"name": "London"})
    PostcodeArea.objects.get_or_create(prefix="SW", defaults={"region_id": "H"})
    sign(petition, postcode="sw1a 1aa")
    assert row_of(petition).region_code == "H"
    Signature.objects.all().delete()
    assert sign(petition, postcode="ZZ99 9ZZ").status_code == 303
    assert row_of(petition).region_code == ""


def test_nothing_personal_is_stored_in_clear(petition: Petition, sign: Sign) -> None:
    sign(petition, name="Mary Poppins", email="mary@example.org", postcode="AB10 1AB")
    row = Signature.objects.filter(petition_id=petition.pk).values().get()
    stored = b" ".join(
        str(value).encode() if not isinstance(value, bytes | memoryview) else bytes(value) for value in row.values()
    )
    for personal in (b"Mary", b"mary", b"example", b"AB10", b"127.0.0.1"):
        assert personal not in stored


def test_the_form_sets_no_cookie_and_works_in_french(petition: Petition, client: Client) -> None:
    page = client.get(f"/fr/petitions/{petition.pk}/sign/")
    assert page.status_code == 200
    assert not page.cookies
    assert page["Cache-Control"] == "no-store"
    assert 'lang="fr"' in page.content.decode()
    response = client.post(f"/fr/petitions/{petition.pk}/sign/", a_person())
    assert response["Location"] == f"/fr/petitions/{petition.pk}/sign/check-email/"
    assert row_of(petition).language == "fr"
    (message,) = send_mails()
    assert "/fr/confirm/" in message.body


@pytest.mark.parametrize("number", ["0", "99999999999999999999999", "1000000000"])
def test_a_number_that_stands_for_nothing_is_404(db: None, client: Client, number: str) -> None:
    assert client.get(f"/petitions/{number}/sign/").status_code == 404
    assert client.post(f"/petitions/{number}/sign/", a_person()).status_code == 404


def test_other_methods_are_refused(petition: Petition, client: Client) -> None:
    for method in ("put", "delete", "patch"):
        assert getattr(client, method)(f"/petitions/{petition.pk}/sign/").status_code == 405
