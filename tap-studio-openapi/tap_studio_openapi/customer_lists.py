"""The customers of one studio, status by status, and where a later run can go on in them.

Source: the API's documentation, ``GET /v1/customers``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from singer_tapkit import checkpoint
from singer_tapkit.errors import ApiError
from tap_studio_openapi.declarations import DECLARATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence

    from singer_tapkit.checkpoint import Checkpoint
    from tap_studio_openapi.studios import Studio, StudioApi

logger = logging.getLogger(__name__)

PATH: Final = DECLARATIONS["customers"].path
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
        next: Where to go on once they are written; None behind the last one.
        is_unknown_status: Whether the server does not know the status.
    """

    status: str
    rows: list[dict[str, Any]]
    next: Position | None
    is_unknown_status: bool = False


class OldCheckpoint(msgspec.Struct):
    """A checkpoint as an earlier version kept it."""

    status: str
    offset: str | None
    begun: datetime
    written: datetime
    settings: str


def read_customers(
    api: StudioApi, studio: Studio, statuses: Sequence[str], start: Position | None = None
) -> Iterator[Page]:
    """Yield the customers of a studio; threads call this.

    Args:
        api: Reads from the studios.
        studio: Whose customers are to be read.
        statuses: Which ones, in order.
        start: Where to begin, None for the beginning.

    Raises:
        ExtractionError: The rest cannot be read.
    """
    position: Position | None = start or Position(statuses[0])
    while position:
        for page in _read_status(api, studio, statuses, position):
            yield page
            position = page.next


def _read_status(
    api: StudioApi, studio: Studio, statuses: Sequence[str], start: Position
) -> Iterator[Page]:
    """Yield the customers of one status from a position on."""
    status, has_begun = start.status, False
    query = {"customerStatus": status}
    try:
        for chunk in api.read_chunks(
            studio, PATH, query, slice_size=SLICE_SIZE, offset=start.offset
        ):
            has_begun = True
            yield Page(status, chunk.result, _next_position(status, chunk.next_offset, statuses))
    except ApiError as error:
        if error.status != HTTPStatus.BAD_REQUEST or has_begun:
            raise
        if start.offset is not None:
            logger.warning("%s refuses its last offset: its customers are read anew.", studio)
            yield Page(status, [], Position(statuses[0]))
        elif status not in OLDEST_STATUSES:
            following = _next_position(status, None, statuses)
            yield Page(status, [], following, is_unknown_status=True)
        else:
            raise


def _next_position(status: str, offset: str | None, statuses: Sequence[str]) -> Position | None:
    """Return where to go on, None behind the last chunk of the last status."""
    if offset is not None:
        return Position(status, offset)
    following = statuses[statuses.index(status) + 1 :]
    return Position(following[0]) if following else None


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
