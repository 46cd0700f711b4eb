"""The customers of all studios, which take turns, so that all keys are used at once.

Source: the API's documentation, ``GET /v1/customers``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_studio_openapi import bulk, resume
from tap_studio_openapi.answers import FAILURES
from tap_studio_openapi.errors import AnswerError
from tap_studio_openapi.pagination import Chunk, chunk_of, chunks
from tap_studio_openapi.personal_data import PERSONAL
from tap_studio_openapi.progress import Beat
from tap_studio_openapi.resume import Place, ResumePoint
from tap_studio_openapi.streams.base import StudioStream
from tap_studio_openapi.turns import in_turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from singer_sdk import metrics
    from singer_sdk.helpers.types import Context, Record

    from tap_studio_openapi.connections import Studio
    from tap_studio_openapi.look_ahead import Family

STUDIOS_AT_ONCE = 10
EVER_KNOWN_STATUSES = {"MEMBER", "PROSPECT"}


@dataclass(frozen=True)
class Members:
    """Customers that come one right after the other.

    Attributes:
        studio: Whose customers they are.
        records: What the server says.
    """

    studio: Studio
    records: list[dict[str, Any]]


@dataclass(frozen=True)
class Milestone:
    """A place behind a chunk of customers.

    Attributes:
        studio: Whose customers they are.
        place: Where the next chunk is; None where there is none.
    """

    studio: Studio
    place: Place | None


@dataclass(frozen=True)
class Break:
    """The place where a list has failed.

    Attributes:
        studio: Whose list it is.
        error: What has happened.
    """

    studio: Studio
    error: Exception


@dataclass(frozen=True)
class Page:
    """A chunk of customers.

    Attributes:
        status: The status that was asked for.
        records: The customers.
        milestone: What is known once they are written.
    """

    status: str
    records: list[dict[str, Any]]
    milestone: Milestone | None


Step = Members | Milestone | Break


class Customers(StudioStream):
    """All customers, one status after the other."""

    name = "customers"
    path = "/v1/customers"
    scopes = ("CUSTOMER_READ",)
    slice_size = 500
    child_id = ("customer_id", "id")
    personal = PERSONAL
    state_partitioning_keys = ("studio_id",)

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        beat = Beat()
        number = 0
        lists = (self._list_of(studio) for studio in self._tap.studios.values())
        steps = in_turns(lists, STUDIOS_AT_ONCE)
        if self.wanted_children:
            steps = self._tap.look_ahead.ahead(steps, self._start_children)
        for step in steps:
            match step:
                case Members(studio, records):
                    number += len(records)
                    yield from self._members(studio, records)
                case Milestone(studio, place):
                    self._pass(studio, place)
                case Break(studio, error):
                    self._break(studio, error)
            if beat.due():
                self.logger.info("%s customers so far.", f"{number:,}")

    def _members(self, studio: Studio, records: list[Record]) -> Iterator[Record]:
        """Give customers; one that does not fit ends the studio's customers."""
        if studio.is_lost or self.readings[studio.id].is_over:
            return
        context = {"studio_id": studio.id}
        try:
            yield from self._written(self.finished(records, context))
        except FAILURES as error:
            self.failed(studio, context, error)
            self.readings[studio.id].end()

    def _written(self, records: Iterable[dict[str, Any]]) -> Iterator[Record]:
        """Give records, or write them at once where neither children nor anything else follows."""
        if self._are_written_at_once:
            rows = map(itemgetter(*self._nulls), records)
            self._counter.increment(bulk.write(self, list(self._nulls), rows))
        else:
            yield from records

    @cached_property
    def _are_written_at_once(self) -> bool:
        return not self.wanted_children and bulk.can_write(self)

    @override
    def get_record_counter(self, **kwargs: Any) -> metrics.Counter:
        self._counter = super().get_record_counter(**kwargs)
        return self._counter

    def _start_children(self, step: Step, family: Family) -> None:
        if isinstance(step, Members):
            for record in step.records:
                if record.get("id") is not None:
                    context = self.context_below(record, {"studio_id": step.studio.id})
                    for child in self.wanted_children:
                        child.ask_ahead(context, family)

    def _list_of(self, studio: Studio) -> Iterator[Step]:
        """Begin to ask for a studio's customers, and give what is in the list."""
        self.begin(studio)
        point = resume.found(self._state_of(studio), self._settings)
        if point is not None:
            self.logger.info(
                "Taking up %s where the run before was interrupted (%s, offset %s).",
                studio,
                point.place.status,
                point.place.offset,
            )
            self._begun[studio.id] = point.begun
        pages = self._pages_of(studio, point.place if point else Place(self._statuses[0]))
        return self._steps(studio, self._tap.look_ahead.one_ahead(pages))

    def _steps(self, studio: Studio, pages: Iterator[Page]) -> Iterator[Step]:
        """Give the customers one by one, each to be followed by its children, or else by page."""
        seen: set[tuple[str, Any]] = set()
        try:
            for page in pages:
                fresh = _not_in(seen, page)
                if self.wanted_children:
                    yield from (Members(studio, [record]) for record in fresh)
                else:
                    yield Members(studio, fresh)
                if page.milestone is not None:
                    yield page.milestone
                if studio.is_lost:
                    return
        except FAILURES as error:
            yield Break(studio, error)

    def _pages_of(self, studio: Studio, start: Place) -> Iterator[Page]:
        """Ask for the customers of a studio from a place on; threads do so."""
        statuses = self._statuses[self._statuses.index(start.status) :]
        for status, following in zip(statuses, [*statuses[1:], None], strict=True):
            offset = start.offset if status == start.status else None
            is_first = True
            try:
                for chunk in self._chunks_of(studio, status, offset):
                    yield Page(status, chunk.result, _milestone_in(studio, status, chunk))
                    is_first = False
            except AnswerError as error:
                if error.status != HTTPStatus.BAD_REQUEST or not is_first:
                    raise
                if offset is not None:
                    self.logger.warning("%s does not take up its offset: starting over.", studio)
                    yield from self._pages_of(studio, Place(self._statuses[0]))
                    return
                if status in EVER_KNOWN_STATUSES:
                    raise
                self.logger.warning("%s knows no customers of status %s.", studio, status)
            yield Page(status, [], Milestone(studio, Place(following) if following else None))

    def _chunks_of(self, studio: Studio, status: str, offset: str | None) -> Iterator[Chunk]:
        return chunks(
            lambda place: chunk_of(
                self.ask(studio.connection, self.path, {"customerStatus": status, **place})
            ),
            self.slice_size,
            self.logger,
            offset=offset,
        )

    def _pass(self, studio: Studio, place: Place | None) -> None:
        """Note that everything before a place has been written."""
        state = self._state_of(studio)
        if studio.is_lost:
            return
        if place is None:
            resume.drop(state)
            self.end(studio, self._begun_of(studio), is_complete=True)
        elif not self.has_failed(studio):
            point = ResumePoint(place, self._begun_of(studio))
            resume.note(state, point, self._settings)
        self.write_state()

    def _break(self, studio: Studio, error: Exception) -> None:
        """Note that a list has failed; what was read of it is good, and taken up next time."""
        context = {"studio_id": studio.id}
        if isinstance(error, AnswerError):
            self.refused(studio, context, error)
        else:
            self.failed(studio, context, error)
        self.end(studio, self._begun_of(studio), is_complete=False)

    @cached_property
    def _statuses(self) -> list[str]:
        return list(dict.fromkeys(self.config["customer_statuses"]))

    @cached_property
    def _settings(self) -> str:
        """What a resume point depends on."""
        return resume.digest(
            {
                "statuses": self._statuses,
                "start_date": self.config.get("start_date"),
                "lookback": self.config["checkin_lookback_days"],
                "streams": sorted(s.name for s in self._tap.streams.values() if s.selected),
            }
        )

    @cached_property
    def _begun(self) -> dict[int, datetime]:
        return {}

    def _begun_of(self, studio: Studio) -> datetime:
        return self._begun.get(studio.id, self._tap.begun)

    def _state_of(self, studio: Studio) -> dict[str, Any]:
        return self.get_context_state({"studio_id": studio.id})


def _milestone_in(studio: Studio, status: str, chunk: Chunk) -> Milestone | None:
    if not chunk.has_next or chunk.offset in {None, ""}:
        return None
    return Milestone(studio, Place(status, str(chunk.offset)))


def _not_in(seen: set[tuple[str, Any]], page: Page) -> list[dict[str, Any]]:
    """Give the customers of a page that were not seen under its status, and note them."""
    found = []
    for record in page.records:
        key = (page.status, record.get("id"))
        if key not in seen:
            seen.add(key)
            found.append(record)
    return found
