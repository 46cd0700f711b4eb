"""The studios' server can do what the tap relies on, and answers like samples made by hand."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from tests.sandbox.clients import StudioClient as Client
from tests.sandbox.studio_openapi import Limit, Studio, StudioOpenApi
from tests.sandbox.studio_openapi.endpoints import load_endpoints
from tests.sandbox.studio_openapi.routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
DENIED = (403, "errormessage.access.denied", None)
CUSTOMERS = 230
SAMPLES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "studio_openapi" / "samples.json").read_text(encoding="utf-8")
)
"""Bodies by path, written by hand from the documentation and from no schema."""
NOTATIONS = {
    r"\d{4}-\d\d-\d\d": "date",
    r"\d\d:\d\d:\d\d": "time",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d": "local moment",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d": "moment with offset",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d\[Europe/Berlin\]": "zoned moment",
}

each_sample = pytest.mark.parametrize("endpoint", SAMPLES)


@pytest.fixture
def tenant() -> StudioOpenApi:
    """A tenant whose only studio has so many members that they take five chunks."""
    sandbox = StudioOpenApi(now=lambda: NOW)
    sandbox.add_studio("key", customers=CUSTOMERS, statuses=("MEMBER",))
    return sandbox


@pytest.fixture
def studio(tenant: StudioOpenApi) -> Studio:
    """The studio."""
    return tenant.studios[0]


@pytest.fixture
def client(tenant: StudioOpenApi) -> Iterator[Client]:
    """A client of the studio."""
    with tenant.serve() as url:
        yield Client(url, "key")


def ids(records: list[dict[str, Any]]) -> list[int]:
    """Return the ids of records."""
    return [record["id"] for record in records]


def shapes(content: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path of each value that a body has, and what kind it is of."""
    match content:
        case dict():
            for name, value in content.items():
                yield from shapes(value, f"{path}.{name}")
        case list():
            for item in content:
                yield from shapes(item, path)
        case str():
            kinds = (kind for form, kind in NOTATIONS.items() if re.fullmatch(form, content))
            yield path, next(kinds, "text")
        case bool():
            yield path, "yes or no"
        case int() | float():
            yield path, "number"


def fields(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield the paths of all fields of a schema."""
    yield path
    yield from fields(schema["items"], path) if "items" in schema else ()
    for name, field in schema.get("properties", {}).items():
        yield from fields(field, f"{path}.{name}")


@each_sample
def test_samples_fit_the_schemas_and_need_no_other_fields(endpoint: str) -> None:
    schema, sample = load_endpoints()[endpoint].answer, SAMPLES[endpoint]
    Draft7Validator(schema).validate(sample)
    assert {path for path, _ in shapes(sample)} <= set(fields(schema))


@each_sample
def test_responses_have_what_samples_have(client: Client, studio: Studio, endpoint: str) -> None:
    target = endpoint.removeprefix("/v1")
    per_customer = "{customerId}" in target or target == "/appointments/booking"
    customers = list(studio.customers)[:40] if per_customer else [0]
    answers = [
        client.get(target.replace("{customerId}", str(number)), customerId=number).json
        for number in customers
    ]
    assert set(shapes(SAMPLES[endpoint])) <= set(shapes(answers))


def test_each_endpoint_wants_its_scopes(client: Client, tenant: StudioOpenApi) -> None:
    tenant.version = "1.20.1"
    served = [load_endpoints()[name] for name in ROUTES]
    everything = {scope for endpoint in served for scope in endpoint.scopes}
    for endpoint in served:
        path = endpoint.path.removeprefix("/v1")
        tenant.set_key("key", tenant.studios[0], everything - {*endpoint.scopes})
        assert client.get(path).error == DENIED
        tenant.set_key("key", tenant.studios[0], endpoint.scopes[:1])
        assert client.get(path).status != 403


def test_members_who_do_not_allow_access_are_listed_but_cannot_be_read(
    client: Client, studio: Studio
) -> None:
    member, other = studio.id_of(0), studio.id_of(2)
    studio.opted_out.add(member)
    assert member in {customer["id"] for customer in client.all("/customers", sliceSize=50)}
    for path in (
        "/customers/{}/contracts",
        "/customers/{}/activities/checkins",
        "/customers/{}/account/balances",
        "/customers/{}/self-service/contact-data",
        "/memberships/{}/self-service/contract-data",
        "/memberships/{}1/self-service/idle-periods",
        "/appointments/booking?customerId={}",
    ):
        expected = (403, "errormessage.third.party.customer.access.disabled", None)
        assert client.get(path.format(member)).error == expected
        assert client.get(path.format(other)).status == 200


def test_customers_go_by_the_last_id(client: Client, studio: Studio) -> None:
    chunks = list(client.chunks("/customers", sliceSize=50))
    assert [len(chunk["result"]) for chunk in chunks] == [50, 50, 50, 50, 30]
    assert [chunk["hasNext"] for chunk in chunks] == [True, True, True, True, False]
    for chunk in chunks:
        assert chunk["offset"] == str(chunk["result"][-1]["id"])
    assert ids([one for chunk in chunks for one in chunk["result"]]) == list(studio.customers)


def test_transactions_go_by_position(client: Client, studio: Studio) -> None:
    path = f"/customers/{studio.id_of(2)}/account/transactions"
    chunks = list(client.chunks(path, sliceSize=25))
    assert [len(chunk["result"]) for chunk in chunks] == [25, 25, 10]
    assert [chunk["offset"] for chunk in chunks] == ["25", "50", "75"]
    found = ids([one for chunk in chunks for one in chunk["result"]])
    assert found == [1000 * studio.id_of(2) + place for place in range(60)]


@pytest.mark.parametrize(
    "span", [("2025-11-21", "2026-11-22"), ("2025-11-21", None), ("2026-11-22", "2026-11-21")]
)
def test_checkins_are_read_for_a_year_at_most(
    client: Client, studio: Studio, span: tuple[str, str | None]
) -> None:
    dates: dict[str, Any] = {
        name: day for name, day in zip(("fromDate", "toDate"), span, strict=True) if day
    }
    answer = client.get(f"/customers/{studio.id_of(3)}/activities/checkins", **dates)
    assert answer.error == (400, "errormessage.validation.invalid", "toDate")


@pytest.mark.parametrize(
    ("path", "size"), [("/customers", 49), ("/employees", 101), ("/customers/{}/documents", 51)]
)
def test_slices_have_the_documented_sizes(
    client: Client, studio: Studio, path: str, size: int
) -> None:
    answer = client.get(path.format(studio.id_of(0)), sliceSize=size)
    assert (answer.status, answer.json["reference"]) == (400, "sliceSize")


def test_checkins_are_those_of_the_span(client: Client, studio: Studio) -> None:
    member = studio.id_of(3)
    path = f"/customers/{member}/activities/checkins"

    def read(**span: Any) -> list[str]:
        return [one["checkInDateTime"][:10] for one in client.all(path, sliceSize=50, **span)]

    every = [checkin["checkInDateTime"][:10] for checkin in studio.checkins.peek(member)]
    assert read(fromDate="2026-03-01", toDate="2026-03-31") == [
        day for day in every if day.startswith("2026-03")
    ]
    both = read(fromDate="2024-11-22", toDate="2025-11-21") + read(fromDate="2025-11-22")
    assert both == every
    assert len(every) == 72


def test_slots_are_those_of_the_window(client: Client, tenant: StudioOpenApi) -> None:
    def days(**query: Any) -> set[date]:
        slots = client.all("/classes/slots", **query)
        return {date.fromisoformat(slot["startDateTime"][:10]) for slot in slots}

    assert days() == {TODAY, TODAY + timedelta(1)}
    assert days(daysAhead=0) == {TODAY}
    later: dict[str, Any] = {"slotWindowStartDate": "2026-12-01", "daysAhead": 6}
    assert days(**later) == {date(2026, 12, day) for day in range(1, 8)}
    tenant.last_day_included = False
    assert days(**later) == {date(2026, 12, day) for day in range(1, 7)}


def statuses(client: Client, path: str, times: int) -> list[int]:
    """Return the statuses of requests, one after another."""
    return [client.get(path).status for _ in range(times)]


def test_every_endpoint_counts_for_itself(
    client: Client, tenant: StudioOpenApi, studio: Studio
) -> None:
    tenant.limit = Limit(3)
    assert statuses(client, "/devices", 5) == [200, 200, 200, 429, 429]
    assert statuses(client, "/employees", 1) == [200]
    paths = [f"/customers/{number}/contracts" for number in [*studio.customers][:5]]
    found = [client.get(path).status for path in paths]
    assert found == [200, 200, 200, 429, 429]
    assert tenant.limit.denied == 4
