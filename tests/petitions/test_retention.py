"""What the room of petitions keeps no longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from petitions.models import Draft, Report
from petitions.services import forget_creator, forget_old
from tests.factories import make_draft, make_open_petition, make_petition, make_rejected_petition

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_drafts_go_after_thirty_days_and_those_handed_in_with_their_petition() -> None:
    now = timezone.now()
    waiting = make_petition(state="draft")
    kept = [make_draft(created_at=now - 29 * DAY), make_draft(created_at=now - 99 * DAY, petition=waiting)]
    make_draft(created_at=now - 31 * DAY, title="I live in Cherry Tree Lane")
    make_draft(created_at=now - 31 * DAY, petition=make_open_petition())
    assert forget_old(now)["drafts"] == 2
    assert set(Draft.objects.all()) == set(kept)


def test_the_words_of_a_report_go_a_year_after_the_decision(django_user_model) -> None:
    now = timezone.now()
    decided = {"state": "dismissed", "decided_by": django_user_model.objects.create(username="moderator")}
    petition = make_open_petition()
    old, new, waiting = (
        Report.objects.create(petition=petition, reason="other", text="He lives next door.", **columns)
        for columns in (
            {**decided, "decided_at": now - 366 * DAY},
            {**decided, "decided_at": now - 364 * DAY},
            {"at": now - 900 * DAY},
        )
    )
    assert forget_old(now)["reports"] == 1
    for report, text in ((old, ""), (new, "He lives next door."), (waiting, "He lives next door.")):
        report.refresh_from_db()
        assert report.text == text
    assert forget_old(now)["reports"] == 0


def test_a_petition_that_found_no_supporters_for_a_year_is_taken_back_in_silence() -> None:
    now = timezone.now()
    lying = make_petition(state="gathering_support", created_at=now - 366 * DAY)
    young = make_petition(state="gathering_support", created_at=now - 364 * DAY)
    assert forget_old(now)["unsupported"] == 1
    lying.refresh_from_db()
    young.refresh_from_db()
    assert (lying.state, young.state) == ("withdrawn", "gathering_support")
    assert Entry.objects.get(subject_id=lying.pk).details == {"by": "clock"}
    assert not lying.events.filter(tells_creator=True).exists()


def test_a_creator_who_has_their_data_erased_leaves_no_correction_that_they_began() -> None:
    now = timezone.now()
    refused, other = make_rejected_petition(), make_rejected_petition()
    make_draft(corrects=refused, sealed=b"name and address")
    handed_in = make_draft(corrects=refused, petition=make_petition(), sealed=b"of another petition's creator")
    kept = [handed_in, make_draft(corrects=other), make_draft()]
    forget_creator(petition_id=refused.pk, now=now, by="clock")
    assert Draft.objects.count() == 4
    forget_creator(petition_id=refused.pk, now=now)
    assert set(Draft.objects.all()) == set(kept)
