"""Every single page view, from the CSV export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from singer_tapkit.conformer import UNKNOWN_FIELDS
from singer_tapkit.errors import ExtractionError, InvalidResponseError
from tap_goatcounter.dates import format_time
from tap_goatcounter.export import ExportNotDueError
from tap_goatcounter.hits_csv import read_hits
from tap_goatcounter.sites import Permission
from tap_goatcounter.streams.base import SiteStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_goatcounter.export import ExportJob
    from tap_goatcounter.export_file import Export
    from tap_goatcounter.hits_csv import CsvRow
    from tap_goatcounter.sites import Site

CREATED_AT: Final = "site_created_at"
"""The key in the state for when a site was created, which distinguishes it from a later one."""

NO_PAGE_VIEWS: Final = (
    "individual page views are not stored, so that exports have none of the newer ones. To have "
    "them from now on, tick Individual pageviews in GoatCounter under Settings → Data collection; "
    "otherwise deselect the stream hits."
)
EXPORT_ID: Final = "export_id"
"""The key in the state for the export after which the bookmark was set."""

HINT: Final = "Correct the state, or empty the table and run the tap with a full refresh."


class Hits(SiteStream):
    """Page views and events one by one, as far as the site stores them.

    Rows have no key of their own, so they are named by their place in a file: the cursor at which
    the export began and the row's number. The same cursor gives the same rows again.
    """

    name = "hits"
    primary_keys = ("site_id", "export_cursor", "row_number")
    replication_key = "export_last_hit_id"
    permission = Permission.EXPORT

    @override
    def read_site(self, site: Site, context: Context) -> Iterator[Record]:
        if not site.stores_page_views:
            self.logger.warning("%s: %s", site, NO_PAGE_VIEWS)
        job = self.open_export_job(site, context)
        cursor = self._read_cursor(site, job, context)
        try:
            export = job.get_or_create(*self._build_request(site, cursor))
        except ExportNotDueError as error:
            self.logger.warning("%s of %s: %s", self.name, site, error)
            return
        last_hit_id = _read_last_hit_id(export, cursor)
        if export.num_rows == 0:
            self._warn_of_unproven_cursor(site, context, cursor)
            job.discard()
            return
        job.confirm(export)
        yield from self._read_export(job, export, (site.id, cursor, export.id, last_hit_id))
        job.discard()
        origin = {CREATED_AT: format_time(site.created_at), EXPORT_ID: export.id}
        self.get_context_state(context).update(origin)
        self.advance_bookmark(context, last_hit_id)

    def _read_cursor(self, site: Site, job: ExportJob, context: Context) -> int:
        """Return the hit id up to which was read before.

        Raises:
            ExtractionError: The bookmark is none, or not of this server. To read everything again
                would double the hits, or put new ones in the place of others; to go on from there
                would pass over hits.
        """
        bookmark = self.get_bookmark(context)
        if bookmark is None:
            return 0
        if type(bookmark) is not int or bookmark < 0:
            raise ExtractionError(f"the bookmark is {bookmark!r}, which is no hit id. {HINT}")
        state = self.get_context_state(context)
        created_at = state.get(CREATED_AT)
        if created_at is not None and created_at != format_time(site.created_at):
            raise ExtractionError(
                f"the bookmark is of a site that was created at {created_at}, and this one was "
                f"at {format_time(site.created_at)}: its server counts hits anew. {HINT}"
            )
        if (export_id := state.get(EXPORT_ID)) is not None:
            self._check_cursor(site, job, bookmark, export_id)
        return bookmark

    def _check_cursor(self, site: Site, job: ExportJob, cursor: int, export_id: object) -> None:
        """Compare the cursor with the export that ended there by the state."""
        export = job.find(export_id) if type(export_id) is int else None
        if export is None:
            self.logger.warning(
                "%s knows no export %r, after which the bookmark of %s was set. If its server was "
                "restored or the state is damaged, hits may be passed over. %s",
                site,
                export_id,
                self.name,
                HINT,
            )
        elif export.last_hit_id != cursor:
            raise ExtractionError(
                f"the bookmark is hit {cursor}, but export {export_id}, after which it was set, "
                f"ended with hit {export.last_hit_id}: the server counts hits anew, or the state "
                f"is damaged. {HINT}"
            )

    def _warn_of_unproven_cursor(self, site: Site, context: Context, cursor: int) -> None:
        """Warn that an export without rows may have begun behind all hits.

        Servers answer so whatever the cursor is, and states of earlier versions do not say from
        which export it comes.
        """
        if cursor and EXPORT_ID not in self.get_context_state(context):
            self.logger.warning(
                "%s has no hits after hit %s, the bookmark of %s, and the state does not show "
                "after which export that was set. If the site had visitors since, hits are passed "
                "over. %s",
                site,
                cursor,
                self.name,
                HINT,
            )

    def _build_request(
        self, site: Site, cursor: int
    ) -> tuple[dict[str, Any], Callable[[Export], bool]]:
        """Return the request for the hits after the cursor, and which earlier exports will do."""
        body: dict[str, Any] = {"start_from_hit_id": cursor}
        if self.requires_export_format(site):
            body["format"] = "csv"

        def is_reusable(export: Export) -> bool:
            return (export.format, export.start_from_hit_id) == ("csv", cursor)

        return body, is_reusable

    def _read_export(
        self, job: ExportJob, export: Export, constants: tuple[int, ...]
    ) -> Iterator[Record]:
        file = job.download(export)
        self.logger.info("Reading %s rows of %s.", export.num_rows, file.name)
        try:
            with file.body:
                yield from self._write(constants + row for row in read_hits(file, export.num_rows))
        except InvalidResponseError:
            if export.hash is not None:  # then the file itself is bad, and not its transfer
                job.discard()
            raise

    def _write(self, rows: Iterable[CsvRow]) -> Iterator[Record]:
        """Write rows at once where nothing stands between them and the target, else yield them."""
        fields = tuple(name for name in self.schema["properties"] if name != UNKNOWN_FIELDS)
        if self.supports_fast_write():
            self.write_records(fields, rows)
        else:
            yield from (dict(zip(fields, row, strict=True)) for row in rows)


def _read_last_hit_id(export: Export, cursor: int) -> int:
    """Return the hit id with which an export ends.

    Raises:
        InvalidResponseError: It is not the export that was asked for, or it cannot end there, as
            each row has a higher id than the one before.
    """
    if export.start_from_hit_id != cursor:
        raise InvalidResponseError(
            f"export {export.id} was asked for from hit {cursor} on and begins after hit "
            f"{export.start_from_hit_id}, which cannot be. The bookmark stays where it was."
        )
    found, rows = export.last_hit_id, export.num_rows
    is_possible = found is not None and rows is not None and found >= cursor + rows
    if found is None or not is_possible or (rows == 0 and found != cursor):
        raise InvalidResponseError(
            f"export {export.id} after hit {cursor} has {rows} rows and ends with hit {found}, "
            "which cannot be. The bookmark stays where it was."
        )
    return found
