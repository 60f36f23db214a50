"""Erasing: what is personal goes, what counts stays, and a restored backup loses it again."""

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from petitions.lifecycle import State
from petitions.models import Draft, Petition, ReviewRequest
from signatures import erasure, ledger, links, tally
from signatures.ledger import Erasure
from signatures.models import Delta, Signature, SignatureState
from tests.factories import make_draft, make_open_petition, make_petition
from tests.signatures.conftest import Sign, path_in, send_mails, sign_as

pytestmark = pytest.mark.django_db
MARY = "mary@example.org"
HOST = "https://petitions.example"


def erase(*rows: Signature) -> int:
    return erasure.erase(signatures=rows, now=timezone.now())


def written(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def test_the_same_address_on_two_petitions_leaves_nothing_to_join_by(sign: Sign) -> None:
    one, other = make_open_petition(), make_open_petition()
    for petition in (one, other):
        sign(petition, email=MARY, name="Mary Poppins")
        assert Client().post(path_in(send_mails()[0], "/confirm/")).status_code == 200
        tally.fold(timezone.now())
        petition.refresh_from_db()
        assert petition.signature_count == 1
    # Every column of both rows, as a dump shows them: nothing that says who it was is the same.
    telling = "signer_key, sealed, domain_tag, name_tag, network_tag"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {telling} FROM signatures_signature ORDER BY petition_id")  # noqa: S608
        first, second = cursor.fetchall()
    assert {bytes(value) for value in first}.isdisjoint(bytes(value) for value in second)


def test_erased_a_signature_counts_on_and_signing_anew_changes_nothing(
    petition: Petition, sign: Sign, client: Client
) -> None:
    sign(petition, email=MARY, name="Mary Poppins")
    client.post(path_in(send_mails()[0], "/confirm/"))
    row = Signature.objects.get()
    reply = sign(petition, email="first@example.org")
    assert erase(row) == 1
    row.refresh_from_db()
    assert (row.state, row.sealed, row.notify) == (SignatureState.CONFIRMED, None, False)
    assert [bytes(tag) for tag in (row.domain_tag, row.name_tag, row.network_tag)] == [b"", b"", b""]
    assert _count(petition) == 1
    again = sign(petition, email=MARY, name="Mary Poppins")
    assert (again.status_code, again["Location"], again.content) == (reply.status_code, reply["Location"], b"")
    assert set(again.headers) == set(reply.headers)
    assert len(again.cookies["signing"].value) == len(reply.cookies["signing"].value)
    row.refresh_from_db()
    assert (row.state, row.sealed) == (SignatureState.CONFIRMED, None)
    assert MARY not in [mail.to[0] for mail in send_mails()]
    assert _count(petition) == 1


def test_no_column_of_any_table_still_holds_the_erased_person(petition: Petition, sign: Sign, client: Client) -> None:
    sign(petition, email="zaphod@beeblebrox.example", name="Zaphod Beeblebrox", postcode="ZX9 9ZX", notify="on")
    client.post(path_in(send_mails()[0], "/confirm/"))
    sealed = bytes(Signature.objects.get().sealed or b"")
    erase(Signature.objects.get())
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            rows = "\n".join(text for (text,) in cursor.fetchall()).lower()
            for personal in ("zaphod", "beeblebrox", "zx9 9zx", sealed.hex()):
                assert personal not in rows, table


def test_every_link_mailed_before_is_void(petition: Petition, client: Client) -> None:
    row = sign_as(petition, email=MARY, notify=True)
    paths = [links.confirm(row), links.unsubscribe(row, now=timezone.now())]
    erase(row)
    failed = client.get("/confirm/nonsense/")
    for path in paths:
        for answer in (client.get(path.removeprefix(HOST)), client.post(path.removeprefix(HOST), {"withdraw": "1"})):
            assert (answer.status_code, len(answer.content)) == (failed.status_code, len(failed.content))
    assert Signature.objects.get().state == SignatureState.CONFIRMED


def test_erasing_again_changes_nothing_and_writes_nothing(petition: Petition, erasure_ledger: Path) -> None:
    row = sign_as(petition)
    assert erase(row) == 1
    row.refresh_from_db()
    assert erase(row) == 0
    assert len(written(erasure_ledger)) == 1
    assert Signature.objects.get().generation == 1


def test_what_was_never_confirmed_goes_as_a_whole_and_can_be_signed_anew(petition: Petition, sign: Sign) -> None:
    sign(petition, email=MARY)
    erase(Signature.objects.get())
    assert not Signature.objects.exists()
    sign(petition, email=MARY)
    assert Signature.objects.get().state == SignatureState.PENDING


def test_withdrawn_and_erased_a_person_may_sign_again(petition: Petition, sign: Sign) -> None:
    erase(sign_as(petition, email=MARY, state="withdrawn", confirmed_at=None))
    sign(petition, email=MARY)
    row = Signature.objects.get()
    assert row.state == SignatureState.PENDING
    assert row.sealed is not None


def test_a_creator_s_name_goes_from_the_page_and_their_links_end(petition: Petition, client: Client) -> None:
    Petition.objects.filter(pk=petition.pk).update(creator_name="Mary Poppins")
    petition.refresh_from_db()
    row = sign_as(petition, role="creator")
    path = links.creator(row, petition, now=timezone.now()).removeprefix(HOST)
    assert "Mary Poppins" in client.get(f"/petitions/{petition.pk}/").content.decode()
    assert client.get(path).status_code == 200
    ReviewRequest.objects.create(petition=petition, text="I, Mary, live in Cherry Tree Lane", asked_at=timezone.now())
    erase(row)
    for page in (f"/petitions/{petition.pk}/", f"/petitions/{petition.pk}.json"):
        assert "Mary Poppins" not in client.get(page).content.decode()
    assert client.get(path).status_code == 404
    petition.refresh_from_db()
    assert (petition.state, petition.creator_name) == (State.OPEN, "")
    assert ReviewRequest.objects.get().text == ""


def test_a_petition_that_was_not_open_yet_goes_with_its_creator() -> None:
    petition = make_petition(state=State.GATHERING_SUPPORT, creator_name="Mary Poppins")
    supporter = sign_as(petition, role="supporter")
    erase(sign_as(petition, role="creator"))
    petition.refresh_from_db()
    assert (petition.state, petition.creator_name) == (State.WITHDRAWN, "")
    supporter.refresh_from_db()
    assert supporter.sealed is not None


def test_a_petition_that_its_creator_never_confirmed_goes_with_text_and_draft() -> None:
    petition = make_petition(state=State.DRAFT)
    make_draft(petition=petition, title=petition.title)
    erase(sign_as(petition, role="creator", state="pending", confirmed_at=None))
    assert not Petition.objects.exists()
    assert not Draft.objects.exists()
    assert not Signature.objects.exists()


def test_the_ledger_is_on_disk_before_anything_is_erased(
    petition: Petition, erasure_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sign_as(petition)
    synced: list[str] = []
    fsync = os.fsync

    def seen(handle: int) -> None:
        fsync(handle)
        row.refresh_from_db()
        synced.append("before" if row.sealed is not None else "after")

    monkeypatch.setattr(os, "fsync", seen)
    erase(row)
    assert synced == ["before", "before"]  # the file, and the folder that it is new in
    (line,) = written(erasure_ledger)
    assert (line["petition"], line["signature"]) == (petition.pk, row.id)
    assert erasure_ledger.stat().st_mode & 0o777 == 0o600


def test_the_ledger_holds_no_personal_data(petition: Petition, erasure_ledger: Path) -> None:
    row = sign_as(petition, email=MARY)
    key = bytes(row.signer_key).hex()
    erase(row)
    text = erasure_ledger.read_text()
    assert set(written(erasure_ledger)[0]) == {"at", "petition", "signature"}
    for personal in (MARY, "Mary", "192.0.2.1", key):
        assert personal not in text


def test_without_a_ledger_nothing_is_erased_and_the_owner_is_told_so(
    petition: Petition, client: Client, settings, tmp_path: Path
) -> None:
    row = sign_as(petition, email=MARY)
    client.post("/mailbox/", {"email": MARY})
    link = path_in(send_mails()[0], "/mailbox/")
    (tmp_path / "in the way").write_text("a file where the folder should be")
    settings.ERASURE_LEDGER = tmp_path / "in the way" / "erasures.jsonl"
    for path in (f"{link}{petition.pk}/", f"{link}erase/"):
        answer = client.post(path, {"erase": "1"})
        assert answer.status_code == 503
        assert "Retry-After" in answer
        assert "Nothing was erased" in answer.content.decode()
    row.refresh_from_db()
    assert row.sealed is not None


def test_lines_that_a_crash_cut_off_hide_no_others(erasure_ledger: Path) -> None:
    now = timezone.now()
    ledger.append([Erasure(1, 10, now)])
    with erasure_ledger.open("a") as file:
        file.write('{"at": "2026-01-01T00:00:00+00:00", "petiti')
    ledger.append([Erasure(2, 20, now), Erasure(3, 30, now)])
    entries, broken = ledger.read(erasure_ledger)
    assert entries == [Erasure(1, 10, now), Erasure(2, 20, now), Erasure(3, 30, now)]
    assert len(broken) == 1


def test_after_a_restore_the_ledger_erases_again(
    petition: Petition, sign: Sign, client: Client, erasure_ledger: Path
) -> None:
    sign(petition, email=MARY)
    client.post(path_in(send_mails()[0], "/confirm/"))
    stays = sign_as(petition, email="stays@example.org")
    before = _dump()
    erase(Signature.objects.exclude(id=stays.id).get())
    _restore(before)
    assert Signature.objects.filter(sealed__isnull=False).count() == 2
    count = _count(petition)
    said = StringIO()
    call_command("replay_erasures", stdout=said)
    assert "1 in the ledger, 1 erased again, 0 were gone" in said.getvalue()
    assert Signature.objects.get(sealed__isnull=False) == stays
    assert _count(petition) == count
    said = StringIO()
    call_command("replay_erasures", str(erasure_ledger), stdout=said)
    assert "1 in the ledger, 0 erased again, 1 were gone" in said.getvalue()


def test_who_signed_anew_after_erasing_is_left_alone_by_the_ledger(petition: Petition, sign: Sign) -> None:
    row = sign_as(petition, email=MARY, state="withdrawn", confirmed_at=None)
    Signature.objects.update(created_at=timezone.now() - timedelta(days=1))
    row.refresh_from_db()
    erase(row)
    sign(petition, email=MARY)
    call_command("replay_erasures", stdout=StringIO())
    assert Signature.objects.get().sealed is not None


def test_a_ledger_with_broken_lines_is_replayed_and_reported(petition: Petition, erasure_ledger: Path) -> None:
    row = sign_as(petition)
    ledger.append([Erasure(petition.pk, row.id, timezone.now())])
    with erasure_ledger.open("a") as file:
        file.write("not an entry\n")
    with pytest.raises(CommandError, match="line 3"):
        call_command("replay_erasures", stdout=StringIO())
    row.refresh_from_db()
    assert row.sealed is None


def test_a_ledger_that_is_not_there_is_an_error_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such ledger"):
        call_command("replay_erasures", str(tmp_path / "elsewhere"), stdout=StringIO())


def _count(petition: Petition) -> int:
    tally.fold(timezone.now())
    petition.refresh_from_db()
    return petition.signature_count


def _dump() -> list[dict[str, object]]:
    return list(Signature.objects.values())


def _restore(rows: list[dict[str, object]]) -> None:
    Signature.objects.all().delete()
    Signature.objects.bulk_create(Signature(**row) for row in rows)
    assert not Delta.objects.filter(amount=-1).exists()
