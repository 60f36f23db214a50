"""The API does what its description says: schemathesis asks it everything that the description allows, and what not."""

from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator
from schemathesis.config import SchemathesisConfig

from opendata.api import limits
from opendata.api.reference import reference
from opendata.api.site import description
from petitions.models import Petition

EXAMPLES = 12
CONFIG = {
    "seed": 20260722,
    "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none", "allow-x00": False},
}

schema = schemathesis.openapi.from_dict(description(), config=SchemathesisConfig.from_dict(CONFIG))
schema.app = get_wsgi_application()


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """One network may ask all that it likes, and no request ends the connection that the test's rows are in."""
    monkeypatch.setattr(limits, "PER_MINUTE", 1_000_000)
    for signal in (request_started, request_finished):
        monkeypatch.setattr(signal, "receivers", [])


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_server_keeps_to_the_description(case: Any, petitions: dict[str, Petition], unlimited: None) -> None:
    case.call_and_validate()


def test_each_petition_and_answer_is_as_described(get: Any, petitions: dict[str, Petition]) -> None:
    """With rows that are there: the walk above meets numbers that mostly stand for nothing."""
    shapes = description()["components"]["schemas"]

    def fits(name: str, document: Any) -> None:
        described = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": shapes}}
        Draft202012Validator(described).validate(document)

    fits("Changes", get("changes"))
    for one in get("petitions")["data"]:
        fits("Petition", one)
        for room, name in (("history", "History"), ("places", "Places"), ("events", "EventPage")):
            fits(name, get(f"petitions/{one['id']}/{room}"))
    for one in get("answers")["data"]:
        fits("WholeAnswer", get(f"answers/{one['case']}"))


def test_each_example_is_as_described() -> None:
    shapes = description()["components"]["schemas"]
    for operations in description()["paths"].values():
        for told in operations["get"]["responses"].values():
            content = told["content"]["application/json"]
            described = {**content["schema"], "components": {"schemas": shapes}}
            Draft202012Validator(described).validate(content["example"])


def test_each_operation_and_object_is_on_the_page(client: Any, db: None) -> None:
    page = client.get("/api/docs/").content.decode()
    found = reference()
    assert sum(len(operations) for _group, _title, operations in found.groups) == len(description()["paths"])
    for path, operations in description()["paths"].items():
        assert f'id="{operations["get"]["operationId"]}"' in page
        assert path in page
    for shape in found.shapes:
        assert f'id="object-{shape.name}"' in page
        for field in shape.fields:
            assert field.about, f"{shape.name}.{field.name} says nothing"


def test_the_page_speaks_french_and_needs_nobody_else(client: Any, db: None) -> None:
    page = client.get("/fr/api/docs/")
    text = page.content.decode()
    assert 'lang="fr"' in text
    assert "Signatures d’une pétition par heure" in text
    assert "<script src=" in text  # the site's own
    assert 'src="http' not in text
    assert 'rel="stylesheet" href="http' not in text
    assert not page.cookies
