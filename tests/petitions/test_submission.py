from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from mailing.models import Mail
from petitions import services, staff_mail
from petitions.lifecycle import State
from petitions.models import Event, Limits, Petition

pytestmark = pytest.mark.django_db
TEXT = {"title": "Mend the bridge", "ask": "Please.", "detail": "", "language": "en", "creator_name": "Ada Example"}


def test_a_new_petition_is_a_draft_with_a_number_of_ours(now: datetime) -> None:
    petition = services.submit(**TEXT, now=now)

    assert petition.state == State.DRAFT
    assert petition.pk > 1_000_000
    assert not Petition.objects.public().filter(pk=petition.pk).exists()


def test_texts_are_stored_composed_trimmed_and_without_invisible_characters(now: datetime) -> None:
    petition = services.submit(
        **{
            **TEXT,
            "title": "  Me\u0301tro\n pour\u202e tous ",
            "ask": "One.\r\n\r\nTwo.\x00",
            "detail": "می\u200cخواهم",
        },
        now=now,
    )

    assert (petition.title, petition.ask, petition.detail) == ("Métro pour tous", "One.\n\nTwo.", "می\u200cخواهم")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "\u200b \u2800"),
        ("title", "x" * 81),
        ("ask", " \n "),
        ("ask", "x" * 301),
        ("detail", "x" * 801),
        ("language", "xx"),
        ("creator_name", "\u200d\u200d"),
        ("creator_name", "x" * 101),
    ],
)
def test_what_is_missing_or_too_long_is_refused_at_its_field(now: datetime, field: str, value: str) -> None:
    with pytest.raises(services.Refused) as refusal:
        services.submit(**{**TEXT, field: value}, now=now)

    assert refusal.value.field == field
    assert not Petition.objects.exists()


@pytest.mark.parametrize("field", ["title", "ask", "detail"])
def test_a_text_of_exactly_the_limit_passes(now: datetime, field: str) -> None:
    longest = {"title": 80, "ask": 300, "detail": 800}[field]

    assert len(getattr(services.submit(**{**TEXT, field: "é" * longest}, now=now), field)) == longest


def test_confirming_the_creator_twice_changes_nothing_more(now: datetime) -> None:
    petition = services.submit(**TEXT, now=now)

    services.confirm_creator(petition_id=petition.pk, now=now)
    services.confirm_creator(petition_id=petition.pk, now=now + timedelta(hours=1))

    petition.refresh_from_db()
    assert (petition.state, petition.updated_at) == (State.GATHERING_SUPPORT, now)


def test_without_need_of_supporters_a_petition_goes_straight_to_the_moderators(now: datetime) -> None:
    Limits.objects.update_or_create(pk=1, defaults={"supporters": 0})
    petition = services.submit(**TEXT, now=now)

    assert services.confirm_creator(petition_id=petition.pk, now=now).state == State.IN_MODERATION


def test_the_fifth_supporter_hands_the_petition_in_once(make_petition: Callable[..., Petition], now: datetime) -> None:
    petition = make_petition(State.GATHERING_SUPPORT)

    states = [
        services.record_supporters(petition_id=petition.pk, count=count, now=now).state for count in (3, 4, 5, 6, 4)
    ]

    assert states == [State.GATHERING_SUPPORT] * 2 + [State.IN_MODERATION] * 3
    event = Event.objects.get(petition=petition, kind="support_complete")
    assert (event.public, event.tells_creator) == (False, True)
    assert Petition.objects.get().moderation_threshold_reached_at == now


def test_supporters_of_a_draft_are_counted_and_taken_up_when_its_creator_confirms(now: datetime) -> None:
    petition = services.submit(**TEXT, now=now)

    assert services.record_supporters(petition_id=petition.pk, count=5, now=now).state == State.DRAFT
    assert services.confirm_creator(petition_id=petition.pk, now=now).state == State.IN_MODERATION


def test_a_negative_count_of_supporters_is_a_fault(now: datetime) -> None:
    with pytest.raises(ValueError, match="not negative"):
        services.record_supporters(petition_id=services.submit(**TEXT, now=now).pk, count=-1, now=now)


def test_every_moderator_is_mailed_once_a_day_with_numbers_and_no_text(
    make_petition: Callable[..., Petition], moderator: User, second_moderator: User, now: datetime
) -> None:
    for _ in range(3):
        make_petition(State.IN_MODERATION, title="Unseen words")

    mails = list(Mail.objects.filter(kind=staff_mail.WAITING))
    assert sorted(mail.row_id for mail in mails) == sorted([moderator.pk, second_moderator.pk])
    message = staff_mail.build(mails[0])
    assert message is not None
    assert message.context["petitions"] == 3
    assert message.context["url"].endswith("/staff/moderation/")
    assert "Unseen" not in str(message)


@pytest.mark.parametrize(("language", "words"), [("en", "2 petitions to be checked"), ("fr", "2 pétitions")])
def test_the_moderators_mail_is_written_in_their_language(
    make_petition: Callable[..., Petition], moderator: User, language: str, words: str
) -> None:
    from mailing.compose import compose

    User.objects.update(language=language)
    for _ in range(2):
        make_petition(State.IN_MODERATION, title="Unseen words")

    row = Mail.objects.get(kind=staff_mail.WAITING)
    mail = compose(row, staff_mail.build(row))

    assert words in mail.body
    assert "/staff/moderation/" in mail.body
    assert mail.to == ["moderator@staff.example"]
    assert "\n\n\n" not in mail.body


def test_no_mail_leaves_when_nothing_waits_any_more_or_the_moderator_has_gone(
    make_petition: Callable[..., Petition], moderator: User, second_moderator: User, now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION)
    mail = Mail.objects.get(kind=staff_mail.WAITING, row_id=moderator.pk)
    assert staff_mail.build(mail) is not None

    User.objects.filter(pk=moderator.pk).update(is_active=False)
    assert staff_mail.build(mail) is None

    User.objects.filter(pk=moderator.pk).update(is_active=True)
    services.approve(petition_id=petition.pk, moderator=second_moderator, now=now)
    assert staff_mail.build(mail) is None


def test_the_creator_edits_while_supporters_are_gathered_and_not_later(
    make_petition: Callable[..., Petition], now: datetime
) -> None:
    gathering, waiting = make_petition(State.GATHERING_SUPPORT), make_petition(State.IN_MODERATION)
    words = {"title": "Mend both bridges", "ask": "Please do.", "detail": "Soon."}

    services.edit_before_moderation(petition_id=gathering.pk, **words, now=now)
    with pytest.raises(services.Refused):
        services.edit_before_moderation(petition_id=waiting.pk, **words, now=now)
    with pytest.raises(services.Refused) as refusal:
        services.edit_before_moderation(petition_id=gathering.pk, **{**words, "title": "x" * 81}, now=now)

    assert refusal.value.field == "title"
    assert Petition.objects.get(pk=gathering.pk).title == "Mend both bridges"
    assert Petition.objects.get(pk=waiting.pk).title == "Mend the bridge"


@pytest.mark.parametrize(("opened", "public"), [(True, True), (False, False)])
def test_a_withdrawn_petition_stays_public_only_if_it_had_been_open(
    make_petition: Callable[..., Petition], opened: bool, public: bool
) -> None:
    petition = make_petition(State.WITHDRAWN, opened=opened)

    assert petition.withdrawn_at is not None
    assert Petition.objects.public().filter(pk=petition.pk).exists() == public
    assert Event.objects.filter(petition=petition, kind="withdrawn", tells_creator=True).exists()


def test_a_closed_petition_is_not_withdrawn(make_petition: Callable[..., Petition], now: datetime) -> None:
    with pytest.raises(services.WrongState):
        services.withdraw(petition_id=make_petition(State.CLOSED).pk, now=now)
