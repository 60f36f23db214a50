"""All of the demo's petitions at once."""

import pytest
from django.db.models import Sum

import responses.services
from petitions.lifecycle import State
from petitions.models import ConstituencyCount, Petition, RegionCount, Rejection
from responses.models import AnswerPage, Case
from signatures.models import Signature
from tests.importing.records import run

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_all_petitions_of_the_demo_are_loaded_and_a_second_load_changes_nothing():
    said = run("load_petitions")

    assert said.err == ""
    assert said.counts("UK petitions") == [3042, 0, 0, 0]
    assert said.counts("We the People") == [1469, 0, 0, 0]
    assert said.counts("answers") == [131, 0, 0, 0]
    assert Petition.objects.filter(source="uk", state=State.REJECTED).count() == Rejection.objects.count() == 2003
    assert Petition.objects.filter(source="uk", source_state="open", state=State.CLOSED).count() == 176
    assert AnswerPage.objects.live().count() == Case.objects.filter(origin="import", state="closed").count() == 131
    assert ConstituencyCount.objects.count() == 138_934
    imported = Petition.objects.aggregate(sum=Sum("imported_count"))["sum"]
    assert RegionCount.objects.aggregate(sum=Sum("imported"))["sum"] == imported
    assert not Signature.objects.exists()
    assert responses.services.check_clearances() == {}

    again = run("load_petitions")

    assert again.counts("UK petitions") == [0, 0, 3042, 0]
    assert again.counts("We the People") == [0, 0, 1469, 0]
    assert again.counts("answers") == [0, 0, 131, 0]
