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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.sandbox.studio_openapi import Studio
    from tests.sandbox.studio_openapi.endpoints import Endpoint, Schema

NEWEST = "1.20.1"
CUSTOMERS = 60
IDS: Mapping[str, list[int]] = {
    "id": [8123, 8124, 8125],
    "bookableAppointmentId": [201, 202],
    "classId": [4107, 4108],
    "configId": [301, 302],
    "debtCollectionRunId": [7001, 7002],
    "exportId": [9001, 9002],
    "membershipOfferId": [601, 602, 603, 604],
}
"""What stands for variable parts of paths that no customer is needed for."""


@pytest.fixture(scope="module")
def tenant() -> StudioOpenApi:
    """A tenant of the newest version, with one studio."""
    sandbox = StudioOpenApi(version=NEWEST)
    sandbox.add_studio("key", customers=CUSTOMERS)
    return sandbox


@pytest.fixture(scope="module")
def studio(tenant: StudioOpenApi) -> Studio:
    """The studio."""
    return tenant.studios[0]


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


def targets(endpoint: Endpoint, studio: Studio) -> Iterator[str]:
    """Targets of requests that an endpoint has an answer to."""
    path = endpoint.path.removeprefix("/v1")
    names = re.findall(r"\{(\w+)\}", path)
    for variables in variables_of(endpoint, studio, names):
        for query in queries_of(endpoint, studio):
            yield path.format(**variables) + query


def variables_of(endpoint: Endpoint, studio: Studio, names: list[str]) -> Iterator[dict[str, int]]:
    """Variable parts that lead to something."""
    contracts = [one for customer in studio.customers for one in studio.contracts.peek(customer)]
    match names:
        case []:
            yield {}
        case ["customerId"]:
            yield from ({"customerId": number} for number in studio.customers)
        case ["customerId", "id"]:
            for number in studio.customers:
                for document in studio.documents.peek(number)[:1]:
                    yield {"customerId": number, "id": document["id"]}
        case ["customerId", "configId"]:
            yield {"customerId": studio.id_of(0), "configId": 801}
            yield {"customerId": studio.id_of(4), "configId": 801}
        case ["contractId"]:
            yield from ({"contractId": contract["id"]} for contract in contracts)
        case ["contractId", "idlePeriodId"]:
            for contract in contracts:
                for period in studio.idle_periods.peek(contract["id"])["pastIdlePeriods"]:
                    yield {"contractId": contract["id"], "idlePeriodId": period["id"]}
        case ["contractId", "additionalModuleContractId"]:
            for contract in contracts:
                for module in contract.get("moduleContracts") or []:
                    yield {"contractId": contract["id"], names[1]: module["id"]}
        case ["classId", "classSlotId"]:
            for slot in studio.class_slots:
                if slot["startDateTime"][:10] == studio.today.isoformat():
                    yield {"classId": slot["classInformation"]["id"], "classSlotId": slot["id"]}
        case ["bookingId"]:
            classes = "classes" in endpoint.path
            bookings = studio.class_bookings if classes else studio.appointment_bookings
            for number in studio.customers:
                yield from ({"bookingId": one["bookingId"]} for one in bookings.peek(number))
        case [name]:
            yield from ({name: number} for number in IDS[name])


def queries_of(endpoint: Endpoint, studio: Studio) -> list[str]:
    """What an endpoint is asked beside its path, with slices as large as may be."""
    names = {parameter.name: parameter.schema for parameter in endpoint.parameters}
    if "sliceSize" in names:
        return [f"?sliceSize={names['sliceSize']['maximum']}"]
    if endpoint.path.endswith("/booking"):
        return [f"?customerId={number}" for number in studio.customers]
    if endpoint.path == "/v1/debt-collection/cases":
        return ["?" + "&".join(f"debtorId=D-{1000 + number}" for number in range(12))]
    if endpoint.path.endswith(LOOKUPS):
        cards = (studio.customers.peek(number).get("cardNumbers") for number in studio.customers)
        return [f"?cardNumber={card}" for numbers in cards for card in numbers or []]
    return [""]


LOOKUPS = ("/by", "/customers/benefits", "/measurement/latest")


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
