"""Lookup lists, prices and customers, page by page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from singer_tapkit.errors import InvalidResponseError as UnreadableError
from tap_gotom.streams.lists import LOOKUPS
from tests.sandbox.faults import Answer
from tests.sandbox.gotom import GoTom
from tests.sandbox.gotom.troubles import internal_error, maintenance
from tests.singer import keys_of, selecting
from tests.tap_gotom.places import API_SECRET, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.tap_gotom.command_line import Tap

LOOKUP_NAMES = sorted([*LOOKUPS, "tarifs"])


@pytest.mark.parametrize("size", [100, 1000, 1203])
def test_every_item_of_every_page_comes_once(size: int, tap: Tap) -> None:
    server = GoTom(page_size=size)
    server.add_user("api_user", API_SECRET, ["api"])
    server.instance.advertised_url = "https://elsewhere.example"
    with server.serve() as url:
        run = tap.succeed(Place(url, server).api(), "platforms", "tarif_prices", "customers")
    assert [record["id"] for record in run.records["platforms"]] == list(range(1, 1204))
    assert len(set(keys_of(run.output, "tarif_prices"))) == 252
    assert len(set(keys_of(run.output, "customers"))) == 130


def test_the_first_page_is_asked_for_without_a_number(place: Place, tap: Tap) -> None:
    tap.succeed(place.api(), "customers")
    queries = [request.query for request in place.received("/app-api/customer")]
    assert [dict(query) for query in queries] == [{}, {"page": ["2"]}]


def test_all_twelve_lists_come_as_they_are(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.api(), *LOOKUP_NAMES)
    assert len(LOOKUP_NAMES) == 12
    assert run.records["ad_servers"][0] == {"id": "gam-main", "name": "Ad Manager DE"}
    assert run.records["users"][0]["email"] == "lena.graf@acme.example"
    assert run.records["flight_position_types"][0]["isDefault"] is True
    assert {name: len(run.records[name]) for name in LOOKUP_NAMES} == {
        "ad_servers": 2,
        "advertisings": 3,
        "campaign_types": 3,
        "channels": 30,
        "extra_price_levels": 2,
        "flight_position_types": 2,
        "flight_tags": 2,
        "media": 3,
        "platforms": 1203,
        "price_types": 3,
        "tarifs": 3,
        "users": 3,
    }


def test_a_list_that_the_instance_does_not_know_is_skipped_and_counted(
    place: Place, tap: Tap
) -> None:
    del place.server.data.entities["flightTags"]
    run = tap.succeed(place.api(), "flight_tags", "media")
    assert run.records["flight_tags"] == []
    assert len(run.records["media"]) == 3
    assert "flight_tags: 1 skipped, lists that this instance does not know" in run.log


def test_prices_have_the_key_that_they_depend_on(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.api(), "tarif_prices")
    price = run.records["tarif_prices"][1]
    assert price["price_key"] == "7|2|31|2|2|41||2|"
    assert "tarifs" not in run.records


def test_prices_of_a_tarif_that_is_gone_are_skipped_and_counted(place: Place, tap: Tap) -> None:
    gone = Answer(404, "{}", {"Content-Type": "application/json"})
    place.server.faults.add("GET", "/app-api/export/price/tarif/7", gone)
    run = tap.succeed(place.api(), "tarif_prices")
    assert {price["tarifId"] for price in run.records["tarif_prices"]} == {8}
    assert "tarif_prices: 1 skipped, tarifs that are gone" in run.log


def test_prices_of_one_tarif_fail_alone(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", "/app-api/export/price/tarif/7", internal_error(), times=None)
    run = tap.fail(place.api(max_retries=0), "tarif_prices")
    assert {price["tarifId"] for price in run.records["tarif_prices"]} == {8}
    assert "tarif_prices of 7: GET /app-api/export/price/tarif/7 answered 500" in run.log


def test_customers_have_a_key_in_any_case(place: Place, tap: Tap) -> None:
    keys = [key for (key,) in keys_of(tap.succeed(place.api(), "customers").output, "customers")]
    assert [key.partition(":")[0] for key in keys[-3:]] == ["ext", "hash", "hash"]
    assert keys[0] == "crm:crm-1"


def test_personal_data_stays_out_of_schema_and_records_when_told_so(place: Place, tap: Tap) -> None:
    streams = ("customers", "users", "campaigns")
    more: dict[str, Any] = {"campaign_external_ids": ["demo-4711"]}
    everything = tap.succeed(place.api(**more), *streams)
    less = tap.succeed(place.api(include_personal_data=False, **more), *streams)
    for stream, field in (
        ("customers", "contacts"),
        ("customers", "bankIBANNumber"),
        ("customers", "consultants"),
        ("users", "email"),
        ("users", "name"),
        ("campaigns", "salesEmail"),
    ):
        assert field in everything.records[stream][0]
        assert field in everything.output.schemas[stream]["schema"]["properties"]
        assert all(field not in record for record in less.records[stream])
        assert field not in less.output.schemas[stream]["schema"]["properties"]
    assert "@" not in str([less.records[stream] for stream in streams])
    assert keys_of(less.output, "customers") == keys_of(everything.output, "customers")


def test_passing_errors_are_tried_again(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", "/app-api/primary-keys/media", internal_error())
    assert len(tap.succeed(place.api(), "media").records["media"]) == 3


def test_a_server_that_stays_away_is_explained_by_its_maintenance(place: Place, tap: Tap) -> None:
    path = "/app-api/primary-keys/media"
    place.server.faults.add("GET", path, maintenance(), times=None)
    run = tap.fail(place.api(max_retries=0), "media", "channels")
    assert "maintained on Tuesdays" in run.log
    assert len(run.records["channels"]) == 30


def test_what_failed_is_summed_up_after_all_streams_have_told_their_counts(
    place: Place, tap: Tap
) -> None:
    place.server.faults.add("GET", "/app-api/primary-keys/user", internal_error(), times=None)
    del place.server.data.entities["flightTags"]
    log = tap.fail(place.api(max_retries=0), "users", "flight_tags").log
    assert log.index("flight_tags: 1 skipped") < log.index("1 part(s) of the sync failed")


def test_fields_that_are_new_are_left_out_and_told(place: Place, tap: Tap) -> None:
    place.server.data.entities["media"][0]["colour"] = "red"
    warned = tap.succeed(place.api(), "media")
    assert warned.records["media"][0] == {"id": 1, "name": "Display"}
    assert "left out: colour" in warned.log
    kept = tap.succeed(place.api(unknown_fields="keep"), "media")
    assert kept.records["media"][0]["unknown_fields"] == {"colour": "red"}
    failed = tap.fail(place.api(unknown_fields="fail"), "media")
    assert "unknown here: colour" in failed.log


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"api_user": "nobody"}, "does not know the user in 'api_user'"),
        ({"api_secret": "wrong"}, "The secret in 'api_secret' does not belong"),
    ],
)
def test_refused_credentials_name_the_setting(
    place: Place, tap: Tap, more: dict[str, str], words: str
) -> None:
    run = tap.fail(place.api(**more), "media")
    assert words in run.log
    assert len(place.received("/app-api/primary-keys/media")) == 1


def test_an_endpoint_that_was_not_ordered_names_the_pair(place: Place, tap: Tap) -> None:
    place.server.add_user("api_user", API_SECRET, ["lookups"])
    run = tap.fail(place.api(), "customers", "media")
    assert "The user in 'api_user' is known but may not read this" in run.log
    assert len(run.records["media"]) == 3
    assert len(place.received("/app-api/customer")) == 1


def test_a_redirect_is_never_followed(place: Place, tap: Tap) -> None:
    answer = Answer(302, "", {"Location": f"{place.url}/app-api/primary-keys/channel"})
    place.server.faults.add("GET", "/app-api/primary-keys/media", answer)
    run = tap.fail(place.api(), "media")
    assert "follows no redirects" in run.log
    assert place.received("/app-api/primary-keys/channel") == []


def test_a_page_instead_of_json_is_told(place: Place, tap: Tap) -> None:
    page = Answer(200, "<html>Login</html>", {"Content-Type": "text/html"})
    place.server.faults.add("GET", "/app-api/primary-keys/media", page)
    assert "not what goTom's API answers" in tap.fail(place.api(), "media").log


def test_a_catalog_of_other_settings_does_not_matter(place: Place, tap: Tap) -> None:
    place.server.data.entities["media"][0]["colour"] = "red"
    catalog = selecting(tap.discover(place.api()), "media", "users")
    settings = place.api(unknown_fields="keep", include_personal_data=False)
    run = tap.succeed(settings, catalog=catalog)
    assert "unknown_fields" in run.output.schemas["media"]["schema"]["properties"]
    assert [row["unknown_fields"] for row in run.records["media"][:2]] == [{"colour": "red"}, None]
    assert run.output.schemas["users"]["schema"]["properties"].keys() == {"id", "unknown_fields"}
