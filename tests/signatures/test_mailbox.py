"""*What did I sign?*: the link to a mailbox, and what its owner sees and does there."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailing.models import Mail
from petitions.lifecycle import State
from petitions.models import Petition
from signatures import links, mailboxes, tally
from signatures.models import DataRequest, Delta, Signature, SignatureState
from tests.factories import make_closed_petition, make_hidden_petition, make_open_petition, make_petition
from tests.signatures.clock import let_pass
from tests.signatures.conftest import Sign, path_in, send_mails, sign_as, until_429, without_tokens

pytestmark = pytest.mark.django_db
MARY = "mary@example.org"


def ask(client: Client, email: str = MARY, **headers: str):
    return client.post("/mailbox/", {"email": email}, **headers)


def link_to(client: Client, email: str = MARY) -> str:
    """The path of the page that is mailed to this address."""
    ask(client, email)
    (mail,) = send_mails()
    assert mail.to == [email]
    return path_in(mail, "/mailbox/")


@pytest.fixture
def link(petition: Petition, client: Client) -> str:
    return link_to(client)


def test_the_form_answers_every_address_alike_and_mails_each_a_link(petition: Petition, client: Client) -> None:
    sign_as(petition, email=MARY)
    known, unknown = ask(client), ask(client, "nobody@example.org")
    for answer in (known, unknown):
        assert answer.status_code == 303
        assert answer["Location"] == "/mailbox/?sent=1"
        assert answer["Cache-Control"] == "no-store"
    assert known.content == unknown.content
    assert known.headers == unknown.headers
    assert not known.cookies
    assert {mail.to[0] for mail in send_mails()} == {MARY, "nobody@example.org"}


def test_the_same_work_is_done_for_every_address(petition: Petition, client: Client) -> None:
    sign_as(petition, email=MARY)
    ask(client, "warm@example.org")

    def statements(email: str) -> list[str]:
        with CaptureQueriesContext(connection) as done:
            ask(client, email)
        return [re.sub(r"\d+", "", query["sql"].split("VALUES")[0])[:60] for query in done.captured_queries]

    assert statements(MARY) == statements("nobody@example.org")


def test_what_is_no_address_is_refused_beside_the_field_and_stores_nothing(db: None, client: Client) -> None:
    answer = ask(client, "mary@")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.index("govuk-error-summary") < page.index("<h1")
    assert 'value="mary@"' in page
    assert not DataRequest.objects.exists()
    assert not Mail.objects.exists()


def test_the_form_has_a_limit_of_its_own_and_keeps_what_was_typed(db: None, client: Client) -> None:
    answer = until_429(lambda: ask(client, "nobody@example.org"))
    assert int(answer["Retry-After"]) > 0
    page = answer.content.decode()
    assert 'value="nobody@example.org"' in page
    assert f"Try again in {answer['Retry-After']} second" in page


def test_one_mailbox_is_not_flooded_with_links(db: None, client: Client) -> None:
    for number in range(30):
        ask(client, f"mary+{number}@example.org", REMOTE_ADDR=f"192.0.2.{number}")
        let_pass(seconds=20)
    assert Mail.objects.count() == 3
    assert DataRequest.objects.count() == 1


def test_who_is_never_to_be_mailed_gets_no_link_either(client: Client) -> None:
    ask(client)
    (mail,) = send_mails()
    assert client.post(path_in(mail, "/never/"), {"never": "1"}).status_code == 200
    let_pass(minutes=2)
    answer = ask(client)
    assert (answer.status_code, answer["Location"]) == (303, "/mailbox/?sent=1")
    assert send_mails() == []


def test_the_page_lists_what_every_spelling_of_the_address_signed(client: Client, sign: Sign) -> None:
    trees, roads, rivers = (make_open_petition(title=f"More {name}") for name in ("trees", "roads", "rivers"))
    sign(trees, email="Mary.Poppins+trees@gmail.com", name="Mary Poppins")
    sign_as(roads, email="marypoppins@gmail.com")
    sign_as(rivers, email="somebody@else.example")
    send_mails()
    page = client.get(link_to(client, "mary.poppins@gmail.com")).content.decode()
    assert "More trees" in page
    assert "not confirmed yet" in page
    assert "More roads" in page
    assert "More rivers" not in page


def test_looking_changes_nothing_and_leaves_no_trace_behind(petition: Petition, client: Client, link: str) -> None:
    sign_as(petition, email=MARY, notify=True)
    for path in (link, f"{link}{petition.pk}/", f"{link}erase/", f"{link}data.json"):
        for look in (client.get, client.head):
            answer = look(path)
            assert answer.status_code == 200
            assert answer["Cache-Control"] == "no-store"
            assert answer["Referrer-Policy"] == "no-referrer"
            assert answer["X-Robots-Tag"] == "noindex"
            assert not answer.cookies
    row = Signature.objects.get()
    assert (row.state, row.notify, row.generation, row.sealed is None) == ("confirmed", True, 0, False)


def test_the_owner_reads_all_that_is_kept_and_takes_it_along(petition: Petition, client: Client, link: str) -> None:
    row = sign_as(petition, email=MARY)
    page = client.get(f"{link}{petition.pk}/").content.decode()
    for kept in ("Mary Poppins", MARY, "SW1A 1AA", "192.0.2.1"):
        assert kept in page
    answer = client.get(f"{link}data.json")
    assert answer["Content-Disposition"].startswith("attachment")
    given = json.loads(answer.content)
    assert given["address"] == MARY
    assert given["look_further_below"] is None
    (signature,) = given["signatures"]
    assert signature["petition"] == petition.pk
    assert signature["petition_title"] == petition.title
    assert signature["signature"] == row.id
    assert signature["personal_data"] == {
        "name": "Mary Poppins",
        "email": MARY,
        "postcode": "SW1A 1AA",
        "network": "192.0.2.1",
    }


def test_a_mailbox_that_signed_nothing_is_told_so(client: Client, link: str) -> None:
    assert "Nothing was signed with this address" in client.get(link).content.decode()
    assert json.loads(client.get(f"{link}data.json").content)["signatures"] == []


def test_mails_are_stopped_for_one_petition_only(petition: Petition, client: Client, link: str) -> None:
    one, other = sign_as(petition, email=MARY, notify=True), sign_as(make_open_petition(), email=MARY, notify=True)
    for _time in range(2):
        answer = client.post(f"{link}{petition.pk}/", {"unsubscribe": "1"})
        assert (answer.status_code, answer["Location"]) == (303, f"{link}?done=unsubscribe")
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.notify, other.notify) == (False, True)


def test_a_withdrawn_signature_counts_no_more_until_its_owner_signs_again(
    petition: Petition, client: Client, link: str, sign: Sign
) -> None:
    sign_as(petition, email=MARY)
    Delta.objects.create(petition_id=petition.pk, country_code="GB", amount=1)
    assert _count(petition) == 1
    for _time in range(2):
        answer = client.post(f"{link}{petition.pk}/", {"withdraw": "1"})
        assert (answer.status_code, answer["Location"]) == (303, f"{link}?done=withdraw")
    assert _count(petition) == 0
    assert "withdrawn" in client.get(link).content.decode()
    sign(petition, email=MARY)
    confirm = path_in(send_mails()[0], "/confirm/")
    assert _count(petition) == 0
    assert client.post(confirm).status_code == 200
    assert _count(petition) == 1


def test_a_closed_petition_keeps_the_signature_and_says_so(client: Client) -> None:
    petition = make_closed_petition()
    sign_as(petition, email=MARY)
    link = link_to(client)
    assert "Withdraw my signature" not in client.get(f"{link}{petition.pk}/").content.decode()
    answer = client.post(f"{link}{petition.pk}/", {"withdraw": "1"}, follow=True)
    assert "can be withdrawn while its petition is open" in answer.content.decode()
    assert Signature.objects.get().state == SignatureState.CONFIRMED


def test_a_held_signature_reads_as_signed_and_is_withdrawn_without_counting(
    petition: Petition, client: Client, link: str
) -> None:
    sign_as(petition, email=MARY, state="held")
    page = client.get(link).content.decode()
    assert "signed ·" in page
    assert "held" not in without_tokens(page)
    assert "held" not in client.get(f"{link}data.json").content.decode()
    client.post(f"{link}{petition.pk}/", {"withdraw": "1"})
    assert Signature.objects.get().state == SignatureState.WITHDRAWN
    assert not Delta.objects.exists()


def test_of_a_petition_that_is_not_public_the_page_shows_the_number_only(client: Client) -> None:
    petition = make_hidden_petition(opened=True, title="Something unlawful")
    sign_as(petition, email=MARY)
    link = link_to(client)
    for path in (link, f"{link}{petition.pk}/", f"{link}data.json"):
        assert "Something unlawful" not in client.get(path).content.decode()
    assert str(petition.pk) in client.get(link).content.decode()


def test_supporters_see_the_petition_that_they_help(client: Client) -> None:
    petition = make_petition(state=State.GATHERING_SUPPORT, title="Not checked yet")
    sign_as(petition, email=MARY, role="supporter")
    assert "Not checked yet" in client.get(link_to(client)).content.decode()


@pytest.mark.parametrize("broken", ["changed", "expired", "of another kind", "request gone", "nonsense"])
def test_links_that_do_not_work_meet_one_page(petition: Petition, client: Client, link: str, broken: str) -> None:
    row = sign_as(petition, email=MARY)
    expected = client.get("/confirm/nonsense/")
    later = timezone.now()
    if broken == "changed":
        link = f"{link[:20]}{'A' if link[20] != 'A' else 'B'}{link[21:]}"
    elif broken == "expired":
        later += mailboxes.LINK_LIFETIME + timedelta(minutes=1)
    elif broken == "of another kind":
        link = links.confirm(row).removeprefix("https://petitions.example").replace("confirm", "mailbox")
    elif broken == "request gone":
        DataRequest.objects.all().delete()
    else:
        link = "/mailbox/nonsense/"
    with time_machine.travel(later):
        for path in (link, f"{link}{petition.pk}/", f"{link}data.json", f"{link}erase/"):
            for answer in (client.get(path), client.post(path, {"erase": "1", "withdraw": "1"})):
                assert answer.status_code == expected.status_code == 404
                assert len(answer.content) == len(expected.content)
                assert answer["Referrer-Policy"] == "no-referrer"
    row.refresh_from_db()
    assert row.sealed is not None
    assert row.state == "confirmed"


def test_a_link_to_one_mailbox_reaches_no_other(petition: Petition, client: Client, link: str) -> None:
    stranger = sign_as(petition, email="somebody@else.example")
    path = f"{link}{petition.pk}/"
    assert client.get(path).status_code == 404
    assert client.post(path, {"erase": "1"}).status_code == 303
    client.post(f"{link}erase/")
    stranger.refresh_from_db()
    assert stranger.sealed is not None


def test_an_act_that_there_is_not_is_refused(petition: Petition, client: Client, link: str) -> None:
    sign_as(petition, email=MARY)
    assert client.post(f"{link}{petition.pk}/", {"elect": "1"}).status_code == 400
    assert client.post(f"{link}{2**62}/", {"erase": "1"}).status_code == 303
    assert client.get(f"{link}?before=x").status_code == 200
    assert client.get(f"{link}{10**30}/").status_code == 404


def test_the_address_is_forgotten_when_the_link_has_expired(db: None, client: Client) -> None:
    link_to(client)
    now = timezone.now()
    assert mailboxes.expire(now) == 0
    assert mailboxes.expire(now + mailboxes.LINK_LIFETIME + timedelta(seconds=1)) == 1
    assert not DataRequest.objects.exists()


def test_a_look_up_ends_in_time_and_says_where_to_go_on(
    client: Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    petitions = [make_open_petition(title=f"Wish {number}") for number in range(6)]
    for petition in petitions:
        sign_as(petition, email=MARY)
    monkeypatch.setattr(mailboxes, "BATCH", 2)
    monkeypatch.setattr(mailboxes, "SEARCH_SECONDS", -1.0)
    seen, path = [], link
    for _page in range(10):
        page = client.get(path).content.decode()
        seen += [petition.pk for petition in petitions if petition.title in page]
        if "?before=" not in page:
            break
        path = f"{link}?before={page.split('?before=')[1].split(chr(34))[0]}"
    assert sorted(seen) == [petition.pk for petition in petitions]
    client.post(f"{link}erase/")
    assert not Signature.objects.filter(sealed__isnull=False).exists()


# Three rows are read as fast by any index, or by none.
CROWD = """
INSERT INTO signatures_signature (
    petition_id, signer_key, state, role, notify, language, region_code, country_code, created_at, generation,
    code_tries, domain_tag, name_tag, network_tag
)
SELECT %s, decode(md5(number::text), 'hex'), 'pending', 'signer', false, 'en', 'L', 'GB', now(), 0, 0, '', '', ''
FROM generate_series(1, 5000) AS number
"""


def test_a_batch_of_petitions_costs_three_queries_and_probes_the_unique_index(db: None) -> None:
    petitions = [make_open_petition() for _number in range(30)]
    for petition in petitions[::10]:
        sign_as(petition, email=MARY)
    with CaptureQueriesContext(connection) as few:
        assert len(mailboxes.find(MARY).entries) == 3
    # A batch of petitions, its probes for signers and followers, the end of the petitions, the rows, their petitions.
    assert len(few) == 6
    (probe,) = (query["sql"] for query in few.captured_queries if "LATERAL" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(CROWD, [petitions[0].pk])
        cursor.execute("ANALYZE signatures_signature")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {probe}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using one_signature_per_signer" in plan
    assert "Seq Scan" not in plan


def test_imported_petitions_and_those_without_salt_are_not_looked_through(db: None) -> None:
    unlinked = make_closed_petition()
    sign_as(unlinked, email=MARY)
    Petition.objects.filter(pk=unlinked.pk).update(salt=None)
    make_closed_petition(exempt=True)
    kept = make_open_petition()
    sign_as(kept, email=MARY)
    assert [entry.petition for entry in mailboxes.find(MARY).entries] == [kept]
    assert mailboxes.find_on(MARY, petition_id=unlinked.pk) is None


def test_the_pages_speak_french(petition: Petition, client: Client) -> None:
    sign_as(petition, email=MARY)
    client.post("/fr/mailbox/", {"email": MARY})
    (mail,) = send_mails()
    link = path_in(mail, "/mailbox/")
    assert link.startswith("/fr/mailbox/")
    for path in ("/fr/mailbox/", link, f"{link}{petition.pk}/", f"{link}erase/"):
        page = client.get(path).content.decode()
        assert '<html lang="fr"' in page
        assert "What you signed" not in page


def _count(petition: Petition) -> int:
    tally.fold(timezone.now())
    petition.refresh_from_db()
    return petition.signature_count
