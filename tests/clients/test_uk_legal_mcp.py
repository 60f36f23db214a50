"""uk-legal-mcp 0.8.5 (PyPI), as it is, believes us to be petition.parliament.uk."""

import json
from pathlib import Path

import pytest

from tests.clients.conftest import Run
from tests.clients.door import Door
from tests.journeys.site import Site

pytestmark = [pytest.mark.processes, pytest.mark.slow]

SCRIPT = Path(__file__).parent / "scripts" / "uk_legal_mcp.py"
ROWS = """
SELECT p.id, p.title, p.state, p.signature_count, (p.created_at AT TIME ZONE 'UTC')::date::text,
    (c.answered_at AT TIME ZONE 'UTC')::date::text, h.scheduled_on::text
FROM petitions_petition p
LEFT JOIN petitions_publiccase c ON c.petition_id = p.id LEFT JOIN petitions_hearing h ON h.petition_id = p.id
WHERE p.state = ANY(%s) AND p.search @@ websearch_to_tsquery('redress_english', %s)
ORDER BY p.signature_count DESC, p.created_at DESC, p.id DESC LIMIT %s OFFSET %s
"""
CALLS = [
    {"query": "government", "limit": 20},
    {"query": "government", "limit": 5, "offset": 5, "state": "closed"},
    {"query": "ban plastic", "limit": 50},
    {"query": "nothingofthekind"},
]


def test_what_it_finds_is_what_the_database_holds(site: Site, door: Door, python: Run) -> None:
    found = python("uk-legal-mcp", SCRIPT, json.dumps(CALLS))
    assert door.callers >= 1
    for call, answer in zip(CALLS, found, strict=True):
        states = ["closed"] if call.get("state") == "closed" else ["open", "closed", "rejected"]
        limit, offset = call.get("limit", 20), call.get("offset", 0)
        rows = [
            {
                "id": number,
                "action": title.strip(),
                "state": state,
                "signature_count": count,
                "created_at": created,
                "government_response_at": answered,
                "debate_date": debate,
                "url": f"https://petition.parliament.uk/petitions/{number}",
            }
            for number, title, state, count, created, answered, debate in site.query(
                ROWS, states, call["query"], limit, offset
            )
        ]
        assert answer["petitions"] == rows, call
        assert answer["total"] == len(rows)
        assert answer["has_more"] == (len(rows) == limit)
    assert len(found[0]["petitions"]) > 10
    assert len(found[1]["petitions"]) == 5
    assert found[3]["petitions"] == []
