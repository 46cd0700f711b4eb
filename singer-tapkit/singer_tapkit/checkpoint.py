"""Keep a resume position in the state of a partition, for a run that follows a killed one.

A checkpoint is used only if it is recent, was saved under the same settings, and is well-formed.
Anything else in its place counts as no checkpoint, and the read starts at its beginning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import MutableMapping

CHECKPOINT = "checkpoint"
"""The key in the state of a partition."""

Position = TypeVar("Position")
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Checkpoint(msgspec.Struct, Generic[Position], frozen=True):
    """A position up to which every record was written.

    Attributes:
        position: Where to go on.
        settings: The digest of the settings under which it was saved.
        started_at: When the first of the runs began that have read up to there.
        saved_at: When it was saved.
    """

    position: Position
    settings: str
    started_at: Instant
    saved_at: Instant


def save(
    state: MutableMapping[str, Any], position: object, *, settings: str, started_at: datetime
) -> None:
    """Put a checkpoint into the state of a partition.

    Args:
        state: Of the partition.
        position: Where to go on: a `msgspec.Struct`, a dataclass, or a mapping of plain values.
        settings: The digest of the settings that decide which records there are.
        started_at: When the first of the runs began that have read up to there.
    """
    saved = Checkpoint(position, settings, started_at, datetime.now(UTC))
    state[CHECKPOINT] = msgspec.to_builtins(saved)


def load(
    state: Mapping[str, Any],
    position_type: type[Position],
    *,
    settings: str,
    max_age: timedelta,
) -> Checkpoint[Position] | None:
    """Return the checkpoint in the state of a partition.

    Returns:
        None unless it is younger than `max_age`, saved under settings of the same digest, and
        well-formed.
    """
    try:
        found: Checkpoint[Position] = msgspec.convert(
            state.get(CHECKPOINT),
            Checkpoint[position_type],  # type: ignore[valid-type]
        )
    except msgspec.ValidationError:
        return None
    age = datetime.now(UTC) - found.saved_at
    is_recent = timedelta() <= age < max_age and found.started_at <= found.saved_at
    return found if is_recent and found.settings == settings else None


def clear(state: MutableMapping[str, Any]) -> None:
    """Remove the checkpoint from the state of a partition, if there is one."""
    state.pop(CHECKPOINT, None)


def settings_digest(settings: Any) -> str:
    """Return a short text that is the same for equal settings, in every run.

    These are mappings, lists, sets and plain values; others count by their text.
    """
    canonical = json.dumps(settings, sort_keys=True, default=_to_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _to_plain(value: object) -> Any:
    match value:
        case Mapping():
            return dict(value)
        case AbstractSet():
            return sorted(value, key=repr)
        case _:
            return str(value)
