"""The state during a run: found by partition at once, written in proportion to the work.

What the SDK does otherwise: it looks for a partition among all others several times per record, and
each message takes a copy of the whole state. With a message per partition, bytes and time grow with
the square of the partitions.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import msgspec
from singer_sdk.contrib.msgspec import encoder
from singer_sdk.helpers._state import SIGNPOST_MARKER, STARTING_MARKER, StateWriter
from singer_sdk.singerlib.encoding.simple import StateMessage
from singer_sdk.streams._state import StreamStateManager
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context
    from singer_sdk.singerlib.encoding.base import GenericSingerWriter

MIN_STATE_INTERVAL: Final = 5.0
"""Seconds between STATE messages that nothing else asks for."""

STATE_BYTES_PER_INTERVAL: Final = 100_000
"""Larger states are written less often, as their bytes would grow with the square otherwise."""

TRANSIENT_KEYS: Final = frozenset({STARTING_MARKER, SIGNPOST_MARKER})
"""What the SDK keeps in the state of a partition while it is read, and sets anew in each run."""


class PacedStateWriter(StateWriter):
    """Writes the state of a tap: at once, or when its time has come.

    Attributes:
        interval: Seconds between messages of a small state.
        unannounced: The streams whose last records stand in a file that no BATCH message names yet.
            A change of the state waits for that, as it may claim them.
    """

    interval: float = MIN_STATE_INTERVAL

    def __init__(
        self,
        message_writer: GenericSingerWriter[Any, Any],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Write nothing yet; the first change is due at once."""
        super().__init__(message_writer)
        self._clock = clock
        self._due_at = clock()
        self.unannounced: set[str] = set()
        self._has_pending_change = False
        self._last_content = b""

    @override
    def write_state(self, state: Mapping[str, Any]) -> None:
        """Write the state at once, unless the last message says the same."""
        compact = compact_state(state)
        content = encoder.encode(compact)
        if content != self._last_content:
            self._message_writer.write_message(StateMessage(value=compact))
            self._last_content = content
            intervals = max(1.0, len(content) / STATE_BYTES_PER_INTERVAL)
            self._due_at = self._clock() + intervals * self.interval
        self._has_pending_change = False

    def write_change(self, state: Mapping[str, Any], *, at_once: bool = False) -> None:
        """Write a state that has changed at once, or when it is due by `write_pending`."""
        self._has_pending_change = True
        if at_once:
            self._due_at = self._clock()
        self.write_pending(state)

    def write_pending(self, state: Mapping[str, Any]) -> None:
        """Write the state if it has changed and it is time."""
        if self._has_pending_change and not self.unannounced and self._clock() >= self._due_at:
            self.write_state(state)


def pace_states(tap: Tap) -> PacedStateWriter:
    """Return what writes the states of a tap, which takes the place of the SDK's writer."""
    writer = tap.state_writer
    if not isinstance(writer, PacedStateWriter):
        writer = tap._state_writer = PacedStateWriter(tap.message_writer)  # noqa: SLF001
    return writer


class IndexedStateManager(StreamStateManager):
    """Finds the state of a partition without a search through all of them."""

    def __init__(self, **options: Any) -> None:
        """Index nothing yet."""
        super().__init__(**options)
        self._index: dict[bytes, dict[str, Any]] = {}
        self._indexed = (0, 0)

    @override
    def get_context_state(self, context: Context | None) -> dict[str, Any]:
        partition = self.get_state_partition_context(context)
        if not partition:
            return self.stream_state
        partitions: list[dict[str, Any]] = self.stream_state.setdefault("partitions", [])
        self._update_index(partitions)
        key = make_partition_key(partition)
        if key not in self._index:
            self._index[key] = {"context": dict(partition)}
            partitions.append(self._index[key])
            self._indexed = (id(partitions), len(partitions))
        return self._index[key]

    def _update_index(self, partitions: list[dict[str, Any]]) -> None:
        """Index all partitions, if others than this have changed the list."""
        if self._indexed != (id(partitions), len(partitions)):
            self._index = {make_partition_key(entry["context"]): entry for entry in partitions}
            self._indexed = (id(partitions), len(partitions))


def make_partition_key(context: Mapping[str, Any]) -> bytes:
    """Return what is the same for equal contexts, in any order of their names."""
    return msgspec.json.encode(dict(context), order="deterministic")


def compact_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a state without what the next run has no use for.

    That is what the SDK notes while it reads, and partitions of which nothing is known.
    """
    bookmarks = {name: _compact_stream(entry) for name, entry in state.get("bookmarks", {}).items()}
    return {**state, "bookmarks": bookmarks}


def _compact_stream(entry: Mapping[str, Any]) -> dict[str, Any]:
    compact = _drop_transient(entry)
    partitions = [_drop_transient(partition) for partition in compact.pop("partitions", ())]
    if kept := [partition for partition in partitions if len(partition) > 1]:
        compact["partitions"] = kept
    return compact


def _drop_transient(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in TRANSIENT_KEYS}
