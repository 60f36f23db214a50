"""Every column is judged: what does it say of a person? A new one fails here until somebody has answered."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
JUDGED = tomllib.loads((HERE / "personal_data.toml").read_text())
PACKAGES = JUDGED.pop("packages")
CLASSES = ("sealed", "keyed", "person", "words", "staff", "nothing")
PAGE = (ROOT / "docs" / "data-protection.md").read_text()


def is_ours(model: type) -> bool:
    return Path(apps.get_app_config(model._meta.app_label).path).is_relative_to(ROOT) and ".venv" not in str(
        apps.get_app_config(model._meta.app_label).path
    )


MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
OURS = {label: model for label, model in MODELS.items() if is_ours(model)}


@pytest.mark.parametrize("label", sorted(OURS))
def test_each_column_of_ours_is_judged_once(label: str) -> None:
    judged = JUDGED.get(label, {})
    assert set(judged) <= set(CLASSES)
    named = [name for names in judged.values() for name in names]
    columns = [field.name for field in OURS[label]._meta.local_concrete_fields]
    assert sorted(named) == sorted(columns), f"judge {label} in tests/architecture/personal_data.toml"


def test_no_table_is_judged_that_is_not_there() -> None:
    assert set(JUDGED) == set(OURS)


def test_each_table_of_a_package_is_judged_as_a_whole() -> None:
    assert set(PACKAGES) == set(MODELS) - set(OURS)
    assert set(PACKAGES.values()) <= {"staff", "nothing"}


@pytest.mark.parametrize(
    "label", sorted(label for label, judged in JUDGED.items() if set(judged) & {"sealed", "keyed", "person", "words"})
)
def test_each_table_that_says_something_of_citizens_is_on_the_page(label: str) -> None:
    assert f"`{label}`" in PAGE


def test_whatever_is_sealed_or_keyed_has_a_binary_column() -> None:
    for label, judged in JUDGED.items():
        for name in judged.get("sealed", []):
            assert OURS[label]._meta.get_field(name).get_internal_type() == "BinaryField"
