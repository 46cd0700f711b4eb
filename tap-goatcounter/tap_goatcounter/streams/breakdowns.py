"""Visitors per day by what is known of them: browser, system, country, language, and so on.

Each list costs a request per day, each detail list another one per row of the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from singer_sdk import typing as th
from typing_extensions import override

from tap_goatcounter import pagination
from tap_goatcounter.errors import SiteError
from tap_goatcounter.streams import fields
from tap_goatcounter.streams.daily import UtcDayStream
from tap_goatcounter.windows import Days, whole_days

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from singer_sdk.helpers.types import Record

    from tap_goatcounter.sites import Site

MOST_TOP_REFERRERS = 400
BARE_IN_A_PATH = "$&+,:;=@"

KEY_NAME = th.Property(
    "name", th.StringType, required=True, description="The name, empty if unknown."
)
KEY_ID = th.Property("id", th.StringType, required=True, description="The id of what is counted.")
NAME = th.Property("name", th.StringType, description="The name.")
ID = th.Property("id", th.StringType, description="The id of what is counted, none if unknown.")

BY_NAME = th.PropertiesList(fields.SITE_ID, fields.DAY, ID, KEY_NAME, fields.COUNT)
BY_ID = th.PropertiesList(fields.SITE_ID, fields.DAY, KEY_ID, NAME, fields.COUNT)
BY_ID_AND_NAME = th.PropertiesList(fields.SITE_ID, fields.DAY, KEY_ID, KEY_NAME, fields.COUNT)


class Breakdown(UtcDayStream):
    """A list of how many visitors had what."""

    @override
    def read_day(self, site: Site, day: date) -> Iterator[Record]:
        seen: set[tuple[object, ...]] = set()
        for row in self.rows_of_day(site, day, self.path, "stats"):
            record = {"site_id": site.id, "day": day.isoformat(), "id": None, **row}
            key = tuple(record[name] for name in self.primary_keys)
            if key in seen:
                raise SiteError(f"the list of {day} shifted while it was read. Run the tap again.")
            seen.add(key)
            yield record


class Browsers(Breakdown):
    """Visitors per browser, without its version."""

    name = "browsers"
    path = "/stats/browsers"
    primary_keys = ("site_id", "day", "name")
    properties = BY_NAME


class Systems(Breakdown):
    """Visitors per operating system, without its version."""

    name = "systems"
    path = "/stats/systems"
    primary_keys = ("site_id", "day", "name")
    properties = BY_NAME


class Locations(Breakdown):
    """Visitors per country, by its ISO 3166-1 code."""

    name = "locations"
    path = "/stats/locations"
    primary_keys = ("site_id", "day", "id")
    properties = BY_ID


class Languages(Breakdown):
    """Visitors per language, by its ISO 639-3 code; only for sites that collect it."""

    name = "languages"
    path = "/stats/languages"
    primary_keys = ("site_id", "day", "id")
    properties = BY_ID


class Sizes(Breakdown):
    """Visitors per group of screen widths: phone, tablet, desktop, desktophd, unknown."""

    name = "sizes"
    path = "/stats/sizes"
    primary_keys = ("site_id", "day", "id")
    properties = BY_ID


class Campaigns(Breakdown):
    """Visitors per campaign."""

    name = "campaigns"
    path = "/stats/campaigns"
    primary_keys = ("site_id", "day", "id")
    properties = BY_ID


class TopReferrers(Breakdown):
    """Visitors per referrer, of the 400 most frequent ones; the server hands out no more."""

    name = "toprefs"
    path = "/stats/toprefs"
    primary_keys = ("site_id", "day", "name", "ref_scheme")
    by_hour = True
    properties = th.PropertiesList(
        fields.SITE_ID, fields.DAY, ID, KEY_NAME, fields.REF_SCHEME, fields.COUNT
    )

    @override
    def read_day(self, site: Site, day: date) -> Iterator[Record]:
        number = 0
        for number, record in enumerate(super().read_day(site, day), start=1):  # noqa: B007
            yield record
        if number >= MOST_TOP_REFERRERS:
            self.logger.warning(
                "%s has more referrers on %s than the %s that the server hands out.",
                site,
                day,
                MOST_TOP_REFERRERS,
            )


class Detail(UtcDayStream):
    """A list within each row of another list."""

    primary_keys = ("site_id", "day", "id", "name")
    properties = BY_ID_AND_NAME
    selected_by_default = False

    @override
    def read_day(self, site: Site, day: date) -> Iterator[Record]:
        rows = self.rows_of_day(site, day, self.path, "stats")
        ids = [row["id"] for row in rows if row.get("id") and row["count"]]
        for id_ in dict.fromkeys(ids):
            if "/" in id_:
                self.logger.debug("The server cannot look up %r, as it holds a slash.", id_)
                continue
            for name, count in self._counts(site, day, id_).items():
                yield {
                    "site_id": site.id,
                    "day": day.isoformat(),
                    "id": id_,
                    "name": name,
                    "count": count,
                }

    def rows_of_detail(self, site: Site, day: date, path: str) -> Iterator[dict[str, Any]]:
        """Read the rows of one detail list."""
        return self.rows_of_day(site, day, path, "stats")

    def _counts(self, site: Site, day: date, id_: str) -> dict[str, int]:
        """Read the list within one row; regions without a name repeat and are summed up."""
        counts: dict[str, int] = {}
        path = f"{self.path}/{quote(id_, safe=BARE_IN_A_PATH)}"
        for row in self.rows_of_detail(site, day, path):
            counts[row["name"]] = counts.get(row["name"], 0) + row["count"]
        return counts


class BrowserVersions(Detail):
    """Visitors per version of each browser."""

    name = "browser_versions"
    path = "/stats/browsers"


class SystemVersions(Detail):
    """Visitors per version of each operating system."""

    name = "system_versions"
    path = "/stats/systems"


class Regions(Detail):
    """Visitors per region of each country; nameless unless the server has a city database."""

    name = "regions"
    path = "/stats/locations"


class SizeWidths(Detail):
    """Visitors per screen width of each group."""

    name = "size_widths"
    path = "/stats/sizes"


class CampaignSources(Detail):
    """Visitors per source of each campaign."""

    name = "campaign_sources"
    path = "/stats/campaigns"


class TopReferrerPaths(Detail):
    """Visitors per page that each referrer led to."""

    name = "topref_paths"
    path = "/stats/toprefs"
    by_hour = True

    @override
    def rows_of_detail(self, site: Site, day: date, path: str) -> Iterator[dict[str, Any]]:
        """Read the first page, for `offset` counts something else than these rows."""
        page = {"limit": pagination.LARGEST_PAGE, **whole_days(Days(day, day))}
        answer = self.ask(site.address, path, page)
        if answer["more"]:
            self.logger.warning("%s leads to more pages on %s than the server gives.", path, day)
        yield from answer["stats"]
