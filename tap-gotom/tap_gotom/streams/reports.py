"""One stream per saved report."""

from __future__ import annotations

import time
from copy import deepcopy
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec
from singer_sdk.singerlib.catalog import REPLICATION_INCREMENTAL
from typing_extensions import override

from singer_tapkit.checkpoint import settings_digest
from singer_tapkit.errors import UnknownFieldsError
from singer_tapkit.stream import BaseStream
from tap_gotom.columns import find_column
from tap_gotom.incremental import IncrementalFilter
from tap_gotom.profile import describe_columns, describe_keys
from tap_gotom.reports import ReportError
from tap_gotom.row_mapper import RowMapper

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.singerlib import Catalog

    from singer_tapkit.failures import FailureCollector
    from tap_gotom.columns import Column
    from tap_gotom.download import Download, ReportSource
    from tap_gotom.report_csv import Row

STATE_KEY: Final = "report"
METADATA_SCHEMA: Final[dict[str, dict[str, Any]]] = {
    "_report_id": {"type": "integer", "description": "The report's number in goTom."},
    "_row_number": {
        "type": "integer",
        "description": "The row's number in its download, counted from 1.",
    },
    "_extracted_at": {
        "type": "string",
        "format": "date-time",
        "description": "When its download began; rows of one download have it in common.",
    },
}
ROW_KEY: Final = ("_report_id", "_row_number")
ADDED_ROW_KEY: Final = ("_report_id", "_extracted_at", "_row_number")
"""Where new rows are added to those of earlier downloads, which have the same numbers."""


class LoadedDownload(msgspec.Struct):
    """What the state holds about the last download that was loaded.

    Attributes:
        digest: A digest of the file and of what decides about its records.
        version: The version of its records.
    """

    digest: str | None = None
    version: int | None = None


class ReportStream(BaseStream):
    """The rows of one saved report.

    In the schema, the `title` of a column is its exact name in the report. Without configured
    keys, all rows replace those of the run before: they bear a version, which is activated after
    the last row of a complete download, and never after none.
    """

    def __init__(
        self,
        tap: Tap,
        failures: FailureCollector,
        source: ReportSource,
        columns: Sequence[Column],
    ) -> None:
        """Prepare the stream of a report with these columns.

        Raises:
            ReportError: A key is none of the columns.
        """
        report = source.report
        keys = tuple({_find_name(key, columns): None for key in report.primary_keys})
        replication_key = report.replication_key and _find_name(report.replication_key, columns)
        super().__init__(
            tap,
            _build_schema(columns, keys),
            failures=failures,
            unknown_fields=tap.config["unknown_fields"],
            name=report.name,
        )
        self.primary_keys = keys or (ADDED_ROW_KEY if replication_key else ROW_KEY)
        self.replication_key = replication_key
        self._source = source
        self._report = report
        self._columns = columns
        self._column_keys = keys
        self._fields = tuple(self.schema["properties"])
        self._mapper: RowMapper | None = None

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        download = self._source.fetch(self._check)
        try:
            yield from self._load(download)
        finally:
            download.body.close()

    @override
    def conform_rows(self, rows: Iterable[Record], context: Context | None) -> Iterator[Record]:
        """Return the rows, which the row mapper has made fit."""
        return iter(rows)

    @override
    def check_connection(self) -> bool:
        sample = self._source.fetch_sample()
        if not self._column_keys:
            click.echo(f"{self.name}: {describe_keys(sample)}", err=True)
        click.echo(f"{self.name}: {describe_columns(sample)}", err=True)
        self._source.find_ids(sample.header)
        self._check(sample.header, iter(sample.rows))
        self._report_changes()
        return True

    @override
    def get_bookmark(self, context: Context | None) -> Any:
        """Return the bookmark; one of another column, which was the key before, counts as none."""
        column = self.get_context_state(context).get("replication_key", self.replication_key)
        return super().get_bookmark(context) if column == self.replication_key else None

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        """Apply a catalog, but for the keys, which follow from the settings."""
        replication_key = self.replication_key
        entry = catalog.get_stream(self.name)
        if entry is not None:
            entry.key_properties = self.primary_keys
            given = entry.replication_key or entry.metadata.root.replication_key
            if replication_key is None or replication_key != given:
                entry.replication_method = None
                entry.metadata.root.forced_replication_method = None
        super().apply_catalog(catalog)
        self.replication_key = replication_key

    def _check(self, header: Row, rows: Iterator[Row]) -> None:
        """Read all rows, so that none goes out if one is not as it should be."""
        self._mapper = None
        if not header:
            return
        mapper = RowMapper(
            self._columns,
            header,
            keys=self._column_keys,
            replication_key=self.replication_key,
            keeps_new=self.config["unknown_fields"] == "keep",
        )
        self._refuse_new_columns(mapper)
        first = next(rows, None)
        if first is None:
            return
        mapper.row_filter = self._build_filter()
        mapper.check(chain([first], rows))
        self._mapper = mapper

    def _load(self, download: Download) -> Iterator[Record]:
        """Yield the records of a download, unless it has none or none but those of the last one."""
        state = self.get_context_state(None)
        loaded = _read_state(state.get(STATE_KEY))
        digest = self._build_digest(download)
        if self._report.skip_unchanged and loaded.digest == digest:
            self.logger.info("%s is the same as last time and skipped.", self._report)
            return
        self._report_changes()
        if self._mapper is None:
            return
        version = self._choose_version(loaded.version)
        rows = download.open().read_rows()
        values = self._mapper.map_rows(rows, self._report.report_id, download.time)
        yield from self._write(values, version)
        if row_filter := self._mapper.row_filter:
            if row_filter.ends_before_bookmark:
                self.logger.warning(
                    "All rows lie before the bookmark of %r. If the report counts anew or its "
                    "bookmark is wrong, run once with an empty state.",
                    self.replication_key,
                )
            self.advance_bookmark(None, row_filter.next_bookmark)
        if version is not None:
            self.activate_version(version)
        state[STATE_KEY] = {"digest": digest, "version": version}

    def _build_filter(self) -> IncrementalFilter | None:
        """Return what finds new rows; None if all rows are wanted."""
        if self.replication_method != REPLICATION_INCREMENTAL or self.replication_key is None:
            return None
        place = self._fields.index(self.replication_key)
        bookmark = self.get_bookmark(None)
        return IncrementalFilter(self.replication_key, place, bookmark, self._report.lookback_days)

    def _write(self, rows: Iterable[tuple[Any, ...]], version: int | None) -> Iterator[Record]:
        """Write rows at once if nothing stands between them and the target, else yield records."""
        if self.supports_fast_write():
            self.write_records(self._fields, rows, version)
            return
        self.begin_version(version)
        yield from (dict(zip(self._fields, row, strict=True)) for row in rows)

    def _refuse_new_columns(self, mapper: RowMapper) -> None:
        if mapper.new_names and self.config["unknown_fields"] == "fail":
            raise UnknownFieldsError(
                f"the report has columns that are unknown here: {', '.join(mapper.new_names)}. Run "
                "discovery again, or set 'unknown_fields' to 'keep' or 'warn'."
            )

    def _report_changes(self) -> None:
        """Log what the last check has found that is no error."""
        mapper = self._mapper
        if mapper is None:
            self.logger.warning(
                "%s has no rows, so that nothing is loaded and nothing is removed.", self._report
            )
            return
        if mapper.missing:
            self.logger.warning(
                "Columns that are missing in the report stay null: %s. If it was changed for "
                "good, run discovery again or change 'columns'.",
                ", ".join(repr(column.original) for column in mapper.missing),
            )
        if mapper.new_names:
            self.logger.warning(
                "Columns that are unknown here are %s: %s.",
                "kept" if self.config["unknown_fields"] == "keep" else "left out",
                ", ".join(mapper.new_names),
            )
        if mapper.repeated_keys:
            self.logger.warning(
                "Rows with the same 'primary_keys' as a row before them, which they replace: %s. "
                "Name columns whose values are never the same in two rows.",
                f"{mapper.repeated_keys:,}",
            )

    def _choose_version(self, last: int | None) -> int | None:
        """Return the version of a full replacement, greater than the one before.

        It has milliseconds, as a run that was killed may have left rows within the same second.
        There is none for rows with a configured key, which replace each other, for new rows alone,
        which replace nothing, and for files, which targets load in their own time.
        """
        if (
            self._column_keys
            or self.replication_method == REPLICATION_INCREMENTAL
            or self.get_batch_config(self.config) is not None
        ):
            return None
        return max(time.time_ns() // 10**6, (last or 0) + 1)

    def _build_digest(self, download: Download) -> str:
        """Return a digest of the file and of all that decides what its records are like."""
        parts = [
            download.digest,
            repr(self._report),
            self.schema,
            sorted(str(field) for field, wanted in self.mask.items() if wanted),
            str(self.config.get("stream_maps")),
        ]
        return settings_digest(parts)


def _build_schema(columns: Sequence[Column], keys: Collection[str]) -> dict[str, Any]:
    properties = deepcopy(METADATA_SCHEMA)
    for column in columns:
        schema = column.to_schema()
        if column.name in keys:
            schema["type"] = [name for name in schema["type"] if name != "null"]
        properties[column.name] = schema
    description = "A row of a saved report."
    return {"type": "object", "description": description, "properties": properties}


def _find_name(name: str, columns: Sequence[Column]) -> str:
    """Return the name in the stream of a column that the settings name in either way.

    Raises:
        ReportError: There is none.
    """
    column = find_column(name, columns)
    if column is None:
        originals = ", ".join(repr(item.original) for item in columns)
        raise ReportError(f"its key {name!r} is none of the columns {originals}")
    return column.name


def _read_state(value: Any) -> LoadedDownload:
    """Return what the state holds; damaged values count as none."""
    try:
        return msgspec.convert(value or {}, LoadedDownload)
    except msgspec.ValidationError:
        return LoadedDownload()
