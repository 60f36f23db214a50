"""Kinds of values that every shape uses, and the shapes that stand around all others."""

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from opendata.values import moment

LARGEST_NUMBER = 2**63 - 1

# As in all JSON of this site: UTC with milliseconds and a Z.
Moment = Annotated[
    datetime, PlainSerializer(moment, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})
]
# A text in each language that it was written in.
Words = dict[str, str]
PetitionNumber = Annotated[int, Field(ge=1, le=LARGEST_NUMBER, description=_("The petition's number."))]
CaseNumber = Annotated[
    int, Field(ge=1, le=LARGEST_NUMBER, description=_("The number of its case, which is the answer's own."))
]


class Shape(BaseModel):
    """What an answer is made of. Every field is always there; one that has nothing to say is null or empty."""

    model_config = ConfigDict(frozen=True)


class Problem(Shape):
    """Why there is no answer."""

    error: str = Field(description=_("What went wrong, in English."), examples=["Not Found"])
    fields: dict[str, str] = Field(
        default_factory=dict,
        description=_("What is wrong with which parameter."),
        examples=[{"limit": "Input should be less than or equal to 100"}],
    )


def described(description: str, *examples: Any) -> Any:
    """A field with its description (marked for translation where it stands); without an example it has those of what it
    holds.
    """
    return Field(description=description, examples=list(examples) or None)


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """An example of what this JSON schema describes, put together of those of its fields; None where it has none."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "properties" in schema:
        return {name: example_of(part, schemas) for name, part in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    for part in schema.get("anyOf", schema.get("allOf", ())):
        if (example := example_of(part, schemas)) is not None:
            return example
    return schema.get("const", schema.get("default"))
