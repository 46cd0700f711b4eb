"""Fetch the file of a report whole, into a file that nobody else sees.

goTom builds a report while it sends it and takes up no broken transfer again, so that nothing of a
download is used before all of it has come.
"""

from __future__ import annotations

import hashlib
import io
from codecs import BOM_UTF8
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

from singer_tapkit.errors import ExtractionError, NoResponseError, request_line
from singer_tapkit.spool import disk_errors, open_spool
from tap_gotom.columns import build_columns, find_column
from tap_gotom.report_csv import ReportReader
from tap_gotom.reports import IncompleteReportError, ReportError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator

    from requests import Response

    from tap_gotom.client import GoTomClient
    from tap_gotom.report_csv import Row
    from tap_gotom.reports import Report

CHUNK_BYTES: Final = 1 << 18
SAMPLE_BYTES: Final = 1 << 19
SAMPLE_CHUNK_BYTES: Final = 1 << 13
MAX_LINE: Final = 64 << 20
LOG_BYTES: Final = 100 << 20
"""A line in the log for so much of a report."""

CSV: Final = "text/csv"
HTML: Final = (b"<!", b"<html", b"<head", b"<body", b"<br", b"<?xml")
"""How pages begin, those of PHP included, which writes its errors into what it sends."""

BEGINNING_BYTES: Final = 1 << 10
"""Bytes that show what a body is; a server may send the first ones by themselves."""

Check: TypeAlias = "Callable[[Row, Iterator[Row]], None]"
"""Reads the rows behind a header, and raises an `ExtractionError` where they are not wanted."""


@dataclass(frozen=True)
class Sample:
    """The beginning of a report.

    Attributes:
        header: The names of the columns, none if the report is empty.
        rows: The first rows.
        is_whole: Whether there are no more.
    """

    header: Row
    rows: list[Row]
    is_whole: bool


@dataclass(frozen=True)
class Download:
    """A complete file of a report.

    Attributes:
        report: The report.
        body: The file, without a name in the file system and gone when closed.
        digest: Its SHA-256.
        time: When it was fetched, in ISO 8601.
    """

    report: Report
    body: BinaryIO
    digest: str
    time: str

    def open(self) -> ReportReader:
        """Return a reader at the beginning of the file."""
        self.body.seek(0)
        return ReportReader(self.report, self.body)


class ReportSource:
    """A saved report, which may have a column with the external ids of campaigns."""

    def __init__(
        self,
        client: GoTomClient,
        report: Report,
        logger: logging.Logger,
        *,
        id_column: str | None = None,
    ) -> None:
        """Fetch nothing yet."""
        self.report = report
        self._client = client
        self._logger = logger
        self._id_column = id_column
        self._ids: list[str] | ExtractionError | None = None

    def fetch_sample(self) -> Sample:
        """Return the beginning of the report, and hang up.

        Raises:
            ReportError: It is not one of CSV, or not as the settings say.
            RequestError: goTom refused, or did not answer.
        """
        return self._client.with_retries(self._fetch_sample)()

    def fetch(self, check: Check) -> Download:
        """Return the download after all of it was read once.

        A transfer that breaks off, also where only reading shows it, begins anew.

        Args:
            check: Reads the rows; those that it leaves are read all the same.

        Raises:
            ReportError: The file is not one of CSV, or not as the settings say.
            RequestError: goTom refused, or the transfer was incomplete each time.
        """
        try:
            return self._client.with_retries(self._fetch)(check)
        except ExtractionError as error:
            if self._ids is None:
                self._ids = error
            raise

    def read_ids(self) -> list[str]:
        """Return the different cells of the column with ids.

        They are kept from the last `fetch`, also from one whose check found fault with the rows.

        Raises:
            ExtractionError: The report cannot be read, or has no such column.
        """
        if self._ids is None:
            self.fetch(lambda *_: None).body.close()
        if isinstance(self._ids, ExtractionError):
            raise self._ids
        return self._ids or []

    def find_ids(self, header: Row) -> int | None:
        """Return the place of the column with ids, None if no ids are wanted.

        Raises:
            ReportError: There is no such column.
        """
        if self._id_column is None or not header:
            return None
        columns = build_columns(header)
        column = find_column(self._id_column, columns)
        if column is None:
            raise ReportError(
                f"{self.report} has no column {self._id_column!r}, as 'campaign_external_ids_from' "
                f"says. Its columns are: {', '.join(map(repr, header))}."
            )
        return columns.index(column)

    def _fetch_sample(self) -> Sample:
        content = b""
        is_whole = True
        with self._client.open_report(self.report.path) as response:
            for chunk in self._read_chunks(response, SAMPLE_CHUNK_BYTES):
                content += chunk
                if len(content) >= SAMPLE_BYTES:
                    content, is_whole = content[:SAMPLE_BYTES], False
                    break
            _require_csv(response, content)
            reader = ReportReader(self.report, io.BytesIO(content))
            reader.require_delimiter()
            rows = _read_beginning(reader, is_whole=is_whole)
            reader.require_cells_without_delimiters(rows)
            return Sample(reader.header, rows, is_whole)

    def _fetch(self, check: Check) -> Download:
        time = datetime.now(UTC).isoformat(timespec="microseconds")
        with disk_errors(str(self.report)):
            body = open_spool("tap-gotom-")
        try:
            with self._client.open_report(self.report.path) as response:
                digest = self._store(response, body)
            download = Download(self.report, body, digest, time)
            self._read_once(download.open(), check)
        except BaseException:
            body.close()
            raise
        return download

    def _read_once(self, reader: ReportReader, check: Check) -> None:
        """Let the check and the ids have what they need in one pass, also if the check fails."""
        self._ids = None
        rows = reader.read_rows()
        try:
            place = self.find_ids(reader.header)
        except ReportError as error:
            self._ids = error
        else:
            rows = rows if place is None else self._keep_ids(place, rows)
        try:
            check(reader.header, rows)
        except ExtractionError:
            with suppress(ExtractionError):
                deque(rows, maxlen=0)
            raise
        deque(rows, maxlen=0)

    def _keep_ids(self, place: int, rows: Iterator[Row]) -> Iterator[Row]:
        """Yield the rows, and leave their ids behind once all of them are read."""
        found: dict[str, None] = {}
        for row in rows:
            found[row[place]] = None
            yield row
        self._ids = list(found)

    def _store(self, response: Response, body: BinaryIO) -> str:
        """Store the report, and return its digest."""
        digest, size, line = hashlib.sha256(), 0, 0
        beginning = b""
        _require_csv(response, beginning)
        try:
            with disk_errors(str(self.report)):
                for chunk in self._read_chunks(response, CHUNK_BYTES):
                    if len(beginning) < BEGINNING_BYTES:
                        beginning += chunk
                        _require_csv(response, beginning)
                    digest.update(chunk)
                    line = self._measure_line(chunk, line)
                    body.write(chunk)
                    size += len(chunk)
                    if size % LOG_BYTES < len(chunk):
                        self._logger.info("%s: %s MiB are there.", self.report, size >> 20)
                body.flush()
        except NoResponseError as error:
            raise IncompleteReportError(
                f"{self.report}: the transfer broke off after {size:,} bytes: {error}"
            ) from error
        return digest.hexdigest()

    def _read_chunks(self, response: Response, size: int) -> Iterator[bytes]:
        """Yield the body, with U+FFFD for NUL characters, which PostgreSQL takes in no text."""
        substitute = "\ufffd".encode(self.report.encoding, "replace").removeprefix(BOM_UTF8)
        for chunk in self._client.read_chunks(response, size):
            yield chunk if self.report.is_wide else chunk.replace(b"\0", substitute)

    def _measure_line(self, chunk: bytes, before: int) -> int:
        """Return how many bytes have come since the last line break.

        Raises:
            ReportError: They are so many that a line would not fit into memory.
        """
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        length = before + len(chunk) if end < 0 else len(chunk) - end - 1
        if length > MAX_LINE:
            raise ReportError(
                f"{self.report} has a line of more than {MAX_LINE >> 20} MiB, which is none of a "
                "CSV file."
            )
        return length


def _require_csv(response: Response, beginning: bytes) -> None:
    """Refuse pages that come with the status of a success.

    Raises:
        ReportError: It is no report.
    """
    is_csv = response.headers.get("Content-Type", "").lower().startswith(CSV)
    if not is_csv or beginning.removeprefix(BOM_UTF8).lstrip().lower().startswith(HTML):
        content_type = response.headers.get("Content-Type", "no content type")
        raise ReportError(
            f"{request_line(response.request)} answered {response.status_code} with "
            f"{content_type}. That is no CSV file but probably a page for people: check "
            "'instance' or 'base_url', and what stands in front of the server."
        )


def _read_beginning(reader: ReportReader, *, is_whole: bool) -> list[Row]:
    """Return all rows that are complete for certain."""
    rows: list[Row] = []
    try:
        rows.extend(reader.read_rows())
    except IncompleteReportError:
        if is_whole:
            raise
    else:
        if not is_whole:
            rows = rows[:-1]
    return rows
