"""The tap: its settings, and the streams there are."""

from __future__ import annotations

import importlib.resources
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from singer_tapkit.config import config_error
from singer_tapkit.errors import ExtractionError
from singer_tapkit.spool import RecordSpool
from singer_tapkit.tap import BaseTap
from tap_gotom.auth import HmacAuthenticator
from tap_gotom.client import GoTomClient
from tap_gotom.columns import build_columns, read_columns
from tap_gotom.config import (
    CONFIG_SCHEMA,
    CREDENTIALS_MISSING,
    CredentialSet,
    read_base_url,
    read_credentials,
)
from tap_gotom.download import ReportSource
from tap_gotom.profile import describe_keys
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

    from singer_sdk.streams import Stream

    from singer_tapkit.stream import BaseStream
    from tap_gotom.columns import Column
    from tap_gotom.config import Credentials
    from tap_gotom.streams.base import GoTomStream

SCHEMAS: Final = importlib.resources.files("tap_gotom") / "schemas"


class TapGoTom(BaseTap):
    """Singer tap for goTom: saved reports, lookup lists, rate cards, customers and campaigns."""

    name = "tap-gotom"
    dynamic_catalog = True
    config_jsonschema = CONFIG_SCHEMA

    @override
    def validate_config(self) -> None:
        if self.credentials or self.config.get("instance") or self.config.get("base_url"):
            read_base_url(self.config)
        _ = self.reports

    @cached_property
    def credentials(self) -> dict[CredentialSet, Credentials]:
        """The API users in the settings."""
        return read_credentials(self.config)

    @cached_property
    def reports(self) -> dict[str, Report]:
        """The reports in the settings."""
        others = [file.name.removesuffix(".json") for file in SCHEMAS.iterdir()]
        return read_reports(self.config, others)

    @override
    def discover_streams(self) -> Sequence[BaseStream]:
        client = self._build_client()
        sources = self._build_report_sources(client)
        streams: list[BaseStream] = list(self._build_report_streams(sources.values()))
        if CredentialSet.API in self.credentials or not self.credentials:
            streams += self._build_api_streams(client, sources)
        return streams

    @property
    @override
    def streams(self) -> dict[str, Stream]:
        """The streams in their order: reports first, whose check finds ids of campaigns as well."""
        found = super().streams.items()
        return dict(sorted(found, key=lambda item: not isinstance(item[1], ReportStream)))

    @override
    def run_discovery(self) -> str:
        found = super().run_discovery()
        if not self.credentials:
            self.logger.warning(
                "No credentials are set, so that the catalog has only what is known without. To "
                "read data, set 'instance' or 'base_url' as well. %s",
                CREDENTIALS_MISSING,
            )
        if not self.catalog_dict["streams"]:
            self.failures.raise_if_any()
        return found

    @override
    def check_connection(self) -> None:
        self._require_credentials()
        super().check_connection()

    @override
    def run(self) -> None:
        self._require_credentials()
        super().run()

    def _require_credentials(self) -> None:
        """Check that there is what only discovery can do without.

        Raises:
            ConfigValidationError: The address or the credentials are missing.
        """
        read_base_url(self.config)
        if not self.credentials:
            raise config_error(CREDENTIALS_MISSING)

    def _build_client(self) -> GoTomClient:
        return GoTomClient(
            [read_base_url(self.config)] if self.credentials else [],
            logger=self.logger,
            auth=HmacAuthenticator(self.credentials),
            config=self.config,
        )

    def _build_report_sources(self, client: GoTomClient) -> dict[str, ReportSource]:
        if CredentialSet.GRAPH not in self.credentials:
            if self.reports:
                self.logger.warning(
                    "There are reports in the settings, but no 'graph_user' and 'graph_secret' to "
                    "read them with."
                )
            return {}
        ids_from = self.config.get("campaign_external_ids_from")
        id_columns = {ids_from["report"]: ids_from["column"]} if ids_from else {}
        return {
            name: ReportSource(client, report, self.logger, id_column=id_columns.get(name))
            for name, report in self.reports.items()
        }

    def _build_report_streams(self, sources: Iterable[ReportSource]) -> Iterator[BaseStream]:
        """Yield the streams of the reports whose columns can be found out."""
        for source in sources:
            try:
                columns = self._find_columns(source)
                yield ReportStream(self, self.failures, source, columns)
            except ExtractionError as error:
                self.failures.record(source.report.name, error)

    def _find_columns(self, source: ReportSource) -> list[Column]:
        """Return a report's columns from the settings, or the catalog, or else its first line."""
        report = source.report
        if report.columns is not None:
            return build_columns(list(report.columns), report.columns)
        entry = self.input_catalog.get_stream(report.name) if self.input_catalog else None
        if entry is not None:
            return read_columns(entry.schema.to_dict().get("properties", {}))
        sample = source.fetch_sample()
        if not sample.header:
            raise ReportError(
                f"{report} is empty, not even its columns can be seen. Wait until it has data, or "
                "name them in 'columns'."
            )
        if not report.primary_keys:
            self.logger.info("%s: %s", report.name, describe_keys(sample))
        return build_columns(sample.header)

    def _build_api_streams(
        self, client: GoTomClient, sources: dict[str, ReportSource]
    ) -> list[GoTomStream]:
        common = self, client, self.failures
        campaigns = CampaignStream(*common, RecordSpool(partial(self._read_campaign_ids, sources)))
        discounts = CampaignDiscountStream(*common, campaigns.rows)
        return [
            *(LookupStream(*common, name=name) for name in LOOKUPS if name != TarifStream.name),
            TarifStream(*common),
            TarifPriceStream(*common),
            CustomerStream(*common),
            campaigns,
            FlightStream(*common, campaigns.rows),
            discounts,
            FlightDiscountStream(*common, discounts.rows),
            FlightCommissionStream(*common, campaigns.rows),
            FlightLineItemStream(*common, campaigns.rows),
            FlightSublineStream(*common, campaigns.rows),
        ]

    def _read_campaign_ids(self, sources: dict[str, ReportSource]) -> list[str]:
        """Return the external ids of campaigns in the report that the settings name for them.

        Raises:
            ExtractionError: It cannot be read.
        """
        source = sources.get(self.config["campaign_external_ids_from"]["report"])
        if source is None:
            raise ReportError("'graph_user' and 'graph_secret' are missing to read it with.")
        return source.read_ids()
