"""Checkpoints of version 0.1, which later versions go on from.

That version read lists from the oldest row on: all rows up to an id had come.
"""

from __future__ import annotations

import hashlib
import sys
from datetime import datetime  # noqa: TC003 - msgspec reads the annotation
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from singer_tapkit import checkpoint
from tap_apparena.pagination import Position

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

OLD_CHECKPOINT: Final = "tap_apparena_resume"


class OldCheckpoint(msgspec.Struct):
    """How far a list was read.

    Attributes:
        last_id: The highest id so far.
        order: The option by which rows were ordered, such as ``orderasc=appId``.
        digest: That of the settings and fields of the run.
        written_at: When it was written.
    """

    last_id: int
    order: str
    digest: str
    written_at: Annotated[datetime, msgspec.Meta(tz=True)]


def convert(
    state: MutableMapping[str, Any],
    config: Mapping[str, Any],
    selected: Mapping[str, list[str]],
    *,
    settings: str,
) -> bool:
    """Replace the old checkpoint in the state of a stream by a present one.

    Args:
        state: The state of the stream.
        config: The settings that decide which records there are.
        selected: The fields that are read, by stream.
        settings: The digest of the two for a present checkpoint.

    Returns:
        False if there was one that is not proved to hold for these settings and fields.
    """
    value = state.pop(OLD_CHECKPOINT, None)
    if value is None:
        return True
    try:
        old = msgspec.convert(value, OldCheckpoint)
    except msgspec.ValidationError:
        return False
    ascending = old.order.partition("=")[0]
    order_style = ascending.partition("[")[0]
    encoded = msgspec.json.encode(
        ({**config, "order_style": order_style}, selected), order="sorted"
    )
    if old.digest != hashlib.sha256(encoded).hexdigest():
        return False
    position = Position(
        page=sys.maxsize,
        first_id=old.last_id,
        last_id=-sys.maxsize,
        order=ascending.replace("asc", "desc").replace("ASC", "DESC"),
    )
    state[checkpoint.CHECKPOINT] = msgspec.to_builtins(
        checkpoint.Checkpoint(position, settings, old.written_at, old.written_at)
    )
    return True
