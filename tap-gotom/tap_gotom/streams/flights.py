"""The flights of campaigns, and what the API has of each flight by itself.

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

from singer_tapkit.errors import ApiError, InvalidResponseError
from tap_gotom.keys import KeyDeduplicator, build_flight_key, read_external_id, read_field
from tap_gotom.streams.base import DependentStream
from tap_gotom.streams.campaigns import (
    ROWS,
    UNKNOWN,
    UNREACHABLE,
    build_campaign_path,
    encode_id,
    is_reachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from singer_tapkit.errors import ExtractionError
    from singer_tapkit.stream import PartitionStatus

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
FORBIDDEN: Final = "as another flight of their campaign may not be read"
WITHOUT_ID: Final = "without an external id, as they were made in the user interface"


class SublineList(msgspec.Struct):
    """The sublines of one flight."""

    sublines: list[dict[str, Any]]


class FlightStream(DependentStream):
    """The flights of the campaigns, at no further request."""

    name = "flights"
    primary_keys = ("campaignExternalId", "externalId")

    @override
    def read_partitions(self, context: Context | None) -> Iterator[tuple[str, Iterable[Record]]]:
        for campaign in self._parents:
            yield f"campaign {campaign['externalId']!r}", self._read_campaign(campaign)

    def _read_campaign(self, campaign: dict[str, Any]) -> Iterator[Record]:
        deduplicate = KeyDeduplicator()
        for flight in read_field(campaign, "flights", ROWS):
            yield {
                **flight,
                "campaignExternalId": campaign["externalId"],
                "externalId": deduplicate(build_flight_key(flight)),
                "bruttoPriceUnit": _parse_price(flight.get("bruttoPriceUnit")),
            }


class PerFlightStream(DependentStream):
    """What takes a request per flight.

    A user who may not read a flight may not read its campaign, but perhaps others.

    Attributes:
        path: Below the campaign's path, with ``{flight}`` for the flight's external id.
    """

    path: str
    primary_keys: tuple[str, ...] = ("campaignExternalId", "flightExternalId")
    selected_by_default = False
    absences = {HTTPStatus.NOT_FOUND: UNKNOWN}  # noqa: RUF012
    _is_forbidden = False

    def fetch_rows(self, path: str) -> Iterable[Record]:
        """Return the rows of a flight, without the ids of both.

        Raises:
            ExtractionError: They cannot be read.
        """
        return [self._client.get_json(path, dict[str, Any])]

    @override
    def read_partitions(self, context: Context | None) -> Iterator[tuple[str, Iterable[Record]]]:
        for campaign in self._parents:
            campaign_id = campaign["externalId"]
            self._is_forbidden = False
            for flight_id in self._read_reachable_ids(campaign):
                if self._is_forbidden:
                    self.record_skip(FORBIDDEN, f"{flight_id!r} of campaign {campaign_id!r}")
                    continue
                name = f"flight {flight_id!r} of campaign {campaign_id!r}"
                yield name, self._read_flight(campaign_id, flight_id)

    @override
    def handle_error(self, partition: str, status: PartitionStatus, error: ExtractionError) -> None:
        super().handle_error(partition, status, error)
        self._is_forbidden = isinstance(error, ApiError) and error.status == HTTPStatus.FORBIDDEN

    def _read_flight(self, campaign_id: str, flight_id: str) -> Iterator[Record]:
        path = self.path.format(flight=encode_id(flight_id))
        for row in self.fetch_rows(f"{build_campaign_path(campaign_id)}/{path}"):
            yield {"campaignExternalId": campaign_id, "flightExternalId": flight_id, **row}

    def _read_reachable_ids(self, campaign: dict[str, Any]) -> Iterator[str]:
        """Yield the external ids of the flights that can be asked for."""
        name = f"campaign {campaign['externalId']!r}"
        try:
            external_ids = [
                read_external_id(item) for item in read_field(campaign, "flights", ROWS)
            ]
        except InvalidResponseError as error:
            self.handle_error(name, self.status, error)
            return
        for external_id in external_ids:
            if not external_id:
                self.record_skip(WITHOUT_ID, f"a flight of {name}")
            elif not is_reachable(external_id):
                self.record_skip(UNREACHABLE, repr(external_id))
            else:
                yield external_id


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
