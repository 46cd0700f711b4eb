"""What all streams have in common: a partition per studio or parent, and records that fit."""

from __future__ import annotations

from functools import cached_property, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec
from typing_extensions import override

from singer_tapkit.child_stream import ChildStream
from singer_tapkit.errors import InvalidResponseError
from singer_tapkit.schemas import load_schema
from tap_studio_openapi.declarations import DECLARATIONS
from tap_studio_openapi.error_policy import ErrorPolicyStream, StreamStatus
from tap_studio_openapi.personal_data import EXPIRING, PERSONAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record

    from singer_tapkit.failures import FailureCollector
    from singer_tapkit.prefetch import PendingRequests
    from singer_tapkit.row_reporter import UnknownFieldPolicy
    from tap_studio_openapi.studios import Studio, StudioApi

T = TypeVar("T")
Ids = dict[str, int]
"""The ids that lead to a partition, ``studio_id`` first."""

PACKAGE = "tap_studio_openapi"


class IdRow(msgspec.Struct):
    """What must stand in a row whose id is needed to read on."""

    id: int


def parse_row(row: Any, kind: type[T], stream_name: str) -> T:
    """Return a row as far as it is needed to read on.

    Args:
        row: The decoded row.
        kind: What it must have.
        stream_name: The stream, for the error.

    Raises:
        InvalidResponseError: It lacks that.
    """
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        raise InvalidResponseError(
            f"The server sends a row of the stream {stream_name!r} that is not as documented: "
            f"{error}."
        ) from None


class StudioStream(ErrorPolicyStream):
    """A stream that every studio has, read in one partition per studio.

    Attributes:
        child_id: What children call the id of a record here.
    """

    child_id: ClassVar[str] = ""
    primary_keys: Sequence[str] = ()
    state_partitioning_keys: Sequence[str] | None = ()

    def __init__(self, tap: Tap, name: str, *, api: StudioApi, failures: FailureCollector) -> None:
        """Prepare the schema for the settings.

        Args:
            tap: The tap.
            name: What the stream is called in the table.
            api: Reads from the studios.
            failures: Where failures are collected.
        """
        declaration = self.declaration = DECLARATIONS[name]
        self.primary_keys = ("studio_id", *declaration.keys)
        self.selected_by_default = declaration.selected
        shows_persons = declaration.personal == "none" or tap.config["include_personal_data"]
        excluded = frozenset() if shows_persons else PERSONAL
        if not tap.config["include_expiring_urls"]:
            excluded |= EXPIRING
        policy: UnknownFieldPolicy = tap.config["unknown_fields"]
        if policy == "warn" and declaration.keeps_unknown_fields:
            policy = "keep"
        if policy == "keep" and not shows_persons:
            policy = "warn"
        super().__init__(
            tap,
            load_schema(PACKAGE, name),
            name=name,
            failures=failures,
            unknown_fields=policy,
            excluded=excluded,
        )
        self.api = api
        api.prefetcher.on_wait = self.write_pending_state
        self._statuses: dict[int, StreamStatus] = {}

    @property
    @override
    def partitions(self) -> None:
        """Return none: studios are read in one go, each while the next ones are asked for."""

    @cached_property
    def selected_children(self) -> list[StudioStream]:
        """The children that are to be read, or have children that are."""
        return [
            child
            for child in self.child_streams
            if isinstance(child, StudioStream)
            and (child.selected or child.has_selected_descendents)
        ]

    def get_status(self, studio: Studio) -> StreamStatus:
        """Return how the reading of a studio goes."""
        return self._statuses.setdefault(studio.id, StreamStatus(studio=studio))

    def get_studio(self, ids: Mapping[str, int]) -> Studio:
        """Return the studio of a partition."""
        return self.api.studios[ids["studio_id"]]

    def fetch(self, ids: Ids) -> Iterable[Record]:
        """Read the rows of a partition. Threads do so: only requests are sent.

        Raises:
            ExtractionError: They cannot be read.
        """
        return self.fetch_list(ids, self.format_path(ids))

    def fetch_list(self, ids: Ids, path: str, **params: Any) -> Iterator[Record]:
        """Yield the rows of a list, in as many chunks as it takes.

        Args:
            ids: The ids that lead to it.
            path: Where it is.
            params: The query, without what chunks need.
        """
        studio = self.get_studio(ids)
        slice_size = self.declaration.slice_size
        if slice_size is None:
            yield from self.api.get_json(studio, path, list[dict[str, Any]], params)
            return
        for chunk in self.api.read_chunks(studio, path, params, slice_size=slice_size):
            yield from chunk.result

    def format_path(self, ids: Ids) -> str:
        """Return where a partition is."""
        return self.declaration.path.format(**ids)

    def build_child_ids(self, row: Record, ids: Ids) -> Ids:
        """Return the ids that lead to the children of a row."""
        return {**ids, self.child_id: row["id"]}

    def submit_partition(self, ids: Ids, pending: PendingRequests) -> None:
        """Let threads read a partition, and its children after it."""
        studio = self.get_studio(ids)
        if not self.get_status(studio).is_over and not studio.is_lost:
            pending.submit(
                self._partition_key(ids), partial(self._fetch_with_children, ids, pending)
            )

    def _fetch_with_children(self, ids: Ids, pending: PendingRequests) -> list[Record]:
        rows = list(self.fetch(ids))
        self.submit_children(rows, ids, pending)
        return rows

    def submit_children(self, rows: Iterable[Record], ids: Ids, pending: PendingRequests) -> None:
        """Let threads read the children of rows."""
        for row in rows:
            if row.get("id") is not None:
                for child in self.selected_children:
                    child.submit_partition(self.build_child_ids(row, ids), pending)

    def _partition_key(self, ids: Ids) -> tuple[str, ...]:
        return (self.name, *map(str, ids.values()))

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        studios = self.api.studios.values()
        for studio in self.api.prefetcher.prefetch(studios, self._submit_studio):
            for ids in self.build_partitions(studio):
                yield from self.read_studio_partition(ids)
            self.end(studio, studio.started_at, is_complete=not studio.is_lost)

    def build_partitions(self, studio: Studio) -> list[Ids]:
        """Return the ids of the partitions of a studio, by default of a single one."""
        return [{"studio_id": studio.id}]

    def _submit_studio(self, studio: Studio, pending: PendingRequests) -> None:
        for ids in self.build_partitions(studio):
            self.submit_partition(ids, pending)

    def begin(self, studio: Studio) -> None:
        """Prepare to read a studio, children included."""
        for child in self.selected_children:
            child.begin(studio)

    def end(self, studio: Studio, started_at: datetime, *, is_complete: bool) -> None:
        """Finish a studio, children included.

        Args:
            studio: The one of which the last record was written.
            started_at: When its reading began, in an earlier run perhaps.
            is_complete: Whether all parents were there.
        """
        status = self.get_status(studio)
        if status.is_forbidden and not status.is_over:
            self.end_for_scope(status)
        for child in self.selected_children:
            child.end(studio, started_at, is_complete=is_complete and status.is_complete)

    def has_failed(self, studio: Studio) -> bool:
        """Return whether anything of a studio could not be read, children included."""
        return not self.get_status(studio).is_complete or any(
            child.has_failed(studio) for child in self.selected_children
        )

    def read_studio_partition(self, ids: Ids) -> Iterator[Record]:
        """Yield the records of a partition; what goes wrong in it is noted, and ends it alone."""
        studio = self.get_studio(ids)
        status = self.get_status(studio)
        if status.is_over or studio.is_lost:
            return
        with self.isolate(self.describe_partition(ids), status):
            rows = self.api.prefetcher.result(
                self._partition_key(ids), lambda: list(self.fetch(ids))
            )
            yield from self.prepare_records(rows, ids)
            status.note_success()

    def prepare_records(self, rows: Iterable[Record], ids: Ids) -> Iterator[Record]:
        """Yield records of rows: fitting the schema, with all ids, each key once.

        A row without a key is left out. It is a failure, so that no bookmark moves beyond it.
        """
        keys = tuple(self.primary_keys)
        key_of = itemgetter(*keys)
        seen = set()
        without_key = 0
        added: Record = {**ids}
        if self.declaration.has_studio_name:
            added["studio_name"] = self.get_studio(ids).row.get("name")
        for row in rows:
            row.update(added)
            if None in [row.get(name) for name in keys]:
                without_key += 1
                continue
            record = self.conform(row)
            key = key_of(record)
            if key not in seen:
                seen.add(key)
                yield record
        if without_key:
            self._record_rows_without_key(ids, without_key)

    def _record_rows_without_key(self, ids: Ids, count: int) -> None:
        self.get_status(self.get_studio(ids)).is_complete = False
        names = " and ".join(name for name in self.primary_keys if name not in ids)
        error = InvalidResponseError(
            f"{count:,} row(s) have no {names}, which is their key, and are left out. Report it "
            "with the tap's version."
        )
        self.record_failure(f"{self.name} of {self.describe_partition(ids)}", error)

    def describe_partition(self, ids: Ids) -> str:
        """Return what a partition is called in messages."""
        inner = [f", {name.removesuffix('_id')} {ids[name]}" for name in list(ids)[1:]]
        return f"{self.get_studio(ids)}{''.join(inner)}"

    @override
    def generate_child_contexts(
        self, record: Record, context: Context | None
    ) -> Iterator[Context | None]:
        if self.selected_children:
            yield self.build_child_ids(
                record, {"studio_id": record["studio_id"], **(context or {})}
            )


class ObjectStream(StudioStream):
    """A stream whose partitions are one record each, which has no key of its own."""

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        row = self.api.get_json(self.get_studio(ids), self.format_path(ids), dict[str, Any])
        if row.keys().isdisjoint(self._documented_fields):
            raise InvalidResponseError(
                f"The server sends an object in the stream {self.name!r} that has none of the "
                "documented fields."
            )
        return [row]

    @cached_property
    def _documented_fields(self) -> set[str]:
        """The properties of the schema before some are excluded."""
        return set(load_schema(PACKAGE, self.name)["properties"])


class PerParentStream(ChildStream, StudioStream):
    """A stream that is read in one partition per record of another stream."""

    has_partitions = True

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        return self.read_studio_partition(dict(context or {}))
