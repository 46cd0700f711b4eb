"""Every single page view, from the CSV export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_sdk import metrics
from singer_sdk import typing as th
from typing_extensions import override

from tap_goatcounter import bulk, hits_csv
from tap_goatcounter.export import Exporter, Serves
from tap_goatcounter.sites import Permission
from tap_goatcounter.streams import fields
from tap_goatcounter.streams.base import SiteStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record

    from tap_goatcounter.sites import Site


class Hits(SiteStream):
    """Page views and events one by one, as far as the site stores them.

    Rows have no key of their own, so they are named by their place in a file: the cursor at which
    the export began and the row's number. The same cursor gives the same rows again.
    """

    name = "hits"
    path = "/export"
    primary_keys = ("site_id", "export_cursor", "row_number")
    replication_key = "export_last_hit_id"
    permission = Permission.EXPORT
    selected_by_default = True
    properties = th.PropertiesList(
        fields.SITE_ID,
        th.Property(
            "export_cursor",
            th.IntegerType,
            required=True,
            description="The hit id after which the export began.",
        ),
        th.Property("export_id", th.IntegerType, description="The export's id."),
        th.Property(
            "export_last_hit_id", th.IntegerType, description="The hit id with which it ended."
        ),
        th.Property(
            "row_number",
            th.IntegerType,
            required=True,
            description="The row's number in the export, counted from 1.",
        ),
        fields.PATH,
        fields.TITLE,
        fields.EVENT,
        th.Property("user_agent", th.StringType, description="Empty since GoatCounter 2.5."),
        th.Property("browser", th.StringType, description="Name and version, empty if unknown."),
        th.Property("system", th.StringType, description="Name and version, empty if unknown."),
        th.Property(
            "session",
            th.StringType,
            description="Two hexadecimal numbers and a dash between; 0-0 without sessions.",
        ),
        th.Property("bot", th.IntegerType, description="Why it counts as a bot, 0 if it does not."),
        th.Property("referrer", th.StringType, description="Where the visitor came from."),
        th.Property(
            "referrer_scheme",
            th.StringType,
            description="h: an address, g: a known group, c: a campaign, o: other or none.",
        ),
        th.Property("screen_size", th.StringType, description="Width, height, scale; 0: unknown."),
        th.Property("location", th.StringType, description="Country or region by ISO 3166."),
        th.Property(
            "first_visit",
            th.BooleanType,
            description="Whether it is the session's first view of the path: a visitor.",
        ),
        th.Property("date", th.DateTimeType, description="When, in UTC."),
    )

    names = tuple(properties.to_dict()["properties"])

    @override
    def read(self, site: Site, context: Context) -> Iterator[Record]:
        if not site.stores_page_views:
            self.logger.warning(
                "%s does not store individual page views, so that exports have none of the newer "
                "ones. To have them from now on, tick Individual pageviews in GoatCounter under "
                "Settings → Data collection.",
                site,
            )
        exporter = Exporter(self, site, self.get_context_state(context))
        cursor = self.bookmark(context) or 0
        export = exporter.obtain(*self._wanted(site, cursor))
        if export["num_rows"] != 0:
            name, body = exporter.download(export)
            self.logger.info("Reading %s rows of %s.", export["num_rows"], name)
            constants = (site.id, cursor, export["id"], export["last_hit_id"])
            with body:
                rows = hits_csv.read(body, name, export["num_rows"])
                yield from self._records(constants + row for row in rows)
        exporter.forget()
        if export["num_rows"] != 0:
            self.advance_bookmark(context, export["last_hit_id"])

    def _wanted(self, site: Site, cursor: int) -> tuple[dict[str, Any], Serves]:
        """Ask for the hits after the cursor; an earlier request for the same will do."""
        body: dict[str, Any] = {"start_from_hit_id": cursor}
        if self.takes_format(site):
            body["format"] = "csv"

        def serves(export: Mapping[str, Any]) -> bool:
            form, start = export.get("format", "csv"), export.get("start_from_hit_id", 0)
            return (form, start) == ("csv", cursor)

        return body, serves

    def _records(self, rows: Iterator[hits_csv.Row]) -> Iterator[Record]:
        """Make records of rows, or write them at once where nothing stands between."""
        if bulk.can_write(self):
            self._counter.increment(bulk.write(self, self.names, rows))
        else:
            yield from (dict(zip(self.names, row, strict=True)) for row in rows)

    @override
    def get_record_counter(self, **kwargs: Any) -> metrics.Counter:
        self._counter = super().get_record_counter(**kwargs)
        return self._counter
