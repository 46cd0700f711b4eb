"""The tap: its settings, its client, and the streams there are."""

from __future__ import annotations

from functools import cached_property

import click
from typing_extensions import override

from singer_tapkit.config import parse_date, to_config_schema
from singer_tapkit.tap import BaseTap
from tap_goatcounter.client import GoatCounterClient
from tap_goatcounter.config import SETTINGS, SITES
from tap_goatcounter.sites import SiteDirectory
from tap_goatcounter.streams import JSON_STREAMS, STREAMS
from tap_goatcounter.streams.base import SiteStream
from tap_goatcounter.streams.hits import NO_PAGE_VIEWS, Hits
from tap_goatcounter.streams.json_export import JsonExports


class TapGoatCounter(BaseTap):
    """Singer tap for GoatCounter web analytics: raw page views and daily statistics."""

    name = "tap-goatcounter"
    config_jsonschema = to_config_schema(SETTINGS)
    accounts = SITES

    @override
    def validate_config(self) -> None:
        SITES.read(self.config)
        for setting in ("start_date", "end_date"):
            if value := self.config.get(setting):
                parse_date(value, setting)

    @cached_property
    def sites(self) -> SiteDirectory:
        """The sites in the settings."""
        return SiteDirectory(
            lambda: GoatCounterClient(SITES.read(self.config).chosen, self.config, self.logger),
            with_children=self.config["child_sites"],
            failures=self.failures,
            logger=self.logger,
        )

    @override
    def discover_streams(self) -> list[SiteStream]:
        sites, failures = self.sites, self.failures
        exports = JsonExports()
        return [
            *(stream(self, sites=sites, failures=failures) for stream in STREAMS),
            *(
                stream(self, sites=sites, failures=failures, exports=exports)
                for stream in JSON_STREAMS
            ),
        ]

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
