"""What all streams have in common: a part per studio or parent, and records that fit."""

from __future__ import annotations

from functools import cached_property, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec
from typing_extensions import override

from singer_tapkit.child_stream import ChildStream
from singer_tapkit.errors import InvalidResponseError
from singer_tapkit.schemas import load_schema
from singer_tapkit.stream import BaseStream
from tap_studio_openapi.error_policy import Meaning, StreamStatus, interpret
from tap_studio_openapi.hints import scope_hint
from tap_studio_openapi.personal_data import EXPIRING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record

    from singer_tapkit.errors import ExtractionError
    from singer_tapkit.failures import FailureCollector
    from singer_tapkit.prefetch import PendingRequests
    from singer_tapkit.row_reporter import UnknownFieldPolicy
    from singer_tapkit.stream import PartitionStatus
    from tap_studio_openapi.studios import Studio, StudioApi

T = TypeVar("T")
Ids = dict[str, int]
"""The ids that lead to a part, ``studio_id`` first."""

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


class StudioStream(BaseStream):
    """A stream that every studio has, read in one part per studio.

    Attributes:
        path: The API's path; ``{customer_id}`` and the like are among the ids of a part.
        scopes: What a key needs, any one of them.
        since: The API's version that brought the endpoint, if a server may be older.
        slice_size: How many records a chunk holds; None where the list comes whole.
        child_id: What children call the id of a record here, and which field it is.
        personal: The fields about persons, named as in `personal_data`.
        is_personal: Whether all of it but ids is about persons.
        keeps_unknown_fields: Whether unknown fields are kept unless they must fail.
        has_parts: Whether a studio is read in many parts.
        is_sparse: Whether parts are asked for that are known to be in some studios only.
    """

    path: ClassVar[str]
    scopes: ClassVar[tuple[str, ...]]
    since: ClassVar[str | None] = None
    slice_size: ClassVar[int | None] = None
    child_id: ClassVar[tuple[str, str] | None] = None
    personal: ClassVar[frozenset[str]] = frozenset()
    is_personal: ClassVar[bool] = False
    keeps_unknown_fields: ClassVar[bool] = False
    has_parts: ClassVar[bool] = False
    is_sparse: ClassVar[bool] = False
    primary_keys: Sequence[str] = ("studio_id", "id")
    state_partitioning_keys: Sequence[str] | None = ()

    def __init__(self, tap: Tap, *, api: StudioApi, failures: FailureCollector) -> None:
        """Prepare the schema for the settings.

        Args:
            tap: The tap.
            api: Reads from the studios.
            failures: Where failures are collected.
        """
        hides_persons = bool(self.personal) and not tap.config["include_personal_data"]
        excluded = self.personal if hides_persons else frozenset()
        if not tap.config["include_expiring_urls"]:
            excluded |= EXPIRING
        policy: UnknownFieldPolicy = tap.config["unknown_fields"]
        if policy == "warn" and self.keeps_unknown_fields:
            policy = "keep"
        if policy == "keep" and hides_persons:
            policy = "warn"
        super().__init__(
            tap,
            load_schema(PACKAGE, self.name),
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

    def status_of(self, studio: Studio) -> StreamStatus:
        """Return how the reading of a studio goes."""
        return self._statuses.setdefault(studio.id, StreamStatus(studio=studio))

    def studio_of(self, ids: Mapping[str, int]) -> Studio:
        """Return the studio of a part."""
        return self.api.studios[ids["studio_id"]]

    def build_params(self, ids: Ids) -> dict[str, Any]:
        """Return the query for a part, without what chunks need."""
        del ids
        return {}

    def fetch(self, ids: Ids) -> Iterable[Record]:
        """Read the rows of a part. Threads do so: only requests are sent.

        Raises:
            ExtractionError: They cannot be read.
        """
        return self.fetch_list(ids, self.path.format(**ids), self.build_params(ids))

    def fetch_list(self, ids: Ids, path: str, params: dict[str, Any]) -> Iterator[Record]:
        """Yield the rows of a list, in as many chunks as it takes."""
        studio = self.studio_of(ids)
        if self.slice_size is None:
            yield from self.api.get_json(studio, path, list[dict[str, Any]], params)
            return
        for chunk in self.api.read_chunks(studio, path, params, slice_size=self.slice_size):
            yield from chunk.result

    def add_studio_name(self, rows: Iterable[Record], ids: Ids) -> list[Record]:
        """Return rows with the name of their studio.

        Some targets take no table whose columns are all in its key.
        """
        name = self.studio_of(ids).row.get("name")
        return [{**row, "studio_name": name} for row in rows]

    def child_ids(self, row: Record, ids: Ids) -> Ids:
        """Return the ids that lead to the children of a row."""
        if self.child_id is None:
            return ids
        name, field = self.child_id
        return {**ids, name: row[field]}

    def submit_part(self, ids: Ids, pending: PendingRequests) -> None:
        """Let threads read a part, and its children after it."""
        studio = self.studio_of(ids)
        if not self.status_of(studio).is_over and not studio.is_lost:
            pending.submit(self._part_key(ids), partial(self._fetch_with_children, ids, pending))

    def _fetch_with_children(self, ids: Ids, pending: PendingRequests) -> list[Record]:
        rows = list(self.fetch(ids))
        for child in self.selected_children:
            for row in rows:
                if self.child_id and row.get(self.child_id[1]) is not None:
                    child.submit_part(self.child_ids(row, ids), pending)
        return rows

    def _part_key(self, ids: Ids) -> tuple[str, ...]:
        return (self.name, *map(str, ids.values()))

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        studios = self.api.studios.values()
        for studio in self.api.prefetcher.prefetch(studios, self._submit_studio):
            for ids in self.parts_of(studio):
                yield from self.read_part(ids)
            self.end(studio, studio.started_at, is_complete=not studio.is_lost)

    def parts_of(self, studio: Studio) -> list[Ids]:
        """Return the ids of the parts of a studio, by default of a single one."""
        return [{"studio_id": studio.id}]

    def _submit_studio(self, studio: Studio, pending: PendingRequests) -> None:
        for ids in self.parts_of(studio):
            self.submit_part(ids, pending)

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
        status = self.status_of(studio)
        if status.is_forbidden and not status.is_over:
            self._end_for_scope(status)
        for child in self.selected_children:
            child.end(studio, started_at, is_complete=is_complete and status.is_complete)

    def has_failed(self, studio: Studio) -> bool:
        """Return whether anything of a studio could not be read, children included."""
        return not self.status_of(studio).is_complete or any(
            child.has_failed(studio) for child in self.selected_children
        )

    def read_part(self, ids: Ids) -> Iterator[Record]:
        """Yield the records of a part; what goes wrong in it is noted, and ends it alone."""
        studio = self.studio_of(ids)
        status = self.status_of(studio)
        if status.is_over or studio.is_lost:
            return
        with self.isolate(self.describe_part(ids), status):
            rows = self.api.prefetcher.result(self._part_key(ids), lambda: list(self.fetch(ids)))
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
        for row in rows:
            row.update(ids)
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
        self.status_of(self.studio_of(ids)).is_complete = False
        names = " and ".join(name for name in self.primary_keys if name not in ids)
        error = InvalidResponseError(
            f"{count:,} row(s) have no {names}, which is their key, and are left out. Report it "
            "with the tap's version."
        )
        self.record_failure(f"{self.name} of {self.describe_part(ids)}", error)

    def describe_part(self, ids: Ids) -> str:
        """Return what a part is called in messages."""
        inner = [f", {name.removesuffix('_id')} {ids[name]}" for name in list(ids)[1:]]
        return f"{self.studio_of(ids)}{''.join(inner)}"

    @override
    def generate_child_contexts(
        self, record: Record, context: Context | None
    ) -> Iterator[Context | None]:
        if self.selected_children:
            yield self.child_ids(record, {"studio_id": record["studio_id"], **(context or {})})

    @override
    def handle_error(self, partition: str, status: PartitionStatus, error: ExtractionError) -> None:
        if not isinstance(status, StreamStatus):
            super().handle_error(partition, status, error)
            return
        place = f"{self.name} of {partition}"
        is_newer = self.since is not None
        match interpret(error, is_part=self.has_parts, is_newer_endpoint=is_newer):
            case Meaning.KEY_IS_REFUSED:
                status.studio.is_lost = True
                self.failures.record(status.studio, error)
            case Meaning.OPTED_OUT:
                self.record_skip(
                    "members who have switched off access by third parties",
                    place,
                    is_expected=True,
                )
            case Meaning.FORBIDDEN:
                self._handle_forbidden(place, status, error)
            case Meaning.NOT_THERE if self._is_alone(status):
                self.record_skip("parts that are not there", f"{place}: {error}")
            case Meaning.OLDER_SERVER:
                self.skipped[f"studios whose server is older than version {self.since}"] += 1
            case Meaning.REJECTED | Meaning.NOT_THERE:
                status.end()
                self.record_failure(place, error)
            case Meaning.FAILED:
                super().handle_error(partition, status, error)

    def _handle_forbidden(self, place: str, status: StreamStatus, error: ExtractionError) -> None:
        """Skip a part that the key may not read; the rest, too, where it seems to be all."""
        status.forbidden += 1
        if status.note_refusal() or not self.has_parts:
            self._end_for_scope(status)
        else:
            self.record_skip("parts that the key may not read", f"{place}: {error}")

    def _is_alone(self, status: StreamStatus) -> bool:
        """Return whether it is just one part that is not there, and not the endpoint."""
        return self.is_sparse or not status.note_refusal()

    def _end_for_scope(self, status: StreamStatus) -> None:
        """Note that the key of a studio may not read the stream at all.

        That is a failure if somebody has selected the stream, and else a warning.
        """
        status.end()
        if self._tap.input_catalog is None:
            reason = f"studios whose key lacks the scope {' or '.join(self.scopes)}"
            self.record_skip(reason, str(status.studio))
            return
        self.record_failure(f"{self.name} of {status.studio}", scope_hint(self.scopes))


class ObjectStream(StudioStream):
    """A stream whose parts are one record each, which has no key of its own."""

    primary_keys: Sequence[str] = ("studio_id",)

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        path, params = self.path.format(**ids), self.build_params(ids)
        row = self.api.get_json(self.studio_of(ids), path, dict[str, Any], params)
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
    """A stream that is read in one part per record of another stream."""

    has_parts = True

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        return self.read_part(dict(context or {}))
