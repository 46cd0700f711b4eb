"""What there is: the sites of an account, and the pages and events of each."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

import msgspec
from typing_extensions import override

from tap_goatcounter.dates import DateRange, cover_days, read_in_windows
from tap_goatcounter.pagination import CursorPaginator, read_rows
from tap_goatcounter.sites import Permission
from tap_goatcounter.streams.base import SiteStream
from tap_goatcounter.visited_paths import read_visited_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_goatcounter.pagination import Row
    from tap_goatcounter.sites import Site

COMMA_SEPARATED: Final = ("ignore_ips", "collect_regions", "allow_embed")


class _Settings(msgspec.Struct):
    ignore_ips: str
    collect_regions: str
    allow_embed: str


class _SiteRow(msgspec.Struct):
    id: int
    setttings: _Settings


class _SitesPage(msgspec.Struct):
    """The response of ``GET /sites``, as far as the stream changes it."""

    sites: list[_SiteRow]


class Sites(SiteStream):
    """The sites of the account that the token may read, without their access secrets."""

    name = "sites"
    primary_keys = ("id",)
    permission = Permission.SITE_READ

    @override
    def read_site(self, site: Site, context: Context) -> Iterator[Record]:
        """Yield the sites that an address knows; with child sites, several know the same ones."""
        response = self.client.fetch(site.credentials, "/sites", _SitesPage)
        for row in self.client.decode(response, dict[str, Any])["sites"]:
            if row["id"] == site.id or row["id"] not in self.sites.by_id:
                yield _to_record(row)


def _to_record(row: dict[str, Any]) -> Record:
    """Correct the spelling of `setttings`, leave out its secret, split its lists."""
    settings = row.pop("setttings")
    settings.pop("secret", None)
    for name in COMMA_SEPARATED:
        settings[name] = [item for item in settings[name].split(",") if item]
    return {**row, "site_id": row["id"], "settings": settings}


class Paths(SiteStream):
    """The pages and events of a site."""

    name = "paths"
    primary_keys = ("site_id", "id")
    permission = Permission.STATS

    @override
    def read_site(self, site: Site, context: Context) -> Iterator[Record]:
        seen: set[int] = set()
        for row in self._read_all(site):
            if row["id"] not in seen:
                seen.add(row["id"])
                yield {"site_id": site.id, **row}

    def _read_all(self, site: Site) -> Iterator[Row]:
        """Yield the list by its cursor, and what that may leave out from the statistics."""
        paginator = CursorPaginator(self.client)
        for rows in read_rows(self.client, site.credentials, "/paths", {}, paginator):
            yield from rows
        if paginator.has_gaps:
            self.logger.warning(
                "%s has more paths than its server lists on one page, and sorts them so that the "
                "next pages have gaps. The missing ones are taken from the statistics, which know "
                "all paths that ever had a visitor.",
                site,
            )
            yield from self._read_visited(site)

    def _read_visited(self, site: Site) -> Iterator[Row]:
        """Yield the paths that had visitors at any time."""
        days = DateRange(site.first_hit.astimezone(UTC).date(), site.now.date())

        def read(window: DateRange) -> Iterator[Row]:
            is_splittable = len(window) > 1
            return read_visited_paths(
                self.client, site, cover_days(window), is_splittable=is_splittable
            )

        for row in read_in_windows(days, len(days), read):
            yield {name: row[name] for name in ("path", "title", "event")} | {"id": row["path_id"]}
