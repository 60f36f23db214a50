"""The fraud desk through HTTP: what is seen, what is done, and what stays masked."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from petitions.models import Crossing, Petition, Threshold, Trend
from signatures.fraud import bulk, watch
from signatures.models import BulkAct, DomainRule, Flag, Signature
from tests.signatures.fraud.conftest import counted, make_signature, state_of

REASON = "All from one script."


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def as_role(staff: dict[str, User], role: str) -> Client:
    client = Client()
    client.force_login(staff[role])
    return client


def act_on_group(desk: Client, petition: Petition, act: str, kind: str, tag: str) -> BulkAct:
    """Count a group, start the act with a reason, and let the worker do it."""
    made = desk.post(reverse("staff_bulk_new", args=[petition.pk]), {"act": act, f"{kind}_tag": tag})
    assert made.status_code == 302
    bulk.work()
    started = desk.post(made["Location"], {"reason": REASON})
    assert started.status_code == 302
    bulk.work()
    return BulkAct.objects.get()


def test_a_crowd_from_one_network_is_seen_and_masked(desk: Client, petition: Petition) -> None:
    for _ in range(4):
        make_signature(petition, network="192.0.2.77")
    html = page(desk, "staff_fraud_petition", petition.pk)
    assert "192.0.••.••" in html
    assert "192.0.2.77" not in html


def test_disposable_and_large_domains_are_named(desk: Client, petition: Petition) -> None:
    for number in range(3):
        make_signature(petition, email=f"a{number}@mailinator.com", state="held", suspicion="disposable")
        make_signature(petition, email=f"a{number}@gmail.com")
    html = page(desk, "staff_fraud_petition", petition.pk)
    assert html.index("mailinator.com") < html.index("disposable</span>")
    assert html.index("gmail.com") < html.index("large provider</span>")
    assert "3 signatures: disposable address" in html


def test_what_grew_beyond_its_share_comes_first(desk: Client, petition: Petition) -> None:
    before = timezone.now() - timedelta(days=3)
    for number in range(10):
        make_signature(petition, email=f"old{number}@usual.example", at=before)
    for number in range(5):
        make_signature(petition, email=f"new{number}@usual.example")
    for number in range(4):
        make_signature(petition, email=f"new{number}@sudden.example")
    html = page(desk, "staff_fraud_petition", petition.pk)
    assert html.index("sudden.example") < html.index("usual.example")


def test_the_chart_draws_each_standing_and_tells_its_numbers(desk: Client, petition: Petition) -> None:
    make_signature(petition)
    make_signature(petition, state="pending")
    make_signature(petition, state="held")
    html = page(desk, "staff_fraud_petition", petition.pk, window="hour")
    for standing in ("counted", "waiting", "aside"):
        assert f'<rect class="rd-chart__{standing}" x=' in html
    assert "3 handed in from" in html


def test_names_are_shown_by_their_initials(desk: Client, petition: Petition) -> None:
    for _ in range(3):
        make_signature(petition, name="John Smith")
    html = page(desk, "staff_fraud_petition", petition.pk)
    assert "J••• S•••" in html
    assert "John" not in html


def test_a_group_is_rejected_in_two_steps(desk: Client, petition: Petition) -> None:
    rows = [make_signature(petition, network="192.0.2.77") for _ in range(3)]
    make_signature(petition)
    assert counted(petition) == 4
    done = act_on_group(desk, petition, "reject", "network", bytes(rows[0].network_tag).hex())
    assert (done.state, done.changed, counted(petition)) == ("done", 3, 1)
    html = page(desk, "staff_bulk", done.pk)
    assert REASON in html
    assert "a group of one network" in html
    for listed in (page(desk, "staff_fraud"), page(desk, "staff_fraud_petition", petition.pk)):
        assert "3 signatures changed" in listed


def test_what_a_group_shares_is_shown_for_a_reason(desk: Client, petition: Petition) -> None:
    row = make_signature(petition, network="192.0.2.77")
    address = reverse("staff_fraud_group", args=[petition.pk, "network", bytes(row.network_tag).hex()])
    refused = desk.post(address, {"reason": ""}).content.decode()
    assert "192.0.2.77" not in refused
    shown = desk.post(address, {"reason": "To block it."}).content.decode()
    assert "192.0.2.77" in shown
    entry = Entry.objects.get()
    assert (entry.action, entry.reason) == ("signatures.group_unmask", "To block it.")
    assert "192.0.2" not in str(entry.details)


@pytest.mark.parametrize("tail", ["network/zz", "network/0011223344556677aa", "state/0011223344556677", "name/00"])
def test_a_group_that_cannot_be_is_unknown(desk: Client, petition: Petition, tail: str) -> None:
    assert desk.get(f"/staff/fraud/petitions/{petition.pk}/{tail}/").status_code == 404


def test_criteria_typed_wrong_are_kept_with_a_word_beside_them(desk: Client, petition: Petition) -> None:
    response = desk.post(
        reverse("staff_bulk_new", args=[petition.pk]), {"act": "reject", "domain": "farm", "name": "John*"}
    )
    html = response.content.decode()
    assert "Enter a domain such as example.org" in html
    assert 'value="John*"' in html
    assert not BulkAct.objects.exists()


def test_an_act_is_counted_shown_and_cancelled(desk: Client, petition: Petition) -> None:
    make_signature(petition, email="a@farm.example")
    made = desk.post(reverse("staff_bulk_new", args=[petition.pk]), {"act": "reject", "domain": "farm.example"})
    assert "data-active" in desk.get(made["Location"]).content.decode()
    bulk.work()
    html = desk.get(made["Location"]).content.decode()
    assert "Start: reject (1 signature)" in html
    assert "data-active" not in html
    assert "Kept in the audit log" in desk.post(made["Location"], {"reason": ""}).content.decode()
    desk.post(made["Location"], {"cancel": "1"})
    assert BulkAct.objects.get().state == "cancelled"
    again = desk.post(made["Location"], {"reason": REASON})
    assert "once only" in again.content.decode()
    assert counted(petition) == 1


def test_an_auditor_sees_the_desk_but_neither_names_nor_buttons(
    staff: dict[str, User], desk: Client, petition: Petition
) -> None:
    make_signature(petition, name="John Smith")
    desk.post(reverse("staff_bulk_new", args=[petition.pk]), {"act": "reject", "name": "John Smith"})
    auditor = as_role(staff, "auditor")
    html = page(auditor, "staff_bulk", BulkAct.objects.get().pk)
    assert "J••• S•••" in html
    assert "John" not in html
    assert "John Smith" in page(desk, "staff_bulk", BulkAct.objects.get().pk)
    assert auditor.post(reverse("staff_bulk", args=[BulkAct.objects.get().pk]), {"cancel": "1"}).status_code in (
        302,
        403,
    )
    assert BulkAct.objects.get().state == "counting"


def test_a_flag_is_put_away_with_a_reason(desk: Client, petition: Petition) -> None:
    for _ in range(watch.LEAST["network"]):
        make_signature(petition, network="192.0.2.77")
    watch.look(timezone.now())
    flag = Flag.objects.get()
    assert "many from one network" in page(desk, "staff_fraud")
    assert "1 thing to look at" in page(desk, "wagtailadmin_home")
    address = reverse("staff_fraud_flag", args=[flag.pk])
    assert "see the fields below" in desk.post(address, {"reason": ""}).content.decode()
    assert desk.post(address, {"reason": "A school on its trip."}).status_code == 302
    assert "Nothing stands out." in page(desk, "staff_fraud")
    assert Entry.objects.get(action="signatures.flag_settled").reason == "A school on its trip."
    assert desk.post(reverse("staff_fraud_flag", args=[10**6]), {"reason": "x"}).status_code == 404


def test_a_count_below_its_threshold_is_reviewed(desk: Client, petition: Petition) -> None:
    threshold = Threshold.objects.filter(petition=petition).first()
    now = timezone.now()
    crossing = Crossing.objects.create(
        threshold=threshold, petition=petition, crossed_at=now, count=10_000, undercut_at=now
    )
    assert f"/staff/fraud/undercuts/{crossing.pk}/" in page(desk, "staff_fraud")
    address = reverse("staff_fraud_undercut", args=[crossing.pk])
    for wrong in (" ", "mary@example.org did it"):
        assert "see the fields below" in desk.post(address, {"finding": wrong}).content.decode()
    assert desk.post(address, {"finding": "A script; the rest is real."}).status_code == 302
    assert "No review is waiting." in page(desk, "staff_fraud")
    assert Entry.objects.get(action="petition.undercut_reviewed").reason == "A script; the rest is real."
    assert "Somebody has looked at this" in desk.post(address, {"finding": "Again."}).content.decode()


def test_any_petitions_desk_is_opened_by_its_number(desk: Client, petition: Petition) -> None:
    Trend.objects.create(petition=petition, hour=timezone.now(), last_day=7, last_hour=2)
    assert "7 signatures" in page(desk, "staff_fraud")
    found = desk.get(reverse("staff_fraud"), {"petition": petition.pk})
    assert found["Location"] == reverse("staff_fraud_petition", args=[petition.pk])
    for wrong in ("1", "x", "", "9" * 40):
        response = desk.get(reverse("staff_fraud"), {"petition": wrong})
        assert (response.status_code, "w-field__errors" in response.content.decode()) == (200, True)


def test_a_rule_for_a_domain_is_kept_in_one_spelling(desk: Client) -> None:
    add = reverse("domain_rules:add")
    assert desk.post(add, {"domain": "@Bücher.Example", "verdict": "block", "note": "Forgeries."}).status_code == 302
    assert DomainRule.objects.get().domain == "xn--bcher-kva.example"
    for wrong in ({"domain": "example"}, {"note": "mary@example.org"}, {"domain": "a b.example"}):
        given = {"domain": "other.example", "verdict": "hold", "note": "Odd.", **wrong}
        assert desk.post(add, given).status_code == 200
    assert DomainRule.objects.count() == 1


def test_a_signature_is_found_by_any_spelling_of_its_address(desk: Client, petition: Petition) -> None:
    row = make_signature(petition, email="ma.ry@gmail.com", name="Mary Poppins")
    response = desk.post(reverse("staff_lookup"), {"address": "Mary+x@googlemail.com"})
    html = response.content.decode()
    assert f"/staff/signatures/{petition.pk}/{row.id}/" in html
    assert "M••• P•••" in html
    assert "m•••@g•••.com" in html
    assert "Poppins" not in html
    assert "no-store" in response["Cache-Control"]
    entry = Entry.objects.get()
    assert (entry.action, entry.details) == ("signatures.look_up", {"by": "address", "found": 1})


def test_a_signature_is_found_by_its_numbers(desk: Client, petition: Petition) -> None:
    row = make_signature(petition)
    found = desk.post(reverse("staff_lookup"), {"petition": petition.pk, "number": row.id}).content.decode()
    assert f"/staff/signatures/{petition.pk}/{row.id}/" in found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "Enter an address"),
        ({"number": "5"}, "give both"),
        ({"address": "a@b"}, "correct format"),
        ({"petition": "1", "number": "5"}, "no signature of these numbers"),
        ({"petition": "x", "address": "mary@example.org"}, "whole number"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    desk: Client, petition: Petition, asked: dict[str, str], said: str
) -> None:
    response = desk.post(reverse("staff_lookup"), asked)
    assert (response.status_code, said in response.content.decode()) == (200, True)


def test_an_address_in_the_url_is_not_looked_at(desk: Client, petition: Petition) -> None:
    make_signature(petition, email="mary@example.org")
    html = desk.get(reverse("staff_lookup"), {"address": "mary@example.org"}).content.decode()
    assert "mary" not in html
    assert "signatures found" not in html
    assert not Entry.objects.exists()


def test_an_address_nobody_signed_with_finds_nothing(desk: Client, petition: Petition) -> None:
    assert "0 signatures found" in desk.post(reverse("staff_lookup"), {"address": "no@example.org"}).content.decode()


def test_one_signature_is_masked_until_a_reason_is_given(desk: Client, petition: Petition) -> None:
    row = make_signature(petition, email="mary@example.org", name="Mary Poppins")
    address = reverse("staff_signature", args=[petition.pk, row.id])
    masked = desk.get(address).content.decode()
    assert "m•••@e•••.org" in masked
    assert "Poppins" not in masked
    assert "Poppins" not in desk.post(address, {"reason": ""}).content.decode()
    assert not Entry.objects.exists()
    clear = desk.post(address, {"reason": "She asks on the telephone."})
    assert "mary@example.org" in clear.content.decode()
    assert "no-store" in clear["Cache-Control"]
    assert "Poppins" not in desk.get(address).content.decode()
    assert Entry.objects.get().action == "signature.unmask"


def test_each_act_on_one_signature_is_done_from_its_page(desk: Client, petition: Petition) -> None:
    row = make_signature(petition)
    for act, after in (
        ("hold", "held"),
        ("release", "confirmed"),
        ("reject", "invalidated"),
        ("reinstate", "confirmed"),
        ("withdraw", "withdrawn"),
    ):
        address = reverse("staff_signature_act", args=[petition.pk, row.id, act])
        assert f'action="{address}"' in page(desk, "staff_signature", petition.pk, row.id)
        assert "see the fields below" in desk.post(address, {"reason": ""}).content.decode()
        assert desk.post(address, {"reason": REASON}).status_code == 302
        assert state_of(row)[0] == after
        assert "as it stands now" in desk.post(address, {"reason": REASON}).content.decode()
    assert counted(petition) == 0


def test_a_mail_is_sent_again_within_the_limits_of_its_mailbox(desk: Client, petition: Petition) -> None:
    row = make_signature(petition, state="pending")
    address = reverse("staff_signature_act", args=[petition.pk, row.id, "resend"])
    for _ in range(3):
        assert desk.post(address).status_code == 302
    assert page(desk, "staff_signature", petition.pk, row.id).count("confirm: queued") == 1
    Signature.objects.filter(id=row.id).update(state="withdrawn")
    assert "no mail about a signature in this state" in desk.post(address).content.decode()


def test_unknown_numbers_are_unknown(desk: Client, petition: Petition) -> None:
    row = make_signature(petition)
    for address in (
        reverse("staff_signature", args=[petition.pk, 10**15]),
        reverse("staff_signature_act", args=[petition.pk, row.id, "promote"]),
        reverse("staff_fraud_petition", args=[10**15]),
        reverse("staff_bulk", args=[10**15]),
    ):
        assert desk.get(address).status_code == 404
        assert desk.post(address, {"reason": REASON}).status_code in (404, 405)
    acted = reverse("staff_signature_act", args=[petition.pk, row.id, "hold"])
    assert desk.get(acted)["Location"] == reverse("staff_signature", args=[petition.pk, row.id])


def test_numbers_beyond_all_rows_are_unknown(desk: Client, petition: Petition) -> None:
    assert desk.get(f"/staff/signatures/{petition.pk}/{10**30}/").status_code == 404
    assert desk.get(f"/staff/fraud/petitions/{10**30}/").status_code == 404
