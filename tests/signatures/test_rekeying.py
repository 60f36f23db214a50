"""Another version of the rules, or of the key, for petitions that exist."""

import base64
import json
import secrets
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Entry
from petitions.models import Petition
from signatures import persons, rekeying
from signatures.models import Signature
from tests.factories import make_closed_petition, make_open_petition
from tests.signatures.conftest import Sign, row_of, sign_as
from vault import keys


def rekey(*arguments: Any) -> str:
    out = StringIO()
    call_command("rekey", *map(str, arguments), stdout=out)
    return out.getvalue()


def two_spellings(petition: Petition) -> tuple[Signature, Signature]:
    """One person by the second rules, two by the first."""
    return sign_as(petition, email="ann-b@yandex.com"), sign_as(petition, email="ann.b@ya.ru")


def test_rows_get_the_keys_of_the_new_rules_and_open_as_before(db: None) -> None:
    petition = make_closed_petition()
    one, other = sign_as(petition, email="ann_b@proton.me"), sign_as(petition, email="mary@example.org")
    assert f"{petition.pk}: 2 changed, 0 in order" in rekey(petition.pk)
    petition.refresh_from_db()
    assert petition.rules_version == 2
    for row, email in ((one, "annb@proton.me"), (other, "mary@example.org")):
        before = persons.unsealed(row)
        row.refresh_from_db()
        assert bytes(row.signer_key) == persons.signer_key(email, petition)
        assert persons.unsealed(row) == before
    assert Entry.objects.get(action="petition.rekey").details["changed"] == 2


def test_who_turns_out_to_be_one_person_is_reported_and_left(db: None) -> None:
    petition = make_closed_petition()
    first, second = two_spellings(petition)
    told = rekey(petition.pk)
    assert f"signature {second.id} (confirmed) is the person of {first.id} (confirmed)" in told
    key = bytes(second.signer_key)
    second.refresh_from_db()
    assert bytes(second.signer_key) == key
    assert f"signature {second.id} (confirmed) is the person of {first.id}" in rekey(petition.pk)


def test_a_run_that_was_stopped_is_begun_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    petition = make_closed_petition()
    for number in range(7):
        sign_as(petition, email=f"person{number}@example.org")
    monkeypatch.setattr(rekeying, "BATCH", 3)

    def stop(rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rekeying.rekey(petition.pk, key_version=1, now=timezone.now(), told=stop)
    petition.refresh_from_db()
    assert petition.rules_version == 1
    assert f"{petition.pk}: 4 changed, 3 in order" in rekey(petition.pk)


def test_erased_rows_keep_their_key(db: None) -> None:
    petition = make_closed_petition()
    row = sign_as(petition)
    Signature.objects.update(sealed=None)
    key = bytes(row.signer_key)
    assert "0 changed, 0 in order, 1 erased" in rekey(petition.pk)
    row.refresh_from_db()
    assert bytes(row.signer_key) == key


def test_a_petition_that_can_be_signed_must_be_quiet_first(db: None) -> None:
    petition = make_open_petition()
    with pytest.raises(CommandError, match="Pause signing"):
        rekey(petition.pk)
    petition.refresh_from_db()
    assert petition.rules_version == 1


def test_after_it_the_same_person_is_still_one_though_a_process_kept_the_card(
    petition: Petition, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(petition, email="mary@example.org")
    monkeypatch.setattr(rekeying, "_must_be_quiet", lambda petition, now: None)
    card = rekeying.cards.find(petition.pk)
    rekey("--outdated")
    with monkeypatch.context() as patch:
        patch.setitem(rekeying.cards._kept, petition.pk, card)
        assert sign(petition, email="MARY@example.org").status_code == 303
    assert bytes(row_of(petition).signer_key) == persons.signer_key(
        "mary@example.org", Petition.objects.get(pk=petition.pk)
    )


def test_another_master_key_seals_and_keys_anew(db: None, tmp_path: Path, settings: Any) -> None:
    petition = make_closed_petition()
    row = sign_as(petition, email="mary@example.org")
    ring = json.loads(Path(settings.REDRESS_KEYS).read_text())
    ring["keys"]["2"] = base64.b64encode(secrets.token_bytes(32)).decode()
    (tmp_path / "keys").write_text(json.dumps({**ring, "current": 2}))
    settings.REDRESS_KEYS = str(tmp_path / "keys")
    assert keys.keyring().current == 2
    assert "1 changed" in rekey("--outdated")
    petition.refresh_from_db()
    row.refresh_from_db()
    assert petition.key_version == 2
    assert bytes(row.sealed)[:2] == b"\x00\x02"
    assert bytes(row.signer_key) == persons.signer_key("mary@example.org", petition)


@pytest.mark.parametrize("arguments", [(), (999_999_999,), ("--key", "7", 1)])
def test_what_there_is_not_is_said(db: None, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(CommandError):
        rekey(*arguments)
