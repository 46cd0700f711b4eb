"""How long lists are read page by page, though rows come and go meanwhile.

A row that is deleted moves all rows behind it one place forward, so that one of them can slip
through between two pages. Therefore every list is counted before and while it is read, and read
again if the count does not come out. Links to other pages are never followed, as they lead to wrong
hosts. Source: the API's documentation, "Pagination".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from tap_apparena.beginning import Beginning, are_whole
from tap_apparena.errors import AnswerError, UnreadableError
from tap_apparena.passing import OrderError, Pass, Place

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Hashable, Iterator

    from tap_apparena.bodies import Page, Record

MOST_RESTARTS = 2
FOR_EVERY_PAGE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class Asking(Protocol):
    """What gives a page by its number, from 1."""

    def __call__(self, number: int, *, descending: bool = False) -> Page:
        """Ask for a page of the list, in ascending order or the other way round."""


@dataclass(frozen=True)
class Source:
    """Where a list comes from.

    Attributes:
        ask: Gives a page.
        identify: Gives the id of a row.
        is_ordered: Whether rows are asked for in the order of their ids.
    """

    ask: Asking
    identify: Callable[[Record], Hashable]
    is_ordered: bool = True


@dataclass(frozen=True)
class Batch:
    """Rows of a page that have not come before.

    Attributes:
        rows: The rows.
        place: Where to go on after them; None if that cannot be told.
    """

    rows: list[Record]
    place: Place | None = None


class List:
    """A list, every row of which is given once.

    Attributes:
        complete_up_to: Up to which id all rows have come, once the list is read; None as long as it
            is not, or if that cannot be told.
    """

    def __init__(
        self,
        source: Source,
        logger: logging.Logger | logging.LoggerAdapter[Any],
        *,
        place: Place | None = None,
        pages_per_place: int | None = None,
        must_be_sure: bool = False,
    ) -> None:
        """Prepare to read.

        Args:
            source: Where it comes from.
            logger: Where troubles are told.
            place: Where an earlier read was interrupted.
            pages_per_place: After how many pages a place is wanted, each of which costs one more
                request; None for never.
            must_be_sure: Whether it is read until nothing new comes, where neither an order nor a
                count tells that nothing has slipped through.
        """
        self._ask = source.ask
        self._identify = source.identify
        self._is_ordered = source.is_ordered
        self._logger = logger
        self._place = place
        self._pages_per_place = pages_per_place
        self._must_be_sure = must_be_sure
        self._seen: set[Hashable] = set()
        self._left_out: set[Hashable] = set()
        self._total = 0
        self._shrinks = False
        self.complete_up_to: int | None = None

    def batches(self) -> Iterator[Batch]:
        """Read the pages, at most three times over.

        Yields:
            The rows of each page that have not come before, neither in this read nor, where it
            goes on from a place, up to there.

        Raises:
            AnswerError: The server refused a page.
        """
        restarts = 0
        one = self._start()
        while True:
            known = len(self._seen)
            try:
                yield from self._read(one)
            except OrderError:
                self._logger.info("Reading all again, as the order of rows is not by id.")
                self._place = None
                self._seen -= self._left_out
                one = self._begin()
                continue
            trouble = one.trouble or self._shortage(one)
            if not trouble:
                self.complete_up_to = self._complete_up_to(one, known)
                if self.complete_up_to is not None or not self._must_be_sure:
                    return
                trouble = (
                    "without an order, only a read that brings nothing new shows that all came"
                )
            if restarts == MOST_RESTARTS:
                if one.error:
                    raise one.error
                self._logger.warning(
                    "Some rows may be missing, though all pages were read %s times: %s.",
                    restarts + 1,
                    trouble,
                )
                return
            restarts += 1
            self._logger.info("Reading from the first page again: %s.", trouble)
            one = self._begin()

    def _read(self, one: Pass) -> Iterator[Batch]:
        """Go through the pages once."""
        is_last = False
        while not is_last:
            page = one.page or self._page(one)
            if page is None:
                return
            one.page = None
            ids = self._ids(page)
            is_last = one.meet(page, ids)
            if self._place:
                self._check_order(one, ids, self._place)
            place = None if is_last else self._safe_place(one, page)
            yield Batch(self._new(ids, page.records), place)
            one.number += 1

    def _begin(self) -> Pass:
        """Start at the first page, knowing what the list is like before.

        A list that fits on a page, and is counted, costs one request.
        """
        newest = self._newest()
        if newest is None or newest.page_count is None:
            return Pass(1)
        ids = self._ids(newest)
        beginning = Beginning.of(newest, ids)
        if newest.page_count > 1:
            return Pass(1, beginning=beginning)
        rows = newest.records[::-1] if beginning else newest.records
        return Pass(1, replace(newest, records=rows), beginning)

    def _newest(self) -> Page | None:
        """Ask for the first page in descending order; None if there is no such order."""
        try:
            return self._ask(1, descending=True) if self._is_ordered else None
        except AnswerError as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            return None

    def _page(self, one: Pass) -> Page | None:
        """Ask for the next page; None if the server has it no longer."""
        try:
            return self._ask(one.number)
        except AnswerError as error:
            if one.number == 1 or error.status in FOR_EVERY_PAGE:
                raise
            one.trouble, one.error = f"page {one.number} went away", error
            return None

    def _ids(self, page: Page) -> list[Hashable]:
        return [self._identify(row) for row in page.records]

    def _new(self, ids: list[Hashable], rows: list[Record]) -> list[Record]:
        new = []
        for an_id, row in zip(ids, rows, strict=True):
            if an_id in self._seen:
                continue
            self._seen.add(an_id)
            if self._place and isinstance(an_id, int) and an_id <= self._place.last_id:
                self._left_out.add(an_id)
            else:
                new.append(row)
        return new

    def _safe_place(self, one: Pass, page: Page) -> Place | None:
        """Give the place after a page, if it is time for one and no row has slipped through."""
        if not self._pages_per_place or one.number % self._pages_per_place:
            return None
        place = one.place(page)
        if not place or (self._place and place.last_id <= self._place.last_id):
            return None
        newest = self._newest()
        return place if newest and one.is_undisturbed(newest, self._ids(newest)) else None

    def _shortage(self, one: Pass) -> str:
        """Say how many rows have not come that the server counts, empty if all have."""
        self._shrinks |= one.shrinks or (one.total or 0) < self._total
        self._total = one.total or 0
        come = one.seen if self._shrinks else self._seen  # deleted rows must not stand for others
        missing = self._total - one.rows_before - len(come)
        if missing > 0:
            return f"{missing} of {one.total} rows have not come"
        return "rows were deleted and added meanwhile" if one.has_lost() else ""

    def _complete_up_to(self, one: Pass, known: int) -> int | None:
        """Tell up to which id all rows have come; a pass with each known row once has shown all.

        Args:
            one: The pass that has ended, without trouble.
            known: How many rows had come before it.
        """
        if one.complete_up_to is not None or len(self._seen) > known or one.has_repeats:
            return one.complete_up_to
        ids = list(self._seen)
        return max(ids, default=0) if are_whole(ids) else None

    def _start(self) -> Pass:
        """Find the page to go on from: the first that can hold rows which never came."""
        one = self._begin()
        if self._place is None or one.page:
            return one
        number = self._place.page
        try:
            page = self._ask(number)
            if page.page_size != self._place.page_size:
                self._logger.info("Reading all again, as the size of pages is another.")
                self._place = None
                return one
            if not page.records or number > (page.page_count or 1):
                number = max(page.page_count or 1, 1)
                page = self._ask(number)
            number = page.page_number or number
            while number > 1 and self._lowest(page) > self._place.last_id:
                number -= 1
                page = self._ask(number)
        except AnswerError as error:
            if error.status in FOR_EVERY_PAGE:
                raise
            return one
        return Pass(number, page, one.beginning)

    def _lowest(self, page: Page) -> int:
        ids = self._ids(page)
        if not are_whole(ids):
            raise UnreadableError("ids are no whole numbers any more.")
        return min(ids, default=0)

    @staticmethod
    def _check_order(one: Pass, ids: list[Hashable], place: Place) -> None:
        """See that rows before the place have stayed before it.

        Raises:
            OrderError: They have not, so that rows which never came can be among them.
        """
        moved_back = one.number > place.page and any(
            isinstance(an_id, int) and an_id <= place.last_id for an_id in ids
        )
        if moved_back or not one.rises:
            raise OrderError
