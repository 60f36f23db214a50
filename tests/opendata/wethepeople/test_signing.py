"""Signing through a partner: by every rule of signing, and nothing that tells who signed."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from mailing.models import Mail, Suppression
from opendata.models import PartnerKey, PartnerSignature
from opendata.wethepeople import keys, validations
from petitions import networks, places, switches
from petitions.models import Country, NetworkRule, Petition
from petitions.refusals import Refused
from signatures import intake, leaving, persons
from signatures.challenge import modes
from signatures.fraud import suspicion
from signatures.models import ChallengeMode, DomainRule, MailedAddress, Signature
from tests import factories as make
from tests.opendata.wethepeople.conftest import TERMS, Issue, a_signature, info, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition() -> Petition:
    return make.make_open_petition(title="Plant more trees")


@pytest.fixture
def key(issue: Issue) -> str:
    return issue()[1]


def nothing_stored() -> bool:
    tables = (Signature, Mail, MailedAddress, PartnerSignature)
    return not any(table.objects.exists() for table in tables)


def confirm(row: Signature) -> None:
    given = {"petition_id": row.petition_id, "row_id": row.id, "generation": row.generation}
    assert intake.confirm(**given, now=timezone.now()).is_signed


def validated(client: Client, key: str, **query: object) -> list[dict]:
    return client.get("/v1/validations.json", {"api_key": key, **query}).json()["results"]


def test_a_signature_is_pending_and_its_owner_mailed(client, key, petition):
    response = post(client, key, a_signature(petition, email="Mary@Example.org"))
    assert info(response, 200)["developerMessage"] == "OK"
    assert list(response.json()) == ["metadata"]
    row = Signature.objects.get()
    person = persons.unsealed(row)
    assert (row.petition_id, row.state, row.role, row.notify) == (petition.pk, "pending", "signer", False)
    assert (person.name, person.email, person.postcode, person.country) == (
        "Mary Poppins", "Mary@Example.org", "SW1A 1AA", "GB",
    )  # fmt: skip
    assert [mail.kind for mail in Mail.objects.all()] == ["confirm"]
    assert response["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in response
    assert not response.cookies


def test_the_key_says_country_and_language_unless_the_signature_does(client, issue, petition):
    make_country("FR", "France")
    make_country("DE", "Germany")
    _row, key = issue(country="FR", language="fr")
    post(client, key, a_signature(petition, zip=12345))
    post(client, key, a_signature(petition, country="DE"))
    rows = Signature.objects.order_by("id")
    assert [(row.country_code, row.language, row.region_code) for row in rows] == [("FR", "fr", ""), ("DE", "fr", "")]
    assert info(post(client, key, a_signature(petition, country="XX")), 400)["errorCode"] == 75


def make_country(code: str, name: str) -> None:
    Country.objects.get_or_create(code=code, defaults={"name": name})
    places.forget()


def test_a_key_in_the_header_and_a_form_do_as_well(client, key, petition):
    header = {"Authorization": f"Bearer {key}"}
    assert client.post("/v1/signatures", a_signature(petition), headers=header).status_code == 200
    assert client.get("/v1/validations", headers=header).status_code == 200
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("key", ["", "wrong", "x" * 43, "é" * 43, "x" * 5000, "\N{HEAVY CHECK MARK}"])
def test_without_a_key_of_ours_nothing_is_taken_or_told(client, petition, key):
    response = client.post(
        "/v1/signatures.json", a_signature(petition), content_type="application/json", query_params={"api_key": key}
    )
    if response.status_code != 400 or "metadata" in response.json():  # the guard refuses what is too long by itself
        assert info(response, 401)["errorCode"] == 85
    assert nothing_stored()
    assert client.get("/v1/validations.json", {"api_key": key[:200]}).status_code == 401


def test_a_key_that_is_revoked_or_over_opens_nothing(client, issue, administrator, petition):
    row, key = issue(expires_at=timezone.now() + timedelta(days=1))
    assert post(client, key, a_signature(petition)).status_code == 200
    PartnerKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert post(client, key, a_signature(petition)).status_code == 401
    PartnerKey.objects.update(expires_at=None)
    keys.revoke(actor=administrator, key_id=row.pk, reason="They asked.", now=timezone.now())
    assert post(client, key, a_signature(petition)).status_code == 401
    assert client.get("/v1/validations.json", {"api_key": key}).status_code == 401
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"first_name": None},
        {"last_name": []},
        {"petition_id": True},
        {"email": "a@b"},
        {"email": "a..b@x.org"},
        {"email": "müller@gmail.com"},
        {"first_name": "http://x.example"},
        {"first_name": "a\u0000b"},
        {"last_name": "x" * 300},
        {"zip": "!!"},
        {"country": "nowhere"},
    ],
)
def test_what_is_wrong_with_a_signature_is_75_and_nothing_is_stored(client, key, petition, wrong):
    said = info(post(client, key, a_signature(petition, **wrong)), 400)
    assert said["errorCode"] == 75
    assert said["userMessage"]
    assert nothing_stored()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a":"\\ud800"}', b"[" * 5000, b'{"petition_id": 1e999}']
)
def test_a_body_that_is_none_is_75(client, key, petition, body):
    assert info(post(client, key, body), 400)["errorCode"] == 75


def test_other_types_sizes_and_methods_are_refused(client, key, petition):
    address = f"/v1/signatures.json?api_key={key}"
    assert client.post(address, b"<a/>", content_type="application/xml").status_code == 415
    assert client.post(address, b"x" * 1_000_000, content_type="application/json").status_code == 413
    info(client.get(address), 405)
    info(client.post(f"/v1/validations.json?api_key={key}"), 405)
    info(client.post(f"/v1/signatures.jsonp?api_key={key}&callback=a", a_signature(petition)), 406)
    assert client.post(f"/petitions/{petition.pk}/sign/", b"{}", content_type="application/json").status_code == 415
    assert nothing_stored()


def test_every_address_is_answered_alike(client, key, petition):
    """New, pending, confirmed, unwanted, blocked, with a throw-away mailbox, with a domain that looks like a slip."""
    DomainRule.objects.create(domain="blocked.example.org", verdict="block", note="Forgeries.")
    suspicion.forget()
    Suppression.objects.create(address_key=persons.address_key("never@example.org"), reason="asked")
    post(client, key, a_signature(petition, email="confirmed@example.org"))
    confirm(Signature.objects.get())
    post(client, key, a_signature(petition, email="pending@example.org"))
    replies = {
        (response.status_code, response.content.partition(b"executionTime")[0], len(response.headers))
        for response in (
            post(client, key, a_signature(petition, email=address))
            for address in (
                *("new@example.org", "pending@example.org", "confirmed@example.org", "never@example.org"),
                *("who@blocked.example.org", "who@mailinator.com", "who@gmial.com"),
            )
        )
    }
    assert len(replies) == 1
    suspicion.forget()


def test_petitions_that_cannot_be_signed(client, key):
    for petition in (make.make_closed_petition(), make.make_rejected_petition(), make.make_withdrawn_petition()):
        assert info(post(client, key, a_signature(petition)), 403)["errorCode"] == 74
    for petition in (make.make_petition(), make.make_petition(state="in_moderation"), make.make_hidden_petition()):
        assert info(post(client, key, a_signature(petition)), 404)["errorCode"] == 76
    assert info(post(client, key, a_signature(make.make_hidden_petition(opened=True))), 410)["errorCode"] == 76
    for number in ("77", "4e7b352b4bd5046c04000000", "'; drop", "9" * 40):
        assert info(post(client, key, a_signature(number)), 404)["errorCode"] == 76
    assert nothing_stored()


def test_while_signing_is_paused_nothing_is_taken(client, key, petition):
    switches.remember(switches.Switches(signing_paused_at=timezone.now()), seconds=3600)
    response = post(client, key, a_signature(petition))
    assert info(response, 503)["errorCode"] == 83
    assert int(response["Retry-After"]) > 0
    assert nothing_stored()


def test_each_key_has_its_own_limits_whatever_its_network(client, issue, petition):
    (_few, small), (_many, large) = issue(per_minute=3), issue()
    taken = [post(client, small, a_signature(petition)).status_code for _time in range(4)]
    assert taken == [200, 200, 200, 429]
    refused = post(client, small, a_signature(petition), REMOTE_ADDR="192.0.2.7")
    assert info(refused, 429)["errorCode"] == 83
    assert int(refused["Retry-After"]) > 0
    # Beyond what one network may hand in on the form: ten a minute.
    assert {post(client, large, a_signature(petition)).status_code for _time in range(15)} == {200}


@pytest.mark.usefixtures("refused_port")
def test_without_redis_a_key_is_held_to_a_part_of_its_limits(client, issue, petition):
    _row, key = issue(per_minute=8)
    taken = [post(client, key, a_signature(petition)).status_code for _time in range(8)]
    assert taken[0] == 200
    assert taken[-1] == 429
    assert Signature.objects.count() == taken.count(200) < 8


def test_under_a_challenge_only_trusted_keys_go_on(client, issue, petition):
    (_one, plain), (_other, trusted) = issue(), issue(trusted=True)
    ChallengeMode.objects.create(petition_id=petition.pk, by_hand="on", changed_at=timezone.now())
    modes.forget()
    response = post(client, plain, a_signature(petition))
    assert info(response, 429)["errorCode"] == 83
    assert int(response["Retry-After"]) > 0
    assert nothing_stored()
    assert post(client, trusted, a_signature(petition)).status_code == 200
    modes.forget()


def test_from_a_blocked_network_nothing_is_taken(client, key, administrator, petition):
    NetworkRule.objects.create(network="192.0.2.0/24", kind="block", note="Forgeries.", created_by=administrator)
    networks.forget()
    assert post(client, key, a_signature(petition), REMOTE_ADDR="192.0.2.9").status_code == 403
    assert nothing_stored()
    networks.forget()


def test_only_what_was_confirmed_through_the_key_is_validated(client, issue, petition):
    (_mine, mine), (_other, other) = issue(), issue(partner="Another")
    now = timezone.now()
    # One signed on the form and confirmed; the partner hands the same address in again.
    person = persons.Signer("Mary Poppins", "form@example.org", "", "GB", False, "en", "192.0.2.1")
    intake.accept(petition_id=petition.pk, signer=person, now=now)
    confirm(Signature.objects.get())
    post(client, mine, a_signature(petition, email="form@example.org"))
    for address in ("one@example.org", "two@example.org", "three@example.org"):
        post(client, mine, a_signature(petition, email=address))
    post(client, other, a_signature(petition, email="three@example.org"))  # the last to hand it in
    assert validated(client, mine) == []
    for row in Signature.objects.filter(state="pending").order_by("-id"):
        confirm(row)
    found = validated(client, mine)
    assert [list(one) for one in found] == [["vid", "email", "signature_id", "petition_id"]] * 2
    assert {one["email"] for one in found} == {""}
    assert {one["petition_id"] for one in found} == {str(petition.pk)}
    assert all(isinstance(value, str) for one in found for value in one.values())
    assert len(validated(client, other)) == 1
    listed = client.get(f"/v1/petitions/{petition.pk}/signatures.json").json()["results"]
    assert {one["signature_id"] for one in found} < {one["id"] for one in listed}


def test_validations_by_petition_and_in_parts(client, key, petition):
    elsewhere = make.make_open_petition()
    for where in (petition, petition, elsewhere):
        post(client, key, a_signature(where))
    for row in Signature.objects.all():
        confirm(row)
    assert len(validated(client, key)) == 3
    assert len(validated(client, key, petition_id=petition.pk)) == 2
    both = validated(client, key, limit=1) + validated(client, key, limit=2, offset=1)
    assert both == validated(client, key)
    response = client.get("/v1/validations.json", {"api_key": key, "limit": 1})
    assert response.json()["metadata"]["resultset"] == {"count": 3, "limit": 1, "offset": 0}
    assert response["Cache-Control"] == "no-store"
    assert info(client.get("/v1/validations.json", {"api_key": key, "petition_id": "77"}), 404)["errorCode"] == 84


def test_who_withdraws_is_validated_no_more(client, key, petition):
    post(client, key, a_signature(petition))
    confirm(Signature.objects.get())
    assert len(validated(client, key)) == 1
    row = Signature.objects.get()
    assert leaving.withdraw(petition_id=row.petition_id, row_id=row.id, generation=row.generation)
    assert validated(client, key) == []


def test_what_came_through_keys_is_not_kept_for_ever(client, key, petition):
    for _time in range(2):
        post(client, key, a_signature(petition))
    confirm(Signature.objects.order_by("id").first())
    now = timezone.now()
    Signature.objects.filter(state="pending").delete()  # on day 30
    assert validations.forget_old(now) == 0
    assert validations.forget_old(now + timedelta(days=36)) == 1
    assert validations.forget_old(now + timedelta(days=366)) == 1


def test_a_key_is_nowhere_but_with_its_partner(issue):
    row, key = issue()
    assert bytes(row.digest) == hashlib.sha256(key.encode()).digest()
    assert key.startswith(row.beginning)
    kept = orjson.dumps([list(Entry.objects.values_list("details", "reason")), row.note, row.beginning])
    assert key.encode() not in kept
    assert issue()[1] != key


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("partner", " "), ("declaration", ""), ("country", "XX"), ("language", "xx")),
        *(("per_minute", 0), ("per_minute", 10**9), ("per_hour", 0), ("expires_at", timezone.now() - timedelta(1))),
    ],
)
def test_terms_that_cannot_be_are_refused_with_their_field(administrator, field, value):
    with pytest.raises(Refused) as refusal:
        keys.issue(actor=administrator, terms=replace(TERMS, **{field: value}), now=timezone.now())
    assert refusal.value.field == field
    assert not PartnerKey.objects.exists()


def test_each_act_on_a_key_is_in_the_log(administrator: User, issue: Issue):
    row, _key = issue()
    now = timezone.now()
    given = {"actor": administrator, "key_id": row.pk, "now": now}
    with pytest.raises(Refused):
        keys.change(**given, terms=replace(TERMS, per_hour=5), reason=" ")
    with pytest.raises(Refused):
        keys.change(**given, terms=TERMS, reason="None.")
    keys.change(**given, terms=replace(TERMS, per_hour=5), reason="Too many.")
    keys.revoke(**given, reason="They closed.")
    with pytest.raises(Refused):
        keys.revoke(**given, reason="Again.")
    entries = Entry.objects.filter(subject_kind="partner_key").order_by("id")
    assert [(entry.action, entry.reason, entry.actor_id) for entry in entries] == [
        ("partner_key.issue", "", administrator.pk),
        ("partner_key.change", "Too many.", administrator.pk),
        ("partner_key.revoke", "They closed.", administrator.pk),
    ]
    assert entries[1].details == {"changed": {"per_hour": [10_000, 5]}}
