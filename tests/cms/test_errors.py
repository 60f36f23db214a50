import json

import pytest
from django.test import Client, RequestFactory

from cms.errors import STATUSES, error_page


@pytest.mark.parametrize("status", sorted(STATUSES))
@pytest.mark.parametrize("path", ["/x/", "/fr/x/"])
def test_every_error_page_works_without_the_database(rf: RequestFactory, status: int, path: str) -> None:
    # No database fixture: a query would fail this test.
    response = error_page(rf.get(path), status)
    html = response.content.decode()
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in html
    assert f'<html lang="{"fr" if path.startswith("/fr/") else "en"}"' in html
    assert not response.cookies


def test_waiting_time_is_said_and_sent(rf: RequestFactory) -> None:
    response = error_page(rf.get("/"), 429, retry_after=30, message="Slow down.")
    assert response["Retry-After"] == "30"
    assert "30 seconds" in response.content.decode()
    assert "Slow down." in response.content.decode()


def test_data_address_gets_data(rf: RequestFactory) -> None:
    response = error_page(rf.get("/petitions/1.json"), 404)
    assert json.loads(response.content) == {"error": "Not Found"}


def test_status_without_a_page_is_refused(rf: RequestFactory) -> None:
    with pytest.raises(ValueError, match="418"):
        error_page(rf.get("/"), 418)


def test_unknown_address_is_shown_in_its_language(client: Client, db: None) -> None:
    response = client.get("/fr/nowhere/")
    assert response.status_code == 404
    assert b'<html lang="fr"' in response.content
