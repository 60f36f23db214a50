"""The change feed as a client walks it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from opendata.changes import numbering
from opendata.models import Change
from petitions.lifecycle import State
from petitions.models import Petition


def walk(get: Any, since: int = 0) -> list[dict[str, Any]]:
    """All changes behind a position, three at a time."""
    found: list[dict[str, Any]] = []
    while True:
        page = get(f"changes?since={since}&limit=3")
        found += page["data"]
        since = page["since"]
        if not page["more"]:
            return found


def test_from_the_start_it_is_everything_public_in_order(get: Any, petitions: dict[str, Petition]) -> None:
    found = walk(get)
    positions = [one["position"] for one in found]
    assert positions == sorted(set(positions))
    told = {one["id"] for one in found if one["kind"] == "petition"}
    assert told == {one["id"] for one in get("petitions")["data"]}
    assert {one["id"] for one in found if one["kind"] == "answer"} == {one["case"] for one in get("answers")["data"]}
    assert sum(one["kind"] == "topic" for one in found) == len(get("topics")["data"])


def test_an_entry_holds_what_is_there_now(get: Any, petitions: dict[str, Petition]) -> None:
    for one in walk(get):
        assert one["change"] == "changed"
        if one["kind"] == "petition":
            assert one["petition"] == get(f"petitions/{one['id']}")


def test_who_asks_again_hears_only_what_is_new(get: Any, petitions: dict[str, Petition]) -> None:
    since = walk(get)[-1]["position"]
    quiet = get(f"changes?since={since}")
    assert (quiet["data"], quiet["since"], quiet["more"]) == ([], since, False)
    Petition.objects.filter(pk=petitions["open"].pk).update(signature_count=51)
    numbering.number(timezone.now() + timedelta(minutes=1))
    new = get(quiet["next"])["data"]
    assert [(one["id"], one["petition"]["signature_count"]) for one in new] == [(petitions["open"].pk, 51)]


def test_what_is_hidden_is_removed_and_shows_nothing(get: Any, petitions: dict[str, Petition]) -> None:
    since = walk(get)[-1]["position"]
    Petition.objects.filter(pk=petitions["rejected"].pk).update(state=State.HIDDEN)
    numbering.number(timezone.now() + timedelta(minutes=1))
    (gone,) = get(f"changes?since={since}")["data"]
    assert (gone["change"], gone["id"], gone["petition"]) == ("removed", petitions["rejected"].pk, None)


def test_a_time_is_a_position(get: Any, petitions: dict[str, Petition]) -> None:
    last = Change.objects.latest("position")
    assert get(f"changes?since={numbering.position_of(last.at + timedelta(minutes=1))}")["data"] == []
    assert walk(get, numbering.position_of(last.at - timedelta(minutes=1)))
