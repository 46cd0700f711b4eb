"""Fetch the file of a report whole, into a file that nobody else sees.

goTom builds a report while it sends it and takes up no broken transfer again, so that nothing of a
download is used before all of it has come.
"""

from __future__ import annotations

import hashlib
import io
import weakref
from codecs import BOM_UTF8
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from typing_extensions import override

from singer_tapkit.errors import ExtractionError, NoResponseError, request_line
from singer_tapkit.spool import disk_errors, open_spool
from tap_gotom.report_csv import ReportReader
from tap_gotom.reports import IncompleteReportError, ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer
    from requests import Response

    from tap_gotom.client import GoTomClient
    from tap_gotom.report_csv import Row
    from tap_gotom.reports import Report

CHUNK_BYTES: Final = 1 << 18
HEADER_CHUNK_BYTES: Final = 1 << 13
LOG_BYTES: Final = 100 << 20
"""A line in the log for so much of a report."""

CSV: Final = "text/csv"
HTML: Final = (b"<!doctype", b"<html", b"<?xml")


@dataclass(frozen=True)
class Download:
    """A complete file of a report.

    Attributes:
        report: The report.
        body: The file, without a name in the file system and gone when closed.
        digest: Its SHA-256.
        time: When it was fetched, in ISO 8601.
        header: The names of its columns, none if the file is empty.
    """

    report: Report
    body: BinaryIO
    digest: str
    time: str
    header: Row

    def read_rows(self) -> Iterator[Row]:
        """Return the rows from the first one on."""
        self.body.seek(0)
        return ReportReader(self.report, self.body).read_rows()


def read_all(download: Download) -> None:
    """Read all rows of a download, to see that it is complete.

    Raises:
        ReportError: It is not as the settings say.
        IncompleteReportError: It lacks its end.
    """
    deque(download.read_rows(), maxlen=0)


class ReportSource:
    """A saved report, which is fetched once, when it is first needed.

    Attributes:
        report: The report.
        is_shared: Whether others need it besides its own stream. Then it is kept, and checked only
            for what all of them need: that it is complete.
    """

    def __init__(self, client: GoTomClient, report: Report, *, is_shared: bool = False) -> None:
        """Fetch nothing yet.

        Args:
            client: Sends the request.
            report: The report.
            is_shared: Whether others need it besides its own stream.
        """
        self.report = report
        self._client = client
        self.is_shared = is_shared
        self._fetched: Download | ExtractionError | None = None

    def fetch_header(self) -> list[str]:
        """Return only the names of the columns, and hang up.

        Raises:
            ReportError: They cannot be read.
            RequestError: goTom refused, or did not answer.
        """
        return self._client.with_retries(self._fetch_header)()

    def fetch(self, check: Callable[[Download], None] = read_all) -> Download:
        """Return the download after all of it was read once.

        A transfer that breaks off, also where only reading shows it, begins anew.

        Args:
            check: Reads all rows. It is not called for a shared report.

        Raises:
            ReportError: The file is not one of CSV, or not as the settings say.
            RequestError: goTom refused, or the transfer was incomplete each time.
        """
        if self._fetched is None:
            try:
                self._fetched = self._client.with_retries(self._fetch)(
                    read_all if self.is_shared else check
                )
            except ExtractionError as error:
                self._fetched = error
        if isinstance(self._fetched, ExtractionError):
            raise self._fetched
        return self._fetched

    def release(self) -> None:
        """Remove the file, unless somebody else needs it."""
        if not self.is_shared and isinstance(self._fetched, Download):
            self._fetched.body.close()
            self._fetched = None

    def _fetch_header(self) -> list[str]:
        with self._retriable_cuts(), self._client.open_report(self.report.path) as response:
            chunks = self._client.read_chunks(response, HEADER_CHUNK_BYTES)
            body = io.BufferedReader(_ChunkReader(chunks))
            _require_csv(response, body.peek(HEADER_CHUNK_BYTES))
            reader = ReportReader(self.report, body)
            header = reader.read_header()
        reader.require_delimiter(header)
        return header

    def _fetch(self, check: Callable[[Download], None]) -> Download:
        time = datetime.now(UTC).isoformat(timespec="microseconds")
        with disk_errors(str(self.report)):
            body = open_spool("tap-gotom-")
        try:
            digest = self._store(body)
            body.seek(0)
            with self._retriable_cuts():
                header = ReportReader(self.report, body).read_header()
                download = Download(self.report, body, digest, time, header)
                check(download)
        except BaseException:
            body.close()
            raise
        weakref.finalize(download, body.close)
        return download

    @contextmanager
    def _retriable_cuts(self) -> Iterator[None]:
        """Raise for a file that lacks its end what a transfer raises that breaks off.

        Raises:
            NoResponseError: It does.
        """
        try:
            yield
        except IncompleteReportError as error:
            raise self._client.incomplete_error(str(error)) from error

    def _store(self, body: BinaryIO) -> str:
        """Store the report, and return its digest."""
        digest, size = hashlib.sha256(), 0
        response = self._client.open_report(self.report.path)
        try:
            for chunk in self._client.read_chunks(response, CHUNK_BYTES):
                if not size:
                    _require_csv(response, chunk)
                digest.update(chunk)
                with disk_errors(str(self.report)):
                    body.write(chunk)
                size += len(chunk)
                if size % LOG_BYTES < len(chunk):
                    self._client.logger.info("%s: %s MiB are there.", self.report, size >> 20)
            with disk_errors(str(self.report)):
                body.flush()
        except NoResponseError as error:
            raise self._client.incomplete_error(
                f"{self.report}: the transfer broke off after {size:,} bytes: {error}"
            ) from error
        return digest.hexdigest()


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


class _ChunkReader(io.RawIOBase):
    """A body as a file, read as it comes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
        size = min(len(view), len(self._left))
        view[:size], self._left = self._left[:size], self._left[size:]
        return size
