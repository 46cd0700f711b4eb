"""The lists of what a company owns, from which all else hangs."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, cast

import msgspec
from typing_extensions import override

from tap_apparena import bulk, resume
from tap_apparena.bodies import page_of
from tap_apparena.errors import AnswerError, UnreadableError
from tap_apparena.fields import as_integer
from tap_apparena.new_ids import above
from tap_apparena.pagination import List, Source
from tap_apparena.progress import Beat
from tap_apparena.streams.base import AppArenaStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.singerlib import Catalog

    from tap_apparena.bodies import Page
    from tap_apparena.client import Parameters
    from tap_apparena.look_ahead import Family
    from tap_apparena.pagination import Asking, Batch
    from tap_apparena.passing import Place
    from tap_apparena.streams.parts import PartStream
    from tap_apparena.tap import TapAppArena

HOW_TO_ASK = {"jwt", "max_concurrency", "max_retries", "request_timeout", "user_agent"}
"""Settings that change no record; a token is another every two hours."""
READ_FROM = "tap_apparena_read_from"
PAGES_PER_PLACE = 10
"""How often the state of a list without children tells a place, each of which costs a request."""


class Collection(AppArenaStream):
    """A list that is read page by page, each time as a whole or for new ids alone.

    Attributes:
        source: What its children call the id of the record that they belong to.
    """

    source: ClassVar[str]
    can_filter = True

    @override
    def __init__(self, tap: TapAppArena) -> None:
        super().__init__(tap)
        (self._id,) = self.primary_keys
        self.wants_new_ids = tap.config["incremental_mode"] == "new_ids"
        self.replication_key = self._id if self.wants_new_ids else None

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        """Apply a catalog, but leave it to the settings whether new ids are enough."""
        super().apply_catalog(catalog)
        self.replication_key = self._id if self.wants_new_ids else None
        self.forced_replication_method = None

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context:
        return {self.source: record[self._id]}

    @property
    def children_to_read(self) -> list[PartStream]:
        """The children that are selected, or have children that are."""
        children = cast("list[PartStream]", self.child_streams)
        return [child for child in children if child.selected or child.has_selected_descendents]

    @property
    def is_parent(self) -> bool:
        """Whether children are read for its records."""
        return bool(self.children_to_read)

    @override
    def check_access(self) -> bool:
        self.ask(self.path, [("page", "1"), ("items", "1")], self._read_page)
        return True

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        return self._read_new(context) if self.wants_new_ids else self._read_all(context)

    def _read_all(self, context: Context | None) -> Iterator[Record]:
        """Read the whole list, keeping in the state how far it is read until all of it is."""
        state = self.get_context_state(context)
        order = "&".join("=".join(option) for option in self.order_by(self._id))
        digest = self._digest()
        rows = List(
            Source(self._page, self._id_of, is_ordered=self.asks_for_order),
            self.logger,
            place=resume.place_in(state, order, digest),
            pages_per_place=1 if self.is_parent else PAGES_PER_PLACE,
        )
        failures_before = self._tap.failures.number
        for record, place in self._in_turn(rows.batches()):
            if record is not None:
                yield record
            if place and self._tap.failures.number == failures_before:
                resume.keep(state, place, order, digest)
                self.write_state()
        resume.drop(state)
        self.write_state()

    def _read_new(self, context: Context | None) -> Iterator[Record]:
        """Read what has higher ids than before, and note up to where, once all is out.

        What was added meanwhile may have slipped through, so that it comes once more the next time.
        """
        bookmark = self.highest_before(context)
        source = Source(self._page_after(bookmark), self._id_of, is_ordered=self.asks_for_order)
        rows = List(source, self.logger, must_be_sure=True)
        for record, _ in self._in_turn(above(bookmark, self._id_of, rows.batches())):
            if record is not None:
                yield record
        if rows.complete_up_to is not None:
            self.get_context_state(context)[READ_FROM] = self._read_from
            self.advance_bookmark(context, max(rows.complete_up_to, bookmark or 0))
        else:
            self.logger.info("The bookmark stays where it was, as new rows may be missing.")

    def _in_turn(self, batches: Iterable[Batch]) -> Iterator[tuple[Record | None, Place | None]]:
        """Make records of rows, or write them at once where nothing stands between.

        Yields:
            Each record that is still to be written, and after the last of a page its place.
        """
        if self.is_parent:
            yield from self._tap.look_ahead.ahead(self._records(batches), self._start)
        elif bulk.can_write(self):
            for batch in self._told(batches):
                values = (self.layout.values(row, self.unknown_fields) for row in batch.rows)
                self._counter.increment(bulk.write(self, self.layout.names, values))
                yield None, batch.place
        else:
            yield from self._records(batches)

    def _records(self, batches: Iterable[Batch]) -> Iterator[tuple[Record, Place | None]]:
        for batch in self._told(batches):
            for number, row in enumerate(batch.rows, start=1):
                is_last = number == len(batch.rows)
                record = self.layout.record(row, self.unknown_fields)
                yield record, batch.place if is_last else None

    def _told(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Tell at a steady beat how many rows have come."""
        beat, come = Beat(), 0
        for batch in batches:
            yield batch
            come += len(batch.rows)
            if beat.due():
                self.logger.info("%s rows have come so far.", f"{come:,}")

    def _start(self, turn: tuple[Record, Place | None], family: Family) -> None:
        """Let threads ask for what the children need of a record."""
        self.start_children(self.get_child_context(turn[0], None), family)

    def start_children(self, context: Context, family: Family) -> None:
        """Let threads ask for what the children need."""
        for child in self.children_to_read:
            child.start(context, family)

    def _page(self, number: int, *, descending: bool = False) -> Page:
        return self._ask_for(number, self.options, descending=descending)

    def _ask_for(self, number: int, options: Parameters, *, descending: bool) -> Page:
        parameters = [
            ("page", str(number)),
            ("items", str(self.config["page_size"])),
            *self.order_by(self._id, descending=descending),
            *options,
        ]
        return self.ask(self.path, parameters, self._read_page)

    def _page_after(self, bookmark: int | None) -> Asking:
        """Give what asks for a page of new rows, without the filter if the server refuses it.

        How several filters combine is not documented, so that one of the settings goes alone.
        """
        options = self.options
        if bookmark is None or self._tap.filters.get(self.name):
            return self._page
        new = [(f"filter.{self._id}[gt]", str(bookmark))]

        def ask(number: int, *, descending: bool = False) -> Page:
            try:
                return self._ask_for(number, [*options, *new], descending=descending)
            except AnswerError as error:
                if error.status != HTTPStatus.BAD_REQUEST or not new:
                    raise
                self.logger.info("Asking without the filter for new ids: %s", error)
                new.clear()
                return self._ask_for(number, options, descending=descending)

        return ask

    def _read_page(self, body: Any) -> Page:
        return page_of(body, self._id)

    def _id_of(self, row: Record) -> int:
        value = row.get(self._id)
        try:
            an_id = value if type(value) is int else as_integer(value)
        except ValueError as error:
            raise UnreadableError(f"a row's {self._id} is wrong: {error}.") from None
        if an_id is None:
            raise UnreadableError(f"a row has no {self._id}.")
        return an_id

    def highest_before(self, context: Context | None) -> int | None:
        """Give the id up to which all was read before; None for everything.

        Raises:
            UnreadableError: The state holds something else.
        """
        value = self.bookmark(context)
        kept = self.get_context_state(context).get(READ_FROM, self._read_from)
        if value is None or kept != self._read_from:
            return None
        try:
            return as_integer(value)
        except ValueError as error:
            raise UnreadableError(f"the bookmark in the state is wrong: {error}.") from None

    @property
    def _read_from(self) -> dict[str, Any]:
        """What a bookmark holds for: the rows of one server that pass the filters."""
        wanted = [f"{name}={value}" for name, value in self._tap.filters.get(self.name, ())]
        return {"api_url": self.url_base, "filters": wanted}

    def _digest(self) -> str:
        """Give a digest of all that decides which records come, and from where."""
        selected = {
            stream.name: sorted(str(field) for field, wanted in stream.mask.items() if wanted)
            for stream in [self, *self.descendent_streams]
            if stream.selected
        }
        config = {name: value for name, value in self.config.items() if name not in HOW_TO_ASK}
        parts = (config, selected)
        return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()

    @override
    def get_record_counter(self, **kwargs: Any) -> Any:
        self._counter = super().get_record_counter(**kwargs)
        return self._counter
