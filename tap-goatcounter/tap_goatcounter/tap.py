"""The tap: its settings, and the streams there are."""

from __future__ import annotations

from datetime import UTC, date
from functools import cached_property
from typing import TYPE_CHECKING, cast

import click
from typing_extensions import override

from tap_goatcounter.answers import FAILURES
from tap_goatcounter.careful_tap import CarefulTap
from tap_goatcounter.errors import told
from tap_goatcounter.pacing import USUAL_HOURLY_LIMIT, PacedAdapter, Pacer
from tap_goatcounter.session import open_session
from tap_goatcounter.settings import SETTINGS
from tap_goatcounter.settings_schema import invalid, schema_of
from tap_goatcounter.sites import Site, addresses, identify
from tap_goatcounter.streams import STREAMS
from tap_goatcounter.streams.inventory import Sites
from tap_goatcounter.streams.json_export import Archives

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests

    from tap_goatcounter.sites import Address
    from tap_goatcounter.streams.base import SiteStream


class TapGoatCounter(CarefulTap):
    """Singer tap for GoatCounter web analytics: raw page views and daily statistics."""

    name = "tap-goatcounter"
    config_jsonschema = schema_of(SETTINGS)

    @override
    def check_settings(self) -> None:
        addresses(self.config)
        for setting in ("start_date", "end_date"):
            self._day(setting)

    @override
    def discover_streams(self) -> Sequence[SiteStream]:
        return [stream(self) for stream in STREAMS]

    @cached_property
    def archives(self) -> Archives:
        """The JSON exports of this run."""
        return Archives()

    @cached_property
    def pacer(self) -> Pacer:
        """What keeps requests below the server's limits."""
        return Pacer(
            self.logger,
            per_second=self.config["requests_per_second"],
            per_hour=self.config.get("requests_per_hour"),
        )

    @cached_property
    def session(self) -> requests.Session:
        """The session of all streams."""
        urls = [address.url for address in addresses(self.config)]
        return open_session(urls, PacedAdapter(self.pacer), stream=True)

    @cached_property
    def start_day(self) -> date | None:
        """The first day that the settings want."""
        return self._day("start_date")

    @cached_property
    def end_day(self) -> date | None:
        """The last day that the settings want."""
        return self._day("end_date")

    def _day(self, setting: str) -> date | None:
        value = self.config.get(setting)
        try:
            return date.fromisoformat(value[:10]) if value else None
        except ValueError:
            raise invalid(f"{setting!r} must be a date like 2026-01-31, not {value!r}.") from None

    @cached_property
    def sites(self) -> dict[int, Site]:
        """The sites that can be read, by id; what keeps the others from it is in `failures`."""
        sites: dict[int, Site] = {}
        for address in addresses(self.config):
            try:
                found = self._identify(address)
            except FAILURES as error:
                self.failures.add(f"{address}: {told(error)}")
                continue
            for site in found:
                self._add(site, sites)
        return sites

    def _identify(self, address: Address) -> list[Site]:
        client = cast("Sites", self.streams[Sites.name])
        found = identify(address, client.ask, with_children=self.config["child_sites"])
        if "requests_per_hour" not in self.config and found[0].server.counts_per_hour:
            self.pacer.per_hour = USUAL_HOURLY_LIMIT
        if found[0].zone is not UTC:
            self.logger.warning(
                "The days of total_daily and path_daily are those of %s for %s, as that is the "
                "time zone of the token's user; those of all other streams are UTC's. Make the "
                "token with a user whose time zone is UTC to have the same days everywhere.",
                found[0].zone,
                address,
            )
        return found

    def _add(self, site: Site, sites: dict[int, Site]) -> None:
        """Add a site, unless another server's site has the same id."""
        known = sites.setdefault(site.id, site)
        if known.record["code"] != site.record["code"]:
            self.failures.add(
                f"{site} has the same id as {known.address}, on another server. Records of the "
                "two could not be told apart: run the tap for each server by itself.",
            )

    @override
    def check_access(self) -> None:
        """Check, without reading data, that each site answers and each token may read it.

        Raises:
            SyncFailedError: A site or a permission is out of reach.
        """
        wanted = {
            stream.permission
            for stream in cast("dict[str, SiteStream]", self.streams).values()
            if stream.selected
        }
        for site in self.sites.values():
            missing = site.lacks(wanted)
            if missing:
                self.failures.add(f"{site}: the token lacks {', '.join(missing)}.")
            else:
                click.echo(f"{site}: all permissions are there.", err=True)
        self.failures.sum_up()
