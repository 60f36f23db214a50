"""Settings → Partners, as administrators and auditors see it."""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from opendata.models import PartnerKey
from opendata.wethepeople import keys
from tests.opendata.wethepeople.conftest import TERMS, Issue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FORM = {
    "partner": "The Trees Trust",
    "declaration": "They live here.",
    "country": "GB",
    "language": "fr",
    "per_minute": "30",
    "per_hour": "300",
    "expires_at": "",
    "note": "By Robin.",
}


@pytest.fixture
def staff(administrator: User) -> Client:
    call_command("create_site", verbosity=0)
    client = Client()
    client.force_login(administrator)
    return client


def test_a_key_is_issued_and_shown_once(staff: Client):
    response = staff.post("/staff/partners/", FORM)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    key = re.search(r'<code class="rd-key">([\w-]{43})</code>', response.content.decode())[1]
    row = keys.find(key, now=timezone.now())
    assert (row.partner, row.language, row.per_hour, row.trusted) == ("The Trees Trust", "fr", 300, False)
    for path in ("/staff/partners/", f"/staff/partners/{row.pk}/"):
        page = staff.get(path).content.decode()
        assert "The Trees Trust" in page
        assert row.beginning in page
        assert key not in page


def test_what_is_wrong_stands_beside_its_field_and_issues_nothing(staff: Client):
    page = staff.post("/staff/partners/", FORM | {"per_hour": "0", "note": "ask a@b.example"}).content.decode()
    assert "Name no e-mail address here." in page
    assert "They live here." in page
    assert not PartnerKey.objects.exists()


def test_terms_are_changed_and_a_key_is_revoked_with_a_reason(staff: Client, issue: Issue):
    row, key = issue()
    path = f"/staff/partners/{row.pk}/"
    assert staff.post(path, FORM | {"trusted": "on", "reason": ""}).status_code == 200
    assert staff.post(path, FORM | {"trusted": "on", "reason": "They asked."}).status_code == 302
    row.refresh_from_db()
    assert (row.trusted, row.per_minute) == (True, 30)
    assert "They asked." in staff.get(path).content.decode()
    assert staff.post(path, {"revoke": "1", "reason": ""}).status_code == 200
    assert keys.find(key, now=timezone.now())
    assert staff.post(path, {"revoke": "1", "reason": "Misused."}).status_code == 302
    assert keys.find(key, now=timezone.now()) is None
    assert "revoked" in staff.get(path).content.decode()
    assert Entry.objects.filter(action="partner_key.revoke", subject_id=row.pk).exists()
    assert staff.get("/staff/partners/99999999999999999999/").status_code == 404
    assert TERMS.partner in staff.get("/staff/partners/").content.decode()
