"""Visitors per day: of the whole site, of each page, and where they came from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from singer_sdk import typing as th
from typing_extensions import override

from tap_goatcounter import pagination
from tap_goatcounter.errors import SiteError, TooMuchAtOnceError
from tap_goatcounter.streams import fields
from tap_goatcounter.streams.daily import OwnerDayStream, UtcDayStream
from tap_goatcounter.windows import Days, whole_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Record

    from tap_goatcounter.sites import Site

SUMS_OF_THE_WINDOW = ("count", "max", "stats", "weekly", "monthly", "ref_scheme")


class TotalDaily(OwnerDayStream):
    """Visitors of the whole site by day and hour."""

    name = "total_daily"
    path = "/stats/total"
    primary_keys = ("site_id", "day")
    properties = th.PropertiesList(fields.SITE_ID, fields.DAY, fields.DAILY, fields.HOURLY)

    @override
    def read_days(self, site: Site, days: Days) -> Iterator[Record]:
        answer = self.ask_days(site, days, {})
        if "stats" not in answer:
            yield _from_sum(site, days, answer["total"])
            return
        entries = {entry["day"]: entry for entry in answer["stats"]}
        for day in days:
            if (entry := entries.get(day.isoformat())) is None:
                raise SiteError(
                    f"the server left {day} out when asked about {days.first} to {days.last}. "
                    "Set the time zone of the token's user to UTC in GoatCounter.",
                )
            yield _of_the_day(site, entry)


class PathDaily(OwnerDayStream):
    """Visitors of every page and event by day and hour; none, no record."""

    name = "path_daily"
    path = "/stats/hits"
    primary_keys = ("site_id", "path_id", "day")
    properties = th.PropertiesList(
        fields.SITE_ID,
        fields.PATH_ID,
        fields.DAY,
        fields.PATH,
        fields.EVENT,
        fields.TITLE,
        fields.DAILY,
        fields.HOURLY,
    )

    @override
    def read_days(self, site: Site, days: Days) -> Iterator[Record]:
        pages = pagination.by_exclusion(
            lambda page: self.ask_days(site, days, page), "hits", "path_id"
        )
        for page in pages:
            for entry in page["stats"]:
                if entry["daily"] and date.fromisoformat(entry["day"]) in days:
                    yield _of_the_day(site, {**page, **entry})


class PathReferrers(UtcDayStream):
    """Where the visitors of each page came from, by day; a request per page and day."""

    name = "path_referrers"
    path = "/stats/hits"
    primary_keys = ("site_id", "path_id", "day", "name", "ref_scheme")
    selected_by_default = False
    by_hour = True
    properties = th.PropertiesList(
        fields.SITE_ID,
        fields.PATH_ID,
        fields.DAY,
        th.Property(
            "name", th.StringType, required=True, description="The referrer, empty for none."
        ),
        fields.REF_SCHEME,
        fields.COUNT,
    )

    @override
    def read_day(self, site: Site, day: date) -> Iterator[Record]:
        window = whole_days(Days(day, day))
        pages = pagination.by_exclusion(
            lambda page: self.ask(site.address, self.path, {**window, **page}), "hits", "path_id"
        )
        for page in pages:
            path_id = page["path_id"]
            for row in self.rows_of_day(site, day, f"{self.path}/{path_id}", "refs"):
                yield {"site_id": site.id, "path_id": path_id, "day": day.isoformat(), **row}


def _of_the_day(site: Site, entry: dict[str, Any]) -> Record:
    """Make the record of one day, without the sums that depend on what was asked."""
    record = {"site_id": site.id, **entry}
    for name in SUMS_OF_THE_WINDOW:
        record.pop(name, None)
    return record


def _from_sum(site: Site, days: Days, total: int) -> Record:
    """Make the record of one day for servers before 2.7, which give only the sum of a window."""
    if len(days) > 1:
        raise TooMuchAtOnceError("The server does not tell the days apart.")
    return {"site_id": site.id, "day": days.first.isoformat(), "daily": total, "hourly": None}
