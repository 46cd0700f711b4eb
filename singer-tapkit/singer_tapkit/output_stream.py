"""A stream that writes: as messages, many at once, or in files, and all of them alike.

What the SDK does otherwise:

* It has no way to write many records at once.
* It passes stream maps and the selection of fields over where records go out in files.
* It leaves objects that are null in flattened records, as fields that the schema lacks.
* It writes the state at the end of a stream alone, or after so many records.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from singer_sdk import metrics
from singer_sdk.contrib.msgspec import encoder
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib import RecordMessage
from singer_sdk.streams import Stream
from typing_extensions import override

from singer_tapkit.batch_files import BatchFileWriter, encode_records, supports_batch_files
from singer_tapkit.errors import ExtractionError
from singer_tapkit.message_writer import MessageWriter, encode_messages, read_batches
from singer_tapkit.meters import RecordCounter
from singer_tapkit.run_state import IndexedStateManager, pace_states

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator, Sequence

    from singer_sdk import Tap
    from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchConfig
    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.streams._state import StreamStateManager

T = TypeVar("T")


class OutputStream(Stream):
    """A stream that writes its records and its state by itself where the SDK's way is not enough.

    Its records fit the schema when they come, so that the SDK makes none of them fit.

    Attributes:
        counter_class: What counts its records.
    """

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    STATE_MSG_FREQUENCY = sys.maxsize
    counter_class: ClassVar[type[RecordCounter]] = RecordCounter

    def __init__(self, tap: Tap, schema: dict[str, Any], *, name: str | None = None) -> None:
        """Prepare to write records of a JSON Schema; the name is needed if the class has none."""
        super().__init__(tap, schema=schema, name=name)
        tags = {metrics.Tag.STREAM: self.name}
        self._record_counter = self.counter_class(metrics.Metric.RECORD_COUNT, tags)
        self._batch_counter = super().get_batch_counter()
        self._state_writer = pace_states(tap)
        writer = tap.message_writer
        self._message_writer = writer if isinstance(writer, MessageWriter) else MessageWriter()

    def write_state(self, *, at_once: bool = False) -> None:
        """Let a STATE message say what has changed, some seconds after the one before.

        It is written now, with a later record or partition, or at the end of the stream. It waits
        for the next BATCH message if records stand in a file that none names yet.

        Args:
            at_once: Whether it cannot wait, as what it says would be costly to lose.
        """
        self._state_writer.write_change(self.tap_state, at_once=at_once)

    def write_pending_state(self) -> None:
        """Write a STATE message if there is a change that had to wait, and it is time."""
        self._state_writer.write_pending(self.tap_state)

    @cached_property
    @override
    def state_manager(self) -> StreamStateManager:
        return IndexedStateManager(
            tap_name=self.tap_name,
            stream_name=self.name,
            tap_state=self._tap_state,
            state_partitioning_keys=self.state_partitioning_keys,
            is_sorted=self.is_sorted,
            check_sorted=self.check_sorted,
        )

    def supports_fast_write(self) -> bool:
        """Return whether records reach the target just as they are, so that many go at once."""
        config = self.get_batch_config(self.config)
        if config is not None and not supports_batch_files(config):
            return False
        return (
            self.ABORT_AT_RECORD_COUNT is None
            and all(self.mask.values())
            and [type(stream_map) for stream_map in self.stream_maps] == [SameRecordTransform]
            and not self.stream_maps[0].flattening_enabled
            and self._message_writer is self._tap.message_writer
        )

    def write_records(
        self, fields: Sequence[str], rows: Iterable[Sequence[Any]], version: int | None = None
    ) -> None:
        """Write many records at once, while the SDK reads this stream's records.

        They go out as RECORD messages, or in files if the settings want that.

        Args:
            fields: The names of the fields.
            rows: The values in the order of `fields`, fit for the schema.
            version: The version of the table, None without versions, and for files.
        """
        if self._batch_files is not None:
            self._write_to_files(self._batch_files, fields, rows)
            return
        for records in read_batches(fields, rows):
            lines = encode_messages(records, self.stream_maps[0].stream_alias, version)
            self._message_writer.write_lines(lines)
            self.state_manager.is_flushed = False
            self._count_written(len(records))

    def _write_to_files(
        self, files: BatchFileWriter, fields: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        def encode(rows_of_a_file: Iterable[Sequence[Any]]) -> Iterator[bytes]:
            for records in read_batches(fields, rows_of_a_file):
                yield encoder.encode_lines(records)
                self._count_written(len(records))

        try:
            files.write(self._note_unnamed(rows), encode, self._announce_file)
        finally:  # rows that could not be read to their end are in no file
            self._state_writer.unannounced.discard(self.name)

    @override
    def get_batches(
        self, batch_config: BatchConfig, context: Context | None = None
    ) -> Iterator[tuple[BaseBatchFileEncoding, list[str]]]:
        """Write files of records and their messages; yield what the SDK writes instead of that.

        Raises:
            ExtractionError: Stream maps make several streams of this one.
        """
        if self._batch_files is None:
            yield from super().get_batches(batch_config, context)
            return
        if len(self.stream_maps) > 1:
            raise ExtractionError(
                f"'stream_maps' makes several streams of {self.name}, and 'batch_config' has files "
                "that hold the records of one. Remove one of the two settings."
            )
        records = self._map_records(self._sync_records(context, write_messages=False))
        self._batch_files.write(records, encode_records, self._announce_file)
        self._write_state_message()

    def _count_written(self, count: int) -> None:
        self._record_counter.increment(count)
        self.write_pending_state()

    @override
    def _write_record_message(self, record: Record) -> None:
        super()._write_record_message(record)
        self.write_pending_state()

    def begin_version(self, version: int | None) -> None:
        """Let records that are yielded from now on belong to a version of the table, if any."""
        self._stream_version = version

    def activate_version(self, version: int) -> None:
        """Let the target drop all rows of other versions, once those of this one are written."""
        self._write_activate_version_message(version)

    @property
    @override
    def emit_activate_version_messages(self) -> bool:
        """Whether the SDK sends ACTIVATE_VERSION, which it does before the rows."""
        return False

    @property
    def records_read(self) -> int:
        """How many records there were so far."""
        return self._record_counter.total

    @override
    def get_record_counter(self, **_: Any) -> metrics.Counter:
        return self._record_counter

    @cached_property
    def _batch_files(self) -> BatchFileWriter | None:
        """What writes files of records; None if records go out as messages, or by the SDK."""
        config = self.get_batch_config(self.config)
        if config is None or not supports_batch_files(config):
            return None
        hold_signals = self._message_writer.hold_signals
        return BatchFileWriter(config, f"{self.tap_name}--{self.name}", hold_signals)

    def _map_records(self, records: Iterable[Record]) -> Iterator[Record]:
        """Apply the stream map and the selection of fields, which the SDK does not for files."""
        for record in records:
            for message in self._generate_record_messages(record):
                yield from self._note_unnamed((message.record,))

    def _note_unnamed(self, records: Iterable[T]) -> Iterator[T]:
        for record in records:
            self._state_writer.unannounced.add(self.name)
            yield record

    def _announce_file(self, address: str) -> None:
        config = self.get_batch_config(self.config)
        if config is not None:
            self._write_batch_message(config.encoding, [address])
        self._state_writer.unannounced.discard(self.name)
        self._batch_counter.increment()
        self._write_state_message()

    @override
    def get_batch_counter(self) -> metrics.Counter:
        return self._batch_counter

    @override
    def _generate_record_messages(self, record: Record) -> Generator[RecordMessage]:
        """Yield the RECORD messages for a record.

        The SDK looks for deselected fields in each record, which costs a sixth of all time; where
        none is deselected, the messages are the same without.
        """
        if self._flat_fields:
            for message in super()._generate_record_messages(record):
                message.record = _drop_null_objects(
                    message.record, self._flat_fields[message.stream]
                )
                yield message
            return
        if not self._has_all_fields:
            yield from super()._generate_record_messages(record)
            return
        for stream_map in self.stream_maps:
            mapped = stream_map.transform(record)
            if mapped is not None:
                yield RecordMessage(
                    stream=stream_map.stream_alias,
                    record=mapped,
                    version=self._stream_version,
                    time_extracted=datetime.now(UTC),
                )

    @cached_property
    def _flat_fields(self) -> dict[str, Collection[str]]:
        """The fields of each flattened schema, by the stream's name behind its stream map."""
        return {
            stream_map.stream_alias: stream_map.transformed_schema.get("properties", {})
            for stream_map in self.stream_maps
            if stream_map.flattening_enabled
        }

    @cached_property
    def _has_all_fields(self) -> bool:
        is_unconverted = self.TYPE_CONFORMANCE_LEVEL is TypeConformanceLevel.NONE
        return is_unconverted and all(self.mask.values())


def _drop_null_objects(record: Record, fields: Collection[str]) -> Record:
    """Return a flattened record without the objects that are null.

    The SDK's flattening replaces an object by its fields, but leaves it in place where it is null.
    """
    return {name: value for name, value in record.items() if value is not None or name in fields}
