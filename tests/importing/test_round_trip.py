"""What came in comes out."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from accounts.models import User
from petitions.lifecycle import State
from petitions.models import Petition
from tests.importing.records import run, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_host(settings: Any) -> None:
    """The comparison asks this site by the name in its settings."""
    settings.ALLOWED_HOSTS = ["petitions.example"]


@pytest.mark.slow
def test_what_came_in_comes_out_again_value_by_value(loaded: None, sample: list[str]):
    said = run("check_round_trip", *sample)

    rows = {line[:22].strip(): line[22:].split() for line in said.out.splitlines() if line.startswith(("UK ", "WTP "))}
    assert len(rows) == 28
    for checked, equal, by_rule, differ in rows.values():
        assert int(checked.replace(",", "")) == int(equal.replace(",", "")) + int(by_rule)
        assert differ == "0"
    assert {kind for kind, row in rows.items() if row[2] != "0"} == {"UK state", "UK closing time"}


@pytest.fixture
def few(sample: list[str], tmp_path: Path) -> list[str]:
    """Arguments that compare the first record of each file and those that the demo opens again."""
    records = [json.loads(line) for line in Path(sample[0].removeprefix("--uk=")).read_text().splitlines()]
    chosen = records[:1] + [record for record in records if record["id"] > 629_500]
    wtp = write_lines(tmp_path / "wtp.jsonl", [])
    return [f"--uk={write_lines(tmp_path / 'uk.jsonl', chosen)}", sample[1], f"--wtp={wtp}"]


def test_a_value_that_differs_is_named(loaded: None, few: list[str]):
    Petition.objects.filter(pk=630365).update(title="Something else")

    with pytest.raises(CommandError, match="1 values differ"):
        run("check_round_trip", *few)


def test_petitions_that_were_changed_here_are_left_out_of_the_comparison(loaded: None, few: list[str]):
    Petition.objects.filter(pk=630365).update(title="Something else", exempt=False)

    assert "changed here: 1." in run("check_round_trip", *few).out


def test_the_demo_needs_petitions_and_staff(loaded: None):
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="run create_roles --demo-users first"):
        run("make_demo")
    Petition.objects.filter(pk=618769).delete()
    with pytest.raises(CommandError, match="run load_petitions first"):
        run("make_demo")
    assert not Petition.objects.filter(state=State.OPEN).exists()
