"""What all streams have in common: a part per studio or parent, and records that fit."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from typing_extensions import override

from tap_studio_openapi.answers import FAILURES
from tap_studio_openapi.errors import AnswerError, UnreadableError
from tap_studio_openapi.fitting import fitting
from tap_studio_openapi.own_schema import OwnSchemaStream
from tap_studio_openapi.pagination import chunk_of, chunks
from tap_studio_openapi.personal_data import EXPIRING, leave_out_of_schema
from tap_studio_openapi.schemas import shipped
from tap_studio_openapi.streams.children import ChildStream
from tap_studio_openapi.streams.isolation import IsolatedStream
from tap_studio_openapi.truthful_state import TruthfulStream
from tap_studio_openapi.unknown_fields import KEPT_AS, KEPT_SCHEMA, Policy, UnknownFields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from singer_sdk.helpers.types import Context, Record

    from tap_studio_openapi.connections import Studio
    from tap_studio_openapi.look_ahead import Family
    from tap_studio_openapi.tap import TapStudioOpenApi

WITHOUT_KEY = "records without a key"


class StudioStream(TruthfulStream, OwnSchemaStream, IsolatedStream):
    """A stream that every studio has, read in one part per studio.

    Attributes:
        path: The API's path; ``{customer_id}`` and the like stand in the context of a part.
        slice_size: How many records a chunk holds; None where the list comes whole.
        child_id: What children call the id of a record here, and which field it is.
        personal: The fields about persons, named as in `personal_data`.
        is_personal: Whether it holds nothing but ids that does not tell about persons.
        unknown_fields: What to do with unknown fields where the settings say ``warn``.
    """

    slice_size: ClassVar[int | None] = None
    child_id: ClassVar[tuple[str, str] | None] = None
    personal: ClassVar[frozenset[str]] = frozenset()
    is_personal: ClassVar[bool] = False
    unknown_fields: ClassVar[Policy] = "warn"
    primary_keys: Sequence[str] = ("studio_id", "id")
    state_partitioning_keys: Sequence[str] = ()

    @override
    def __init__(self, tap: TapStudioOpenApi) -> None:
        hides_persons = bool(self.personal) and not tap.config["include_personal_data"]
        left_out = self.personal if hides_persons else frozenset()
        if not tap.config["include_expiring_urls"]:
            left_out |= EXPIRING
        schema = shipped(self.name)
        if tap.api_document is not None and not hides_persons:
            tap.api_document.refine(schema, self.path)
        leave_out_of_schema(schema, left_out, self.name)
        policy: Policy = tap.config["unknown_fields"]
        policy = self.unknown_fields if policy == "warn" else policy
        if policy == "keep" and hides_persons:
            policy = "warn"
        if policy == "keep":
            schema["properties"][KEPT_AS] = KEPT_SCHEMA
        super().__init__(tap, schema=schema)
        self._fit = fitting(schema, left_out, self.name, only_known=hides_persons)
        self._unknown_fields = UnknownFields(policy, schema["properties"], self.logger)
        self._nulls = dict.fromkeys(schema["properties"])

    @property
    @override
    def partitions(self) -> None:
        """Give none: studios are read in one go, each while the next ones are asked for."""

    @cached_property
    def wanted_children(self) -> list[StudioStream]:
        """The children that are to be read, or have children that are."""
        return [
            cast("StudioStream", child)
            for child in self.child_streams
            if child.selected or child.has_selected_descendents
        ]

    def params(self, context: Mapping[str, int]) -> dict[str, Any]:
        """Give the query for a part, without what chunks need."""
        del context
        return {}

    def fetch(self, context: Mapping[str, int]) -> Iterable[Record]:
        """Ask for the records of a part. Threads do so: only requests are sent.

        Args:
            context: The ids that lead to the part, ``studio_id`` first.
        """
        return self.rows(context, self.path.format(**context), self.params(context))

    def rows(self, context: Mapping[str, int], path: str, params: dict[str, Any]) -> Iterator[Any]:
        """Ask for a list, in as many chunks as it takes."""
        connection = self._tap.studios[context["studio_id"]].connection
        if self.slice_size is None:
            yield from chunk_of(self.ask(connection, path, params)).result
            return
        for chunk in chunks(
            lambda place: chunk_of(self.ask(connection, path, {**params, **place})),
            self.slice_size,
            self.logger,
        ):
            yield from chunk.result

    def context_below(self, record: Record, context: Mapping[str, int]) -> dict[str, int]:
        """Give the ids that lead to the children of a record."""
        name, field = cast("tuple[str, str]", self.child_id)
        return {**context, name: record[field]}

    def ask_ahead(self, context: Mapping[str, int], family: Family) -> None:
        """Let threads ask for a part, and for its children after it."""
        studio_id = context["studio_id"]
        if not self.readings[studio_id].is_over and not self._tap.studios[studio_id].is_lost:
            family.start(
                self._part_name(context), partial(self._fetch_with_children, context, family)
            )

    def _fetch_with_children(
        self, context: Mapping[str, int], family: Family
    ) -> list[dict[str, Any]]:
        records = list(self.fetch(context))
        for child in self.wanted_children:
            for record in records:
                child.ask_ahead(self.context_below(record, context), family)
        return records

    def _part_name(self, context: Mapping[str, int]) -> tuple[str, ...]:
        return (self.name, *map(str, context.values()))

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        begun = self._tap.begun
        for studio in self._tap.look_ahead.ahead(self._tap.studios.values(), self._start):
            for part in self.contexts(studio):
                yield from self.part(part)
            self.end(studio, begun, is_complete=not studio.is_lost)

    def contexts(self, studio: Studio) -> list[dict[str, int]]:
        """Give the ids of the parts of a studio, by default of a single one."""
        return [{"studio_id": studio.id}]

    def _start(self, studio: Studio, family: Family) -> None:
        self.begin(studio)
        for context in self.contexts(studio):
            self.ask_ahead(context, family)

    def begin(self, studio: Studio) -> None:
        """Prepare to ask for a studio, children included."""
        for child in self.wanted_children:
            child.begin(studio)

    def end(self, studio: Studio, begun: datetime, *, is_complete: bool) -> None:
        """Finish a studio, children included.

        Args:
            studio: The one of which the last record was written.
            begun: When its reading began, in an earlier run perhaps.
            is_complete: Whether all parents were there.
        """
        reading = self.readings[studio.id]
        if reading.is_forbidden and not reading.is_over:
            self.end_for_scope(studio)
        for child in self.wanted_children:
            child.end(studio, begun, is_complete=is_complete and reading.is_complete)

    def has_failed(self, studio: Studio) -> bool:
        """Tell whether anything of a studio could not be read, children included."""
        return not self.readings[studio.id].is_complete or any(
            child.has_failed(studio) for child in self.wanted_children
        )

    def part(self, context: Mapping[str, int]) -> Iterator[Record]:
        """Give the records of a part; what goes wrong in it is noted, and ends it alone."""
        studio = self._tap.studios[context["studio_id"]]
        reading = self.readings[studio.id]
        if reading.is_over or studio.is_lost:
            return
        try:
            records = self._tap.look_ahead.take(
                self._part_name(context), lambda: list(self.fetch(context))
            )
            yield from self.finished(records, context)
        except AnswerError as error:
            self.refused(studio, context, error)
        except FAILURES as error:
            self.failed(studio, context, error)
        else:
            reading.answer()

    def finished(
        self, records: Iterable[Record], context: Mapping[str, int]
    ) -> Iterator[dict[str, Any]]:
        """Give records as they go out: fitting the schema, with all ids, each key once."""
        seen = set()
        for raw in records:
            fitted = self._fit(raw)
            self._unknown_fields.apply(fitted)
            record = {**self._nulls, **fitted, **context}
            key = tuple([record[name] for name in self.primary_keys])
            if None in key:
                self.skip(WITHOUT_KEY, f"one of {self._tap.studios[context['studio_id']]}")
            elif key not in seen:
                seen.add(key)
                yield record

    @override
    def generate_child_contexts(
        self, record: Record, context: Context | None
    ) -> Iterator[Context | None]:
        if self.wanted_children:
            yield self.context_below(record, context or {"studio_id": record["studio_id"]})


class ObjectStream(StudioStream):
    """A stream whose parts are one record each, which has no key of its own."""

    primary_keys: Sequence[str] = ("studio_id",)

    @override
    def fetch(self, context: Mapping[str, int]) -> Iterable[Record]:
        connection = self._tap.studios[context["studio_id"]].connection
        answer = self.ask(connection, self.path.format(**context), self.params(context))
        if not isinstance(answer.body, dict):
            raise UnreadableError(f"{answer} That is no object, as the API hands it out.")
        return [answer.body]


class PerParent(ChildStream, StudioStream):
    """A stream that is read in one part per record of another stream."""

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        return self.part(cast("Mapping[str, int]", context))
