"""The tap: its settings, its client, and the streams there are."""

from __future__ import annotations

from functools import cached_property

import click
from typing_extensions import override

from singer_tapkit.config import to_config_schema, validate_dates
from singer_tapkit.tap import BaseTap
from tap_goatcounter.client import GoatCounterClient
from tap_goatcounter.config import SETTINGS, SITES
from tap_goatcounter.sites import SiteDirectory
from tap_goatcounter.streams import build_streams
from tap_goatcounter.streams.base import SiteStream
from tap_goatcounter.streams.hits import NO_PAGE_VIEWS, Hits


class TapGoatCounter(BaseTap):
    """Singer tap for GoatCounter web analytics: raw page views and daily statistics."""

    name = "tap-goatcounter"
    config_jsonschema = to_config_schema(SETTINGS)
    accounts = SITES

    @override
    def validate_config(self) -> None:
        SITES.read(self.config)
        validate_dates(self.config)

    @cached_property
    def sites(self) -> SiteDirectory:
        """The sites in the settings."""
        return SiteDirectory(
            self._open_client,
            with_children=self.config["child_sites"],
            failures=self.failures,
            logger=self.logger,
        )

    def _open_client(self) -> GoatCounterClient:
        sites = SITES.read(self.config)
        slices = sites.count_slices(lambda _: self.name)[self.name]
        return GoatCounterClient(sites.chosen, self.config, self.logger, slices=slices)

    @override
    def discover_streams(self) -> list[SiteStream]:
        return build_streams(self, sites=self.sites, failures=self.failures)

    @override
    def check_connection(self) -> None:
        """Check that each site answers, and that its token may read all selected streams."""
        permissions = {
            stream.permission
            for stream in self.streams.values()
            if isinstance(stream, SiteStream) and stream.selected
        }
        for site in self.sites.by_id.values():
            if missing := site.missing_permissions(permissions):
                self.failures.record(site, f"the token lacks {', '.join(missing)}.")
            else:
                click.echo(f"{site}: all permissions are there.", err=True)
            if self.streams[Hits.name].selected and not site.stores_page_views:
                click.echo(f"{site}: {NO_PAGE_VIEWS}", err=True)
        self.failures.raise_if_any()
