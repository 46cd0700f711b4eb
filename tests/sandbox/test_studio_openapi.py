"""What the sandbox's Open API answers to whoever may read it."""

from __future__ import annotations

from datetime import date, timedelta
from http.client import IncompleteRead
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import CutOff, Reset, html_page
from tests.sandbox.studio_openapi import Studio, StudioOpenApi, demonstration, troubles
from tests.sandbox.studio_openapi.endpoints import documented
from tests.sandbox.studio_openapi_client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = date(2026, 11, 22)
INVALID = "errormessage.validation.invalid"
TOO_LARGE = "errormessage.validation.max"
TOO_SMALL = "errormessage.validation.min"
DENIED = (403, "errormessage.access.denied", None)
UNKNOWN = (404, "errormessage.entity.not.found", None)
SLICES = {
    "/employees": (10, 100),
    "/customers": (50, 500),
    "/customers/{}/activities/checkins": (1, 50),
    "/customers/{}/documents": (1, 50),
    "/customers/{}/account/transactions": (1, 50),
    "/customers/{}/account/transactions/upcoming": (1, 50),
    "/classes": (10, 100),
    "/classes/slots": (10, 100),
    "/classes/4107/slots": (10, 100),
    "/appointments/bookable": (10, 100),
    "/trial-offers/bookable-trial-offers/appointments/bookable": (10, 100),
    "/trial-offers/bookable-trial-offers/classes": (10, 100),
    "/trial-offers/bookable-trial-offers/classes/4107/slots": (10, 100),
    "/cross-studio/customers/{}/activities/checkins": (1, 50),
    "/debt-collection/blocked/debtors": (1, 50),
    "/debt-collection/blocked/debts": (1, 50),
    "/debt-collection/7001/debtors": (1, 50),
    "/online-offers/purchasable": (10, 100),
}


@pytest.fixture
def client(tenant: StudioOpenApi) -> Iterator[Client]:
    """A client with the key of the first studio."""
    with tenant.serve() as url:
        yield Client(url, "kiel")


@pytest.mark.parametrize("path", SLICES)
def test_slices_have_their_documented_sizes(
    client: Client, tenant: StudioOpenApi, path: str
) -> None:
    tenant.version = "1.20.1"
    target, (least, most) = path.format(tenant.studios[0].id_of(0)), SLICES[path]
    assert client.get(target, sliceSize=least - 1).error == (400, TOO_SMALL, "sliceSize")
    assert client.get(target, sliceSize=most + 1).error == (400, TOO_LARGE, "sliceSize")
    for size in (least, 50, most):
        assert client.get(target, sliceSize=size).status == 200


def test_every_chunked_endpoint_has_been_asked_for_its_slices() -> None:
    chunked = [one for one in documented().values() if one.envelope == "chunk"]
    assert len(chunked) == len(SLICES)


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("/customers?customerStatus=GUEST", (400, INVALID, "customerStatus")),
        ("/customers?sliceSize=many", (400, INVALID, "sliceSize")),
        ("/customers?offset=x", (400, INVALID, "offset")),
        ("/customers?cardNumberFormat=OCTAL", (400, INVALID, "cardNumberFormat")),
        ("/customers/x", (400, INVALID, "customerId")),
        ("/customers/99999999999999999999", (400, INVALID, "customerId")),
        ("/classes/booking", (400, "errormessage.validation.required", "customerId")),
        ("/classes/slots?daysAhead=7", (400, TOO_LARGE, "daysAhead")),
        ("/classes/slots?daysAhead=-1", (400, TOO_SMALL, "daysAhead")),
        ("/classes/slots?slotWindowStartDate=22.11.2026", (400, INVALID, "slotWindowStartDate")),
        ("/appointments/bookable/201/slots?daysAhead=0", (400, TOO_SMALL, "daysAhead")),
        ("/appointments/bookable/201/slots?daysAhead=7", (400, TOO_LARGE, "daysAhead")),
        ("/customers/by", (400, "errormessage.validation.identifier", "identifier")),
        (
            "/customers/by?pin=1&barcode=2",
            (400, "errormessage.validation.identifier", "identifier"),
        ),
        (
            "/debt-collection/cases?" + "&".join(f"debtorId=D-{n}" for n in range(51)),
            (400, TOO_LARGE, "debtorId"),
        ),
        ("/nowhere", UNKNOWN),
        ("/customers/by/name", UNKNOWN),
        ("/devices/methods/GET", UNKNOWN),
        ("/customers/", UNKNOWN),
        ("/employees/1", UNKNOWN),
        ("/debt-collection/1/debtors", UNKNOWN),
        ("/taxadvisor/exports/1", UNKNOWN),
        ("/customers/by?customerNumber=nobody", UNKNOWN),
    ],
)
def test_what_is_not_allowed_or_not_there_is_told(
    client: Client, target: str, error: tuple[int, str, str | None]
) -> None:
    assert client.get(target).error == error


def test_what_is_not_documented_is_ignored(client: Client, studio: Studio) -> None:
    path = f"/customers/{studio.id_of(0)}/account/transactions"
    assert client.get(path, startDate="2026-11-01").json == client.get(path).json


def test_writing_is_not_served(client: Client, studio: Studio) -> None:
    assert client.send("DELETE", f"/customers/{studio.id_of(0)}").status == 405
    assert client.send("POST", "/customers/create", body=b"{}").status == 405


@pytest.mark.parametrize(
    ("span", "status"),
    [
        (("2025-11-22", "2026-11-22"), 200),
        (("2025-11-21", "2026-11-22"), 400),
        (("2025-11-21", None), 400),
        (("2026-11-22", "2026-11-22"), 200),
        (("2026-11-22", "2026-11-21"), 400),
    ],
)
def test_checkins_are_read_for_a_year_at_most(
    client: Client, studio: Studio, span: tuple[str, str | None], status: int
) -> None:
    dates: dict[str, Any] = {
        name: day for name, day in zip(("fromDate", "toDate"), span, strict=True) if day
    }
    answer = client.get(f"/customers/{studio.id_of(3)}/activities/checkins", **dates)
    assert answer.status == status
    if status == 400:
        assert answer.error == (400, "errormessage.validation.date.span", "toDate")


def test_checkins_are_those_of_the_span(client: Client, studio: Studio) -> None:
    member = studio.id_of(3)
    path = f"/customers/{member}/activities/checkins"

    def read(**span: Any) -> list[str]:
        return [one["checkInDateTime"][:10] for one in client.all(path, sliceSize=50, **span)]

    every = [checkin["checkInDateTime"][:10] for checkin in studio.checkins.peek(member)]
    assert read(fromDate="2026-03-01", toDate="2026-03-31") == [
        day for day in every if day.startswith("2026-03")
    ]
    assert read() == [day for day in every if "2026-10-22" <= day <= "2026-11-22"]
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
    past: dict[str, Any] = {"slotWindowStartDate": "2026-11-20", "daysAhead": 0}
    assert days(**past) == {date(2026, 11, 20)}
    tenant.past_slots = False
    assert client.get("/classes/slots", **past).error == (400, INVALID, "slotWindowStartDate")


def test_slots_of_a_class_reach_from_yesterday_to_two_weeks_ahead(client: Client) -> None:
    slots = client.all("/classes/4107/slots", sliceSize=10)
    days = {slot["startDateTime"][:10] for slot in slots}
    assert (min(days), max(days), len(days)) == ("2026-11-21", "2026-12-06", 16)
    assert {slot["classInformation"]["id"] for slot in slots} == {4107}


def test_classes_without_slots_are_not_listed(client: Client, studio: Studio) -> None:
    unscheduled = studio.classes[-1]["id"]
    assert unscheduled not in {one["id"] for one in client.all("/classes")}
    assert client.get(f"/classes/{unscheduled}").status == 200


def test_contracts_may_be_those_of_a_status(
    client: Client, tenant: StudioOpenApi, studio: Studio
) -> None:
    path = f"/customers/{studio.id_of(1)}/contracts"

    def states(**query: Any) -> list[str]:
        return [contract["contractStatus"] for contract in client.get(path, **query).json]

    assert states() == ["ACTIVE", "INACTIVE"]
    assert states(status="INACTIVE") == ["INACTIVE"]
    tenant.contracts_without_status = "ACTIVE"
    assert states() == ["ACTIVE"]


def test_customers_are_found_by_what_they_have(client: Client, studio: Studio) -> None:
    wanted = studio.customers[studio.id_of(0)]
    card = wanted["cardNumbers"][0]
    for query in (
        {"cardNumber": card},
        {"customerNumber": wanted["customerNumber"]},
        {"debtorId": "D-1000"},
        {"qrCodeUuid": wanted["uuid"]},
    ):
        assert client.get("/customers/by", **query).json["id"] == wanted["id"]
    found = client.send("POST", "/customers/search", body=b'{"firstName": "mar"}').json
    assert wanted["id"] in {customer["id"] for customer in found}
    assert {customer["firstName"] for customer in found} == {"Marlene"}


def test_customers_of_other_studios_are_found_across_studios(
    client: Client, tenant: StudioOpenApi
) -> None:
    foreign = tenant.studios[1].id_of(0)
    assert client.get(f"/cross-studio/customers/{foreign}").json["id"] == foreign
    body = b'{"lastName": "Okafor-0"}'
    found = client.send("POST", "/cross-studio/customers/search", body=body).json
    assert [customer["studioId"] for customer in found] == [one.id for one in tenant.studios]
    assert client.get("/cross-studio/customers/1").error == UNKNOWN


@pytest.mark.parametrize(
    ("version", "target", "statuses"),
    [
        ("1.6.0", "/classes/slots", (404, 200)),
        ("1.8.0", "/leads/config", (404, 200)),
        ("1.11.1", "/member-lists", (404, 404)),
        ("1.20.1", "/member-lists", (200, 404)),
        ("1.11.1", "/customers?customerStatus=FORMER_MEMBER", (400, 400)),
        ("1.12.1", "/customers?customerStatus=FORMER_MEMBER", (200, 400)),
    ],
)
def test_older_servers_know_less(
    client: Client, tenant: StudioOpenApi, version: str, target: str, statuses: tuple[int, int]
) -> None:
    usual = client.get(target).status
    tenant.version = version
    assert (client.get(target).status, usual) == statuses


def test_older_servers_leave_out_fields_and_spell_times_as_objects(
    client: Client, tenant: StudioOpenApi
) -> None:
    assert client.get("/studios/information").json["openingHours"][0]["timeFrom"] == "06:00:00"
    tenant.version = "1.6.0"
    information = client.get("/studios/information").json
    time = {"hour": 6, "minute": 0, "second": 0, "nano": 0}
    assert information["openingHours"][0]["timeFrom"] == time
    assert "openingHoursCategories" not in information
    assert "classInformation" not in client.get("/classes/4107/slots").json["result"][0]
    customers = client.all("/customers", sliceSize=50)
    assert not any("createdDateTime" in customer for customer in customers)


def test_errors_are_told_in_the_language_asked_for(client: Client) -> None:
    def message(headers: dict[str, str]) -> str:
        text: str = client.get("/customers/1", headers).json["errorMessage"]
        return text

    assert message({}) == "Das Objekt gibt es nicht"
    for language in ("en", "en-US", "ja"):
        assert message({"Accept-Language": language}) == "The entity does not exist"


def test_errors_may_come_in_arrays(client: Client, tenant: StudioOpenApi) -> None:
    tenant.errors_in_arrays = True
    (error,) = client.get("/customers?sliceSize=501").json
    assert error["errorCode"] == TOO_LARGE
    assert error["traceId"].isdigit()


def test_links_change_on_every_read(client: Client, studio: Studio) -> None:
    path = f"/customers/{studio.id_of(0)}/documents"
    links = {client.get(path).json["result"][0]["url"] for _ in range(3)}
    assert len(links) == 3
    assert all(link.startswith("https://files.studio.example/documents/") for link in links)


def test_records_may_have_fields_that_nobody_knows(client: Client, tenant: StudioOpenApi) -> None:
    for path in ("/v1/customers", "/v1/devices", "/v1/studios/utilization"):
        tenant.extra_fields[path] = {"loyaltyTier": "GOLD"}
    assert client.get("/customers").json["result"][0]["loyaltyTier"] == "GOLD"
    assert client.get("/devices").json[0]["loyaltyTier"] == "GOLD"
    assert client.get("/studios/utilization").json["loyaltyTier"] == "GOLD"


def test_requests_are_recorded_and_faults_happen(client: Client, tenant: StudioOpenApi) -> None:
    tenant.faults.add("GET", "/v1/devices", troubles.internal_error())
    tenant.faults.add("GET", "/v1/devices", troubles.no_such_tenant())
    tenant.faults.add("GET", "/v1/employees", Reset())
    assert client.get("/devices").error == (500, "errormessage.unexpected", None)
    assert client.get("/devices").error == (404, "login.tenant.not.exists", None)
    with pytest.raises(ConnectionResetError):
        client.get("/employees")
    assert client.get("/devices").status == 200
    statuses = [(request.path, request.status) for request in tenant.requests]
    devices = [("/v1/devices", status) for status in (500, 404)]
    assert statuses == [*devices, ("/v1/employees", None), ("/v1/devices", 200)]


def test_answers_may_be_pages_or_break_off(client: Client, tenant: StudioOpenApi) -> None:
    tenant.faults.add("GET", "/v1/devices", html_page(502, "Bad Gateway"))
    tenant.faults.add("GET", "/v1/devices", CutOff(10))
    answer = client.get("/devices")
    assert (answer.status, answer.body[:6]) == (502, b"<html>")
    with pytest.raises(IncompleteRead) as broken:
        client.get("/devices")
    assert len(broken.value.partial) == 10


def test_the_demonstration_has_three_studios_and_a_member_who_does_not_allow_access() -> None:
    tenant = StudioOpenApi()
    demonstration.fill(tenant)
    with tenant.serve() as url:
        for name, key in demonstration.STUDIOS.items():
            assert Client(url, key).get("/studios/information").json["name"] == name
    assert [len(studio.opted_out) for studio in tenant.studios] == [1, 0, 0]
