"""The staff's door: wrong tries, locks, second factors, time-outs and the ends of sessions."""

import base64
import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_ratelimit.core import get_usage
from pytest_django import Settings
from wagtail.users.models import UserProfile

from accounts import alerts, views
from accounts.models import User
from accounts.roles import TABLE, Role
from accounts.services import signing_in
from audit.models import Entry
from mailing.kinds import Message, message_of
from mailing.models import Mail

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"
LOGIN, HOME, FACTORS = "/staff/login/", "/staff/", "/staff/second-factor/"


@pytest.fixture
def moderator(roles: None) -> User:
    user = User.objects.create_user("moderator", "moderator@staff.example", PASSWORD)
    user.groups.add(Group.objects.get(name=TABLE[Role.MODERATOR].label))
    return user


@pytest.fixture
def required(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


def sign_in(client: Client, name: str = "moderator", password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"username": name, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def rendered(message: Message | None) -> tuple[str, str]:
    assert message is not None
    with override(message.language):
        subject, _line, body = render_to_string(f"mail/{message.template}.txt", message.context).partition("\n")
    return subject, body


def code_now(secret: str, *, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30 + later))


def add_app(client: Client) -> str:
    """Set up an app as its screen asks; its secret."""
    page = client.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    return secret


def test_name_and_password_let_in_where_no_second_factor_is_required(client: Client, moderator: User) -> None:
    response = sign_in(client, next="/staff/account/")

    assert response.url == "/staff/account/"
    assert is_in(client)
    assert "Referer" not in response.headers


def test_nobody_is_led_off_the_site_after_signing_in(client: Client, moderator: User) -> None:
    assert sign_in(client, next="https://evil.example/").url == HOME


def test_the_reply_is_the_same_to_all_that_do_not_get_in(client: Client, moderator: User) -> None:
    User.objects.create_user("no-more-here", password=PASSWORD, is_active=False)
    User.objects.create_user("guessed-at", password=PASSWORD, wrong_tries=signing_in.MOST_TRIES)
    tries = [("moderator", "wrong"), ("never-was", "wrong"), ("no-more-here", PASSWORD), ("guessed-at", PASSWORD)]

    pages = {
        re.sub(rf"{name}|[A-Za-z0-9]{{64}}", "", sign_in(Client(), name, word).content.decode()) for name, word in tries
    }

    assert len(pages) == 1
    assert "do not open a login" in pages.pop()


def test_ten_wrong_tries_lock_a_login_until_it_is_released(client: Client, moderator: User) -> None:
    for _ in range(signing_in.MOST_TRIES):
        assert sign_in(client, password="wrong").status_code == 200

    assert sign_in(client).status_code == 200
    assert not is_in(client)
    assert Entry.objects.get(action="user.lock").subject_id == moderator.pk
    moderator.refresh_from_db()
    assert moderator.locked_at is not None
    alert = Mail.objects.get(kind=alerts.KIND)
    assert (alert.row_id, alert.details) == (moderator.pk, {"alert": "lock"})


def test_a_right_password_without_its_code_is_a_try_and_the_lock_is_told(moderator: User, required: None) -> None:
    first = Client()
    sign_in(first)
    secret = add_app(first)
    User.objects.filter(pk=moderator.pk).update(wrong_tries=signing_in.MOST_TRIES - 1)
    client = Client()
    assert sign_in(client).url == reverse("mfa_authenticate")

    assert client.post(reverse("mfa_authenticate"), {"code": code_now(secret)}).status_code == 200

    moderator.refresh_from_db()
    assert moderator.locked_at is not None
    assert Entry.objects.filter(action="user.lock", subject_id=moderator.pk).count() == 1
    sign_in(Client())
    assert Mail.objects.filter(kind=alerts.KIND, details__alert="lock").count() == 1


@pytest.mark.parametrize("path", ["/_util/login/", "/fr/_util/login/"])
def test_the_public_side_has_no_door(path: str, client: Client, moderator: User) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, {"username": "moderator", "password": PASSWORD}).status_code == 404
    assert client.post(path, {"username": "moderator", "password": "wrong"}).status_code == 404
    assert not client.cookies
    assert not is_in(client)


def credential(client_data: bytes = b"", authenticator: bytes = b"", **more: Any) -> Any:
    """What a browser would hand in of a passkey, with these bytes in it."""
    origin = {"type": "webauthn.get", "challenge": "eA", "origin": "https://petitions.example"}
    parts = {
        "clientDataJSON": client_data or json.dumps(origin).encode(),
        "authenticatorData": authenticator or bytes(37),
        "signature": b"s",
        "userHandle": b"1",
    }
    response = {name: base64.urlsafe_b64encode(part).rstrip(b"=").decode() for name, part in parts.items()}
    return {"id": "aQ", "rawId": "aQ", "type": "public-key", "response": response, "clientExtensionResults": {}, **more}


ODD_CREDENTIALS = [
    "[" * 100_000,
    "no json",
    "[1]",
    json.dumps(credential()),
    json.dumps(credential(client_data=b"[]")),
    json.dumps(credential(client_data=b'{"type": 1, "challenge": 1, "origin": 1}')),
    json.dumps(credential(authenticator=bytes(32) + b"\x80" + bytes(4))),
    json.dumps(credential(authenticator=bytes(32) + b"\x80" + bytes(4) + b"\x81" * 5000)),
    json.dumps(credential(authenticator=bytes(32) + b"\x40" + bytes(20) + b"\0\1c\1")),
    json.dumps(credential(clientExtensionResults=[1])),
]


@pytest.mark.parametrize("odd", ODD_CREDENTIALS, ids=range(len(ODD_CREDENTIALS)))
def test_whatever_is_handed_in_as_a_passkey_is_right_or_wrong(
    odd: str, client: Client, moderator: User, required: None
) -> None:
    began = client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    assert "request_options" in began.json()
    assert client.post(reverse("mfa_login_webauthn"), {"credential": odd}).url == LOGIN
    first = Client()
    sign_in(first)
    first.get(reverse("mfa_add_webauthn"))
    assert first.post(reverse("mfa_add_webauthn"), {"name": "key", "credential": odd}).status_code == 200
    add_app(first)
    sign_in(client)
    assert client.post(reverse("mfa_authenticate"), {"credential": odd}).status_code == 200
    assert not is_in(client)


def test_sessions_that_are_over_are_forgotten(client: Client, moderator: User) -> None:
    stranger = Client()
    stranger.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    began = timezone.now()
    with time_machine.travel(began + timedelta(hours=11), tick=False):
        sign_in(client)
    assert Session.objects.count() == 2

    assert signing_in.forget_sessions(began + timedelta(hours=13)) == 1

    assert list(Session.objects.values_list("session_key", flat=True)) == [client.session.session_key]


def own_password(client: Client, old: str, new: str) -> Any:
    profile = {"name_email-first_name": "M", "name_email-last_name": "O", "name_email-email": "moderator@staff.example"}
    screen = client.get(reverse("wagtailadmin_account"))
    assert screen.content.decode().count('name="password-old_password"') == 1
    page = {**profile, "theme-theme": "system", "theme-density": "default", "theme-contrast": "system"}
    page |= {"locale-preferred_language": "", "locale-current_time_zone": "", "theme-keyboard_shortcuts": "on"}
    words = {"password-old_password": old, "password-new_password1": new, "password-new_password2": new}
    return client.post(reverse("wagtailadmin_account"), page | words)


def test_an_own_password_is_changed_by_who_knows_the_old_one(client: Client, moderator: User) -> None:
    sign_in(client)
    own_password(client, "a guess", "another long enough phrase")

    assert own_password(client, PASSWORD, "another long enough phrase").status_code == 302

    moderator.refresh_from_db()
    assert moderator.check_password("another long enough phrase")
    assert moderator.wrong_tries == 0
    assert Entry.objects.get(action="user.set_password").actor_id == moderator.pk
    assert Mail.objects.get(kind=alerts.KIND).details == {"alert": "password"}
    assert is_in(client)


def test_nobody_guesses_a_password_on_a_screen_left_open(client: Client, moderator: User) -> None:
    sign_in(client)

    assert own_password(client, "a guess", "another long enough phrase").status_code == 200
    moderator.refresh_from_db()
    assert moderator.wrong_tries == 1
    for _ in range(signing_in.MOST_TRIES - 1):
        own_password(client, "a guess", "another long enough phrase")

    assert own_password(client, PASSWORD, "another long enough phrase").status_code == 200
    moderator.refresh_from_db()
    assert moderator.check_password(PASSWORD)
    assert moderator.locked_at is not None
    assert not Entry.objects.filter(action="user.set_password").exists()


def test_nine_wrong_tries_are_forgotten_with_the_right_one(client: Client, moderator: User) -> None:
    User.objects.filter(pk=moderator.pk).update(wrong_tries=signing_in.MOST_TRIES - 2)

    sign_in(Client(), password="wrong")
    assert sign_in(client).status_code == 302

    moderator.refresh_from_db()
    assert (moderator.wrong_tries, moderator.locked_at) == (0, None)


def test_without_a_second_factor_there_is_only_the_page_that_sets_one_up(
    client: Client, moderator: User, required: None
) -> None:
    sign_in(client)

    for address in (HOME, reverse("staff_moderation"), reverse("wagtailadmin_account"), "/staff/nowhere/"):
        assert client.get(address).url == FACTORS
        assert client.post(address).url == FACTORS
    assert "Before you go on" in client.get(FACTORS).content.decode()


def test_an_app_is_set_up_and_opens_the_rest(client: Client, moderator: User, required: None) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)

    secret = add_app(client)

    assert is_in(client)
    assert "Before you go on" not in client.get(FACTORS).content.decode()
    assert "unused" in client.get(reverse("mfa_view_recovery_codes")).content.decode().lower()
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    assert Entry.objects.get(action="user.add_app").actor_id == moderator.pk
    # Whoever knew the password alone is out.
    assert elsewhere.get(FACTORS).url.startswith(LOGIN)
    assert list(Mail.objects.values_list("row_id", "details__alert")) == [(moderator.pk, "add_app")]


def test_a_new_password_is_told_by_mail_whoever_set_it(client: Client, moderator: User) -> None:
    User.objects.filter(pk=moderator.pk).update(language="fr")
    sign_in(client)
    assert not Mail.objects.exists()
    newer = "another long enough phrase"

    moderator.set_password(newer)
    moderator.save(update_fields=["password"])

    mail = Mail.objects.get()
    message = message_of(mail)
    subject, body = rendered(message)
    assert (message.to, mail.details) == (moderator.email, {"alert": "password"})
    assert subject == "Le mot de passe de votre compte a été changé"
    assert "moderator" in body
    assert newer not in body
    User.objects.filter(pk=moderator.pk).update(is_active=False)
    assert message_of(mail) is None


@pytest.mark.parametrize("alert", alerts.Alert)
def test_each_alert_has_its_own_words(moderator: User, alert: alerts.Alert) -> None:
    alerts.queue(moderator.pk, alert)

    subject, body = rendered(message_of(Mail.objects.get()))

    assert subject == alerts.SUBJECTS[alert]()
    assert ("guessing" in body) == (alert == alerts.Alert.LOCKED)


def test_the_screens_of_second_factors_are_in_the_holders_language(client: Client, moderator: User) -> None:
    sign_in(client)
    assert "Vos seconds facteurs" not in client.get(FACTORS).content.decode()
    UserProfile.objects.update_or_create(user=moderator, defaults={"preferred_language": "fr"})

    page = client.get(FACTORS).content.decode()

    assert 'lang="fr"' in page
    assert "Vos seconds facteurs" in page
    assert "Authentification à deux facteurs" in page  # allauth's own words


@time_machine.travel("2026-05-04 10:00:10Z", tick=False)
def test_after_the_password_comes_the_code_and_each_code_opens_once(moderator: User, required: None) -> None:
    first = Client()
    sign_in(first)
    secret = add_app(first)
    with time_machine.travel("2026-05-04 10:05:10Z", tick=False):
        second, third = Client(), Client()
        for client in (second, third):
            assert sign_in(client).url == reverse("mfa_authenticate")
            assert not is_in(client)
            sign_in(client)

        wrong = second.post(reverse("mfa_authenticate"), {"code": "000000"})
        right = second.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
        again = third.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
        earlier = third.post(reverse("mfa_authenticate"), {"code": code_now(secret, later=-1)})

        assert "Incorrect code" in wrong.content.decode()
        assert right.url == HOME
        assert is_in(second)
        assert [answer.status_code for answer in (again, earlier)] == [200, 200]
        assert not is_in(third)
        assert third.post(reverse("mfa_authenticate"), {"code": code_now(secret, later=1)}).url == HOME


def test_a_recovery_code_opens_once(moderator: User, required: None) -> None:
    first, second, third = Client(), Client(), Client()
    sign_in(first)
    add_app(first)
    codes = first.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    for client in (second, third):
        sign_in(client)

    assert second.post(reverse("mfa_authenticate"), {"code": codes[0]}).url == HOME
    assert third.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200
    assert not is_in(third)


def test_who_knows_the_password_guesses_codes_ten_times_at_most(moderator: User, required: None) -> None:
    first, client = Client(), Client()
    sign_in(first)
    secret = add_app(first)
    sign_in(client)

    for _ in range(signing_in.MOST_TRIES):
        client.post(reverse("mfa_authenticate"), {"code": "no code"})

    assert client.post(reverse("mfa_authenticate"), {"code": code_now(secret)}).status_code == 200
    assert not is_in(client)
    assert sign_in(Client()).status_code == 200


def test_codes_are_taken_while_redis_is_away(moderator: User, required: None, settings: Settings) -> None:
    first, client = Client(), Client()
    sign_in(first)
    secret = add_app(first)
    settings.CACHES = {name: {**cache, "LOCATION": "redis://127.0.0.1:9/0"} for name, cache in settings.CACHES.items()}
    sign_in(client)

    assert client.post(reverse("mfa_authenticate"), {"code": code_now(secret)}).url == HOME


def test_the_last_second_factor_stays_where_one_is_required(client: Client, moderator: User, required: None) -> None:
    sign_in(client)
    add_app(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert signing_in.has_second_factor(moderator)
    passkey = Authenticator.objects.create(user=moderator, type="webauthn", data={"name": "key", "credential": {}})
    Authenticator.objects.filter(type="totp").delete()
    assert client.post(reverse("mfa_remove_webauthn", args=[passkey.pk])).url == FACTORS
    assert signing_in.has_second_factor(moderator)


def test_own_factors_are_changed_by_who_said_the_password_just_now(client: Client, moderator: User) -> None:
    sign_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        asked = client.get(reverse("mfa_activate_totp"))
        assert asked.url.startswith(reverse("account_reauthenticate"))
        assert client.post(asked.url, {"password": "wrong"}).status_code == 200
        assert client.post(asked.url, {"password": PASSWORD}).url == reverse("mfa_activate_totp")
        assert client.get(reverse("mfa_activate_totp")).status_code == 200


@pytest.mark.parametrize(("minutes", "still_in"), [(29, True), (31, False)])
def test_an_idle_session_ends(client: Client, moderator: User, minutes: int, still_in: bool) -> None:
    sign_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        answer = client.get(reverse("wagtailadmin_account"))
        assert (answer.status_code == 200) is still_in
        if not still_in:
            assert answer.url == f"{LOGIN}?next=%2Fstaff%2Faccount%2F"


def test_who_works_stays_in_for_twelve_hours_and_no_longer(client: Client, moderator: User) -> None:
    began = timezone.now()
    sign_in(client)
    for minutes in range(29, 12 * 60, 29):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            assert client.get(FACTORS).status_code == 200
    with time_machine.travel(began + timedelta(hours=12, minutes=1), tick=False):
        assert not is_in(client)


@pytest.mark.parametrize("ping", ["/staff/editing-sessions/ping/petitions/topic/1/1/", "/staff/cases/1/presence/"])
def test_a_page_that_asks_by_itself_keeps_nobody_in(ping: str, client: Client, moderator: User) -> None:
    began = timezone.now()
    sign_in(client)
    for minutes in (10, 20, 31):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            client.post(ping)
    assert not client.session.get(signing_in.BEGAN)


def test_a_disabled_login_is_out_at_its_next_request(client: Client, moderator: User) -> None:
    sign_in(client)
    User.objects.filter(pk=moderator.pk).update(is_active=False)

    assert client.get(HOME).url.startswith(LOGIN)


@time_machine.travel("2026-05-04 10:00:10Z", tick=False)
def test_a_network_is_told_to_wait(client: Client, moderator: User, rf: RequestFactory) -> None:
    assert sign_in(client, password="").status_code == 200
    limit = {"group": views.GROUP, "key": "ip", "rate": views.TRIES_OF_A_NETWORK, "method": "POST"}
    for _ in range(120):
        get_usage(rf.post(LOGIN), **limit, increment=True)

    assert sign_in(client, password="").status_code == 429
