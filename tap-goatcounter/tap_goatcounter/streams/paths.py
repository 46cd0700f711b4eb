"""The pages and events of a site."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

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


class Paths(SiteStream):
    """The pages and events of a site."""

    name = "paths"
    primary_keys = ("site_id", "id")
    permission = Permission.STATS
    selected_by_default = True

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
            return read_visited_paths(
                self.client, site, cover_days(window), is_splittable=len(window) > 1
            )

        for row in read_in_windows(days, len(days), read):
            yield {name: row[name] for name in ("path", "title", "event")} | {"id": row["path_id"]}
