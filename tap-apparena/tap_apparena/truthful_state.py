"""State that tells the truth: a bookmark never claims a record that was not yet written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_sdk.singerlib.catalog import REPLICATION_INCREMENTAL
from singer_sdk.streams import Stream
from typing_extensions import override

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record


class TruthfulStream(Stream):
    """A stream that moves its bookmarks itself, once what they stand for has been written."""

    @property
    @override
    def emit_activate_version_messages(self) -> bool:
        """Whether the SDK sends ACTIVATE_VERSION, which it does before the rows."""
        return False

    def bookmark(self, context: Context | None) -> Any:
        """Give the value up to which was read before; None for everything."""
        if self.replication_method != REPLICATION_INCREMENTAL:
            return None
        return self.get_context_state(context).get("replication_key_value")

    def advance_bookmark(self, context: Context | None, value: Any) -> None:
        """Note that all records up to `value` have been written, and say so to the target."""
        state = self.get_context_state(context)
        if self.replication_method == REPLICATION_INCREMENTAL:
            state["replication_key"] = self.replication_key
            state["replication_key_value"] = value
        self.write_state()

    def write_state(self) -> None:
        """Write a STATE message, which the SDK does only at the end of a stream.

        When records go out in files, the last file is still to come: then the SDK writes it.
        """
        if self.get_batch_config(self.config) is None:
            self._tap.state_writer.write_state(self.tap_state)

    @override
    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Leave the bookmark alone, which only `advance_bookmark` may move.

        The SDK would move it with each record, though a record says nothing about those after it.
        """
