"""The customers of one studio, status by status, and where a later run can go on in them.

Source: the API's documentation, ``GET /v1/customers``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from singer_tapkit import checkpoint
from singer_tapkit.errors import ApiError

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator, MutableMapping, Sequence

    from singer_tapkit.checkpoint import Checkpoint
    from tap_studio_openapi.studios import Studio, StudioApi

PATH: Final = "/v1/customers"
SLICE_SIZE: Final = 500
OLDEST_STATUSES: Final = {"MEMBER", "PROSPECT"}
"""Those that every server knows."""
MAX_CHECKPOINT_AGE: Final = timedelta(hours=6)
OLD_CHECKPOINT: Final = "resume_point"
"""The key of the checkpoint in the state of an earlier version."""


class Position(msgspec.Struct, frozen=True):
    """A position in the customers of a studio.

    Attributes:
        status: Which status is being read.
        offset: Where to go on, as the server named it; None at the beginning.
    """

    status: str
    offset: str | None = None


@dataclass(frozen=True)
class Page:
    """Customers that come one right after the other.

    Attributes:
        status: The status that was asked for.
        rows: The customers.
        next: Where to go on once they are written; None where that is not to be kept.
        is_last: Whether all customers have come with this page.
        is_unknown_status: Whether the server does not know the status.
    """

    status: str
    rows: list[dict[str, Any]]
    next: Position | None
    is_last: bool = False
    is_unknown_status: bool = False


class OldCheckpoint(msgspec.Struct):
    """A checkpoint as an earlier version kept it."""

    status: str
    offset: str | None
    begun: datetime
    written: datetime
    settings: str


class CustomerList:
    """Reads the customers of one studio."""

    def __init__(
        self, api: StudioApi, studio: Studio, statuses: Sequence[str], logger: logging.Logger
    ) -> None:
        """Read nothing yet.

        Args:
            api: Reads from the studios.
            studio: Whose customers are to be read.
            statuses: Which ones, in order.
            logger: Logs what a server does not know.
        """
        self._api = api
        self._studio = studio
        self._statuses = statuses
        self._logger = logger

    def read(self, start: Position | None = None) -> Iterator[Page]:
        """Yield the customers from a position on; threads call this.

        Raises:
            ExtractionError: The rest cannot be read.
        """
        first = start or Position(self._statuses[0])
        for status in self._statuses[self._statuses.index(first.status) :]:
            offset = first.offset if status == first.status else None
            try:
                yield from self._read_status(status, offset)
            except _PositionRefusedError:
                self._logger.warning("%s does not take up its offset: starting over.", self._studio)
                yield from self.read()
                return
            yield self._end_of(status)

    def _read_status(self, status: str, offset: str | None) -> Iterator[Page]:
        is_first = True
        try:
            for chunk in self._api.read_chunks(
                self._studio,
                PATH,
                {"customerStatus": status},
                slice_size=SLICE_SIZE,
                offset=offset,
            ):
                has_position = chunk.next_offset is not None
                position = Position(status, chunk.next_offset) if has_position else None
                yield Page(status, chunk.result, position)
                is_first = False
        except ApiError as error:
            if error.status != HTTPStatus.BAD_REQUEST or not is_first:
                raise
            if offset is not None:
                raise _PositionRefusedError from error
            if status in OLDEST_STATUSES:
                raise
            yield Page(status, [], None, is_unknown_status=True)

    def _end_of(self, status: str) -> Page:
        """Return the empty page behind the last customer of a status."""
        following = self._statuses[self._statuses.index(status) + 1 :]
        if following:
            return Page(status, [], Position(following[0]))
        return Page(status, [], None, is_last=True)


class _PositionRefusedError(Exception):
    """The server does not take the offset of an earlier run."""


def load_checkpoint(
    state: MutableMapping[str, Any], settings: str, statuses: Sequence[str]
) -> Checkpoint[Position] | None:
    """Return where the run before was interrupted, None if that is of no use.

    Args:
        state: The state of a studio, in which one of an earlier version is replaced.
        settings: The digest of the present settings.
        statuses: The statuses that are to be read.
    """
    if OLD_CHECKPOINT in state:
        _convert_old_checkpoint(state)
    found = checkpoint.load(state, Position, settings=settings, max_age=MAX_CHECKPOINT_AGE)
    return found if found and found.position.status in statuses else None


def _convert_old_checkpoint(state: MutableMapping[str, Any]) -> None:
    try:
        old = msgspec.convert(state.pop(OLD_CHECKPOINT), OldCheckpoint)
    except msgspec.ValidationError:
        return
    converted = checkpoint.Checkpoint(
        Position(old.status, old.offset), old.settings, old.begun, old.written
    )
    state[checkpoint.CHECKPOINT] = msgspec.to_builtins(converted)
