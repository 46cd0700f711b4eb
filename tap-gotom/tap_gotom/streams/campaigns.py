"""Campaigns with their discounts; goTom has no list of them, so their external ids must be known.

Each campaign is asked for once, whichever of these streams is the first to need it.
Source: goTom's API documentation, ``/app-api/campaign/{campaignExternalId}`` and below.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from singer_sdk import typing as th
from typing_extensions import override

from tap_gotom.external_ids import encoded, is_reachable
from tap_gotom.keys import Distinct, discount_key
from tap_gotom.progress import Beat
from tap_gotom.streams.base import GoTomStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

CAMPAIGN = "/app-api/campaign"
UNKNOWN = "unknown to goTom"
UNREACHABLE = "out of the API's reach, as their external ids hold a slash or are dots"

CAMPAIGN_ID = th.Property(
    "campaignExternalId", th.StringType, required=True, description="The campaign's external id."
)
CONTACT = th.ObjectType(
    th.Property("entityId", th.IntegerType, description="The company's id in goTom."),
    th.Property("entityExternalId", th.StringType),
    th.Property("entityExternalCrmId", th.StringType),
    th.Property("addressId", th.IntegerType),
    th.Property("addressExternalId", th.StringType),
    th.Property("addressExternalCrmId", th.StringType),
    th.Property("personId", th.IntegerType),
    th.Property("personExternalId", th.StringType),
    th.Property("personExternalCrmId", th.StringType),
)


class Campaigns(GoTomStream):
    """The campaigns that the settings name, without their flights."""

    name = "campaigns"
    path = CAMPAIGN
    primary_keys = ("externalId",)
    personal = ("salesEmail", "salesSupportEmail")
    absences = {HTTPStatus.NOT_FOUND: UNKNOWN}  # noqa: RUF012
    properties = th.PropertiesList(
        th.Property("externalId", th.StringType, required=True, description="The external id."),
        th.Property("campaignId", th.IntegerType, description="The id in goTom."),
        th.Property("name", th.StringType),
        th.Property("status", th.StringType, description="booking or reservation."),
        th.Property("bookingDate", th.DateType),
        th.Property("currency", th.StringType),
        th.Property("campaignTypeId", th.IntegerType, description="In campaign_types."),
        th.Property("campaignTypeReference", th.StringType),
        th.Property("customer", CONTACT),
        th.Property("intermediator", CONTACT),
        th.Property("agency", CONTACT),
        th.Property("note", th.StringType),
        th.Property("noteInternal", th.StringType),
        th.Property("noteReservation", th.StringType),
        th.Property("pdfInvoiceWithAttachment", th.BooleanType),
        th.Property(
            "billingType",
            th.IntegerType,
            description="0: custom, 1: at the end, 2: monthly by day value, 3: by delivery value.",
        ),
        th.Property("salesSupportId", th.IntegerType, description="In users."),
        th.Property("salesSupportEmail", th.StringType),
        th.Property("salesId", th.IntegerType, description="In users."),
        th.Property("salesEmail", th.StringType),
        th.Property("commissionStatus", th.IntegerType),
    )

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for campaign in self._tap.campaigns:
            campaign.pop("flights", None)
            yield campaign

    def fetch(self) -> Iterator[dict[str, Any]]:
        """Ask for every campaign that the settings name, as far as it is there."""
        beat = Beat()
        for number, external_id in enumerate(self._tap.campaign_ids(), start=1):
            if beat.due():
                self.logger.info("%s campaigns are asked for.", f"{number:,}")
            if not is_reachable(external_id):
                self.skip(UNREACHABLE, repr(external_id))
                continue
            with self.alone(repr(external_id)):
                campaign = self.ask(f"{CAMPAIGN}/{encoded(external_id)}")
                yield {**campaign, "externalId": campaign.get("externalId") or external_id}


class CampaignDiscounts(GoTomStream):
    """The discounts of each campaign."""

    name = "campaign_discounts"
    path = f"{CAMPAIGN}/…/campaign-discount"
    primary_keys = ("campaignExternalId", "discount_key")
    absences = {HTTPStatus.NOT_FOUND: UNKNOWN}  # noqa: RUF012
    properties = th.PropertiesList(
        CAMPAIGN_ID,
        th.Property(
            "discount_key",
            th.StringType,
            required=True,
            description="ext: and externalId, or id: and entityId.",
        ),
        th.Property("name", th.StringType),
        th.Property("externalId", th.StringType),
        th.Property("entityId", th.IntegerType, description="The id in goTom."),
    )

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for discount in self._tap.campaign_discounts:
            discount.pop("flightDiscounts", None)
            yield discount

    def fetch(self) -> Iterator[dict[str, Any]]:
        """Ask for the discounts of every campaign, with what they are for each flight."""
        beat = Beat()
        for number, campaign in enumerate(self._tap.campaigns, start=1):
            if beat.due():
                self.logger.info("The discounts of %s campaigns are asked for.", f"{number:,}")
            external_id = campaign["externalId"]
            with self.alone(repr(external_id)):
                path = f"{CAMPAIGN}/{encoded(external_id)}/campaign-discount"
                distinct = Distinct()
                for discount in self.ask(path)["campaignDiscounts"]:
                    yield {
                        "campaignExternalId": external_id,
                        "discount_key": distinct(discount_key(discount)),
                        **_with_integer_id(discount),
                    }


class FlightDiscounts(GoTomStream):
    """What the discounts of a campaign are for each flight."""

    name = "flight_discounts"
    path = CampaignDiscounts.path
    primary_keys = ("campaignExternalId", "campaign_discount_key", "discount_key")
    properties = th.PropertiesList(
        CAMPAIGN_ID,
        th.Property(
            "campaign_discount_key",
            th.StringType,
            required=True,
            description="The discount_key in campaign_discounts.",
        ),
        th.Property(
            "discount_key",
            th.StringType,
            required=True,
            description="ext: and externalId, or id: and entityId.",
        ),
        th.Property("flightExternalId", th.StringType),
        th.Property("externalId", th.StringType),
        th.Property("entityId", th.IntegerType, description="The id in goTom."),
        th.Property("amountPercent", th.NumberType),
        th.Property("amountSum", th.NumberType),
    )

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for discount in self._tap.campaign_discounts:
            distinct = Distinct()
            for flight_discount in discount.get("flightDiscounts") or ():
                yield {
                    "campaignExternalId": discount["campaignExternalId"],
                    "campaign_discount_key": discount["discount_key"],
                    "discount_key": distinct(discount_key(flight_discount)),
                    **_with_integer_id(flight_discount),
                }


def _with_integer_id(discount: dict[str, Any]) -> dict[str, Any]:
    """Make a whole number of `entityId`, which is documented as any number."""
    entity_id = discount.get("entityId")
    return {**discount, "entityId": None if entity_id is None else int(entity_id)}
