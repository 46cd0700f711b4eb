"""Make an export, wait for it, fetch it whole and verified.

A server makes one export per hour and client address, and keeps its file for a day. An export that
was asked for is therefore remembered in the state until its rows have been written, so that a run
that was cut short takes it up again.
Source: GoatCounter's API documentation, ``/export``, and its help page on exports.
"""

from __future__ import annotations

import hashlib
import re
import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import requests
from singer_sdk.exceptions import RetriableAPIError

from tap_goatcounter.answers import brief
from tap_goatcounter.client import decoded, status_of
from tap_goatcounter.errors import AnswerError, ExportError, describe
from tap_goatcounter.progress import Beat
from tap_goatcounter.retries import retry_after
from tap_goatcounter.storage import private_file, storing
from tap_goatcounter.windows import instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_goatcounter.sites import Site
    from tap_goatcounter.streams.base import SiteStream

MEMORY = "export"
REMEMBERED = {"id", "asked_at"}
KEPT_FOR = timedelta(hours=24)
LIMIT_WINDOW = timedelta(hours=1)
CHUNK = 1 << 18
FIRST_POLL_PAUSE = 1.0
LONGEST_POLL_PAUSE = 10.0

FILE_NAME = re.compile(r'filename="?([^";]+)"?')


class Serves(Protocol):
    """Tells whether the export of an earlier run has what is needed now."""

    def __call__(self, export: Mapping[str, Any]) -> bool:
        """Compare an export object with the present need."""


class Exporter:
    """Makes the exports of one site on behalf of one stream."""

    def __init__(self, stream: SiteStream, site: Site, state: dict[str, Any]) -> None:
        """Make exports of `site`, remembering them in `state`.

        Args:
            stream: Sends the requests and writes the state.
            site: The site.
            state: The state of the stream's partition.
        """
        self._stream = stream
        self._site = site
        self._state = state
        self._config = stream.config
        self._log = stream.logger

    def obtain(self, body: Mapping[str, Any], serves: Serves) -> dict[str, Any]:
        """Give a finished export: the one that an earlier run asked for, or else a new one.

        Args:
            body: What to ask for, without `format` where the server does not take it.
            serves: Tells whether an earlier run's export will do.

        Returns:
            The export object.

        Raises:
            ExportError: The export was refused, failed, or took too long.
        """
        export = self._taken_up(serves) or self._ask_for(body)
        return self._finished(export)

    def forget(self) -> None:
        """Drop the remembered export; the next STATE message says so."""
        self._state.pop(MEMORY, None)

    def _taken_up(self, serves: Serves) -> dict[str, Any] | None:
        """Find the export that an earlier run asked for, if it is still of use."""
        memory = self._state.get(MEMORY) or {}
        if not memory.keys() >= REMEMBERED:
            self.forget()
            return None
        age = datetime.now(UTC) - datetime.fromisoformat(memory["asked_at"])
        export = self._look_up(memory["id"]) if age < KEPT_FOR else None
        time_out = self._config["export_timeout_seconds"]
        if export and serves(export) and not _is_stuck(export, age, time_out):
            self._log.info("Taking up export %s of %s again.", memory["id"], self._site)
            return export
        self.forget()
        return None

    def _look_up(self, export_id: int) -> dict[str, Any] | None:
        try:
            export: dict[str, Any] = self._stream.ask(self._site.address, f"/export/{export_id}")
        except AnswerError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return None
        return export

    def _ask_for(self, body: Mapping[str, Any]) -> dict[str, Any]:
        export: dict[str, Any] = decoded(self._posted(body))
        self._state[MEMORY] = {
            "id": export["id"],
            "asked_at": instant(datetime.now(UTC)),
        }
        self._stream.write_state()
        self._log.info("Asked %s for export %s.", self._site, export["id"])
        return export

    def _posted(self, body: Mapping[str, Any]) -> requests.Response:
        """Send the request that the server grants once an hour.

        It goes over a new connection, as an idle one may turn out to be closed only when the
        request is on its way, and then nobody knows whether it arrived.
        """
        while True:
            self._stream.requests_session.close()
            try:
                return self._stream.once("POST", self._site.address, "/export", json=dict(body))
            except AnswerError as error:
                raise ExportError(_refusal(error)) from error
            except RetriableAPIError as error:
                if status_of(error) != HTTPStatus.TOO_MANY_REQUESTS:
                    raise _uncertain(error) from error
                self._wait_for_the_limit(error)
            except requests.RequestException as error:
                raise _uncertain(error) from error

    def _wait_for_the_limit(self, error: RetriableAPIError) -> None:
        """Sleep until the server grants the next export, if the settings want that.

        Raises:
            ExportError: They do not, or the server will never grant one.
        """
        assert error.response is not None  # noqa: S101
        wait = retry_after(error.response)
        if wait is None:
            wait = LIMIT_WINDOW.total_seconds()
        if wait < 0:
            raise ExportError(
                "the server refuses every export, as its rate limit for exports is set to 'none'. "
                "Start it with -ratelimit export:1/3600 or without that part.",
            ) from error
        if not self._config["wait_for_export_limit"]:
            raise ExportError(
                "the server makes one export per hour for all sites and programs behind one "
                f"address, and the next in {wait / 60:.0f} minutes. Run the tap again then, or set "
                "'wait_for_export_limit' to true.",
            ) from error
        self._log.info(
            "Waiting %.0f minutes for the next export that the server grants.", wait / 60
        )
        time.sleep(wait + 1)

    def _finished(self, export: dict[str, Any]) -> dict[str, Any]:
        """Poll until the server has made the file."""
        deadline = time.monotonic() + self._config["export_timeout_seconds"]
        pause, beat = FIRST_POLL_PAUSE, Beat()
        while export["finished_at"] is None:
            if export["error"]:
                self.forget()
                raise ExportError(
                    f"the server failed to make export {export['id']}: {export['error']}. The next "
                    "run asks for a new one; look into the server's log if that fails, too.",
                )
            if time.monotonic() >= deadline:
                raise ExportError(
                    f"export {export['id']} was not finished within "
                    f"{self._config['export_timeout_seconds']} seconds. The next run waits for it "
                    "again, or asks for a new one when an hour has passed. For a very large site "
                    "raise 'export_timeout_seconds'.",
                )
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(pause * 1.5, LONGEST_POLL_PAUSE)
            export = self._stream.ask(self._site.address, f"/export/{export['id']}")
            if beat.due():
                self._log.info("Export %s is still being made.", export["id"])
        return export

    def download(self, export: Mapping[str, Any]) -> tuple[str, BinaryIO]:
        """Fetch the file of a finished export, again if the transfer breaks or the hash is wrong.

        Returns:
            The file's name, and the file itself at its beginning. It has no name in the file
            system and is gone when closed.

        Raises:
            ExportError: The file is gone.
            RetriableAPIError: The transfer was damaged each time.
        """
        return self._stream.retrying(self._fetch)(export)

    def _fetch(self, export: Mapping[str, Any]) -> tuple[str, BinaryIO]:
        path = f"/export/{export['id']}/download"
        try:
            response = self._stream.once("GET", self._site.address, path)
        except (AnswerError, RetriableAPIError) as error:
            if _says_gone(error, export):
                self.forget()
                raise ExportError(
                    f"the file of export {export['id']} is gone, the server keeps it for 24 hours. "
                    f"The next run asks for a new one. {error}",
                ) from error
            raise
        with response:
            if response.status_code != HTTPStatus.OK:
                raise RetriableAPIError(describe(response), response)
            name = _file_name(response, export)
            return name, _spooled(response, name, export["hash"])


def _says_gone(error: AnswerError | RetriableAPIError, export: Mapping[str, Any]) -> bool:
    """Tell whether a download was refused because the file was removed.

    For files that have had their time the server says so with the status 500, which for younger
    ones means that something else went wrong.
    """
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        finished_at = datetime.fromisoformat(export["finished_at"])
        return datetime.now(UTC) - finished_at > KEPT_FOR
    return status in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}


def _is_stuck(export: Mapping[str, Any], age: timedelta, time_out: int) -> bool:
    """Tell whether an export has failed, or will never be finished.

    A server that was stopped while it made an export leaves it unfinished for ever.
    """
    if export["finished_at"]:
        return False
    return bool(export["error"]) or age > max(LIMIT_WINDOW, timedelta(seconds=time_out))


def _refusal(error: AnswerError) -> str:
    if error.status == HTTPStatus.BAD_REQUEST and "format" in error.words:
        wanted = "omit" if "unknown parameter" in error.words else "send"
        return (
            f"the server's version could not be told from outside, and it answered: "
            f"{error.words}. Set 'export_format_parameter' to '{wanted}' and run the tap again in "
            "an hour, when the server grants the next export."
        )
    return str(error)


def _uncertain(error: Exception) -> ExportError:
    return ExportError(
        f"the request for an export failed, though the server may have begun one: {brief(error)} "
        "It was not repeated, because the server grants one per hour: run the tap again in an "
        "hour.",
    )


def _file_name(response: requests.Response, export: Mapping[str, Any]) -> str:
    found = FILE_NAME.search(response.headers.get("Content-Disposition", ""))
    return found[1] if found else f"export {export['id']}"


def _spooled(response: requests.Response, name: str, expected: str | None) -> BinaryIO:
    """Store a body in a private temporary file and compare its hash.

    The server drops transfers that take longer than a minute, so nothing is read from the body
    while targets are slow.
    """
    with storing(name):
        spool = private_file()
        try:
            found = _copy(response, spool)
            _compare(name, spool.tell(), found, expected)
            spool.seek(0)
        except BaseException:
            spool.close()
            raise
        return spool


def _copy(response: requests.Response, spool: BinaryIO) -> str:
    digest = hashlib.sha256()
    for chunk in response.iter_content(CHUNK):
        digest.update(chunk)
        spool.write(chunk)
    return f"sha256-{digest.hexdigest()}"


def _compare(name: str, size: int, found: str, expected: str | None) -> None:
    if expected is not None and found != expected:
        raise RetriableAPIError(
            f"the download of {name} is damaged: {size} bytes with the hash {found} instead of "
            f"{expected}. The server keeps the file for 24 hours: run the tap again within that "
            "time.",
        )
