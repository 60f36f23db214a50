from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from audit.models import Entry
from petitions import services
from petitions.lifecycle import State
from petitions.models import Correction, Event, Petition

pytestmark = pytest.mark.django_db
MakePetition = Callable[..., Petition]
WORDS = {
    "title": "Mend both bridges",
    "ask": "Please mend the bridge.",
    "detail": "It has been closed for a year.",
    "note": {"en": "There are two bridges.", "fr": "Il y a deux ponts.", "xx": "?"},
}


@pytest.mark.parametrize("state", [State.OPEN, State.CLOSED])
def test_a_correction_keeps_what_people_signed_and_says_so_in_public(
    make_petition: MakePetition, moderator: User, now: datetime, state: State
) -> None:
    petition = make_petition(state)

    correction = services.correct(petition_id=petition.pk, moderator=moderator, **WORDS, now=now)

    petition.refresh_from_db()
    assert petition.title == "Mend both bridges"
    assert (correction.title, correction.hidden, correction.at) == ("Mend the bridge", False, now)
    event = Event.objects.get(petition=petition, kind="corrected")
    assert event.text == {"en": "There are two bridges.", "fr": "Il y a deux ponts."}
    assert (event.public, event.tells_creator, event.tells_signers) == (True, True, True)
    assert Entry.objects.get(action="petition.correct").details["fields"] == ["title"]


def test_each_correction_is_an_entry_of_its_own_and_may_hide_the_earlier_text(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    petition = make_petition()

    services.correct(petition_id=petition.pk, moderator=moderator, **WORDS, now=now)
    services.correct(
        petition_id=petition.pk, moderator=moderator, **{**WORDS, "ask": "Do it."}, hide_earlier=True, now=now
    )

    assert list(Correction.objects.order_by("pk").values_list("title", "hidden")) == [
        ("Mend the bridge", False),
        ("Mend both bridges", True),
    ]
    assert Event.objects.filter(petition=petition, kind="corrected").count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"note": {"fr": "Il y a deux ponts."}}, "note_en"),
        ({"note": {"en": " "}}, "note_en"),
        ({"title": ""}, "title"),
        ({"ask": "x" * 301}, "ask"),
        ({"title": "Mend the bridge"}, "title"),
    ],
)
def test_a_correction_needs_a_note_a_fitting_text_and_a_change(
    make_petition: MakePetition, moderator: User, now: datetime, change: dict[str, Any], field: str
) -> None:
    petition = make_petition()

    with pytest.raises(services.Refused) as refusal:
        services.correct(petition_id=petition.pk, moderator=moderator, **{**WORDS, **change}, now=now)

    assert refusal.value.field == field
    assert not Correction.objects.exists()


def test_an_imported_text_longer_than_todays_limit_can_be_corrected(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    petition = make_petition()
    Petition.objects.update(title="t" * 150, ask="")

    services.correct(petition_id=petition.pk, moderator=moderator, **{**WORDS, "title": "u" * 150, "ask": ""}, now=now)

    assert Petition.objects.get().title == "u" * 150


@pytest.mark.parametrize("state", [State.IN_MODERATION, State.REJECTED, State.WITHDRAWN, State.HIDDEN])
def test_only_what_people_can_sign_or_have_signed_is_corrected(
    make_petition: MakePetition, moderator: User, now: datetime, state: State
) -> None:
    with pytest.raises(services.Refused):
        services.correct(petition_id=make_petition(state).pk, moderator=moderator, **WORDS, now=now)


def test_who_may_not_moderate_corrects_nothing(make_petition: MakePetition, bystander: User, now: datetime) -> None:
    with pytest.raises(services.NotAllowed):
        services.correct(petition_id=make_petition().pk, moderator=bystander, **WORDS, now=now)
