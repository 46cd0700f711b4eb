"""The flights of campaigns, and what the API tells of each flight by itself.

Times have neither seconds nor offset; they are in a time zone of the instance that goTom does not
name.
Source: goTom's API documentation, ``/app-api/campaign/{campaignExternalId}/flight`` and below.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from singer_sdk import typing as th
from typing_extensions import override

from tap_gotom.errors import AnswerError
from tap_gotom.external_ids import encoded, is_reachable
from tap_gotom.keys import Distinct, flight_key
from tap_gotom.progress import Beat
from tap_gotom.streams.base import GoTomStream
from tap_gotom.streams.campaigns import CAMPAIGN, CAMPAIGN_ID, UNKNOWN, UNREACHABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
WITHOUT_MODULE = "for want of the module for marketer networks"
WITHOUT_ID = "without an external id, as they were made in the user interface"

MOMENT = th.ObjectType(
    th.Property("date", th.DateType), th.Property("time", th.StringType, description="HH:MM.")
)
KEY_VALUE_SET = th.ObjectType(
    th.Property("adServerId", th.StringType),
    th.Property(
        "keyValues",
        th.ArrayType(
            th.ObjectType(
                th.Property("id", th.StringType),
                th.Property("label", th.StringType),
                th.Property("comparisonOperator", th.IntegerType),
                th.Property(
                    "values",
                    th.ArrayType(
                        th.ObjectType(
                            th.Property("id", th.StringType),
                            th.Property("label", th.StringType),
                        )
                    ),
                ),
            )
        ),
    ),
)
XANDR_ENTRY = th.ObjectType(
    th.Property("id", th.StringType),
    th.Property("name", th.StringType),
    th.Property("displayName", th.StringType),
    th.Property(
        "values",
        th.ArrayType(
            th.ObjectType(
                th.Property("id", th.StringType),
                th.Property("name", th.StringType),
                th.Property("displayName", th.StringType),
            )
        ),
    ),
    th.Property("numericValue", th.StringType),
    th.Property("comparisonOperator", th.StringType),
    th.Property("not", th.BooleanType),
)
XANDR_KEY_VALUE_SET = th.ObjectType(
    th.Property("adServerId", th.StringType),
    th.Property(
        "keyValueSets",
        th.ArrayType(th.ObjectType(th.Property("set", th.ArrayType(XANDR_ENTRY)))),
    ),
    th.Property("outerOp", th.StringType, description="AND or OR."),
    th.Property("innerOp", th.StringType, description="AND or OR."),
)


class Flights(GoTomStream):
    """The flights of the campaigns, at no further request."""

    name = "flights"
    path = CAMPAIGN
    primary_keys = ("campaignExternalId", "externalId")
    properties = th.PropertiesList(
        CAMPAIGN_ID,
        th.Property(
            "externalId",
            th.StringType,
            required=True,
            description="The external id; for flights of the user interface hash: and a digest of "
            "runtime, platform, channel, advertising, tarif and units.",
        ),
        th.Property("runtime", th.ObjectType(th.Property("start", MOMENT),
                                             th.Property("end", MOMENT))),
        th.Property("tarifId", th.IntegerType, description="In tarifs."),
        th.Property("mediaId", th.IntegerType, description="In media."),
        th.Property("extraPriceLevelId", th.IntegerType, description="In extra_price_levels."),
        th.Property("platformId", th.IntegerType, description="In platforms."),
        th.Property("channelId", th.IntegerType, description="In channels."),
        th.Property("advertisingId", th.IntegerType, description="In advertisings."),
        th.Property("priceTypeId", th.IntegerType, description="In price_types."),
        th.Property(
            "flightPositionTypeName", th.StringType, description="In flight_position_types."
        ),
        th.Property("units", th.IntegerType),
        th.Property("bruttoPriceUnit", th.NumberType, description="The final gross unit price."),
        th.Property("advertisingStatus", th.StringType, description="open, received, integrated."),
        th.Property("note", th.StringType),
        th.Property("noteInternal", th.StringType),
        th.Property("noteBilling", th.StringType),
        th.Property("adServerId", th.StringType, description="In ad_servers."),
        th.Property("keyValueSets", th.ArrayType(KEY_VALUE_SET)),
        th.Property("keyValueSetsXandr", th.ArrayType(XANDR_KEY_VALUE_SET)),
        th.Property(
            "geoTargetingByZip",
            th.ObjectType(
                th.Property("countryId", th.StringType), th.Property("zipCodes", th.StringType)
            ),
        ),
        th.Property(
            "flightTags",
            th.ArrayType(
                th.ObjectType(
                    th.Property("id", th.IntegerType), th.Property("name", th.StringType)
                )
            ),
        ),
    )  # fmt: skip

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for campaign in self._tap.campaigns:
            distinct = Distinct()
            for flight in campaign.get("flights") or ():
                yield {
                    **flight,
                    "campaignExternalId": campaign["externalId"],
                    "externalId": distinct(flight_key(flight)),
                    "bruttoPriceUnit": _number(flight.get("bruttoPriceUnit")),
                }


class PerFlight(GoTomStream):
    """What takes a request per flight."""

    path = f"{CAMPAIGN}/…/flight/…"
    primary_keys: tuple[str, ...] = ("campaignExternalId", "flightExternalId")
    selected_by_default = False
    absences = {HTTPStatus.NOT_FOUND: UNKNOWN}  # noqa: RUF012

    @abstractmethod
    def below(self, campaign: str, flight: str) -> str:
        """Give the path for a flight, below the one of campaigns.

        Args:
            campaign: The campaign's external id, encoded.
            flight: The flight's external id, encoded.
        """

    def records(self, answer: dict[str, Any]) -> Iterable[Record]:
        """Give the records in the answer for a flight, without the ids of both."""
        return [answer]

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        beat = Beat()
        for number, (campaign, flight) in enumerate(self._flights(), start=1):
            with self.alone(f"flight {flight!r} of campaign {campaign!r}"):
                answer = self.ask(f"{CAMPAIGN}/{self.below(encoded(campaign), encoded(flight))}")
                for record in self.records(answer):
                    yield {"campaignExternalId": campaign, "flightExternalId": flight, **record}
            if beat.due():
                self.logger.info("%s flights are asked for.", f"{number:,}")

    def _flights(self) -> Iterator[tuple[str, str]]:
        """Give the external ids of each campaign and flight that can be asked for."""
        for campaign in self._tap.campaigns:
            for flight in campaign.get("flights") or ():
                external_id = flight.get("externalId")
                if not external_id:
                    self.skip(WITHOUT_ID, f"a flight of campaign {campaign['externalId']!r}")
                elif not is_reachable(external_id):
                    self.skip(UNREACHABLE, repr(external_id))
                else:
                    yield campaign["externalId"], external_id


FLIGHT_ID = th.Property(
    "flightExternalId", th.StringType, required=True, description="The flight's external id."
)


class FlightCommissions(PerFlight):
    """The commissions of each flight."""

    name = "flight_commissions"
    properties = th.PropertiesList(
        CAMPAIGN_ID,
        FLIGHT_ID,
        th.Property("bkPercent", th.NumberType, description="The agency's."),
        th.Property("bkAmount", th.NumberType, description="The agency's."),
        th.Property("vmkType", th.StringType, description="VMK or DBE."),
        th.Property("vmkPercent", th.NumberType, description="The intermediator's."),
        th.Property("vmkAmount", th.NumberType, description="The intermediator's."),
    )

    @override
    def below(self, campaign: str, flight: str) -> str:
        return f"{campaign}/flight/{flight}/commission"


class FlightLineItems(PerFlight):
    """The line item of each flight in its ad server."""

    name = "flight_line_items"
    path = f"{CAMPAIGN}/…/flight-lineitemid/…"
    properties = th.PropertiesList(
        CAMPAIGN_ID,
        FLIGHT_ID,
        th.Property("strategyId", th.StringType, description="In ad_servers."),
        th.Property("adserverId", th.IntegerType, description="The line item's id, in fact."),
    )

    @override
    def below(self, campaign: str, flight: str) -> str:
        return f"{campaign}/flight-lineitemid/{flight}"


class FlightSublines(PerFlight):
    """How each flight is spread over the platforms of a marketer network."""

    name = "flight_sublines"
    primary_keys = ("campaignExternalId", "flightExternalId", "platformId")
    properties = th.PropertiesList(
        CAMPAIGN_ID,
        FLIGHT_ID,
        th.Property("platformId", th.IntegerType, required=True, description="In platforms."),
        th.Property("percentage", th.NumberType, description="42.5 is 42.5 %."),
        th.Property("note", th.StringType),
    )

    @override
    def below(self, campaign: str, flight: str) -> str:
        return f"{campaign}/flight/{flight}/sublines"

    @override
    def records(self, answer: dict[str, Any]) -> Iterable[Record]:
        return list(answer["sublines"])

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        try:
            yield from super().read(context)
        except AnswerError as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            self.skip(WITHOUT_MODULE, str(error))


def _number(price: Any) -> float | None:
    """Read a price, which can be text, and even text that is none."""
    if isinstance(price, str):
        return float(price) if NUMBER.fullmatch(price) else None
    return price if isinstance(price, int | float) and not isinstance(price, bool) else None
