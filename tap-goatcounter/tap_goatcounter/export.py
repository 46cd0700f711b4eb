"""Make an export, wait for it, and keep it in the state until its rows have been written.

A server makes one export per hour and client address, and keeps its file for a day. A run that was
cut short is therefore followed by one that takes the same export up again.
Source: GoatCounter's API documentation, ``/export``, and its help page on exports.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from singer_tapkit import checkpoint
from singer_tapkit.errors import ApiError, ExtractionError, InvalidResponseError, RequestError
from tap_goatcounter.export_file import RETENTION, Export, FileGoneError, download_file

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping

    from requests import Response

    from tap_goatcounter.client import GoatCounterClient
    from tap_goatcounter.export_file import ExportFile
    from tap_goatcounter.sites import Site

OLD_CHECKPOINT: Final = "export"
"""Where the first version of the tap kept an export in the state."""

LIMIT_WINDOW: Final = timedelta(hours=1)
MAX_LIMIT_WAIT: Final = 24 * 3600.0
MIN_POLL_PAUSE: Final = 1.0
MAX_POLL_PAUSE: Final = 10.0
LOG_INTERVAL: Final = 30.0


class ExportNotReadyError(ExtractionError):
    """There is no export now; a later run can have one."""

    is_transient = True


class ExportNotDueError(ExportNotReadyError):
    """The server has granted its hourly export to an earlier run, or to another program."""


class _Position(msgspec.Struct):
    export_id: int


class _OldCheckpoint(msgspec.Struct):
    """The same as the first version of the tap kept it."""

    id: int
    asked_at: datetime


class ExportJob:
    """Makes the exports of one site on behalf of one stream."""

    def __init__(
        self,
        client: GoatCounterClient,
        site: Site,
        state: dict[str, Any],
        *,
        config: Mapping[str, Any],
        write_state: Callable[[], None],
        logger: logging.Logger,
    ) -> None:
        """Make exports of `site`, and keep them in the state of a partition while needed."""
        self._client = client
        self._site = site
        self._state = state
        self._timeout: int = config["export_timeout_seconds"]
        self._waits_for_limit: bool = config["wait_for_export_limit"]
        self._write_state = write_state
        self._logger = logger

    def get_or_create(
        self, body: Mapping[str, Any], is_reusable: Callable[[Export], bool]
    ) -> Export:
        """Return a finished export: the one that an earlier run asked for, or else a new one.

        Args:
            body: What to ask for, without `format` where the server does not take it.
            is_reusable: Whether an earlier run's export has what is needed now.

        Raises:
            ExportNotDueError: The server grants the next export later, and nobody is to wait.
            ExtractionError: The export was refused, failed, or took too long.
        """
        return self._wait(self._resume(is_reusable) or self._create(body))

    def download(self, export: Export) -> ExportFile:
        """Return the file of a finished export; an export whose file is gone is dropped.

        Raises:
            ExtractionError: The file is gone, cannot be stored, or was damaged each time.
        """
        try:
            return download_file(self._client, self._site.credentials, export)
        except FileGoneError:
            self.discard()
            raise

    def confirm(self, export: Export) -> None:
        """Request a finished export once more, as where it ends becomes the bookmark.

        Raises:
            ExtractionError: The server says something else now.
        """
        if self.find(export.id) != export:
            raise InvalidResponseError(
                f"the server describes export {export.id} otherwise when it is asked again. The "
                "bookmark stays where it was. Run the tap again."
            )

    def discard(self) -> None:
        """Drop the export from the state, from the next STATE message on."""
        checkpoint.clear(self._state)
        self._state.pop(OLD_CHECKPOINT, None)

    def _resume(self, is_reusable: Callable[[Export], bool]) -> Export | None:
        """Return the export that an earlier run asked for, None if it is of no more use."""
        found = self._load_checkpoint()
        if found:
            export_id, asked_at = found
            export = self.find(export_id)
            age = datetime.now(UTC) - asked_at
            if export and is_reusable(export) and not self._is_stuck(export, age):
                self._logger.info("Taking up export %s of %s again.", export_id, self._site)
                return export
        self.discard()
        return None

    def _load_checkpoint(self) -> tuple[int, datetime] | None:
        """Return the export in the state and when it was asked for, None if there is none."""
        found = checkpoint.load(
            self._state, _Position, settings=self._settings_digest, max_age=RETENTION
        )
        if found:
            return found.position.export_id, found.saved_at
        try:
            old = msgspec.convert(self._state.get(OLD_CHECKPOINT), _OldCheckpoint)
        except msgspec.ValidationError:
            return None
        asked_at = old.asked_at.replace(tzinfo=old.asked_at.tzinfo or UTC)
        is_recent = timedelta() <= datetime.now(UTC) - asked_at < RETENTION
        return (old.id, asked_at) if is_recent else None

    @property
    def _settings_digest(self) -> str:
        """The server, where alone the export's id means something."""
        return checkpoint.settings_digest(self._site.credentials.url)

    def find(self, export_id: int) -> Export | None:
        """Return an export of this site, None if the server does not know it.

        The server keeps the descriptions of exports, though not their files.
        """
        try:
            return self._client.read(self._site.credentials, f"/export/{export_id}", Export)
        except ApiError as error:
            if error.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}:
                raise
            return None

    def _is_stuck(self, export: Export, age: timedelta) -> bool:
        """Return whether an export has failed, or will never be finished.

        A server that was stopped while it made an export leaves it unfinished for ever.
        """
        max_age = max(LIMIT_WINDOW, timedelta(seconds=self._timeout))
        return bool(export.error) or (export.finished_at is None and age > max_age)

    def _create(self, body: Mapping[str, Any]) -> Export:
        response = self._post(body)
        self._client.has_exported = True
        export = self._client.decode(response, Export)
        checkpoint.save(
            self._state,
            _Position(export.id),
            settings=self._settings_digest,
            started_at=datetime.now(UTC),
        )
        self._write_state()
        self._logger.info("Asked %s for export %s.", self._site, export.id)
        return export

    def _post(self, body: Mapping[str, Any]) -> Response:
        """Send the request that the server grants once an hour."""
        while True:
            try:
                return self._client.post(self._site.credentials, "/export", body)
            except ApiError as error:
                if error.status == HTTPStatus.TOO_MANY_REQUESTS:
                    self._wait_for_limit(error)
                elif error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise ExtractionError(_refusal_message(error)) from error
                else:
                    raise _uncertain_error(error) from error
            except RequestError as error:
                raise _uncertain_error(error) from error

    def _wait_for_limit(self, error: ApiError) -> None:
        """Sleep until the server grants the next export, if the settings want that.

        Raises:
            ExportNotDueError: They do not, and another run can read what this one leaves.
            ExtractionError: They do not, though each run would spend the export on something else
                first; or the server will never grant one.
        """
        asked = LIMIT_WINDOW.total_seconds() if error.retry_after is None else error.retry_after
        seconds = min(asked, MAX_LIMIT_WAIT)
        if seconds < 0:
            raise ExtractionError(
                "the server refuses every export, as its rate limit for exports is set to 'none'. "
                "Start it with -ratelimit export:1/3600 or without that part."
            ) from error
        if not self._waits_for_limit:
            limit = (
                "the server makes one export per hour for all sites and programs behind one "
                f"address, and the next in {seconds / 60:.0f} minutes"
            )
            if self._client.has_exported:
                raise ExtractionError(
                    f"{limit}. This run has spent the one of this hour on another stream or site, "
                    "and so would the next: set 'wait_for_export_limit' to true, or run the tap "
                    "for each by itself."
                ) from error
            due = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%H:%M")
            raise ExportNotDueError(
                f"{limit}, at {due} UTC. Nothing is lost: a run after that reads what is new. "
                "To wait for it instead, set 'wait_for_export_limit' to true."
            ) from error
        self._logger.info(
            "Waiting %.0f minutes for the next export that the server grants.", seconds / 60
        )
        self._write_state()
        time.sleep(seconds + 1)

    def _wait(self, export: Export) -> Export:
        """Poll until the server has made the file."""
        start = logged = time.monotonic()
        pause = MIN_POLL_PAUSE
        while export.error or export.finished_at is None:
            if export.error:
                self.discard()
                raise ExportNotReadyError(
                    f"the server failed to make export {export.id}: {export.error}. The next run "
                    "asks for a new one; look into the server's log if that fails, too."
                )
            left = start + self._timeout - time.monotonic()
            if left <= 0:
                raise ExportNotReadyError(
                    f"export {export.id} was not finished within {self._timeout} seconds. The "
                    "next run waits for it again, or asks for a new one when an hour has passed. "
                    "For a very large site raise 'export_timeout_seconds'."
                )
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, MAX_POLL_PAUSE)
            export = self._client.read(self._site.credentials, f"/export/{export.id}", Export)
            if time.monotonic() - logged >= LOG_INTERVAL:
                logged = time.monotonic()
                self._logger.info("Export %s is still being made.", export.id)
        return export


def _refusal_message(error: ApiError) -> str:
    if error.status == HTTPStatus.BAD_REQUEST and "format" in error.detail:
        value = "omit" if "unknown parameter" in error.detail else "send"
        return (
            f"the server's version could not be found out, and it answered: "
            f"{error.detail}. Set 'export_format_parameter' to '{value}' and run the tap again in "
            "an hour, when the server grants the next export."
        )
    return str(error)


def _uncertain_error(error: RequestError) -> ExportNotReadyError:
    return ExportNotReadyError(
        f"the request for an export failed, though the server may have begun one: {error} It was "
        "not repeated, because the server grants one per hour: run the tap again in an hour."
    )
