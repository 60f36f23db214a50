"""A mailed link: shown by GET, acted on by POST, again and again the same."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from petitions.lifecycle import State
from petitions.models import Petition
from signatures import intake, links, tally
from signatures.models import Delta, Signature, SignatureState
from tests.factories import make_open_petition
from tests.signatures.conftest import Sign, path_in, row_of, send_mails, sign_as
from vault import tokens


@pytest.fixture
def link(petition: Petition, sign: Sign) -> str:
    """The confirmation link that a new signer was mailed."""
    sign(petition, email="mary@example.org")
    (message,) = send_mails()
    return path_in(message, "/confirm/")


def test_a_hundred_looks_confirm_nothing(petition: Petition, link: str, client: Client) -> None:
    for _time in range(50):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
        assert client.options(link).status_code in (200, 405)
    assert row_of(petition).state == SignatureState.PENDING
    assert not Delta.objects.exists()
    assert client.post(link).status_code == 200
    assert row_of(petition).state == SignatureState.CONFIRMED


def test_the_page_has_one_form_with_one_button_and_is_private(link: str, client: Client) -> None:
    response = client.get(link)
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count("<form") == 1
    assert main.count("<button") == 1
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_confirming_again_shows_the_same_page_and_counts_once(petition: Petition, link: str, client: Client) -> None:
    first, second, third = (client.post(link) for _time in range(3))
    assert first.status_code == second.status_code == third.status_code == 200
    assert first.content == second.content == third.content
    assert client.get(link).status_code == 200
    tally.fold(timezone.now())
    petition.refresh_from_db()
    assert petition.signature_count == 1


def void_links(petition: Petition, link: str) -> dict[str, str]:
    """Links that must not work, each as long as a good one."""
    row = row_of(petition)
    token = link.split("/")[2]
    made: dict[str, Any] = {
        "petition_id": petition.pk,
        "row_id": row.id,
        "generation": row.generation,
        "now": row.created_at,
    }
    Purpose = tokens.Purpose
    found = {
        "changed": token[:20] + ("A" if token[20] != "A" else "B") + token[21:],
        "expired": tokens.make(Purpose.CONFIRM, **made | {"now": timezone.now() - timedelta(days=31)}),
        "other petition": tokens.make(Purpose.CONFIRM, **made | {"petition_id": make_open_petition().pk}),
        "unknown row": tokens.make(Purpose.CONFIRM, **made | {"row_id": row.id + 1000}),
        "other generation": tokens.make(Purpose.CONFIRM, **made | {"generation": row.generation + 1}),
        "other purpose": tokens.make(Purpose.UNSUBSCRIBE, **made),
    }
    return {case: f"/confirm/{token}/" for case, token in found.items()}


def test_every_link_that_does_not_work_meets_one_page(petition: Petition, link: str, client: Client) -> None:
    answers = {}
    for case, void in void_links(petition, link).items():
        for method in (client.get, client.post):
            response = method(void)
            answers[f"{case} {method.__name__}"] = (response.status_code, response.content)
    assert len(set(answers.values())) == 1, {case: (code, len(body)) for case, (code, body) in answers.items()}
    assert next(iter(answers.values()))[0] == 404
    assert row_of(petition).state == SignatureState.PENDING
    assert not Delta.objects.exists()


def test_links_of_withdrawn_invalidated_and_erased_rows_meet_the_same_page(
    petition: Petition, link: str, client: Client
) -> None:
    void = client.get(void_links(petition, link)["changed"]).content
    for columns in ({"state": SignatureState.WITHDRAWN}, {"state": SignatureState.INVALIDATED}):
        Signature.objects.update(**columns)
        assert client.get(link).content == client.post(link).content == void
    Signature.objects.all().delete()
    assert client.get(link).content == client.post(link).content == void


@pytest.mark.parametrize("noise", ["x", "x" * 300, "%00", "%FF%FE", "é", "../admin", "x" * 55])
def test_any_other_text_for_a_token_is_404(db: None, client: Client, noise: str) -> None:
    for path in ("confirm", "unsubscribe", "creator"):
        assert client.get(f"/{path}/{noise}/").status_code == 404
        assert client.post(f"/{path}/{noise}/").status_code in (403, 404)


def test_who_signed_in_time_has_a_day_after_closing(petition: Petition, link: str, client: Client) -> None:
    now = timezone.now()
    Petition.objects.update(state=State.CLOSED, closes_at=now + timedelta(minutes=5), closed_at=now)
    with time_machine.travel(now + timedelta(hours=23), tick=False):
        assert client.post(link).status_code == 200
    tally.fold(now)
    petition.refresh_from_db()
    assert petition.signature_count == 1


@pytest.mark.parametrize("state", [State.OPEN, State.CLOSED])
def test_more_than_a_day_after_closing_is_too_late(petition: Petition, link: str, client: Client, state: str) -> None:
    now = timezone.now()
    Petition.objects.update(state=state, closes_at=now + timedelta(minutes=5), closed_at=now)
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        response = client.post(link)
    assert response.status_code == 410
    assert "not counted" in response.content.decode()
    assert row_of(petition).state == SignatureState.PENDING


def test_a_signature_handed_in_after_closing_is_never_confirmed(petition: Petition, link: str, client: Client) -> None:
    Petition.objects.update(state=State.CLOSED, closes_at=row_of(petition).created_at - timedelta(seconds=1))
    assert client.post(link).status_code == 410


def test_an_imported_petition_without_a_deadline_takes_nothing_once_closed(
    petition: Petition, link: str, client: Client
) -> None:
    Petition.objects.update(closes_at=None)
    assert client.get(link).status_code == 200
    Petition.objects.update(state=State.CLOSED)
    assert client.post(link).status_code == 410
    Petition.objects.update(state=State.OPEN)
    assert client.post(link).status_code == 200


@pytest.mark.parametrize("state", [State.HIDDEN, State.WITHDRAWN, State.REJECTED])
def test_a_petition_taken_down_meanwhile_takes_no_confirmation(
    petition: Petition, link: str, client: Client, state: str
) -> None:
    Petition.objects.update(state=state, rejected_at=timezone.now())
    response = client.post(link)
    assert response.status_code in (404, 410)
    assert row_of(petition).state == SignatureState.PENDING
    if state == State.HIDDEN:
        assert petition.title not in response.content.decode()


def test_a_confirmed_signature_of_a_hidden_petition_shows_nothing_of_it(
    petition: Petition, link: str, client: Client
) -> None:
    client.post(link)
    Petition.objects.update(state=State.HIDDEN)
    for response in (client.get(link), client.post(link)):
        assert response.status_code == 404
        assert petition.title not in response.content.decode()


def test_signers_share_a_page_but_never_its_address(petition: Petition, client: Client) -> None:
    rows = [sign_as(petition, state="pending", confirmed_at=None, language=code) for code in ("en", "en", "fr", "fr")]
    paths = [links.confirm(row).removeprefix("https://petitions.example") for row in rows]
    pages = [client.post(path).content.decode() for path in paths]
    for path, page in zip(paths, pages, strict=True):
        token = path.split("/")[-2]
        assert {found for found in paths if found.split("/")[-2] in page} == {path}
        other_language = f"/confirm/{token}/" if path.startswith("/fr/") else f"/fr/confirm/{token}/"
        assert f'href="{other_language}"' in page
        assert "the-address-of-this-page" not in page
    assert 'lang="fr"' in pages[2]
    assert Signature.objects.filter(state="confirmed").count() == 4


def test_every_mail_about_a_row_carries_the_same_link(petition: Petition, link: str) -> None:
    assert links.confirm(row_of(petition)).endswith(link)


def test_a_code_confirms_and_five_wrong_ones_close_that_way(petition: Petition, sign: Sign) -> None:
    client = Client()
    sign(petition, client=client, email="mary@example.org")
    row = row_of(petition)
    code = tokens.code(petition_id=petition.pk, row_id=row.id, generation=row.generation)
    (message,) = send_mails()
    assert code in message.body
    wrong = str((int(code) + 1) % 10**8).zfill(8)
    address = f"/petitions/{petition.pk}/sign/code/"
    for typed in ("", "123", "abcdefgh", "١٢٣٤٥٦٧٨"):
        assert client.post(address, {"code": typed}).status_code == 200
    assert row_of(petition).code_tries == 0
    pages = {client.post(address, {"code": wrong}).content for _time in range(5)}
    assert len(pages) == 1
    response = client.post(address, {"code": code})
    assert "not right" in response.content.decode()
    assert row_of(petition).state == SignatureState.PENDING
    assert client.post(path_in(message, "/confirm/")).status_code == 200


def test_the_right_code_costs_no_try_and_confirms_again(petition: Petition, sign: Sign) -> None:
    client = Client()
    sign(petition, client=client, email="mary@example.org")
    row = row_of(petition)
    code = tokens.code(petition_id=petition.pk, row_id=row.id, generation=row.generation)
    for typed in (f"{code[:4]} {code[4:]}", code):
        response = client.post(f"/petitions/{petition.pk}/sign/code/", {"code": typed})
        assert "You signed" in response.content.decode()
    assert row_of(petition).code_tries == 0
    assert Delta.objects.count() == 1


def test_an_unknown_row_has_no_code(petition: Petition) -> None:
    confirmation = intake.confirm_by_code(petition_id=petition.pk, row_id=1, code="12345678", now=timezone.now())
    assert confirmation.outcome == intake.Outcome.VOID
    assert not confirmation.is_signed
