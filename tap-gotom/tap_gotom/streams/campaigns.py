"""Campaigns with their discounts; goTom has no list of them, so their external ids must be known.

Each campaign is asked for once, whichever of the streams is the first to need it. Client systems
call campaigns what they like.
Source: goTom's API documentation, ``/app-api/campaign/{campaignExternalId}`` and below, and the
page about good and bad external IDs.
"""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ExtractionError
from singer_tapkit.spool import RecordSpool
from singer_tapkit.stream import PartitionStatus
from tap_gotom.keys import KeyDeduplicator, build_discount_key, read_external_id, read_field
from tap_gotom.streams.base import DependentStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

ROWS: Final = list[dict[str, Any]]
"""What a list in an object must be; only an empty one stands for nothing."""
DOTS: Final = frozenset({".", ".."})
UNKNOWN: Final = "unknown to goTom"
UNREACHABLE: Final = "out of the API's reach, as their external ids hold a slash or are dots"
LOG_INTERVAL: Final = 500
"""A line in the log for so many requests."""


class DiscountList(msgspec.Struct, rename="camel"):
    """The discounts of one campaign."""

    campaign_discounts: list[dict[str, Any]]


class PerCampaignStream(DependentStream):
    """What takes a request per campaign, and is needed by other streams as well."""

    primary_keys: tuple[str, ...] = ("campaignExternalId", "discount_key")
    absences = {HTTPStatus.NOT_FOUND: UNKNOWN}  # noqa: RUF012
    inner_field: ClassVar[str]
    """What of a row is for other streams alone."""

    @cached_property
    def rows(self) -> RecordSpool:
        """The rows with all that is in them, for this stream and others."""
        return RecordSpool(self._fetch)

    @override
    def read_partitions(self, context: Context | None) -> Iterator[tuple[str, Iterable[Record]]]:
        for row in self.rows:
            row.pop(self.inner_field, None)
            yield repr(row[self.primary_keys[0]]), [row]

    def fetch_campaign(self, external_id: str) -> Iterable[Record]:
        """Return the rows of one campaign.

        Raises:
            ExtractionError: They cannot be read.
        """
        raise NotImplementedError

    def read_external_ids(self) -> Iterable[str]:
        """Return the external ids of the campaigns, each once."""
        return (campaign["externalId"] for campaign in self._parents)

    def _fetch(self) -> Iterator[Record]:
        requests = PartitionStatus()
        for number, external_id in enumerate(self.read_external_ids(), start=1):
            if requests.is_over:
                return
            if number % LOG_INTERVAL == 0:
                self.logger.info("%s are requested for %s campaigns.", self.name, f"{number:,}")
            if not is_reachable(external_id):
                self.record_skip(UNREACHABLE, repr(external_id))
                continue
            with self.isolate(repr(external_id), requests):
                yield from self.fetch_campaign(external_id)


class CampaignStream(PerCampaignStream):
    """The campaigns that the settings name, without their flights."""

    name = "campaigns"
    primary_keys = ("externalId",)
    personal_fields = frozenset({"salesEmail", "salesSupportEmail"})
    inner_field = "flights"

    @override
    def check_connection(self) -> bool:
        wanted = filter(is_reachable, self.config.get("campaign_external_ids") or ())
        return any(
            self.may_read(build_campaign_path(external_id)) for external_id in islice(wanted, 1)
        )

    @override
    def fetch_campaign(self, external_id: str) -> Iterable[Record]:
        campaign = self._client.get_json(build_campaign_path(external_id), dict[str, Any])
        return [{**campaign, "externalId": read_external_id(campaign) or external_id}]

    @override
    def read_external_ids(self) -> Iterable[str]:
        """Return those in the settings, and in a report that is named there."""
        wanted = self.config.get("campaign_external_ids") or ()
        if "campaign_external_ids_from" not in self.config:
            return deduplicate_ids(wanted)
        return deduplicate_ids([*wanted, *self._read_report()])

    def _read_report(self) -> list[str]:
        """Return the ids in the report, none if it cannot be read."""
        name = self.config["campaign_external_ids_from"]["report"]
        try:
            external_ids = list(self._parents)
        except ExtractionError as error:
            self.failures.record(f"campaigns of the report {name}", error)
            return []
        if not external_ids:
            self.logger.warning("The report %s has no rows, so that it names no campaigns.", name)
        return external_ids


class CampaignDiscountStream(PerCampaignStream):
    """The discounts of each campaign."""

    name = "campaign_discounts"
    inner_field = "flightDiscounts"

    @override
    def fetch_campaign(self, external_id: str) -> Iterable[Record]:
        path = f"{build_campaign_path(external_id)}/campaign-discount"
        deduplicate = KeyDeduplicator()
        return [
            {
                "campaignExternalId": external_id,
                "discount_key": deduplicate(build_discount_key(discount)),
                **discount,
            }
            for discount in self._client.get_json(path, DiscountList).campaign_discounts
        ]


class FlightDiscountStream(DependentStream):
    """What the discounts of a campaign are for each flight."""

    name = "flight_discounts"
    primary_keys = ("campaignExternalId", "campaign_discount_key", "discount_key")

    @override
    def read_partitions(self, context: Context | None) -> Iterator[tuple[str, Iterable[Record]]]:
        for discount in self._parents:
            campaign_id, key = discount["campaignExternalId"], discount["discount_key"]
            yield f"{key} of {campaign_id!r}", self._read_discount(discount)

    def _read_discount(self, discount: dict[str, Any]) -> Iterator[Record]:
        deduplicate = KeyDeduplicator()
        for flight_discount in read_field(discount, "flightDiscounts", ROWS):
            yield {
                "campaignExternalId": discount["campaignExternalId"],
                "campaign_discount_key": discount["discount_key"],
                "discount_key": deduplicate(build_discount_key(flight_discount)),
                **flight_discount,
            }


def encode_id(external_id: str) -> str:
    """Return an id as it stands in a path."""
    return quote(external_id, safe="")


def build_campaign_path(external_id: str) -> str:
    """Return the path of a campaign."""
    return f"/app-api/campaign/{encode_id(external_id)}"


def is_reachable(external_id: str) -> bool:
    """Return whether a path can lead to an id.

    Servers take an encoded slash for one that separates, and HTTP libraries resolve dots.
    """
    return "/" not in external_id and external_id not in DOTS


def deduplicate_ids(external_ids: Iterable[str]) -> Iterator[str]:
    """Yield each id once, in its first spelling; goTom ignores case. Empty ids are none."""
    seen: set[str] = set()
    for external_id in external_ids:
        folded = external_id.casefold()
        if external_id.strip() and folded not in seen:
            seen.add(folded)
            yield external_id
