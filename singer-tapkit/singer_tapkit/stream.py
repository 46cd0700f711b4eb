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
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

from singer_sdk import metrics
from singer_sdk.singerlib import Schema
from singer_sdk.singerlib.catalog import REPLICATION_INCREMENTAL
from typing_extensions import override

from singer_tapkit.conformer import UNKNOWN_FIELDS, UNKNOWN_FIELDS_SCHEMA, compile_conformer
from singer_tapkit.errors import ApiError, ExtractionError
from singer_tapkit.meters import SyncTimer
from singer_tapkit.output_stream import OutputStream
from singer_tapkit.schemas import exclude_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.singerlib import Catalog

    from singer_tapkit.failures import FailureCollector
    from singer_tapkit.row_reporter import UnknownFieldPolicy

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


class BaseStream(OutputStream):
    """A stream that reads its partitions each for itself, and moves its bookmarks by itself.

    Attributes:
        absences: The statuses by which the API says that something is not there, and what.
        final_statuses: The statuses after which all other partitions would fail as well.
        max_failures_in_a_row: How many partitions may fail one after the other before the rest is
            left out; None where they do not depend on the same thing.
        reports_local_times: Whether date-times without an offset, which are taken for UTC, are
            reported; False where the API has no others.
        timer_class: What measures how long the reading takes.
        status: How the reading of the whole stream goes.
        skipped: How many parts were left out, by reason; the tap warns of them at the end.
        expected_skips: The same for what nobody can or need change, which is no warning.
    """

    absences: ClassVar[Mapping[int, str]] = {}
    final_statuses: ClassVar[Collection[int]] = (HTTPStatus.UNAUTHORIZED,)
    max_failures_in_a_row: ClassVar[int | None] = 3
    reports_local_times: ClassVar[bool] = True
    timer_class: ClassVar[type[SyncTimer]] = SyncTimer

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
            reports_local_times=self.reports_local_times,
            logger=self.logger,
        )
        self._sync_timer = self.timer_class(
            metrics.Metric.SYNC_DURATION,
            {metrics.Tag.STREAM: self.name},
            has_failed=lambda: self.has_failures,
        )
        self.skipped: Counter[str] = Counter()
        self.expected_skips: Counter[str] = Counter()
        self._child_failures_before = 0

    def read(self, context: Context | None) -> Iterable[Record]:
        """Read the rows of one partition as the API sends them.

        Raises:
            ExtractionError: They cannot be read.
        """
        raise NotImplementedError

    def read_partitions(self, context: Context | None) -> Iterator[tuple[str, Iterable[Record]]]:
        """Yield what each partition is called in messages, and its rows, which are read later.

        By default it is one, of what `read` returns. A stream of which smaller parts are to fail
        alone than one context of the SDK overrides this instead of `read`.

        Raises:
            ExtractionError: The partitions are not known.
        """
        yield self.partition_name(context), _read_later(self.read, context)

    def conform_rows(self, rows: Iterable[Record], context: Context | None) -> Iterator[Record]:
        """Yield the records of the rows of one partition.

        When an overriding generator goes on after a ``yield``, that record has been written.

        Raises:
            ExtractionError: A row cannot be read, or does not fit the schema.
        """
        del context
        return map(self.conform, rows)

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        """Yield the records of all partitions; what goes wrong in one ends it alone."""
        self._child_failures_before = self._count_child_failures()
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
        """Let a partition be absent or fail without harm to the others of a status."""
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
            status: What it and the rest belong to.
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
        """Note what could not be read, why, and what becomes of the rest, if that is said."""
        self.failures.record(place, error, stream=self.name, rest=rest)
        if isinstance(error, ExtractionError):
            self.logger.debug("Where it failed:", exc_info=error)

    def record_skip(self, reason: str, detail: str, *, is_expected: bool = False) -> None:
        """Note that something is left out as it should be; it is counted in the log at the end.

        It is expected if nobody can or need do anything about it, which is no warning.
        """
        skips = self.expected_skips if is_expected else self.skipped
        skips[reason] += 1
        is_logged = skips[reason] <= MAX_LOGGED_SKIPS
        (self.logger.info if is_logged else self.logger.debug)("Skipped, %s: %s", reason, detail)

    def check_connection(self) -> bool:
        """Check that the stream may be read, and return whether one request can show it.

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
        """Note that all records up to `value` have been written; writes the state when due.

        The bookmark stays where it is once children of this context could not be read: they have
        no bookmark of their own, and would never be read again.
        """
        state = self.get_context_state(context)
        if self.replication_method == REPLICATION_INCREMENTAL and not self._has_lost_children:
            state["replication_key"] = self.replication_key
            state["replication_key_value"] = value
        self.write_state()

    @property
    def _has_lost_children(self) -> bool:
        """Whether children of the context that is read have failed, or are no longer read."""
        return self._count_child_failures() > self._child_failures_before or any(
            child.status.is_over for child in self._base_descendants
        )

    def _count_child_failures(self) -> int:
        return sum(self.failures.by_stream[child.name] for child in self._base_descendants)

    @property
    def _base_descendants(self) -> list[BaseStream]:
        return [child for child in self.descendent_streams if isinstance(child, BaseStream)]

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        """Apply a catalog, but for its schema, which may have been made under other settings.

        Keys stay as they are where the catalog names none, and so does a replication key that is no
        field, with which the SDK ends the run. The SDK takes no notice of keys that stand only in
        the metadata, as the specification has it, when it writes the SCHEMA.
        """
        entry = catalog.get_stream(self.name)
        if entry is not None:
            root = entry.metadata.root
            entry.schema = Schema.from_dict(self.schema)
            entry.key_properties = (
                entry.key_properties or root.table_key_properties or self.primary_keys
            )
            replication_key = entry.replication_key or root.replication_key
            is_field = replication_key in self.schema["properties"]
            entry.replication_key = replication_key if is_field else self.replication_key
        super().apply_catalog(catalog)

    @property
    def has_failures(self) -> bool:
        """Whether the stream has failed, or has nothing because something that it needs has."""
        failures = self.failures.by_stream
        return bool(failures[self.name] or (failures[""] and not self.records_read))

    @override
    def get_sync_timer(self) -> metrics.Timer:
        return self._sync_timer

    @override
    def log_sync_costs(self) -> None:
        """Log one line about the whole stream, if it was read."""
        super().log_sync_costs()
        if self._sync_timer.seconds is not None:
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
        """Read the children of a record, also where a stream map removes or filters it here.

        The SDK passes the children over without a word, and yet their bookmark would move.
        """
        super()._process_record(record, child_context, partition_context)
        if self.child_streams and not self.stream_maps[0].get_filter_result(record):
            for context in self.generate_child_contexts(record, child_context):
                self._sync_children(context)

    @override
    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Leave the bookmark alone, which only `advance_bookmark` may move."""


def _read_later(
    read: Callable[[Context | None], Iterable[Record]], context: Context | None
) -> Iterator[Record]:
    """Yield what is read, which begins with the first of it."""
    yield from read(context)
