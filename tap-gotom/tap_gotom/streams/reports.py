"""One stream per saved report."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.singerlib.catalog import REPLICATION_INCREMENTAL
from typing_extensions import override

from tap_gotom import bulk
from tap_gotom.client import GoTomClient
from tap_gotom.download import header_of
from tap_gotom.errors import ReportError
from tap_gotom.instance import Pair
from tap_gotom.layout import METADATA, Layout
from tap_gotom.new_rows import NewRows
from tap_gotom.streams.base import GoTomStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from singer_sdk import metrics
    from singer_sdk.helpers.types import Context, Record

    from tap_gotom.columns import Column
    from tap_gotom.download import Download
    from tap_gotom.reports import Report
    from tap_gotom.tap import TapGoTom

MEMORY = "report"
METADATA_SCHEMA: dict[str, dict[str, Any]] = {
    "_report_id": {"type": ["integer"], "description": "The report's number in goTom."},
    "_row_number": {
        "type": ["integer"],
        "description": "The row's number in its download, counted from 1.",
    },
    "_extracted_at": {
        "type": ["string"],
        "format": "date-time",
        "description": "When its download began.",
    },
}


class ReportClient(GoTomClient):
    """What fetches reports, for their own streams and for whoever needs a column of one."""

    name = "reports"
    path = "/app-api"
    pair = Pair.GRAPH
    content_type = "text/csv"
    accept = "*/*"

    @override
    def __init__(self, tap: TapGoTom) -> None:
        super().__init__(tap, schema={"properties": {}})


class ReportStream(GoTomStream):
    """The rows of one saved report.

    In the schema, the `title` of a column is its exact name in the report. Without a key, all rows
    replace those of the run before: they bear a version, which is activated after the last row of
    a complete download, and never after none.
    """

    pair = Pair.GRAPH

    @override
    def __init__(self, tap: TapGoTom, report: Report, found: Sequence[Column]) -> None:
        """Make the stream of a report.

        Args:
            tap: The tap.
            report: The report.
            found: Its columns.

        Raises:
            ReportError: A key is none of the columns.
        """
        self.name = report.name
        self.path = report.path
        self._report = report
        self._columns = found
        keys = tuple(_named(key, found) for key in report.primary_keys)
        replication_key = _named(report.replication_key, found) if report.replication_key else None
        super().__init__(tap, schema=_schema(found, keys))
        self.primary_keys = keys
        self.replication_key = replication_key
        self._fields = tuple(self.schema["properties"])

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        downloads = self._tap.downloads
        download = downloads.of(self._tap.report_client, self._report)
        try:
            yield from self._new_records(download, context)
        finally:
            if self._report is not self._tap.source_of_ids:
                downloads.close(self._report)

    def _new_records(self, download: Download, context: Context | None) -> Iterator[Record]:
        """Make records of a download, unless it has none or none but those of the last one."""
        memory = self.get_context_state(context).get(MEMORY, {})
        digest = self._digest(download)
        if self._report.skip_unchanged and memory.get("digest") == digest:
            self.logger.info("%s is the same as last time and skipped.", self._report)
            return
        if not download.row_count:
            self.logger.warning(
                "%s has no rows, so that nothing is loaded and nothing is removed.", self._report
            )
            return
        version = self._next_version(memory)
        yield from self._records(download, context, version)
        if version is not None:
            self._write_activate_version_message(version)
        self.get_context_state(context)[MEMORY] = {"digest": digest, "version": version}

    def _records(
        self, download: Download, context: Context | None, version: int | None
    ) -> Iterator[Record]:
        layout = Layout(
            self._columns,
            download.header(),
            self.primary_keys,
            self.replication_key,
            self.unknown_fields,
        )
        if layout.missing:
            self.logger.warning(
                "Columns that are missing in the report stay null: %s. If it was changed for "
                "good, run discovery again or change 'columns'.",
                ", ".join(repr(column.original) for column in layout.missing),
            )
        self._stream_version = version
        if self.replication_method != REPLICATION_INCREMENTAL or self.replication_key is None:
            if layout.converts:
                _check(layout.values(download))
            yield from self._written(layout.values(download), version)
            return
        _check(self._new_rows(context).of(layout.values(download)))
        new = self._new_rows(context)
        yield from self._written(new.of(layout.values(download)), version)
        self.advance_bookmark(context, new.bookmark())

    def _new_rows(self, context: Context | None) -> NewRows:
        key = self.replication_key or ""
        return NewRows(
            key, self._fields.index(key), self.bookmark(context), self._report.lookback_days
        )

    def _written(self, rows: Iterable[tuple[Any, ...]], version: int | None) -> Iterator[Record]:
        """Make records of rows, or write them at once where nothing stands between."""
        if bulk.can_write(self):
            self._counter.increment(bulk.write(self, self._fields, rows, version))
        else:
            yield from (dict(zip(self._fields, row, strict=True)) for row in rows)

    @override
    def check_access(self) -> bool:
        header_of(self._tap.report_client, self._report)
        return True

    def _next_version(self, memory: dict[str, Any]) -> int | None:
        """Give the version of a full replacement, greater than the one before.

        It tells milliseconds, as a run that was killed may have left rows within the same second.
        There is none for rows with a key, which replace each other, for new rows alone, which
        replace nothing, and for files, which targets load in their own time.
        """
        if (
            self.primary_keys
            or self.replication_method == REPLICATION_INCREMENTAL
            or self.get_batch_config(self.config) is not None
        ):
            return None
        return max(time.time_ns() // 10**6, (memory.get("version") or 0) + 1)

    def _digest(self, download: Download) -> str:
        """Give a digest of the file and of all that decides what its records are like."""
        parts = (
            download.digest,
            repr(self._report),
            self.schema,
            sorted(str(field) for field, wanted in self.mask.items() if wanted),
            str(self.config.get("stream_maps")),
        )
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()

    @override
    def get_record_counter(self, **kwargs: Any) -> metrics.Counter:
        self._counter = super().get_record_counter(**kwargs)
        return self._counter


class UndiscoveredReport(GoTomStream):
    """A report the columns of which could not be found out; why is among the tap's failures."""

    pair = Pair.GRAPH
    selected_by_default = False

    @override
    def __init__(self, tap: TapGoTom, report: Report) -> None:
        self.name = report.name
        self.path = report.path
        super().__init__(tap, schema=_schema((), ()))

    @override
    def read(self, context: Context | None) -> Iterable[Record]:
        return ()


def _check(rows: Iterable[tuple[Any, ...]]) -> None:
    """Convert all rows before the first one goes out, so that none does if one fails."""
    deque(rows, maxlen=0)


def _schema(found: Sequence[Column], keys: Sequence[str]) -> dict[str, Any]:
    properties = dict(METADATA_SCHEMA)
    for column in found:
        schema = column.schema()
        if column.name in keys:
            schema["type"] = [name for name in schema["type"] if name != "null"]
        properties[column.name] = schema
    return {"type": "object", "properties": properties, "required": [*METADATA, *keys]}


def _named(key: str, found: Sequence[Column]) -> str:
    """Give the name in the stream of a column that the settings name in either way."""
    for column in found:
        if key == column.original:
            return column.name
    if key in {column.name for column in found}:
        return key
    raise ReportError(
        f"its key {key!r} is none of the columns {', '.join(repr(item.original) for item in found)}"
    )
