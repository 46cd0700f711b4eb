"""The tap: its settings, and the streams there are."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

import click
from requests.adapters import HTTPAdapter
from typing_extensions import override

from tap_gotom import columns, instance, reports
from tap_gotom.answers import FAILURES
from tap_gotom.campaign_ids import cells_of
from tap_gotom.careful_tap import CarefulTap
from tap_gotom.download import Downloads, header_of
from tap_gotom.errors import ReportError, told
from tap_gotom.external_ids import distinct
from tap_gotom.instance import Pair
from tap_gotom.kept import Kept
from tap_gotom.session import open_session
from tap_gotom.settings import SETTINGS
from tap_gotom.settings_schema import schema_of
from tap_gotom.streams import STREAMS
from tap_gotom.streams.campaigns import CampaignDiscounts, Campaigns
from tap_gotom.streams.reports import ReportClient, ReportStream, UndiscoveredReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import requests

    from tap_gotom.columns import Column
    from tap_gotom.reports import Report
    from tap_gotom.streams.base import GoTomStream


class TapGoTom(CarefulTap):
    """Singer tap for goTom: saved reports, lookup lists, rate cards, customers and campaigns."""

    name = "tap-gotom"
    dynamic_catalog = True
    config_jsonschema = schema_of(SETTINGS)

    @override
    def check_settings(self) -> None:
        _ = self.instance, self.reports

    @cached_property
    def instance(self) -> instance.Instance:
        """The goTom that is read."""
        return instance.instance(self.config)

    @cached_property
    def reports(self) -> dict[str, Report]:
        """The reports that the settings name."""
        return reports.reports(self.config, [vars(stream)["name"] for stream in STREAMS])

    @cached_property
    def session(self) -> requests.Session:
        """The session of all streams."""
        return open_session([self.instance.url], HTTPAdapter(), stream=True)

    @cached_property
    def report_client(self) -> ReportClient:
        """What fetches reports."""
        return ReportClient(self)

    @cached_property
    def downloads(self) -> Downloads:
        """The reports that this run has fetched and still needs."""
        return Downloads()

    @override
    def discover_streams(self) -> Sequence[GoTomStream]:
        streams: list[GoTomStream] = []
        if Pair.API in self.instance.signatures:
            streams += [stream(self) for stream in STREAMS]
        if Pair.GRAPH in self.instance.signatures:
            streams += [self._stream_of(report) for report in self.reports.values()]
        elif self.reports:
            self.logger.warning(
                "There are reports in the settings, but no 'graph_user' and 'graph_secret' to read "
                "them with."
            )
        return streams

    def _stream_of(self, report: Report) -> GoTomStream:
        try:
            return ReportStream(self, report, self._columns_of(report))
        except FAILURES as error:
            self.failures.add(f"{report.name}: {told(error)}")
            return UndiscoveredReport(self, report)

    def _columns_of(self, report: Report) -> list[Column]:
        """Take a report's columns from the settings, or the catalog, or else its first line."""
        if report.columns is not None:
            return columns.of_names(list(report.columns), report.columns)
        entry = self.input_catalog.get_stream(report.name) if self.input_catalog else None
        if entry is not None:
            return columns.of_schema(entry.schema.to_dict()["properties"])
        return columns.of_names(header_of(self.report_client, report), {})

    @property
    @override
    def catalog_dict(self) -> dict[str, Any]:
        """Give the catalog, without reports that could not be discovered."""
        catalog = super().catalog_dict
        catalog["streams"] = [
            entry
            for entry in catalog["streams"]
            if not isinstance(self.streams[entry["tap_stream_id"]], UndiscoveredReport)
        ]
        return catalog

    @override
    def run_discovery(self) -> str:
        found = super().run_discovery()
        if not self.catalog_dict["streams"]:
            self.failures.sum_up()
        return found

    @property
    def source_of_ids(self) -> Report | None:
        """The report that tells which campaigns to read."""
        source = self.config.get("campaign_external_ids_from")
        return self.reports[source["report"]] if source else None

    def campaign_ids(self) -> Iterator[str]:
        """Give the external ids of the campaigns to read, each once."""
        return distinct(
            chain(self.config.get("campaign_external_ids") or (), self._ids_in_report())
        )

    def _ids_in_report(self) -> Iterator[str]:
        """Give those that a report tells; if it cannot be read, those in the settings remain."""
        report = self.source_of_ids
        if report is None:
            return
        try:
            if Pair.GRAPH not in self.instance.signatures:
                raise ReportError("'graph_user' and 'graph_secret' are missing to read it with.")
            download = self.downloads.of(self.report_client, report)
            yield from cells_of(download, self.config["campaign_external_ids_from"]["column"])
        except FAILURES as error:
            self.failures.add(f"campaigns of the report {report.name}: {told(error)}")

    @cached_property
    def campaigns(self) -> Kept:
        """The campaigns with their flights."""
        stream = self.streams[Campaigns.name]
        assert isinstance(stream, Campaigns)  # noqa: S101
        return Kept(stream.fetch)

    @cached_property
    def campaign_discounts(self) -> Kept:
        """The discounts of these campaigns, with what they are for each flight."""
        stream = self.streams[CampaignDiscounts.name]
        assert isinstance(stream, CampaignDiscounts)  # noqa: S101
        return Kept(stream.fetch)

    @override
    def check_access(self) -> None:
        """Check, without reading data, that each selected stream may be read.

        Raises:
            SyncFailedError: A stream may not.
        """
        for stream in cast("dict[str, GoTomStream]", self.streams).values():
            try:
                if stream.selected and stream.check_access():
                    click.echo(f"{stream.name}: may be read.", err=True)
            except FAILURES as error:
                self.failures.add(f"{stream.name}: {told(error)}")
        self.failures.sum_up()
