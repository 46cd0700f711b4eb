"""Fetch the file of a report whole, into a file that nobody else sees.

goTom builds a report while it sends it and takes up no broken transfer again, so that nothing of a
download is used before all of it has come.
"""

from __future__ import annotations

import hashlib
import io
import weakref
from codecs import BOM_UTF8
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

import requests
from singer_sdk.exceptions import RetriableAPIError
from typing_extensions import override

from tap_gotom.answers import silence
from tap_gotom.errors import ReportError, describe
from tap_gotom.progress import Beat
from tap_gotom.report_csv import ReportFile
from tap_gotom.storage import private_file, storing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

    from tap_gotom.client import GoTomClient
    from tap_gotom.report_csv import Row
    from tap_gotom.reports import Report

CHUNK = 1 << 18
CSV = "text/csv"
HTML = (b"<!doctype", b"<html", b"<?xml")


@dataclass(frozen=True)
class Download:
    """A complete file of a report.

    Attributes:
        report: The report.
        body: The file, without a name in the file system and gone when closed.
        digest: Its SHA-256.
        row_count: How many rows it has.
        time: When it was fetched, in ISO 8601.
    """

    report: Report
    body: BinaryIO
    digest: str
    row_count: int
    time: str

    def header(self) -> Row:
        """Read the names of the columns, none if the file is empty."""
        return self._from_the_beginning().header()

    def rows(self) -> Iterator[Row]:
        """Read the rows."""
        return self._from_the_beginning().rows()

    def _from_the_beginning(self) -> ReportFile:
        self.body.seek(0)
        return ReportFile(self.report, self.body)


def header_of(client: GoTomClient, report: Report) -> list[str]:
    """Read only the names of a report's columns, and hang up.

    Raises:
        ReportError: There are none.
        AnswerError: The server refused.
    """
    return client.retrying(_header)(client, report)


def fetch(client: GoTomClient, report: Report) -> Download:
    """Fetch a report, again if the transfer breaks.

    Raises:
        ReportError: The file is not one of CSV, or not as the settings say.
        AnswerError: The server refused.
        RetriableAPIError: The transfer was incomplete each time.
    """
    return client.retrying(_fetch)(client, report)


class Downloads:
    """The downloads that more than one stream reads, fetched once per run."""

    def __init__(self) -> None:
        """Start with none."""
        self._fetched: dict[str, Download | Exception] = {}

    def of(self, client: GoTomClient, report: Report) -> Download:
        """Give the download of a report.

        Args:
            client: Sends the request, if it is the first to need it.
            report: The report.

        Raises:
            Exception: It cannot be had, and could not when another stream needed it.
        """
        if report.name not in self._fetched:
            try:
                self._fetched[report.name] = fetch(client, report)
            except Exception as error:  # noqa: BLE001 - raised again below, each time
                self._fetched[report.name] = error
        fetched = self._fetched[report.name]
        if isinstance(fetched, Exception):
            raise fetched
        return fetched

    def close(self, report: Report) -> None:
        """Remove the file of a report."""
        fetched = self._fetched.pop(report.name, None)
        if isinstance(fetched, Download):
            fetched.body.close()


def _header(client: GoTomClient, report: Report) -> list[str]:
    with client.once(report.path) as response:
        body = io.BufferedReader(_Body(response))
        _check_is_csv(response, body.peek(CHUNK))
        header = ReportFile(report, body).header()
    if not header:
        raise ReportError(
            f"{report} is empty, not even its columns can be seen. Wait until it has data, or name "
            "them in 'columns'."
        )
    return header


def _fetch(client: GoTomClient, report: Report) -> Download:
    time = datetime.now(UTC)
    with storing(str(report)):
        body = private_file()
    try:
        with client.once(report.path) as response:
            digest = _spool(client, report, response, body)
            _check_length(report, response)
        body.seek(0)
        row_count = ReportFile(report, body).check()
        client.logger.info("%s has %s rows.", report, f"{row_count:,}")
    except BaseException:
        body.close()
        raise
    download = Download(report, body, digest, row_count, time.isoformat(timespec="microseconds"))
    weakref.finalize(download, body.close)
    return download


def _spool(client: GoTomClient, report: Report, response: requests.Response, body: BinaryIO) -> str:
    """Store a body, and give its digest."""
    digest, beat = hashlib.sha256(), Beat()
    try:
        with storing(str(report)):
            for chunk in response.iter_content(CHUNK):
                if not body.tell():
                    _check_is_csv(response, chunk)
                digest.update(chunk)
                body.write(chunk)
                if beat.due():
                    client.logger.info("%s: %s MiB are there.", report, f"{body.tell() >> 20:,}")
            body.flush()
    except requests.RequestException as error:
        raise RetriableAPIError(
            f"{report}: the transfer broke off after {body.tell():,} bytes: {silence(error)}"
        ) from error
    return digest.hexdigest()


def _check_is_csv(response: requests.Response, beginning: bytes) -> None:
    """Tell reports from pages that come with the status of a success."""
    is_csv = response.headers.get("Content-Type", "").lower().startswith(CSV)
    if not is_csv or beginning.removeprefix(BOM_UTF8).lstrip().lower().startswith(HTML):
        raise ReportError(
            f"{describe(response)} That is no CSV file but probably a page for people: check "
            "'instance' or 'base_url', and what stands in front of the server."
        )


def _check_length(report: Report, response: requests.Response) -> None:
    """Compare what came with what was announced, in bytes as they went over the wire."""
    announced = response.headers.get("Content-Length")
    came = response.raw.tell()
    if announced is not None and int(announced) != came:
        raise RetriableAPIError(
            f"{report}: the transfer broke off after {came} of {announced} bytes.", response
        )


class _Body(io.RawIOBase):
    """The body of a response as a file, read as it comes."""

    def __init__(self, response: requests.Response) -> None:
        self._chunks = response.iter_content(1 << 13)
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
