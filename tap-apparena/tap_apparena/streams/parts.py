"""Streams that are asked for anew for each app, template, version or company."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, cast

from typing_extensions import override

from tap_apparena.bodies import page_of
from tap_apparena.errors import AnswerError, UnreadableError
from tap_apparena.fields import is_whole
from tap_apparena.pagination import List, Source
from tap_apparena.streams.base import AppArenaStream
from tap_apparena.streams.children import ChildStream

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_apparena.bodies import Page
    from tap_apparena.client import Parameters
    from tap_apparena.look_ahead import Family


@dataclass
class Answers:
    """What all requests for one parent have brought.

    Attributes:
        records: The records, by their primary keys.
        absences: The requests for what is not there.
    """

    records: dict[Hashable, Record] = field(default_factory=dict)
    absences: list[AnswerError] = field(default_factory=list)

    def add(self, record: Record, keys: Sequence[str]) -> None:
        """Add a record, unless there is one with its key."""
        self.records.setdefault(tuple(record[name] for name in keys), record)


class PartStream(ChildStream, AppArenaStream):
    """A stream with at least one request for each parent, some of which threads send ahead.

    Rows can be inherited, so that the ids in them do not tell whom they were asked for: the ids in
    the address go into each record besides.

    Attributes:
        identifiers: The fields that can hold a row's id.
    """

    identifiers: ClassVar[tuple[str, ...]]
    state_partitioning_keys = ()
    ignore_parent_replication_key = False
    selected_by_default = False
    absences = {HTTPStatus.NOT_FOUND: "gone meanwhile"}  # noqa: RUF012

    @property
    def children_to_read(self) -> list[PartStream]:
        """The children that are selected."""
        return [child for child in cast("list[PartStream]", self.child_streams) if child.selected]

    def start(self, context: Context, family: Family) -> None:
        """Let a thread ask for what belongs to a parent, and for what belongs to that."""
        if not self.is_over:
            family.start(self._part(context), partial(self._ask_deeply, context, family))

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        context = context or {}
        answers = self._tap.look_ahead.take(self._part(context), partial(self.answers, context))
        for absence in answers.absences:
            self.skip(self.absences[absence.status], str(absence))
        yield from answers.records.values()

    def answers(self, context: Context) -> Answers:
        """Send all requests for a parent; this runs in a thread and touches no state.

        Raises:
            FatalAPIError: One was refused.
        """
        answers = Answers()
        ids = {name: value for name, value in context.items() if name in self.fields}
        for language in self.languages:
            try:
                for row in self.rows(context, language):
                    record = self.layout.record({**row, **ids}, self.unknown_fields)
                    answers.add(record, self.primary_keys)
            except AnswerError as error:
                if error.status not in self.absences:
                    raise
                answers.absences.append(error)
        return answers

    @property
    def languages(self) -> Sequence[str]:
        """The locales to ask for; an empty one leaves the choice to the server."""
        return ("",)

    def rows(self, context: Context, language: str) -> Iterable[Record]:
        """Ask for the rows of a parent in one language."""
        parameters = self.parameters(context)
        if language:
            parameters.append(("lang", language))
        return self.ask(self.path.format(**context), parameters, self.read_page).records

    def parameters(self, context: Context) -> Parameters:
        """Give the query of each request for a parent."""
        version = context.get("sourceVersion")
        return [*([("version", version)] if version else []), *self.options]

    def read_page(self, body: Any) -> Page:
        """Read the records of a body."""
        return page_of(body, *self.identifiers)

    def _ask_deeply(self, context: Context, family: Family) -> Answers:
        answers = self.answers(context)
        for child in self.children_to_read:
            for record in answers.records.values():
                child.start(cast("Context", self.get_child_context(record, context)), family)
        return answers

    def _part(self, context: Context) -> Hashable:
        return (self.name, *sorted(context.items()))


class PagedStream(PartStream):
    """A stream with a list of pages for each parent.

    Attributes:
        is_ordered: Whether its rows can be asked for in the order of ids that rise.
    """

    can_filter = True
    is_ordered: ClassVar[bool] = True

    @override
    def rows(self, context: Context, language: str) -> Iterator[Record]:
        pages = List(
            Source(
                partial(self._page, context),
                self._id_of,
                is_ordered=self.is_ordered and self.asks_for_order,
            ),
            self.logger,
        )
        for batch in pages.batches():
            yield from batch.rows

    def paging(self, number: int, *, descending: bool) -> Parameters:
        """Give the parameters that ask for a page."""
        return [
            ("page", str(number)),
            ("items", str(self.config["page_size"])),
            *self.order_by(self.identifiers[0], descending=descending),
        ]

    def _page(self, context: Context, number: int, *, descending: bool = False) -> Page:
        parameters = [*self.paging(number, descending=descending), *self.parameters(context)]
        return self.ask(self.path.format(**context), parameters, self.read_page)

    def _id_of(self, row: Record) -> int | str:
        """Give what identifies a row.

        Raises:
            UnreadableError: Nothing does.
        """
        value = next((row[name] for name in self.identifiers if row.get(name) is not None), None)
        if value is None:
            raise UnreadableError(f"a row has no {self.identifiers[0]}.")
        if type(value) is int:
            return value
        text = str(value)
        return int(text) if self.is_ordered and is_whole(text) else text
