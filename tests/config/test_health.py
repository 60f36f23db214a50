"""Probes."""

import pytest
from django.test import Client


def test_healthz_asks_no_database_and_takes_any_host(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
def test_readyz_tells_of_the_database_and_of_redis(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "redis": "ok"}
