"""An export, as the server describes it, and its file: fetched whole and verified.

Source: GoatCounter's API documentation, ``/export``, and its help page on exports.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final, NamedTuple

import msgspec

from singer_tapkit.errors import ApiError, ExtractionError, RequestError
from singer_tapkit.spool import disk_errors, open_spool

if TYPE_CHECKING:
    from requests import Response

    from tap_goatcounter.client import GoatCounterClient
    from tap_goatcounter.config import SiteCredentials

RETENTION: Final = timedelta(hours=24)
CHUNK_BYTES: Final = 1 << 18

HitId = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""An id as databases hold it."""

FILE_NAME: Final = re.compile(r'filename="?([^";]+)"?')


class FileGoneError(ExtractionError):
    """The server has removed the file of an export; a later run can have another one."""

    is_transient = True


class DamagedDownloadError(RequestError):
    """A download is not what the server has stored."""

    is_retriable = True
    is_transient = True


class Export(msgspec.Struct):
    """An export, as the server describes it."""

    id: int
    finished_at: datetime | None
    error: str | None
    format: str = "csv"
    start_from_hit_id: HitId = 0
    start_from_day: datetime | None = None
    last_hit_id: HitId | None = None
    num_rows: int | None = None
    hash: str | None = None


class ExportFile(NamedTuple):
    """The file of an export.

    Attributes:
        name: Its name, for messages.
        body: Its content, from the beginning. It has no name in the file system, and is gone when
            closed.
    """

    name: str
    body: BinaryIO


def download_file(client: GoatCounterClient, site: SiteCredentials, export: Export) -> ExportFile:
    """Return the file of a finished export, fetched again if the transfer breaks.

    The server drops transfers that take longer than a minute, so the file is stored here first:
    targets may be slow.

    Raises:
        FileGoneError: The server has removed it.
        ExtractionError: It cannot be fetched or stored, or was damaged each time.
    """

    def fetch() -> ExportFile:
        with _request_file(client, site, export) as response:
            found = FILE_NAME.search(response.headers.get("Content-Disposition", ""))
            name = found[1] if found else f"export {export.id}"
            with disk_errors(name):
                return ExportFile(name, _store_body(client, response, name, export))

    return client.with_retries(fetch)()


def _request_file(client: GoatCounterClient, site: SiteCredentials, export: Export) -> Response:
    path = f"/export/{export.id}/download"
    headers = {"Accept-Encoding": "identity"}  # the file is compressed already
    try:
        return client.send_to(site, "GET", path, headers=headers, stream=True)
    except ApiError as error:
        if _says_gone(error, export):
            raise FileGoneError(
                f"the file of export {export.id} is gone, the server keeps it for 24 hours. "
                f"The next run asks for a new one. {error}"
            ) from error
        raise


def _says_gone(error: ApiError, export: Export) -> bool:
    """Return whether a download was refused because the file was removed.

    For files that have had their time the server answers with the status 500, which for younger
    ones means that something else went wrong.
    """
    if error.status == HTTPStatus.INTERNAL_SERVER_ERROR and export.finished_at:
        return datetime.now(UTC) - export.finished_at > RETENTION
    return error.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}


def _store_body(
    client: GoatCounterClient, response: Response, name: str, export: Export
) -> BinaryIO:
    """Return a temporary file with the body of a response, at its beginning."""
    body = open_spool("tap-goatcounter-")
    try:
        _copy_body(client, response, body, name, export)
        body.seek(0)
    except BaseException:
        body.close()
        raise
    return body


def _copy_body(
    client: GoatCounterClient, response: Response, body: BinaryIO, name: str, export: Export
) -> None:
    """Copy the file, and compare its hash.

    Raises:
        DamagedDownloadError: The hash is another one.
    """
    digest = hashlib.sha256()
    for chunk in client.read_chunks(response, CHUNK_BYTES):
        digest.update(chunk)
        body.write(chunk)
    if response.status_code != HTTPStatus.OK:
        raise DamagedDownloadError(f"{name} is still being made, though it was finished.")
    found = f"sha256-{digest.hexdigest()}"
    is_recoded = "Content-Encoding" in response.headers  # then the hash is of something else
    if export.hash is not None and found != export.hash and not is_recoded:
        raise DamagedDownloadError(
            f"the download of {name} is damaged: {body.tell()} bytes with the hash {found} "
            f"instead of {export.hash}. The server keeps the file for 24 hours: run the tap "
            "again within that time."
        )
