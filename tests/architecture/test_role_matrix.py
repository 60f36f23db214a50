"""Every role at every address of ours that staff can reach, reading and writing: `staff_rules` is the promise.

Wagtail's own screens are tested where they could do harm (`tests/responses/test_gate.py`, `tests/accounts`).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from pytest_django import Settings
from wagtail import hooks

from accounts.models import User
from audit.models import Entry
from petitions.models import (
    Petition,
)
from responses.models import (
    Case,
)
from signatures.models import Signature
from tests.architecture.staff_rules import ACTING, CASE_ACTS, EVERYBODY, MODERATOR, NOBODY, RULES, SECRET, TEXT
from tests.architecture.staff_world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def world() -> dict[str, Any]:
    return make_world()


@pytest.fixture
def staff(world: dict[str, Any]) -> dict[str, Client]:
    clients = {name: Client() for name in (*sorted(EVERYBODY), NOBODY)}
    for name, client in clients.items():
        client.force_login(User.objects.get(username=name))
    return clients


def addresses(patterns: Any = None, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, Any]]:
    """Path, name and view of every address of the project."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, path, inner)
        else:
            yield path, f"{namespace}{pattern.name}", pattern.callback


def is_ones_own(name: str) -> bool:
    """Whether this address is about one's own way in: there for everybody (tests/accounts)."""
    return name in {"wagtailadmin_login", "staff_join"} or name.startswith(("mfa_", "account_"))


def own_names() -> set[str]:
    """The names of staff's addresses that this project adds to Wagtail's, or whose views it replaces."""
    registered = [hook() for hook in hooks.get_hooks("register_admin_viewset")]
    viewsets = [one for found in registered for one in (found if isinstance(found, list | tuple) else (found,))]
    own = {viewset.name for viewset in viewsets if not type(viewset).__module__.startswith("wagtail.")}
    return {
        name
        for path, name, view in addresses()
        if f"/{path}".startswith(settings.STAFF_PATH) and (name.partition(":")[0] in own or _is_ours(view))
    }


def _is_ours(view: Any) -> bool:
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    module = getattr(view, "view_class", view).__module__
    return not module.startswith(("wagtail.", "django.", "rest_framework."))


def test_the_table_names_every_address_of_ours() -> None:
    assert set(RULES) == {name for name in own_names() if not is_ones_own(name)}


def address(name: str, world: dict[str, Any], **instead: Any) -> str:
    return reverse(name, args=[{**world, **instead}[arg] for arg in RULES[name].args])


def done() -> tuple[Any, ...]:
    """What would differ had anybody done anything: the case, and the log but for refusals."""
    return Case.objects.values().get(), Entry.objects.exclude(action="case.refused").count()


def refused(response: Any) -> bool:
    """Whether the answer is a plain no: without content, or back to the start page."""
    if response.status_code == 302:
        return response["Location"] == reverse("wagtailadmin_home")
    return response.status_code in (403, 404, 405)


def test_each_role_reads_what_it_may_and_nothing_else(staff: dict[str, Client], world: dict[str, Any]) -> None:
    opened: dict[str, set[str]] = {name: set() for name in RULES}
    for name in RULES:
        for who in EVERYBODY:
            answer = staff[who].get(address(name, world))
            led = name in ACTING and answer.status_code == 302 and answer["Location"] == address(ACTING[name], world)
            if answer.status_code == 200 or led:
                opened[name].add(who)
            else:
                assert refused(answer), (name, who)
                assert SECRET not in answer.content.decode(), (name, who)
    assert opened == {name: rule.read for name, rule in RULES.items()}


def test_each_role_writes_where_it_may_and_nowhere_else(staff: dict[str, Client], world: dict[str, Any]) -> None:
    before = done()
    names = RULES.keys() - ACTING.keys()
    opened: dict[str, set[str]] = {name: set() for name in names}
    for name in names:
        for who in EVERYBODY:
            # A form without its fields: who may write is told what is missing.
            answer = staff[who].post(address(name, world))
            if answer.status_code == 200:
                opened[name].add(who)
            else:
                assert refused(answer), (name, who)
    assert opened == {name: RULES[name].write for name in names}
    assert done() == before


def test_each_act_on_a_case_is_its_holders(staff: dict[str, Client], world: dict[str, Any]) -> None:
    acted: dict[str, set[str]] = {act: set() for act in CASE_ACTS}
    before = done()
    for act, (_holders, data) in CASE_ACTS.items():
        data = {key: world.get(value, value) for key, value in data.items()}
        for who in EVERYBODY:
            with transaction.atomic():
                if refused(staff[who].post(address("cases:act", world, act=act), data)):
                    assert done() == before, (act, who)
                else:
                    acted[act].add(who)
                transaction.set_rollback(True)
    assert acted == {act: holders for act, (holders, _data) in CASE_ACTS.items()}


def test_every_act_on_a_case_is_in_the_table() -> None:
    from responses.staff.acts import ACTS

    assert set(CASE_ACTS) == set(ACTS)


def test_only_moderators_act_on_petitions(staff: dict[str, Client], world: dict[str, Any]) -> None:
    from petitions.staff.acts import ACTS

    before = Petition.objects.values().get(pk=world["unseen"])
    for act in ACTS:
        for who in EVERYBODY - MODERATOR:
            response = staff[who].post(address("staff_petition_act", world, act=act), {"text": TEXT})
            assert refused(response), (act, who)
    assert Petition.objects.values().get(pk=world["unseen"]) == before


def test_only_moderators_act_on_signatures(staff: dict[str, Client], world: dict[str, Any]) -> None:
    from signatures.staff.lookup import ACTS

    before = Signature.objects.values().get(id=world["row"])
    for act in ACTS:
        for who in EVERYBODY - MODERATOR:
            response = staff[who].post(address("staff_signature_act", world, row_act=act), {"reason": TEXT})
            assert refused(response), (act, who)
    assert Signature.objects.values().get(id=world["row"]) == before


def test_without_a_role_or_a_login_there_is_only_the_login(staff: dict[str, Client], world: dict[str, Any]) -> None:
    login = reverse("wagtailadmin_login")
    for client in (staff[NOBODY], Client()):
        for name in RULES:
            for answer in (client.get(address(name, world)), client.post(address(name, world))):
                assert answer.status_code == 302, name
                assert answer["Location"].startswith(login), name


def test_without_a_second_factor_nobody_gets_past_the_page_that_sets_one_up(
    staff: dict[str, Client], world: dict[str, Any], settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    before = done()
    for name, rule in RULES.items():
        for who in sorted(rule.read | rule.write)[:1]:
            for answer in (staff[who].get(address(name, world)), staff[who].post(address(name, world))):
                assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index")), name
    assert done() == before


def test_on_the_public_host_there_is_no_staff_page(
    staff: dict[str, Client], world: dict[str, Any], settings: Settings
) -> None:
    settings.STAFF_HOST = "staff.example"
    settings.ALLOWED_HOSTS = ["testserver", "staff.example"]
    for name, rule in RULES.items():
        for who in sorted(rule.read | rule.write)[:1]:
            for answer in (staff[who].get(address(name, world)), staff[who].post(address(name, world))):
                assert answer.status_code == 404, name
    for name in filter(is_ones_own, own_names()):
        path = reverse(name, args=[1] * name.endswith(("_edit_webauthn", "_remove_webauthn", "_join")))
        assert Client().get(path).status_code == 404, name
        assert Client(headers={"host": "staff.example"}).get(path).status_code in (200, 302, 404), name


def test_what_staff_send_without_a_token_is_refused(staff: dict[str, Client], world: dict[str, Any]) -> None:
    for name, rule in RULES.items():
        for who in rule.write:
            client = Client(enforce_csrf_checks=True)
            client.cookies = staff[who].cookies
            assert client.post(address(name, world), {"text": TEXT}).status_code == 403, name


def test_a_number_that_no_row_can_have_is_unknown(staff: dict[str, Client], world: dict[str, Any]) -> None:
    for name, rule in RULES.items():
        if rule.args and rule.args[0] != "region":
            for who in sorted(rule.read | rule.write)[:1]:
                answer = staff[who].get(address(name, {**world, rule.args[0]: 10**30}))
                assert answer.status_code in (302, 404, 405), name
