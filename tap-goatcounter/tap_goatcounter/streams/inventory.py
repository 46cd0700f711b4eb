"""What there is: the sites of an account, and the pages and events of a site."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from singer_sdk import typing as th
from typing_extensions import override

from tap_goatcounter import pagination
from tap_goatcounter.sites import Permission
from tap_goatcounter.streams import fields
from tap_goatcounter.streams.base import SiteStream
from tap_goatcounter.windows import Days, in_windows, whole_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_goatcounter.sites import Site
    from tap_goatcounter.tap import TapGoatCounter

LARGEST_PATHS_PAGE = 200
COMMA_SEPARATED = ("ignore_ips", "collect_regions", "allow_embed")

USER_DEFAULTS = th.ObjectType(
    th.Property("twenty_four_hours", th.BooleanType),
    th.Property("sunday_starts_week", th.BooleanType),
    th.Property("language", th.StringType),
    th.Property("date_format", th.StringType),
    th.Property("number_format", th.IntegerType, description="Code point of the separator."),
    th.Property("timezone", th.StringType, description="Country, dot, zone; .UTC for UTC."),
    th.Property("widgets", th.ArrayType(th.ObjectType(additional_properties=True))),
    th.Property("views", th.ArrayType(th.ObjectType(additional_properties=True))),
    th.Property("email_reports", th.IntegerType),
    th.Property("fewer_numbers", th.BooleanType),
    th.Property("fewer_numbers_lock_until", th.DateTimeType),
    th.Property("theme", th.StringType),
    th.Property("datepicker", th.BooleanType),
    additional_properties=True,
)

SETTINGS = th.ObjectType(
    th.Property("public", th.StringType, description="private, secret or public."),
    th.Property("allow_counter", th.BooleanType),
    th.Property("allow_bosmang", th.BooleanType),
    th.Property("data_retention", th.IntegerType, description="Days; 0 keeps data for ever."),
    th.Property("ignore_ips", th.ArrayType(th.StringType)),
    th.Property("collect", th.IntegerType, description="Bit mask of what is collected."),
    th.Property("collect_regions", th.ArrayType(th.StringType), description="Country codes."),
    th.Property("allow_embed", th.ArrayType(th.StringType)),
    additional_properties=True,
)


class Sites(SiteStream):
    """The sites of the account that the token may read, without their access secrets."""

    name = "sites"
    path = "/sites"
    primary_keys = ("id",)
    permission = Permission.SITE_READ
    selected_by_default = True
    properties = th.PropertiesList(
        th.Property("id", th.IntegerType, required=True, description="The site's id."),
        fields.SITE_ID,
        th.Property("parent", th.IntegerType, description="The id of the account's main site."),
        th.Property("cname", th.StringType, description="The site's own domain."),
        th.Property("cname_setup_at", th.DateTimeType),
        th.Property("code", th.StringType, description="The site's code on a hosted server."),
        th.Property("link_domain", th.StringType, description="The domain that is measured."),
        th.Property("settings", SETTINGS),
        th.Property("user_defaults", USER_DEFAULTS),
        th.Property("received_data", th.BooleanType),
        th.Property("state", th.StringType, description="a for active."),
        th.Property("created_at", th.DateTimeType),
        th.Property("updated_at", th.DateTimeType),
        th.Property(
            "first_hit_at", th.DateTimeType, description="At most 12 hours before the oldest hit."
        ),
    )

    @override
    def __init__(self, tap: TapGoatCounter) -> None:
        super().__init__(tap)
        self._given: set[int] = set()

    @override
    def read(self, site: Site, context: Context) -> Iterator[Record]:
        for record in self.ask(site.address, self.path)["sites"]:
            if record["id"] not in self._given:
                self._given.add(record["id"])
                yield _presentable(record)


def _presentable(site: dict[str, Any]) -> Record:
    """Correct the spelling of `setttings`, leave out its secret, split its lists."""
    settings = site.pop("setttings")
    settings.pop("secret", None)
    for name in COMMA_SEPARATED:
        settings[name] = [item for item in settings[name].split(",") if item]
    return {**site, "site_id": site["id"], "settings": settings}


class Paths(SiteStream):
    """The pages and events of a site."""

    name = "paths"
    path = "/paths"
    primary_keys = ("site_id", "id")
    permission = Permission.STATS
    selected_by_default = True
    properties = th.PropertiesList(
        fields.SITE_ID,
        th.Property("id", th.IntegerType, required=True, description="The id of the path."),
        fields.PATH,
        fields.TITLE,
        fields.EVENT,
    )

    @override
    def read(self, site: Site, context: Context) -> Iterator[Record]:
        seen: set[int] = set()
        for path in self._all(site):
            if path["id"] not in seen:
                seen.add(path["id"])
                yield {"site_id": site.id, **path}

    def _all(self, site: Site) -> Iterator[dict[str, Any]]:
        """Read the list by its cursor, and what that may leave out from the statistics.

        Newer servers sort the list by text while the cursor still compares ids, so that whatever
        comes after the first page is full of gaps.
        """
        pages = pagination.by_cursor(
            lambda page: self.ask(site.address, self.path, page), "paths", "id", LARGEST_PATHS_PAGE
        )
        gaps = False
        for paths, more in pages:
            yield from paths
            gaps = gaps or (more and not _certainly_by_id(paths))
        if gaps:
            self.logger.warning(
                "%s has more paths than its server lists on one page, and sorts them so that the "
                "next pages have gaps. The missing ones are taken from the statistics, which know "
                "all paths that ever had a visitor.",
                site,
            )
            yield from self._with_visitors(site)

    def _with_visitors(self, site: Site) -> Iterator[dict[str, Any]]:
        """Read the paths that had visitors at any time."""
        days = Days(site.first_hit.astimezone(UTC).date(), datetime.now(UTC).date())
        for row in in_windows(days, len(days), lambda window: self._visited(site, window)):
            yield {name: row[name] for name in ("path", "title", "event")} | {"id": row["path_id"]}

    def _visited(self, site: Site, days: Days) -> Iterator[dict[str, Any]]:
        window = whole_days(days)
        return pagination.by_exclusion(
            lambda page: self.ask(
                site.address, "/stats/hits", {**window, **page}, divisible=len(days) > 1
            ),
            "hits",
            "path_id",
        )


def _certainly_by_id(paths: list[dict[str, Any]]) -> bool:
    """Tell whether a page is sorted by id, and not by chance by text as well."""
    by_id = all(one["id"] < other["id"] for one, other in pairwise(paths))
    by_text = all(one["path"] <= other["path"] for one, other in pairwise(paths))
    return by_id and not by_text
