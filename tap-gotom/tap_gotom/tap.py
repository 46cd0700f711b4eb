"""The tap: its settings, and the streams there are."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from singer_tapkit.errors import ExtractionError
from singer_tapkit.tap import BaseTap
from tap_gotom.campaign_ids import read_campaign_ids
from tap_gotom.client import GoTomClient
from tap_gotom.columns import columns_from_names, columns_from_schema
from tap_gotom.config import CONFIG_SCHEMA, CredentialSet, read_base_url, read_credentials
from tap_gotom.download import ReportSource
from tap_gotom.reports import Report, ReportError, read_reports
from tap_gotom.streams.campaigns import (
    CampaignDiscountStream,
    CampaignStream,
    FlightDiscountStream,
)
from tap_gotom.streams.flights import (
    FlightCommissionStream,
    FlightLineItemStream,
    FlightStream,
    FlightSublineStream,
)
from tap_gotom.streams.lists import (
    LOOKUPS,
    CustomerStream,
    LookupStream,
    TarifPriceStream,
    TarifStream,
)
from tap_gotom.streams.reports import ReportStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tap_gotom.columns import Column
    from tap_gotom.config import Credentials
    from tap_gotom.streams.base import GoTomStream

API_STREAM_NAMES: Final = (
    *LOOKUPS,
    "tarifs",
    TarifPriceStream.name,
    CustomerStream.name,
    CampaignStream.name,
    FlightStream.name,
    CampaignDiscountStream.name,
    FlightDiscountStream.name,
    FlightCommissionStream.name,
    FlightLineItemStream.name,
    FlightSublineStream.name,
)


class TapGoTom(BaseTap):
    """Singer tap for goTom: saved reports, lookup lists, rate cards, customers and campaigns."""

    name = "tap-gotom"
    dynamic_catalog = True
    config_jsonschema = CONFIG_SCHEMA

    @override
    def validate_config(self) -> None:
        read_base_url(self.config)
        _ = self.credentials, self.reports

    @cached_property
    def credentials(self) -> dict[CredentialSet, Credentials]:
        """The API users in the settings."""
        return read_credentials(self.config)

    @cached_property
    def reports(self) -> dict[str, Report]:
        """The reports in the settings."""
        return read_reports(self.config, API_STREAM_NAMES)

    @override
    def discover_streams(self) -> Sequence[GoTomStream]:
        client = GoTomClient(read_base_url(self.config), self.credentials, self.config, self.logger)
        sources = self._report_sources(client)
        streams = list(self._report_streams(client, sources.values()))
        if CredentialSet.API in self.credentials:
            streams += self._api_streams(client, sources)
        return streams

    @override
    def run_discovery(self) -> str:
        found = super().run_discovery()
        if not self.catalog_dict["streams"]:
            self.failures.raise_if_any()
        return found

    def _report_sources(self, client: GoTomClient) -> dict[str, ReportSource]:
        if CredentialSet.GRAPH not in self.credentials:
            if self.reports:
                self.logger.warning(
                    "There are reports in the settings, but no 'graph_user' and 'graph_secret' to "
                    "read them with."
                )
            return {}
        ids_from = self.config.get("campaign_external_ids_from") or {}
        return {
            name: ReportSource(client, report, is_shared=name == ids_from.get("report"))
            for name, report in self.reports.items()
        }

    def _report_streams(
        self, client: GoTomClient, sources: Iterable[ReportSource]
    ) -> Iterator[GoTomStream]:
        """Yield the streams of the reports whose columns can be found out."""
        for source in sources:
            try:
                columns = self._report_columns(source)
                yield ReportStream(self, client, self.failures, source, columns)
            except ExtractionError as error:
                self.failures.record(source.report.name, error)

    def _report_columns(self, source: ReportSource) -> list[Column]:
        """Return a report's columns from the settings, or the catalog, or else its first line."""
        report = source.report
        if report.columns is not None:
            return columns_from_names(list(report.columns), report.columns)
        entry = self.input_catalog.get_stream(report.name) if self.input_catalog else None
        if entry is not None:
            return columns_from_schema(entry.schema.to_dict().get("properties", {}))
        header = source.fetch_header()
        if not header:
            raise ReportError(
                f"{report} is empty, not even its columns can be seen. Wait until it has data, or "
                "name them in 'columns'."
            )
        return columns_from_names(header)

    def _api_streams(
        self, client: GoTomClient, sources: dict[str, ReportSource]
    ) -> list[GoTomStream]:
        common = self, client, self.failures
        read_ids = partial(read_campaign_ids, self.config, sources, self.failures, self.logger)
        campaign_stream = CampaignStream(*common, read_ids)
        campaigns = campaign_stream.campaigns
        discount_stream = CampaignDiscountStream(*common, campaigns)
        return [
            *(LookupStream(*common, name, entity) for name, entity in LOOKUPS.items()),
            TarifStream(*common, "tarifs", "tarif"),
            TarifPriceStream(*common),
            CustomerStream(*common),
            campaign_stream,
            FlightStream(*common, campaigns),
            discount_stream,
            FlightDiscountStream(*common, discount_stream.discounts),
            FlightCommissionStream(*common, campaigns),
            FlightLineItemStream(*common, campaigns),
            FlightSublineStream(*common, campaigns),
        ]
