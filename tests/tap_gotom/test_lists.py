"""The streams of lookup lists, prices and customers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.faults import Answer, Reset, html_page
from tests.sandbox.gotom.customers import invent_customer
from tests.tap_gotom.command_line import fail, succeed
from tests.tap_gotom.servers import INTERNAL_ERROR, GoTomServer, build_api_error

MEDIA = "/app-api/primary-keys/media"
ENTITIES = {
    "users": "user",
    "tarifs": "tarif",
    "price_types": "priceType",
    "ad_servers": "adServer",
    "campaign_types": "campaignType",
    "extra_price_levels": "extraPriceLevel",
    "platforms": "platform",
    "channels": "channel",
    "media": "media",
    "advertisings": "advertising",
    "flight_position_types": "flightPositionType",
    "flight_tags": "flightTags",
}
"""What the API calls the rows of each lookup list."""
PRICES = "/app-api/export/price/tarif/7"


@pytest.mark.parametrize("size", [100, 1000])
def test_every_row_of_every_page_comes_once(server: GoTomServer, size: int) -> None:
    server.sandbox.page_size = size
    server.sandbox.advertised_url = "https://elsewhere.example"
    run = succeed(server.configure_api(), "platforms", "tarif_prices", "customers")
    assert [record["id"] for record in run.records["platforms"]] == list(range(1, 1204))
    assert len(set(run.output.keys("tarif_prices"))) == 252
    assert len(set(run.output.keys("customers"))) == 130


def test_all_twelve_lists_come_as_they_are(server: GoTomServer) -> None:
    run = succeed(server.configure_api(), *ENTITIES)
    assert run.records["ad_servers"][0] == {"id": "gam-main", "name": "Ad Manager DE"}
    assert run.records["users"][0]["email"] == "lena.graf@acme.example"
    assert run.records["flight_position_types"][0]["isDefault"] is True
    sent = server.sandbox.data.entities
    for stream, entity in ENTITIES.items():
        assert [(row["id"], row["name"]) for row in run.records[stream]] == [
            (row["id"], row["name"]) for row in sent[entity]
        ]


def test_a_price_without_its_tarif_has_the_key_of_the_tarif_it_was_asked_for(
    server: GoTomServer,
) -> None:
    keys = succeed(server.configure_api(), "tarif_prices").output.keys("tarif_prices")
    del server.sandbox.data.prices[7][0]["tarifId"]

    assert succeed(server.configure_api(), "tarif_prices").output.keys("tarif_prices") == keys


def test_prices_with_the_same_ids_are_reported(server: GoTomServer) -> None:
    server.sandbox.data.prices[8] *= 2
    run = succeed(server.configure_api(), "tarif_prices")
    assert "2 prices of tarif 8 have the same nine ids as another one" in run.log


def test_values_fit_their_schema_or_fail_their_stream_alone(server: GoTomServer) -> None:
    server.sandbox.data.entities["media"][0]["id"] = "1"
    server.sandbox.data.entities["channel"][0]["id"] = None
    server.sandbox.data.prices[7][0]["price"] = "12.50"
    run = fail(server.configure_api(), "media", "channels", "tarif_prices")
    assert run.records["media"][0] == {"id": 1, "name": "Display"}
    assert run.records["tarif_prices"][0]["price"] == 12.5
    assert run.records["channels"] == []
    assert "channels: The server sends no valid value in the field 'id'" in run.log


def test_prices_are_read_where_a_stream_map_removes_their_tarifs(server: GoTomServer) -> None:
    run = succeed(server.configure_api(stream_maps={"tarifs": None}), "tarifs", "tarif_prices")
    assert len(run.records["tarif_prices"]) == 252


def test_a_list_that_the_instance_does_not_know_is_skipped_and_counted(server: GoTomServer) -> None:
    del server.sandbox.data.entities["flightTags"]
    run = succeed(server.configure_api(), "flight_tags", "media")
    assert (run.records["flight_tags"], len(run.records["media"])) == ([], 3)
    assert "flight_tags: 1 skipped, lists that this instance does not know" in run.log


@pytest.mark.parametrize(
    ("answer", "exit_code", "words"),
    [
        (build_api_error(404), 0, ": 1 skipped, tarifs that are gone"),
        (Answer(404, "default backend - 404"), 1, f" of 7: GET {PRICES} "),
        (html_page(403, "Forbidden"), 1, f" of 7: GET {PRICES} answered 403"),
        (INTERNAL_ERROR, 1, f" of 7: GET {PRICES} answered 500"),
    ],
    ids=["gone", "gateway", "forbidden", "error"],
)
def test_only_goTom_itself_can_say_that_a_tarif_is_gone(  # noqa: N802
    server: GoTomServer, answer: Answer, exit_code: int, words: str
) -> None:
    server.answer(PRICES, answer)
    run = (fail if exit_code else succeed)(server.configure_api(max_retries=0), "tarif_prices")
    assert {price["tarifId"] for price in run.records["tarif_prices"]} == {8}
    assert f"tarif_prices{words}" in run.log


def test_a_customer_that_is_added_between_two_pages_gets_no_second_key(server: GoTomServer) -> None:
    customers = server.sandbox.data.customers
    new = invent_customer(999)

    def add_before_page_2(request: Any) -> bool:
        if request.query.get("page") == ["2"] and new not in customers:
            customers.insert(0, new)
        return False

    server.sandbox.faults.add("GET", "/app-api/customer", Reset(), when=add_before_page_2)
    keys = succeed(server.configure_api(), "customers").output.keys("customers")
    assert len(keys) == len(set(keys)) == 131
    assert [key.partition(":")[0] for (key,) in keys[-3:]] == ["ext", "hash", "hash"]
    assert not [key for (key,) in keys if key.endswith("-2") and key != "crm:crm-2"]


def test_personal_data_stays_out_of_schema_and_records_when_the_settings_say_so(
    server: GoTomServer,
) -> None:
    streams = ("customers", "users", "campaigns")
    more: dict[str, Any] = {"campaign_external_ids": ["demo-4711"]}
    everything = succeed(server.configure_api(**more), *streams)
    less = succeed(server.configure_api(include_personal_data=False, **more), *streams)
    for stream, field in (
        ("customers", "contacts"),
        ("customers", "bankIBANNumber"),
        ("customers", "consultants"),
        ("users", "email"),
        ("users", "name"),
        ("campaigns", "salesEmail"),
    ):
        assert field in everything.records[stream][0]
        assert all(field not in record for record in less.records[stream])
        assert field not in less.output.schemas[stream]["schema"]["properties"]
    assert "@" not in str([less.records[stream] for stream in streams])
    assert less.output.keys("customers") == everything.output.keys("customers")


def test_an_internal_error_is_retried(server: GoTomServer) -> None:
    server.sandbox.faults.add("GET", MEDIA, INTERNAL_ERROR)
    assert len(succeed(server.configure_api(), "media").records["media"]) == 3
    assert len(server.received(MEDIA)) == 2
