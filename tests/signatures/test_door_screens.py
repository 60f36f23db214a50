"""Staff list networks and switch challenges; every change has its reason in the log and is in force at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.groups import make_groups
from accounts.models import User
from accounts.permissions import NotAllowed
from accounts.roles import TABLE, Role
from audit.models import Entry
from petitions import networks
from petitions.models import NetworkRule, Petition
from petitions.refusals import Refused
from signatures.challenge import modes
from signatures.models import ChallengeMode
from tests.factories import make_petition
from tests.signatures.conftest import a_person

NETWORKS, CHALLENGES = "/staff/networks/", "/staff/challenges/"


@pytest.fixture
def staff(db: None) -> Callable[[Role], Client]:
    call_command("create_site", verbosity=0)
    call_command("create_workflow", verbosity=0)
    make_groups()

    def log_in(role: Role) -> Client:
        user = User.objects.create_user(role.value, f"{role}@staff.example")
        user.groups.add(Group.objects.get(name=TABLE[role].label))
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def moderator(staff: Callable[[Role], Client]) -> Client:
    return staff(Role.MODERATOR)


def sign(petition: Petition, network: str) -> int:
    return Client().post(f"/petitions/{petition.pk}/sign/", a_person(), REMOTE_ADDR=network).status_code


def a_rule(**fields: str) -> dict[str, str]:
    return {"network": "192.0.2.0/24", "kind": "block", "note": "Forged signatures.", **fields}


def test_a_network_is_blocked_changed_and_taken_off(moderator: Client, petition: Petition) -> None:
    assert sign(petition, "192.0.2.1") == 303
    until = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%d %H:%M")
    moderator.post(NETWORKS, a_rule(expires_at=until))
    networks.forget()
    assert sign(petition, "192.0.2.1") == 403
    rule = NetworkRule.objects.get()
    page = moderator.get(NETWORKS).content.decode()
    assert "192.0.2.0/24" in page
    assert "Forged signatures." in page
    moderator.post(f"{NETWORKS}{rule.pk}/", {"kind": "allow", "note": "A school after all."})
    networks.forget()
    assert [sign(petition, "192.0.2.1") for _time in range(15)] == [303] * 15
    moderator.post(f"{NETWORKS}{rule.pk}/", {"take_off": "1", "reason": "Term is over."})
    networks.forget()
    assert 429 in [sign(petition, "192.0.2.9") for _time in range(15)]
    page = moderator.get(f"{NETWORKS}{rule.pk}/").content.decode()
    for words in ("Forged signatures.", "A school after all.", "Term is over.", "nothing any more"):
        assert words in page
    moderator.post(NETWORKS, a_rule())
    networks.forget()
    assert sign(petition, "192.0.2.1") == 403
    assert NetworkRule.objects.get().pk == rule.pk


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"network": "192.0.2.999"}, "Enter an address, or a network such as"),
        ({"network": "0.0.0.0/1"}, "too large"),
        ({"note": " "}, "This field is required"),
        ({"kind": ""}, "This field is required"),
        ({"expires_at": "2020-01-01 10:00"}, "This time is past"),
        ({"expires_at": "soon"}, "Enter a valid date"),
    ],
)
def test_a_rule_that_makes_no_sense_is_explained_beside_its_field(
    moderator: Client, fields: dict[str, str], words: str
) -> None:
    response = moderator.post(NETWORKS, a_rule(**fields))
    assert response.status_code == 200
    assert words in response.content.decode()
    assert "Forged signatures." in response.content.decode() or "note" in fields
    assert not NetworkRule.objects.exists()


def test_taking_off_needs_a_reason(moderator: Client) -> None:
    moderator.post(NETWORKS, a_rule())
    rule = NetworkRule.objects.get()
    response = moderator.post(f"{NETWORKS}{rule.pk}/", {"take_off": "1", "reason": ""})
    assert response.status_code == 200
    assert NetworkRule.objects.get().expires_at is None
    assert moderator.get(f"{NETWORKS}{rule.pk + 1}/").status_code == 404


def test_a_challenge_is_switched_on_off_and_left_to_the_clock(moderator: Client, petition: Petition) -> None:
    def switch(by_hand: str) -> None:
        form = {"petition_id": str(petition.pk), "by_hand": by_hand, "reason": "Programs are signing."}
        assert moderator.post(CHALLENGES, form).status_code == 302
        modes.forget()

    switch("on")
    assert modes.is_on(petition.pk)
    assert "on by hand" in moderator.get(CHALLENGES).content.decode()
    assert sign(petition, "192.0.2.1") == 200
    switch("off")
    assert sign(petition, "192.0.2.1") == 303
    switch("")
    assert not modes.is_on(petition.pk)
    entries = Entry.objects.filter(action="challenge.switch").order_by("id")
    assert [entry.details["by_hand"] for entry in entries] == [["", "on"], ["on", "off"], ["off", ""]]
    assert {entry.actor.username for entry in entries} == {"moderator"}


@pytest.mark.parametrize(
    "fields",
    [{"reason": ""}, {"petition_id": "999999999"}, {"petition_id": "x"}, {"petition_id": "9" * 30}, {"by_hand": "?"}],
)
def test_a_switch_that_makes_no_sense_is_refused(moderator: Client, petition: Petition, fields: dict[str, str]) -> None:
    form = {"petition_id": str(petition.pk), "by_hand": "on", "reason": "Programs are signing.", **fields}
    response = moderator.post(CHALLENGES, form)
    assert response.status_code == 200
    assert not ChallengeMode.objects.exists()


def test_switching_to_what_it_is_already_is_refused(petition: Petition, staff: Callable[[Role], Client]) -> None:
    staff(Role.ADMINISTRATOR)
    actor = User.objects.get(username="administrator")
    given = {"actor": actor, "petition_id": petition.pk, "reason": "Why not.", "now": timezone.now()}
    modes.switch(by_hand="on", **given)
    with pytest.raises(Refused, match="Nothing was changed"):
        modes.switch(by_hand="on", **given)


def test_others_neither_see_nor_switch(staff: Callable[[Role], Client], petition: Petition) -> None:
    editor, auditor = staff(Role.EDITOR), staff(Role.AUDITOR)
    for path in (NETWORKS, CHALLENGES):
        assert editor.get(path).status_code == 302
        assert "Put on the list" not in auditor.get(path).content.decode()
        assert auditor.post(path, a_rule()).status_code in (302, 403)
    with pytest.raises(NotAllowed):
        modes.switch(
            actor=User.objects.get(username="editor"),
            petition_id=petition.pk,
            by_hand="on",
            reason="No.",
            now=timezone.now(),
        )


def test_the_title_of_what_is_not_published_stands_nowhere(moderator: Client, staff: Callable[[Role], Client]) -> None:
    early = make_petition(title="Nobody has checked this", state="gathering_support")
    ChallengeMode.objects.create(petition=early, by_hand="on")
    page = staff(Role.ADMINISTRATOR).get(CHALLENGES).content.decode()
    assert str(early.pk) in page
    assert "Nobody has checked this" not in page
