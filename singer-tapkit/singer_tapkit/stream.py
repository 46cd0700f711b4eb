"""The stream that all others derive from: true bookmarks, partitions that fail alone, own schema.

What the SDK does otherwise, and why that loses data:

* It moves a bookmark with each record, though a record says nothing about those after it.
* It ends the run with the first partition that fails, and the state of those before is lost.
* It takes a stream's schema from a given catalog, which may have been made under other settings.
"""

from __future__ import annotations

import math
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from singer_sdk import metrics
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import RemoveRecordTransform
from singer_sdk.singerlib import RecordMessage, Schema
from singer_sdk.singerlib.catalog import REPLICATION_INCREMENTAL
from singer_sdk.streams import Stream
from typing_extensions import override

from singer_tapkit import fast_writer
from singer_tapkit.batch_files import BatchFileWriter, encode_records, supports_batch_files
from singer_tapkit.conformer import compile_conformer
from singer_tapkit.errors import ApiError, ExtractionError
from singer_tapkit.meters import RecordCounter, SyncTimer
from singer_tapkit.schemas import exclude_fields
from singer_tapkit.unknown_fields import UNKNOWN_FIELDS, UNKNOWN_FIELDS_SCHEMA

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Generator,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from singer_sdk import Tap
    from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchConfig
    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.singerlib import Catalog

    from singer_tapkit.failures import FailureCollector
    from singer_tapkit.row_reporter import UnknownFieldPolicy

T = TypeVar("T")

MAX_LOGGED_SKIPS: Final = 3


@dataclass
class PartitionStatus:
    """How the reading of a stream goes, as a whole or for one account.

    Attributes:
        is_over: Whether the rest would fail as well, so that nothing more is asked for.
        is_complete: Whether everything was read so far.
        failures_in_a_row: How many partitions have failed since the last that did not.
    """

    is_over: bool = False
    is_complete: bool = True
    failures_in_a_row: int = 0

    def end(self) -> None:
        """Note that the rest is left out."""
        self.is_over = True
        self.is_complete = False


class BaseStream(Stream):
    """A stream that reads its partitions each for itself, and moves its bookmarks by itself.

    Attributes:
        absences: The statuses by which the API says that something is not there, and what.
        final_statuses: The statuses after which all other partitions would fail as well.
        max_failures_in_a_row: How many partitions may fail one after the other before the rest is
            left out; None where they do not depend on the same thing.
        status: How the reading of the whole stream goes.
        skipped: How many parts were left out, by reason; the tap warns of them at the end.
        expected_skips: The same for what nobody can or need change, which is no warning.
    """

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    absences: ClassVar[Mapping[int, str]] = {}
    final_statuses: ClassVar[Collection[int]] = (HTTPStatus.UNAUTHORIZED,)
    max_failures_in_a_row: ClassVar[int | None] = 3

    def __init__(
        self,
        tap: Tap,
        schema: dict[str, Any],
        *,
        failures: FailureCollector,
        unknown_fields: UnknownFieldPolicy = "warn",
        excluded: frozenset[str] = frozenset(),
        name: str | None = None,
    ) -> None:
        """Prepare the schema, and compile what makes records fit it.

        Args:
            tap: The tap.
            schema: The JSON Schema of records, which this may change.
            failures: Where failures are collected.
            unknown_fields: What becomes of fields that the schema lacks.
            excluded: Fields that must not come out, such as personal data; named as
                `schemas.exclude_fields` has it.
            name: The name, if the class has none.
        """
        stream_name = name or self.name
        exclude_fields(schema, excluded, stream_name)
        if unknown_fields == "keep":
            schema["properties"][UNKNOWN_FIELDS] = UNKNOWN_FIELDS_SCHEMA
        super().__init__(tap, schema=schema, name=name)
        self.failures = failures
        self.status = PartitionStatus()
        self.conform = compile_conformer(
            schema,
            stream_name=stream_name,
            excluded=excluded,
            unknown_fields=unknown_fields,
            logger=self.logger,
        )
        self.skipped: Counter[str] = Counter()
        self.expected_skips: Counter[str] = Counter()
        self._record_counter: RecordCounter | None = None
        self._sync_timer: SyncTimer | None = None
        self._batch_counter: metrics.Counter | None = None
        self._has_unnamed_records = False

    def read(self, context: Context | None) -> Iterable[Record]:
        """Read the rows of one partition.

        Args:
            context: The partition, None if the stream has only one.

        Returns:
            The rows as the API sends them.

        Raises:
            ExtractionError: They cannot be read.
        """
        raise NotImplementedError

    def read_partitions(self, context: Context | None) -> Iterator[tuple[str, Iterable[Record]]]:
        """Yield what each partition is called in messages, and its rows, which are read later.

        By default it is one, of what `read` returns. A stream of which smaller parts are to fail
        alone than one context of the SDK overrides this instead of `read`.

        Args:
            context: The partition by the SDK, None if the stream has only one.

        Raises:
            ExtractionError: It cannot be told which partitions there are.
        """
        yield self.partition_name(context), _read_later(self.read, context)

    def conform_rows(self, rows: Iterable[Record], context: Context | None) -> Iterator[Record]:
        """Yield the records of the rows of one partition.

        When an overriding generator goes on after a ``yield``, that record has been written.

        Args:
            rows: The rows as they were read.
            context: The partition by the SDK.

        Raises:
            ExtractionError: A row cannot be read, or does not fit the schema.
        """
        del context
        return map(self.conform, rows)

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        """Yield the records of all partitions; what goes wrong in one ends it alone."""
        try:
            for partition, rows in self.read_partitions(context):
                if self.status.is_over:
                    break
                with self.isolate(partition, self.status):
                    yield from self.conform_rows(rows, context)
        except ExtractionError as error:
            self.handle_error(self.partition_name(context), self.status, error)
        if self.parent_stream_type is None:
            self.write_state()

    def partition_name(self, context: Context | None) -> str:
        """Return what a partition is called in messages, empty if the stream has only one."""
        return " ".join(str(value) for value in (context or {}).values())

    @contextmanager
    def isolate(self, partition: str, status: PartitionStatus) -> Iterator[None]:
        """Let a partition be absent or fail without harm to the others.

        Args:
            partition: What it is called in messages.
            status: What it belongs to.
        """
        try:
            yield
        except ExtractionError as error:
            self.handle_error(partition, status, error)
        else:
            status.failures_in_a_row = 0

    def handle_error(self, partition: str, status: PartitionStatus, error: ExtractionError) -> None:
        """Note that a partition is absent or has failed, and decide about the rest.

        Args:
            partition: What it is called in messages.
            status: What it belongs to.
            error: Why it could not be read.
        """
        code = error.status if isinstance(error, ApiError) else 0
        if code in self.absences:
            status.failures_in_a_row = 0
            self.record_skip(self.absences[code], f"{partition} {error}".strip())
            return
        status.is_complete = False
        status.failures_in_a_row += 1
        place = f"{self.name} of {partition}" if partition else self.name
        if code in self.final_statuses:
            status.end()
            self.record_failure(self.name, error)
        elif status.failures_in_a_row >= (self.max_failures_in_a_row or math.inf):
            status.end()
            rest = f" Stream aborted after {status.failures_in_a_row} consecutive failures."
            self.record_failure(place, error, rest)
        else:
            self.record_failure(place, error)

    def record_failure(self, place: str, error: ExtractionError | str, rest: str = "") -> None:
        """Note that something could not be read.

        Args:
            place: What.
            error: Why.
            rest: What becomes of the other partitions, if anything.
        """
        self.failures.record(place, error, stream=self.name, rest=rest)
        if isinstance(error, ExtractionError):
            self.logger.debug("Where it failed:", exc_info=error)

    def record_skip(self, reason: str, detail: str, *, is_expected: bool = False) -> None:
        """Note that something is left out as it should be; it is counted in the log at the end.

        Args:
            reason: What kind of thing.
            detail: Which one.
            is_expected: Whether nobody can or need do anything about it.
        """
        skips = self.expected_skips if is_expected else self.skipped
        skips[reason] += 1
        is_logged = skips[reason] <= MAX_LOGGED_SKIPS
        (self.logger.info if is_logged else self.logger.debug)("Skipped, %s: %s", reason, detail)

    def check_connection(self) -> bool:
        """Check that the stream may be read, if one request can tell.

        Returns:
            Whether it can; by default it cannot.

        Raises:
            ExtractionError: The stream may not be read.
        """
        return False

    def get_bookmark(self, context: Context | None) -> Any:
        """Return the value up to which was read before; None for everything."""
        if self.replication_method != REPLICATION_INCREMENTAL:
            return None
        return self.get_context_state(context).get("replication_key_value")

    def advance_bookmark(self, context: Context | None, value: Any) -> None:
        """Note that all records up to `value` have been written, and write the state."""
        state = self.get_context_state(context)
        if self.replication_method == REPLICATION_INCREMENTAL:
            state["replication_key"] = self.replication_key
            state["replication_key_value"] = value
        self.write_state()

    def write_state(self) -> None:
        """Write a STATE message, which the SDK does only at the end of a stream.

        It waits for the next BATCH message if records stand in a file that none names yet.
        """
        if not self._has_unnamed_records:
            self._tap.state_writer.write_state(self.tap_state)

    def supports_fast_write(self) -> bool:
        """Return whether records reach the target just as they are, so that many go at once."""
        config = self.get_batch_config(self.config)
        if config is not None and not supports_batch_files(config):
            return False
        return fast_writer.passes_records_unchanged(self)

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
        counter = self._record_counter
        on_batch = counter.increment if counter else None
        if self._batch_files is None:
            fast_writer.write_records(self, fields, rows, version=version, on_batch=on_batch)
            return
        encode = partial(fast_writer.encode_rows, fields, on_batch=on_batch)
        try:
            self._batch_files.write(self._note_unnamed(rows), encode, self._announce_file)
        finally:  # rows that could not be read to their end are in no file
            self._has_unnamed_records = False

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
        self._batch_files.write(records, encode_records, self._announce_records)
        self._write_state_message()

    def begin_version(self, version: int | None) -> None:
        """Let records that are yielded from now on belong to a version of the table.

        Args:
            version: The version, None without versions.
        """
        self._stream_version = version

    def activate_version(self, version: int) -> None:
        """Let the target drop all rows of other versions, once those of this one are written."""
        self._write_activate_version_message(version)

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        """Apply a catalog, but for its schema, which may have been made under other settings.

        Keys stay as they are where the catalog names none. The SDK takes no notice of keys that
        stand only in the metadata, as the specification has it, when it writes the SCHEMA.
        """
        entry = catalog.get_stream(self.name)
        if entry is not None:
            root = entry.metadata.root
            entry.schema = Schema.from_dict(self.schema)
            entry.key_properties = (
                entry.key_properties or root.table_key_properties or self.primary_keys
            )
            entry.replication_key = (
                entry.replication_key or root.replication_key or self.replication_key
            )
        super().apply_catalog(catalog)

    @cached_property
    def _batch_files(self) -> BatchFileWriter | None:
        """What writes files of records; None if records go out as messages, or by the SDK."""
        config = self.get_batch_config(self.config)
        if config is None or not supports_batch_files(config):
            return None
        return BatchFileWriter(config, self.tap_name, self.name)

    def _map_records(self, records: Iterable[Record]) -> Iterator[Record]:
        """Apply the stream map and the selection of fields, which the SDK does not for files."""
        for record in records:
            for message in self._generate_record_messages(record):
                yield from self._note_unnamed((message.record,))

    def _note_unnamed(self, records: Iterable[T]) -> Iterator[T]:
        for record in records:
            self._has_unnamed_records = True
            yield record

    def _announce_file(self, address: str) -> None:
        config = self.get_batch_config(self.config)
        if config is not None:
            self._write_batch_message(config.encoding, [address])
        self._has_unnamed_records = False
        if self._batch_counter is not None:
            self._batch_counter.increment()

    def _announce_records(self, address: str) -> None:
        self._announce_file(address)
        self._write_state_message()

    @override
    def get_batch_counter(self) -> metrics.Counter:
        self._batch_counter = super().get_batch_counter()
        return self._batch_counter

    @property
    @override
    def emit_activate_version_messages(self) -> bool:
        """Whether the SDK sends ACTIVATE_VERSION, which it does before the rows."""
        return False

    @property
    def records_read(self) -> int:
        """How many records there were so far."""
        return self._record_counter.total if self._record_counter else 0

    @property
    def has_failures(self) -> bool:
        """Whether the stream has failed, or has nothing because something that it needs has."""
        failures = self.failures.by_stream
        return bool(failures[self.name] or (failures[""] and not self.records_read))

    @override
    def get_record_counter(self, **options: Any) -> metrics.Counter:
        self._record_counter = RecordCounter(
            metrics.Metric.RECORD_COUNT, {metrics.Tag.STREAM: self.name}, **options
        )
        return self._record_counter

    @override
    def get_sync_timer(self) -> metrics.Timer:
        self._sync_timer = SyncTimer(
            metrics.Metric.SYNC_DURATION,
            {metrics.Tag.STREAM: self.name},
            has_failed=lambda: self.has_failures,
        )
        return self._sync_timer

    @override
    def log_sync_costs(self) -> None:
        """Log one line about the whole stream, if it was read."""
        super().log_sync_costs()
        if self._sync_timer is not None:
            failed = self.failures.by_stream[self.name]
            self.logger.info(
                "%s: %s records in %.1f s%s.",
                self.name,
                f"{self.records_read:,}",
                self._sync_timer.seconds,
                f", {failed:,} failed" if failed else "",
            )

    @override
    def _process_record(
        self,
        record: Record,
        child_context: Context | None = None,
        partition_context: Context | None = None,
    ) -> None:
        """Read the children of a record, also where a stream map removes all records here.

        The SDK takes such a map for a filter, and passes the children over without a word.
        """
        super()._process_record(record, child_context, partition_context)
        if isinstance(self.stream_maps[0], RemoveRecordTransform):
            for context in self.generate_child_contexts(record, child_context):
                self._sync_children(context)

    @override
    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Leave the bookmark alone, which only `advance_bookmark` may move."""

    @override
    def _generate_record_messages(self, record: Record) -> Generator[RecordMessage]:
        """Yield the RECORD messages for a record.

        The SDK looks for deselected fields in each record, which costs a sixth of all time; where
        none is deselected, the messages are the same without.
        """
        if self._flat_fields:
            for message in super()._generate_record_messages(record):
                message.record = _without_null_objects(
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


def _without_null_objects(record: Record, fields: Collection[str]) -> Record:
    """Return a flattened record without the objects that are null.

    The SDK's flattening replaces an object by its fields, but leaves it in place where it is null.
    """
    return {name: value for name, value in record.items() if value is not None or name in fields}


def _read_later(
    read: Callable[[Context | None], Iterable[Record]], context: Context | None
) -> Iterator[Record]:
    """Yield what is read, which begins with the first of it."""
    yield from read(context)
