"""The flights of campaigns, and what the API tells of each flight by itself.

Times have neither seconds nor offset; they are in a time zone of the instance that goTom does not
name.
Source: goTom's API documentation, ``/app-api/campaign/{campaignExternalId}/flight`` and below.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, ExtractionError
from tap_gotom.campaign_ids import encode_id, is_reachable
from tap_gotom.keys import KeyDeduplicator, flight_key
from tap_gotom.streams.base import DependentStream
from tap_gotom.streams.campaigns import CAMPAIGN_PATH, UNKNOWN, UNREACHABLE, read_rows_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record


NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
WITHOUT_ID: Final = "without an external id, as they were made in the user interface"


class SublineList(msgspec.Struct):
    """The sublines of one flight."""

    sublines: list[dict[str, Any]]


class FlightStream(DependentStream):
    """The flights of the campaigns, at no further request."""

    name = "flights"
    primary_keys = ("campaignExternalId", "externalId")

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for campaign in self._parents:
            campaign_id = campaign["externalId"]
            deduplicate = KeyDeduplicator()
            with self.isolate(f"campaign {campaign_id!r}", self.status):
                for flight in read_rows_in(campaign, "flights"):
                    yield self.conform(
                        {
                            **flight,
                            "campaignExternalId": campaign_id,
                            "externalId": deduplicate(flight_key(flight)),
                            "bruttoPriceUnit": _parse_price(flight.get("bruttoPriceUnit")),
                        }
                    )


class PerFlightStream(DependentStream):
    """What takes a request per flight.

    A user who may not read one campaign may read others, so that 403 ends its campaign alone.

    Attributes:
        path: Below the campaign's path, with ``{flight}`` for the flight's external id.
    """

    path: str
    primary_keys: tuple[str, ...] = ("campaignExternalId", "flightExternalId")
    selected_by_default = False
    absences = {HTTPStatus.NOT_FOUND: UNKNOWN}  # noqa: RUF012
    final_statuses = (HTTPStatus.UNAUTHORIZED,)

    def fetch_rows(self, path: str) -> Iterable[Record]:
        """Return the rows of a flight, without the ids of both.

        Raises:
            ExtractionError: They cannot be read.
        """
        return [self._client.get_json(path, dict[str, Any])]

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for campaign in self._parents:
            campaign_id = campaign["externalId"]
            try:
                yield from self._read_campaign(campaign_id, read_rows_in(campaign, "flights"))
            except ExtractionError as error:
                self.handle_error(f"campaign {campaign_id!r}", self.status, error)
            if self.status.is_over:
                return

    def _read_campaign(self, campaign_id: str, flights: list[dict[str, Any]]) -> Iterator[Record]:
        for flight_id in self._reachable_ids(campaign_id, flights):
            for row in self._read_flight(campaign_id, flight_id):
                keys = {"campaignExternalId": campaign_id, "flightExternalId": flight_id}
                yield self.conform({**keys, **row})
            if self.status.is_over:
                return

    def _read_flight(self, campaign_id: str, flight_id: str) -> Iterable[Record]:
        campaign, flight = encode_id(campaign_id), encode_id(flight_id)
        path = f"{CAMPAIGN_PATH}/{campaign}/{self.path.format(flight=flight)}"
        try:
            rows = self.fetch_rows(path)
        except ExtractionError as error:
            if isinstance(error, ApiError) and error.status == HTTPStatus.FORBIDDEN:
                raise
            place = f"flight {flight_id!r} of campaign {campaign_id!r}"
            self.handle_error(place, self.status, error)
            return ()
        self.status.failures_in_a_row = 0
        return rows

    def _reachable_ids(self, campaign_id: str, flights: list[dict[str, Any]]) -> Iterator[str]:
        """Yield the external ids of the flights that can be asked for."""
        for flight in flights:
            external_id = flight.get("externalId")
            if not external_id:
                self.record_skip(WITHOUT_ID, f"a flight of campaign {campaign_id!r}")
            elif not is_reachable(str(external_id)):
                self.record_skip(UNREACHABLE, repr(external_id))
            else:
                yield str(external_id)


class FlightCommissionStream(PerFlightStream):
    """The commissions of each flight."""

    name = "flight_commissions"
    path = "flight/{flight}/commission"


class FlightLineItemStream(PerFlightStream):
    """The line item of each flight in its ad server."""

    name = "flight_line_items"
    path = "flight-lineitemid/{flight}"


class FlightSublineStream(PerFlightStream):
    """How each flight is spread over the platforms of a marketer network."""

    name = "flight_sublines"
    path = "flight/{flight}/sublines"
    primary_keys = ("campaignExternalId", "flightExternalId", "platformId")

    @override
    def fetch_rows(self, path: str) -> Iterable[Record]:
        return self._client.get_json(path, SublineList).sublines


def _parse_price(price: Any) -> Any:
    """Return a price, which can be text, and even text that is none."""
    if isinstance(price, str):
        return float(price) if NUMBER.fullmatch(price) else None
    return price
