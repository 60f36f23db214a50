"""What a petition's page was made of, asked without making it."""

import pytest
from django.utils import timezone

from config.front.origins import origin_of
from petitions import switches
from petitions.models import Petition
from tests.factories import make_open_petition

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_origin_of_a_petition_page_follows_its_rows_the_switches_and_the_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    petition = make_open_petition()
    key = ("http", "localhost", f"/fr/petitions/{petition.pk}/", "")
    before = origin_of(key)
    assert before is not None
    assert before == origin_of(key)
    Petition.objects.filter(pk=petition.pk).update(signature_count=9)
    assert origin_of(key) != before
    before = origin_of(key)
    monkeypatch.setattr(switches, "current", lambda: switches.Switches(signing_paused_at=timezone.now()))
    assert origin_of(key) != before


@pytest.mark.parametrize("path", ["/", "/petitions/", "/petitions/7/sign/", "/petitions/7/", f"/petitions/{'9' * 18}/"])
def test_other_pages_have_none(path: str) -> None:
    assert origin_of(("http", "localhost", path, "")) is None
