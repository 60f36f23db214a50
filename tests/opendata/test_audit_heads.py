"""The published heads of the audit log."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from audit import sealing
from audit.services import record

pytestmark = pytest.mark.django_db


def test_anybody_can_keep_the_heads_of_the_log(client: Client) -> None:
    assert client.get("/audit/heads.json").json() == {"algorithm": "sha256", "data": []}
    for day in (2, 3):
        record(action="petition.hide", subject_kind="petition", subject_id=1, reason="Nobody else's business")
        now = datetime(2026, 3, day, tzinfo=UTC)
        sealing.seal(now)
        head = sealing.publish_head(now)

    response = client.get("/audit/heads.json")
    newest, older = response.json()["data"]
    assert newest == {
        "day": "2026-03-03",
        "entries": 2,
        "digest": bytes(head.digest).hex(),
        "published_at": "2026-03-03T00:00:00+00:00",
    }
    assert (older["day"], older["entries"]) == ("2026-03-02", 1)
    assert "public" in response["Cache-Control"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert b"business" not in response.content
