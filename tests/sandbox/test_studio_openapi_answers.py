"""Whether the bodies of the sandbox's Open API are what its documentation describes."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from tests.sandbox.studio_openapi import StudioOpenApi
from tests.sandbox.studio_openapi.endpoints import documented
from tests.sandbox.studio_openapi_client import Client
from tests.sandbox.studio_openapi_targets import targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.studio_openapi.endpoints import Schema

NEWEST = "1.20.1"
CUSTOMERS = 60


@pytest.fixture(scope="module")
def tenant() -> StudioOpenApi:
    """A tenant of the newest version, with one studio."""
    sandbox = StudioOpenApi(version=NEWEST)
    sandbox.add_studio("key", customers=CUSTOMERS)
    return sandbox


@pytest.fixture(scope="module")
def answers(tenant: StudioOpenApi) -> Iterator[dict[str, list[Any]]]:
    """The answers of all endpoints to many requests, by method and path."""
    with tenant.serve() as url:
        client = Client(url, "key")
        found = defaultdict(list)
        for endpoint in documented().values():
            for target in targets(endpoint, tenant.studios[0]):
                answer = client.send(endpoint.method, target)
                assert answer.status == 200, (endpoint.name, target, answer.body)
                found[endpoint.name].append(answer.json)
        yield found


def with_gaps(schema: Schema) -> Schema:
    """A schema that also takes null for what is not promised, and numbers of houses as numbers."""
    changed = dict(schema)
    if "items" in schema:
        changed["items"] = with_gaps(schema["items"])
    for name, field in schema.get("properties", {}).items():
        allowed = [with_gaps(field)]
        if name not in schema.get("required", ()):
            allowed.append({"type": "null"})
        if name == "houseNumber":
            allowed.append({"type": "integer"})
        changed["properties"] = {**changed["properties"], name: {"anyOf": allowed}}
    return changed


def fields(schema: Schema, path: str = "") -> Iterator[str]:
    """The paths of all fields of a schema."""
    if "items" in schema:
        yield from fields(schema["items"], path)
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}"
        yield from fields(field, f"{path}.{name}")


def values(content: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a body by their paths."""
    if isinstance(content, list):
        for item in content:
            yield from values(item, path)
    elif isinstance(content, dict):
        for name, value in content.items():
            yield f"{path}.{name}", value
            yield from values(value, f"{path}.{name}")


@pytest.mark.parametrize("name", documented())
def test_bodies_have_the_documented_shape(answers: dict[str, list[Any]], name: str) -> None:
    validator = Draft7Validator(with_gaps(documented()[name].answer))
    assert answers[name]
    for content in answers[name]:
        assert not [error.message for error in validator.iter_errors(content)]


@pytest.mark.parametrize("name", documented())
def test_every_documented_field_has_a_value_somewhere(
    answers: dict[str, list[Any]], name: str
) -> None:
    filled = {path for path, value in values(answers[name]) if value is not None}
    assert set(fields(documented()[name].answer)) - filled == set()


def test_fields_that_are_not_promised_are_null_or_missing_somewhere(
    answers: dict[str, list[Any]],
) -> None:
    records = [record for chunk in answers["GET /v1/customers"] for record in chunk["result"]]
    for name in ("email", "bankAccount", "idlePeriods", "phonePrivate", "accessMediums"):
        assert any(name not in record for record in records), name
        assert any(name in record and record[name] is None for record in records), name


def test_moments_have_the_notation_of_their_field(answers: dict[str, list[Any]]) -> None:
    day = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
    zoned = day + r"\.\d{3}[+-]\d\d:\d\d\[Europe/Berlin\]"
    notations = {
        "createdDateTime": zoned,
        "startDateTime": zoned,
        "endDateTime": zoned,
        "earliestBookingDateTime": zoned,
        "latestBookingDateTime": zoned,
        "checkInDateTime": day + r"[+-]\d\d:\d\d",
        "checkOutDateTime": day + r"[+-]\d\d:\d\d",
        "modifiedDateTime": day + r"[+-]\d\d:\d\d",
        "expiresAt": day + "Z",
        "dateTimeFrom": day,
        "dateTimeTo": day,
    }
    seen = set()
    for path, value in values(list(answers.values())):
        name = path.rpartition(".")[2]
        if name in notations and value is not None:
            assert re.fullmatch(notations[name], value), path
            seen.add(name)
    assert seen == set(notations)


def test_numbers_of_houses_are_texts_or_numbers(answers: dict[str, list[Any]]) -> None:
    (chunk,) = answers["GET /v1/customers"]
    kinds = {type(record["houseNumber"]) for record in chunk["result"] if record.get("houseNumber")}
    assert kinds == {str, int}


def test_texts_go_beyond_ascii(answers: dict[str, list[Any]]) -> None:
    text = str(answers)
    assert all(sign in text for sign in ("ü", "ß", "Ł", "小林", "💪"))
