"""What stands in records: all that there is, or nothing about persons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tap_studio_openapi.personal_data import EXPIRING, PERSONAL
from tests.singer import selecting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.tap_studio_openapi.conftest import InProcessTap
    from tests.tap_studio_openapi.tenant import Tenant

ABOUT_PERSONS = {
    "accountHolder",
    "addressLine1",
    "bic",
    "birthdate",
    "cardNumbers",
    "city",
    "customerNumber",
    "dateOfBirth",
    "dunningLevel",
    "email",
    "firstName",
    "gender",
    "houseNumber",
    "iban",
    "inDebtCollection",
    "lastName",
    "membershipNr",
    "phone1",
    "phonePrivateMobile",
    "publicName",
    "referralCode",
    "secondFirstName",
    "street",
    "thirdPartyId",
    "uuid",
    "zipCode",
}
OF_THE_STUDIO = {"studio", "tenant_studios_with_offers"}


def names_in(value: Any) -> Iterator[str]:
    """All names of fields within a value, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names_in(inner)
    if isinstance(value, list):
        for item in value:
            yield from names_in(item)


def test_one_setting_leaves_all_personal_data_out(tenant: Tenant, tap: InProcessTap) -> None:
    settings = tenant.one(include_personal_data=False, debt_collection_run_ids=[881])
    streams = set(tap.discover(settings))

    run = tap.succeed(settings, *streams)

    assert run.records["customers"]
    for stream in run.records.keys() - OF_THE_STUDIO:
        found = {*names_in(run.output.schemas[stream]), *names_in(run.records[stream])}
        assert not found & ABOUT_PERSONS, stream


def test_streams_of_nothing_but_personal_data_are_gone_with_it(tenant: Tenant, tap: InProcessTap) -> None:
    gone = tap.discover(tenant.one()).keys() - tap.discover(tenant.one(include_personal_data=False))

    assert gone == {
        "customer_checkins",
        "customer_account_balances",
        "customer_account_transactions",
        "customer_upcoming_transactions",
        "customer_class_bookings",
        "customer_appointment_bookings",
        "debt_collection_blocked_debtors",
        "debt_collection_blocked_debts",
        "debt_collection_debtors",
    }


def test_fields_that_nobody_knows_are_no_way_around_that(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.extra_fields["/v1/customers"] = {
        "nickname": "Leni",
        "preferredLanguage": {"languageCode": "de", "nickname": "Leni"},
    }
    settings = tenant.one(include_personal_data=False, unknown_fields="keep")

    run = tap.succeed(settings, "customers")

    assert "Leni" not in str(run.output)
    assert run.records["customers"][0]["preferredLanguage"] == {"languageCode": "de"}


def test_a_catalog_that_was_made_under_other_settings_makes_no_difference(
    tenant: Tenant, tap: InProcessTap
) -> None:
    usual = tap.discover(tenant.one())
    settings = tenant.one(include_personal_data=False)
    expected = tap.discover(settings)["customers"]["schema"]["properties"].keys()

    run = tap.succeed(settings, catalog=selecting(usual, "customers"))

    assert run.output.schemas["customers"]["schema"]["properties"].keys() == expected
    assert "firstName" not in expected


def test_single_fields_can_be_deselected(tenant: Tenant, tap: InProcessTap) -> None:
    catalog = selecting(tap.discover(tenant.one()), "customers")
    entry = next(one for one in catalog["streams"] if one["tap_stream_id"] == "customers")
    for metadata in entry["metadata"]:
        if metadata["breadcrumb"] in (["properties", "lastName"], ["properties", "email"]):
            metadata["metadata"]["selected"] = False

    run = tap.succeed(tenant.one(), catalog=catalog)

    assert not {"lastName", "email"} & set(run.output.schemas["customers"]["schema"]["properties"])
    assert not any({"lastName", "email"} & record.keys() for record in run.records["customers"])
    assert "firstName" in run.records["customers"][0]


def test_ids_stay_without_personal_data(tenant: Tenant, tap: InProcessTap) -> None:
    customer = tap.succeed(tenant.one(include_personal_data=False), "customers").records[
        "customers"
    ][0]

    assert {"id", "studio_id", "status", "studioId", "createdDateTime"} <= customer.keys()


def test_addresses_that_expire_are_left_out_unless_wanted(tenant: Tenant, tap: InProcessTap) -> None:
    streams = ("customer_documents", "employees", "membership_offers", "membership_offer_details")
    without = tap.succeed(tenant.one(), *streams)
    wanted = tap.succeed(tenant.one(include_expiring_urls=True), *streams)

    links = {"imageUrl", "employeeImageUrl", "imgUrl", "signedDocumentUrl", "documentUrl"}
    for stream in streams:
        found = {*names_in(without.output.schemas[stream]), *names_in(without.records[stream])}
        assert not found & links, stream
    assert "url" not in without.records["customer_documents"][0]
    assert wanted.records["customer_documents"][0]["url"].startswith("https://")
    assert wanted.records["employees"][0]["employeeImageUrl"].startswith("https://")


def test_two_runs_give_the_same_rows(tenant: Tenant, tap: InProcessTap) -> None:
    streams = ("customers", "customer_contracts", "employees", "additional_modules")

    assert tap.succeed(tenant.one(), *streams).records == tap.succeed(tenant.one(), *streams).records


@pytest.mark.parametrize("fields", [PERSONAL, EXPIRING], ids=["personal", "expiring"])
def test_every_field_that_can_be_left_out_is_in_a_schema(fields: frozenset[str], tap: InProcessTap) -> None:
    settings = {"base_url": "https://a.example", "api_key": "k", "include_expiring_urls": True}
    catalog = tap.discover(settings)
    known = {
        path for stream, entry in catalog.items() for path in paths_in(entry["schema"], stream)
    }

    assert {field for field in fields if not is_known(field, known)} <= {"downloadUrl"}


def paths_in(schema: dict[str, Any], parent: str) -> Iterator[str]:
    for name, inner in schema.get("properties", {}).items():
        yield f"{parent}.{name}"
        yield from paths_in(inner, name)
    if "items" in schema:
        yield from paths_in(schema["items"], parent)


def is_known(field: str, known: set[str]) -> bool:
    return field in known or any(path.endswith(f".{field}") for path in known)


def test_unknown_fields_are_told_once_and_left_out(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.extra_fields["/v1/devices"] = {"firmware": "7.1"}

    run = tap.succeed(tenant.one(), "devices")

    assert "firmware" not in run.records["devices"][0]
    assert run.log.count("Fields that are unknown here are left out: firmware.") == 1


def test_unknown_fields_are_kept_if_wanted(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.extra_fields["/v1/devices"] = {"firmware": "7.1"}

    run = tap.succeed(tenant.one(unknown_fields="keep"), "devices")

    assert run.records["devices"][0]["unknown_fields"] == {"firmware": "7.1"}


def test_unknown_fields_fail_their_stream_if_wanted(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.extra_fields["/v1/devices"] = {"firmware": "7.1"}

    run = tap.fail(tenant.one(unknown_fields="fail"), "devices", "classes")

    assert "the server sends fields that are unknown here: firmware" in run.log
    assert run.records["classes"]


def test_unknown_fields_end_the_customers_of_their_studio(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.extra_fields["/v1/customers"] = {"nickname": "Leni"}

    run = tap.fail(tenant.both(unknown_fields="fail"), "customers", "customer_checkins")

    assert "2 part(s) of the sync failed" in run.log
    assert run.records["customers"] == []
    partitions = run.state["bookmarks"]["customer_checkins"].get("partitions", [])
    assert not any("replication_key_value" in entry for entry in partitions)


def test_online_offers_keep_what_is_not_documented(tenant: Tenant, tap: InProcessTap) -> None:
    tenant.server.version = "1.13.2"
    tenant.server.extra_fields["/v1/online-offers/purchasable"] = {"offerType": "CHECK_IN_BASED"}

    offers = tap.succeed(tenant.one(), "online_offers").records["online_offers"]

    assert offers[0]["unknown_fields"]["offerType"] == "CHECK_IN_BASED"


@pytest.fixture
def document(tmp_path: Path) -> str:
    """A newer document of the vendor, with one field more in devices and in what they hold."""
    device = {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "format": "int64"},
            "active": {"type": "string"},
            "firmware": {"$ref": "#/components/schemas/Firmware"},
        },
    }
    content = {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Device"}}}
    answer = {"get": {"responses": {"200": {"content": {"application/json": content}}}}}
    firmware = {"type": "object", "properties": {"version": {"type": "string", "enum": ["1"]}}}
    path = tmp_path / "openapi.json"
    schemas = {"Device": device, "Firmware": firmware}
    path.write_text(
        json.dumps(
            {
                "openapi": "3.1.0",
                "paths": {"/v1/devices": answer},
                "components": {"schemas": schemas},
            }
        ),
        encoding="utf-8",
    )
    return str(path)


def test_a_newer_document_of_the_vendor_adds_fields(tenant: Tenant, tap: InProcessTap, document: str) -> None:
    tenant.server.extra_fields["/v1/devices"] = {"firmware": {"version": "7.1"}}

    run = tap.succeed(tenant.one(openapi_spec=document), "devices")

    assert run.records["devices"][0]["firmware"] == {"version": "7.1"}
    properties = run.output.schemas["devices"]["schema"]["properties"]
    assert properties["firmware"]["properties"]["version"]["type"] == ["string", "null"]
    assert properties["active"]["type"] == ["boolean", "null"]


def test_a_document_that_is_not_there_is_told(tenant: Tenant, tap: InProcessTap) -> None:
    found = tap.run_with("--discover", settings=tenant.one(openapi_spec="/nowhere.json"))

    assert found.returncode != 0
    assert "'openapi_spec' must be a file or an address with an OpenAPI document" in (
        found.stdout + found.stderr
    )
