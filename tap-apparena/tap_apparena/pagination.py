"""How long lists are read page by page, though rows come and go meanwhile.

A row that is deleted moves all rows behind it one place forward, so that one of them can slip
through between two pages. Therefore every list is counted while it is read, and read again if the
count does not come out. Links to other pages are never followed, as they lead to wrong hosts.
Source: the API's documentation, "Pagination".
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tap_apparena.errors import AnswerError, UnreadableError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Hashable, Iterator

    from tap_apparena.bodies import Page, Record

MOST_RESTARTS = 2
FOR_EVERY_PAGE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@dataclass(frozen=True)
class Place:
    """How far a list in ascending order is read.

    Attributes:
        page: The last page that was read, even if only a part of it was filled.
        page_size: How many rows the server puts on a page.
        last_id: The highest id so far.
    """

    page: int
    page_size: int
    last_id: int


@dataclass(frozen=True)
class Batch:
    """Rows of a page that have not come before.

    Attributes:
        rows: The rows.
        place: Where to go on after them; None if that cannot be told.
    """

    rows: list[Record]
    place: Place | None = None


class OrderError(Exception):
    """Ids do not rise as they must where reading goes on from a place."""


class Pass:
    """One way through the pages of a list."""

    def __init__(self, number: int, page: Page | None = None) -> None:
        """Begin.

        Args:
            number: The first page.
            page: That page, if it was read already.
        """
        self.number = number
        self.page = page
        self.rows_before = (number - 1) * (page.page_size or 0) if page else 0
        self.total: int | None = None
        self.shrinks = False
        self.trouble = ""
        self.error: AnswerError | None = None
        self.rises = True
        self.highest: int | None = None
        self.seen: set[Hashable] = set()
        self._page_size: int | None = None

    def meet(self, page: Page, ids: list[Hashable]) -> bool:
        """Take a page into account.

        Args:
            page: The page with the number `number`.
            ids: The ids on it.

        Returns:
            Whether it is the last.
        """
        if (
            self.total is not None
            and page.total_items is not None
            and page.total_items < self.total
        ):
            self.shrinks = True
            self.trouble = "rows were deleted meanwhile"
        if page.total_items is not None:
            self.total = page.total_items
        if page.page_size != self._page_size and self._page_size is not None:
            self.trouble = "the server changed the size of pages meanwhile"
        self._page_size = page.page_size
        self._climb(ids)
        brings_more = not self.seen.issuperset(ids)
        self.seen.update(ids)
        return (
            not ids
            or page.page_count is None
            or self.number >= page.page_count
            or (page.page_number not in {None, self.number} and not brings_more)
        )

    def place(self, page: Page) -> Place | None:
        """Tell where to go on after a page, if nothing before it can have slipped through."""
        if (
            self.trouble
            or not self.rises
            or self.highest is None
            or page.page_size is None
            or page.page_number not in {None, self.number}
        ):
            return None
        return Place(self.number, page.page_size, self.highest)

    def _climb(self, ids: list[Hashable]) -> None:
        """See whether ids rise strictly, which they do only if the server obeys the order."""
        for an_id in ids:
            if not isinstance(an_id, int) or (self.highest is not None and an_id <= self.highest):
                self.rises = False
                return
            self.highest = an_id


class List:
    """A list, every row of which is given once."""

    def __init__(
        self,
        ask: Callable[[int], Page],
        identify: Callable[[Record], Hashable],
        logger: logging.Logger | logging.LoggerAdapter[Any],
        place: Place | None = None,
    ) -> None:
        """Prepare to read.

        Args:
            ask: Gives a page by its number, from 1.
            identify: Gives the id of a row.
            logger: Where troubles are told.
            place: Where an earlier read was interrupted.
        """
        self._ask = ask
        self._identify = identify
        self._logger = logger
        self._place = place
        self._seen: set[Hashable] = set()
        self._total = 0
        self._shrinks = False
        self.is_complete = False

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
            try:
                yield from self._read(one)
            except OrderError:
                self._logger.info("Reading all again, as the order of rows is not by id.")
                self._place = None
                one = Pass(1)
                continue
            shortage = self._shortage(one)
            trouble = one.trouble or shortage
            if not trouble:
                self.is_complete = True
                return
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
            one = Pass(1)

    def _read(self, one: Pass) -> Iterator[Batch]:
        """Go through the pages once."""
        is_last = False
        while not is_last:
            page = one.page or self._page(one)
            if page is None:
                return
            one.page = None
            ids = [self._identify(row) for row in page.records]
            is_last = one.meet(page, ids)
            if self._place:
                self._check_order(one, ids, self._place)
            yield Batch(list(self._new(ids, page.records)), self._safe_place(one, page))
            one.number += 1

    def _page(self, one: Pass) -> Page | None:
        """Ask for the next page; None if the server has it no longer."""
        try:
            return self._ask(one.number)
        except AnswerError as error:
            if one.number == 1 or error.status in FOR_EVERY_PAGE:
                raise
            one.trouble, one.error = f"page {one.number} went away", error
            return None

    def _new(self, ids: list[Hashable], rows: list[Record]) -> Iterator[Record]:
        for an_id, row in zip(ids, rows, strict=True):
            if an_id in self._seen:
                continue
            self._seen.add(an_id)
            if not self._place or not isinstance(an_id, int) or an_id > self._place.last_id:
                yield row

    def _safe_place(self, one: Pass, page: Page) -> Place | None:
        place = one.place(page)
        if place and self._place and place.last_id < self._place.last_id:
            return None
        return place

    def _shortage(self, one: Pass) -> str:
        """Say how many rows have not come that the server counts, empty if all have."""
        self._shrinks |= one.shrinks or (one.total or 0) < self._total
        self._total = one.total or 0
        come = one.seen if self._shrinks else self._seen  # deleted rows must not stand for others
        missing = self._total - one.rows_before - len(come)
        return f"{missing} of {one.total} rows have not come" if missing > 0 else ""

    def _start(self) -> Pass:
        """Find the page to go on from: the first that can hold rows which never came."""
        if self._place is None:
            return Pass(1)
        number = self._place.page
        try:
            page = self._ask(number)
            if page.page_size != self._place.page_size:
                self._logger.info("Reading all again, as the size of pages is another.")
                self._place = None
                return Pass(1)
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
            return Pass(1)
        return Pass(number, page)

    def _lowest(self, page: Page) -> int:
        ids = [self._identify(row) for row in page.records]
        if not all(isinstance(an_id, int) for an_id in ids):
            raise UnreadableError("ids are no whole numbers any more.")
        return min(ids, default=0)  # type: ignore[type-var, return-value]

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
