"""What the studio sells, or lets people try."""

from __future__ import annotations

from tests.sandbox.studio_openapi import quirks
from tests.tap_studio_openapi.tenant import Tenant, refuse


def test_online_offers_keep_what_is_not_documented(tenant: Tenant) -> None:
    tenant.server.version = "1.13.2"
    quirk = quirks.ExtraFields(offerType="CHECK_IN_BASED")
    tenant.server.quirks["/v1/online-offers/purchasable"] = quirk
    offers = tenant.one.succeed("online_offers").records["online_offers"]
    assert offers[0]["unknown_fields"]["offerType"] == "CHECK_IN_BASED"


def test_each_offer_has_its_details(tenant: Tenant) -> None:
    records = tenant.one.succeed("membership_offers", "membership_offer_details").records
    details = [record["id"] for record in records["membership_offer_details"]]
    assert details == [record["id"] for record in records["membership_offers"]]


def test_trial_offers_have_the_id_of_what_is_offered(tenant: Tenant) -> None:
    records = tenant.one.succeed("trial_offer_classes").records["trial_offer_classes"]
    assert records
    assert all(record["class_id"] == record["trialOfferClass"]["id"] for record in records)


def test_every_trial_offer_that_a_list_names_is_read(tenant: Tenant) -> None:
    streams = ("trial_offer_classes", "trial_offer_appointments", "trial_offer_configs")
    records = tenant.one.succeed(*streams).records
    named = {record["trialOfferConfigId"] for stream in streams[:2] for record in records[stream]}
    assert {record["id"] for record in records["trial_offer_configs"]} == named


def test_a_trial_offer_that_is_not_there_is_no_sign_of_an_old_server(tenant: Tenant) -> None:
    tenant.server.faults.add("GET", "/v1/trial-offers/config/*", refuse(404), times=None)
    run = tenant.one.fail("trial_offer_configs")
    assert "A list of trial offers names it." in run.error
    assert "older than version" not in run.log
