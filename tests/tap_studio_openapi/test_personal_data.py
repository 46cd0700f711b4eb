"""Fields about persons and links that expire stand in no record where they are not wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tap_studio_openapi.personal_data import EXPIRING
from tests.sandbox.studio_openapi import quirks
from tests.tap_studio_openapi.tenant import Tenant, discover, full_catalog, succeed

if TYPE_CHECKING:
    from collections.abc import Iterator


ABOUT_PERSONS = re.compile(
    r"""
    (account|first|last|public|secondFirst|secondLast)(Name|Holder|Number)
    | iban | bic | .*[bB]irth(date)?.* | gender | sex | .*[eE]mail | phone.*
    | (card|customer|employee|house|identification)Number(s)? | membershipNr
    | .*[sS]treet.* | city(Part)? | zipCode | postalCode | addressLine\d | floor | door | stairway
    | dunningLevel | inDebtCollection | referralCode | thirdPartyId | uuid | customerTitle
    """,
    re.VERBOSE,
)
NOT_ABOUT_PERSONS = {"dateOfBirthMode", "genderMode"}
OF_THE_STUDIO = {"studio", "tenant_studios_with_offers"}
LINK = re.compile(r"url|.*U(rl|RL|ri)")


def names_in(value: Any) -> Iterator[str]:
    """All names of fields within a value, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names_in(inner)
    if isinstance(value, list):
        for item in value:
            yield from names_in(item)


def paths_in(schema: dict[str, Any], parent: str) -> Iterator[str]:
    """All fields of a schema, each as the names of its parent and its own."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{parent}.{name}"
        yield from paths_in(inner, name)
    if "items" in schema:
        yield from paths_in(schema["items"], parent)


def match_names(pattern: re.Pattern[str], paths: Iterator[str]) -> set[str]:
    names = (path.rpartition(".")[2] for path in paths)
    return {name for name in names if pattern.fullmatch(name)}


def test_no_schema_has_fields_about_persons_where_none_are_wanted() -> None:
    usual = discover()["customers"]["schema"]
    assert len(match_names(ABOUT_PERSONS, paths_in(usual, "customers"))) > 25
    without = discover(include_personal_data=False)
    for stream in without.keys() - OF_THE_STUDIO:
        found = match_names(ABOUT_PERSONS, paths_in(without[stream]["schema"], stream))
        assert not found - NOT_ABOUT_PERSONS, stream


def test_no_record_has_data_about_persons_where_none_are_wanted(tenant: Tenant) -> None:
    settings = tenant.one(include_personal_data=False, debt_collection_run_ids=[7001])
    records = succeed(settings, *discover(include_personal_data=False)).records
    assert {"id", "studio_id", "status", "createdDateTime"} <= records["customers"][0].keys()
    for stream in records.keys() - OF_THE_STUDIO:
        found = {name for name in names_in(records[stream]) if ABOUT_PERSONS.fullmatch(name)}
        assert not found - NOT_ABOUT_PERSONS, stream


def test_unknown_fields_are_no_way_around_that(tenant: Tenant) -> None:
    tenant.server.quirks["/v1/customers"] = quirks.ExtraFields(
        nickname="Leni", preferredLanguage={"languageCode": "de", "nickname": "Leni"}
    )
    settings = tenant.one(include_personal_data=False, unknown_fields="keep")
    run = succeed(settings, "customers")
    assert b"Leni" not in run.stdout
    assert run.records["customers"][0]["preferredLanguage"] == {"languageCode": "de"}


def test_a_catalog_that_was_made_under_other_settings_makes_no_difference(tenant: Tenant) -> None:
    expected = discover(include_personal_data=False)["customers"]["schema"]["properties"].keys()
    catalog = full_catalog(["customers"])
    run = tenant.one.succeed("customers", catalog=catalog, include_personal_data=False)
    assert run.output.schemas["customers"]["schema"]["properties"].keys() == expected
    assert "firstName" not in expected


def test_every_link_is_one_that_expires() -> None:
    usual, wanted = discover(), discover(include_expiring_urls=True)
    found = set()
    for stream, entry in wanted.items():
        assert not match_names(LINK, paths_in(usual[stream]["schema"], stream)), stream
        found |= match_names(LINK, paths_in(entry["schema"], stream))
    assert found == EXPIRING - {"downloadUrl"}


def test_links_stand_in_no_record_unless_they_are_wanted(tenant: Tenant) -> None:
    streams = ("customers", "customer_documents", "employees", "membership_offer_details")
    names = set(names_in(tenant.one.succeed(*streams).records))
    wanted = tenant.one.succeed(*streams, include_expiring_urls=True).records
    assert not {name for name in names if LINK.fullmatch(name)}
    assert "attachedExternalUrlDto" in names
    assert wanted["customer_documents"][0]["url"].startswith("https://")
    assert wanted["employees"][0]["employeeImageUrl"].startswith("https://")
