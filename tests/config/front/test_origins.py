"""What a petition's page was made of, asked without making it."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from time_machine import TimeMachineFixture

from config.front.origins import origin_of
from petitions import switches
from petitions.models import Petition
from tests.factories import make_open_petition

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_origin_of_a_petition_page_follows_its_rows_the_switches_and_the_hour(
    monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(datetime(2026, 4, 10, 12, 59, 59, tzinfo=UTC), tick=False)
    petition = make_open_petition()
    key = ("http", "localhost", f"/fr/petitions/{petition.pk}/", "")
    before = origin_of(key)
    assert before is not None
    assert before == origin_of(key)
    Petition.objects.filter(pk=petition.pk).update(signature_count=9)
    assert origin_of(key) != before
    before = origin_of(key)
    time_machine.shift(1)
    assert origin_of(key) != before
    before = origin_of(key)
    monkeypatch.setattr(switches, "current", lambda: switches.Switches(signing_paused_at=timezone.now()))
    assert origin_of(key) != before


@pytest.mark.parametrize("path", ["/", "/petitions/", "/petitions/7/sign/", "/petitions/7/", f"/petitions/{'9' * 18}/"])
def test_other_pages_have_none(path: str) -> None:
    assert origin_of(("http", "localhost", path, "")) is None
