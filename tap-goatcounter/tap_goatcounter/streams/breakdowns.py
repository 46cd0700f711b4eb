"""Visitors per day by what is known of them: browser, system, country, language, and so on.

Each list costs a request per day, each detail list another one per row of the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from typing_extensions import override

from singer_tapkit.errors import InvalidResponseError
from tap_goatcounter.pagination import MAX_PAGE_SIZE, StatsPage
from tap_goatcounter.streams.daily import UtcDailyStream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import msgspec
    from singer_sdk import Tap
    from singer_sdk.helpers.types import Record
    from typing_extensions import Unpack

    from tap_goatcounter.pagination import Row
    from tap_goatcounter.sites import Site
    from tap_goatcounter.streams.base import Shared

MAX_TOP_PAGES: Final = 4
BARE_IN_PATHS: Final = "$&+,:;=@"
DOT_SEGMENTS: Final = frozenset({".", ".."})
"""Parts of a path that clients and servers resolve, however they are encoded."""

LISTS: Final = {
    "browsers": ("name",),
    "systems": ("name",),
    "locations": ("id",),
    "languages": ("id",),
    "sizes": ("id",),
    "campaigns": ("id",),
    "toprefs": ("name", "ref_scheme"),
}
"""What tells the rows of each list apart."""

DETAILS: Final = {
    "browser_versions": "browsers",
    "system_versions": "systems",
    "regions": "locations",
    "size_widths": "sizes",
    "campaign_sources": "campaigns",
    "topref_paths": "toprefs",
}
"""The lists within the rows of another one."""


def build_breakdowns(tap: Tap, **shared: Unpack[Shared]) -> list[UtcDailyStream]:
    """Return the streams of all lists, made with what all streams share."""
    *lists, toprefs = LISTS
    *details, topref_paths = DETAILS
    return [
        *(Breakdown(tap, name, **shared) for name in lists),
        TopReferrers(tap, toprefs, **shared),
        *(Detail(tap, name, **shared) for name in details),
        TopReferrerPaths(tap, topref_paths, **shared),
    ]


class Breakdown(UtcDailyStream):
    """A list of how many visitors had what."""

    def __init__(self, tap: Tap, name: str, **shared: Unpack[Shared]) -> None:
        """Find the keys of a list."""
        super().__init__(tap, name, **shared)
        self.primary_keys = ("site_id", "day", *LISTS[name])

    @override
    def read_day(self, site: Site, day: date) -> Iterator[Record]:
        seen: set[tuple[Any, ...]] = set()
        names = LISTS[self.name]
        for rows in self.read_day_pages(site, day, f"/stats/{self.name}", StatsPage):
            for row in rows:
                record = {"site_id": site.id, "day": day.isoformat(), **row}
                key = tuple(row.get(name) for name in names)
                if key in seen:
                    raise _shift_error(day)
                seen.add(key)
                yield record


class TopReferrerList(UtcDailyStream):
    """The list of referrers, of which a server hands out four pages, however long its pages are."""

    is_hourly = True

    @override
    def read_day_pages(
        self, site: Site, day: date, path: str, page_type: type[msgspec.Struct]
    ) -> Iterator[list[Row]]:
        lengths: list[int] = []
        for rows in super().read_day_pages(site, day, path, page_type):
            lengths.append(len(rows))
            yield rows
        if 0 < MAX_TOP_PAGES * min(lengths[0], MAX_PAGE_SIZE) <= sum(lengths):
            self.logger.warning(
                "%s has more referrers on %s than the %s that the server hands out.",
                site,
                day,
                sum(lengths),
            )


class TopReferrers(TopReferrerList, Breakdown):
    """Visitors per referrer, of the 400 most frequent ones; the server hands out no more."""


class Detail(UtcDailyStream):
    """A list within each row of another list."""

    primary_keys = ("site_id", "day", "id", "name")
    selected_by_default = False

    @property
    def path(self) -> str:
        """The path of the other list."""
        return f"/stats/{DETAILS[self.name]}"

    @override
    def read_day(self, site: Site, day: date) -> Iterator[Record]:
        for id_ in self._read_ids(site, day):
            if "/" in id_ or id_ in DOT_SEGMENTS:
                self.logger.debug("The server cannot look up %r, which is no part of a path.", id_)
                continue
            key = {"site_id": site.id, "day": day.isoformat(), "id": id_}
            path = f"{self.path}/{quote(id_, safe=BARE_IN_PATHS)}"
            for row in _sum_by_name(self.read_detail(site, day, path), day):
                yield {**key, **row}

    def read_detail(self, site: Site, day: date, path: str) -> Iterator[list[Row]]:
        """Yield the rows of one detail list, page by page."""
        return self.read_day_pages(site, day, path, StatsPage)

    def _read_ids(self, site: Site, day: date) -> list[str]:
        """Return the ids that have details, each once.

        Raises:
            InvalidResponseError: A row that must have an id has none.
        """
        pages = self.read_day_pages(site, day, self.path, StatsPage)
        rows = [row for page in pages for row in page if row["count"]]
        # where ids are names, what has no name has no id and no details
        is_named_by_id = "name" in LISTS[DETAILS[self.name]]
        if any(not row.get("id") and (row["name"] or not is_named_by_id) for row in rows):
            raise InvalidResponseError(
                f"GET {self.path} answered with a row that has no id, which is not as documented."
            )
        return list(dict.fromkeys(row["id"] for row in rows if row.get("id")))


class TopReferrerPaths(TopReferrerList, Detail):
    """Visitors per page that each referrer led to."""

    @override
    def read_detail(self, site: Site, day: date, path: str) -> Iterator[list[Row]]:
        """Yield the first page alone, as `offset` counts something else than these rows."""
        params = {"limit": MAX_PAGE_SIZE, **self.build_day_params(site, day)}
        response = self.client.fetch(site.credentials, path, StatsPage, params)
        page = self.client.decode(response, dict[str, Any])
        if page["more"]:
            self.logger.warning("%s leads to more pages on %s than the server gives.", path, day)
        yield page["stats"]


def _sum_by_name(pages: Iterator[list[Row]], day: date) -> list[Row]:
    """Return one row per name; regions without a name repeat within a page and are summed up.

    Raises:
        InvalidResponseError: A name stands on two pages.
    """
    rows: dict[str, Row] = {}
    for page in pages:
        earlier = {name for name in rows if name}
        for row in page:
            name = row["name"]
            if name in earlier:
                raise _shift_error(day)
            count = rows[name]["count"] if name in rows else 0
            rows[name] = {**row, "count": count + row["count"]}
    return list(rows.values())


def _shift_error(day: date) -> InvalidResponseError:
    return InvalidResponseError(f"the list of {day} shifted while it was read. Run the tap again.")
