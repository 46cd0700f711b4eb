"""Lists in numbered pages, read so that no row is missed although rows come and go meanwhile.

A row that is deleted moves all rows behind it one place forward, so that one of them can slip
through between two pages. Therefore a list is read in ascending order, each row is handed out once,
and what has come is compared with what the server counts. If that does not come out, the list is
read once more; if it still does not, the list has failed.

New rows have higher ids than all others. A first request in descending order shows how many rows
there are and the highest id. What is there at the end beyond the ids above that one has been there
from the beginning, so that a deletion shows even if as many rows were added. This, and going on
where a run was interrupted, takes a server that obeys an order; where it obeys none, the counts
have to do. Links to other pages are never followed, as they lead to wrong hosts.

Source: the API's documentation, "Pagination" and "Order".
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from http import HTTPStatus
from operator import gt, itemgetter, lt
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, GatewayError, request_line
from singer_tapkit.pagination import IncompleteListError, PagePaginator, read_pages
from tap_apparena.page import Page, Row

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterable, Sequence

    from requests import Response

NOT_ABOUT_A_PAGE: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
"""Refusals that would meet every page, whether it exists or not."""


class OrderStyle(NamedTuple):
    """The names of the options that ask for an order."""

    ascending: str
    descending: str


ORDER_STYLES: Final = (
    OrderStyle("orderasc", "orderdesc"),
    OrderStyle("orderBy[ASC]", "orderBy[DESC]"),
)
"""Both are documented, and which one a server obeys is not."""

Fetch = Callable[[int, str | None], Page]
"""Reads the page with a number, from 1, in the order that an option asks for, None for any."""


class Ordering:
    """The ways to ask for an order that the server may obey, as far as is known.

    Attributes:
        styles: Those that are still to be tried, the first one first.
    """

    def __init__(self, styles: tuple[OrderStyle, ...] = ORDER_STYLES) -> None:
        """Begin with all, or with none for rows that no order puts new ones last."""
        self.styles = styles

    def reject(self, style: OrderStyle) -> None:
        """Note that the server does not obey one; threads may call this."""
        self.styles = tuple(other for other in self.styles if other != style)


class Position(msgspec.Struct, frozen=True):
    """How far a list in ascending order is read.

    Attributes:
        page: The last page that was read, even if only a part of it was filled.
        last_id: The highest id so far.
    """

    page: Annotated[int, msgspec.Meta(ge=1)]
    last_id: int


class ListedRow(NamedTuple):
    """A row that has not come before.

    Attributes:
        id: Its id.
        row: The row.
        position: Where a later run can go on after it; None if that is unknown.
    """

    id: Any
    row: Row
    position: Position | None


class ListSnapshot(NamedTuple):
    """What a list was like before it was read.

    Attributes:
        total: How many rows there were.
        highest: The highest id.
    """

    total: int
    highest: int

    def is_intact(self, total: int, ids: Iterable[Any]) -> bool:
        """Return whether no row was deleted since.

        Args:
            total: How many rows there are now.
            ids: The ids of rows, among them all that were added since.
        """
        return total - sum(map(self.highest.__lt__, ids)) >= self.total


class PageScan(PagePaginator[int, Page]):
    """One way through the pages of a list, and what may have gone amiss on it.

    Attributes:
        number: The page that was read last.
        style: The order that was asked for; None for any.
        snapshot: What the list was like before; None if that, or its order, is unknown.
        after: Up to which id rows were handed out by an earlier run; None if by none.
        seen: The ids that have come.
        has_repeats: Whether one has come twice, in place of another perhaps.
    """

    def __init__(
        self,
        fetch: Fetch,
        *,
        style: OrderStyle | None = None,
        snapshot: ListSnapshot | None = None,
        first: Page | None = None,
        start: int = 1,
        after: int | None = None,
    ) -> None:
        """Begin at the page with the number `start`, which is `first` if it was read already."""
        super().__init__(start)
        self.number = start
        self.style = style
        self.snapshot = snapshot
        self.after = after
        self.seen: set[Any] = set()
        self.has_repeats = False
        self._fetch = fetch
        self._first = first
        self._rows_before = (start - 1) * (first.size or 0) if first else 0
        self._first_length = 0
        self._total: int | None = None
        self._highest: int | None = None
        self._problem = ""
        self._is_last = False

    def fetch(self, number: int) -> Response:
        """Read a page, and return the response that it is from.

        The server may have none behind the last one; that counts as an empty page.
        """
        try:
            page = self._first or self._fetch(number, self.style.ascending if self.style else None)
        except ApiError as error:
            if number == self.number or not _is_about_a_page(error):
                raise
            page = replace(self.page, rows=[])
        self._first = None
        self.number = number
        self.page = page
        return page.response

    @override
    def parse_page(self, response: Response) -> Page:
        page = self.page
        new = [an_id for an_id in dict.fromkeys(page.ids) if an_id not in self.seen]
        self.has_repeats |= len(new) < len(page.rows)
        self.seen.update(new)
        self._first_length = self._first_length or len(page.rows)
        if page.total is not None:
            if self._total is not None and page.total < self._total:
                self._problem = "rows were deleted meanwhile"
            self._total = page.total
        if not page.rows and not self._has_all(page):
            self._check_empty_page(page)
        self._is_last = self._ends_list(page, new)
        self._check_order(new)
        return page

    @override
    def get_rows(self, page: Page) -> Sequence[Any]:
        return page.rows

    @override
    def next_token(self, page: Page) -> int | None:
        return None if self._is_last else self.current_value + 1

    @property
    def position(self) -> Position | None:
        """How far the list is read; None if that is unknown, or it is read wholly."""
        if self._is_last or self.snapshot is None or self._highest is None:
            return None
        return Position(self.number, self._highest)

    @property
    def problem(self) -> str:
        """Why rows may have slipped through, once the last page was read; empty if none can."""
        if self._problem or self._total is None:
            return self._problem
        missing = self._total - self._rows_before - len(self.seen)
        if missing > 0:
            return f"{missing:,} of {self._total:,} rows have not come"
        if missing < 0:
            return f"{-missing:,} rows more than the {self._total:,} that it counts have come"
        if self.snapshot is None or not self.seen:
            return ""
        has_all = self.snapshot.highest in self.seen
        if has_all and self.snapshot.is_intact(self._total, self.seen):
            return ""
        return "rows were deleted and added meanwhile"

    def _has_all(self, page: Page) -> bool:
        """Return whether as many rows have come as the server counts."""
        return page.total is not None and self._rows_before + len(self.seen) >= page.total

    def _check_empty_page(self, page: Page) -> None:
        """Note a page without rows that is none behind the last one."""
        if page.count is not None and self.number <= page.count:
            self._problem = self._problem or f"page {self.number:,} of {page.count:,} has no rows"
        elif page.has_next:
            self._problem = self._problem or f"page {self.number:,} has no rows, but a next page"

    def _ends_list(self, page: Page, new: list[Any]) -> bool:
        """Return whether nothing that a page says of the list leads to another one."""
        has_all = self._has_all(page)
        if not page.rows or (has_all and not new):
            return True
        if page.has_next or (self.number < (page.count or 0) and not (has_all and page.is_larger)):
            return False
        if page.total is not None:
            return has_all or not new
        return page.count is not None or not new or len(page.rows) < self._first_length

    def _check_order(self, new: list[Any]) -> None:
        """Give the snapshot up unless ids rise, as they do only if the server obeys the order."""
        if self.snapshot is None or not new:
            return
        ids = new if self._highest is None else [self._highest, *new]
        self._highest = ids[-1]
        if not all(map(lt, ids, ids[1:])):
            self.snapshot = None
            if self.after is not None:
                self._problem = "the order of rows is not by id"


class PagedList:
    """A list, every row of which is handed out once.

    Attributes:
        complete_up_to: Up to which id all rows have come, once the list is read; None as long as it
            is not, or if that is not known. Rows with higher ids may have slipped through.
    """

    def __init__(
        self,
        fetch: Fetch,
        ordering: Ordering,
        logger: logging.Logger | logging.LoggerAdapter[Any],
        *,
        position: Position | None = None,
        pages_per_position: int | None = None,
        must_be_sure: bool = False,
    ) -> None:
        """Prepare to read.

        Args:
            fetch: Reads a page.
            ordering: How to ask for an order.
            logger: Logs that the list is read again.
            position: Where an earlier run was interrupted.
            pages_per_position: After how many pages a position is wanted, each of which costs one
                more request; None for never.
            must_be_sure: Whether it is read again where neither an order nor a count shows that
                nothing has slipped through, as a read that brings nothing new does.
        """
        self._fetch = fetch
        self._ordering = ordering
        self._logger = logger
        self._position = position
        self._pages_per_position = pages_per_position
        self._must_be_sure = must_be_sure
        self._seen: set[Any] = set()
        self.complete_up_to: int | None = None

    def read(self) -> Iterator[ListedRow]:
        """Yield the rows that have come neither before nor, by the position, in an earlier run.

        Raises:
            RequestError: A page could not be read.
            IncompleteListError: Rows may be missing although all pages were read twice.
        """
        scan = yield from self._read_once(self._position)
        problem = scan.problem
        if self._must_be_sure and scan.snapshot is None:
            problem = problem or "nothing but a second read can show that all rows have come"
        if problem:
            self._logger.info("Reading the list from its first page again: %s.", problem)
            known = len(self._seen)
            scan = yield from self._read_once(None)
            if scan.problem:
                raise IncompleteListError(
                    f"{request_line(scan.page.response.request)} hands out no complete list, "
                    f"although it was read twice: {scan.problem}. What has come was written; run "
                    "the tap again at a quieter hour."
                )
            if self._must_be_sure and len(self._seen) == known and not scan.has_repeats:
                self.complete_up_to = max(self._seen, default=0)
                return
        self.complete_up_to = scan.snapshot.highest if scan.snapshot else None

    def _read_once(self, position: Position | None) -> Generator[ListedRow, None, PageScan]:
        """Go through the pages, and return what was noted on the way."""
        scan = self._begin(position)
        is_ordered = scan.snapshot is not None
        for page in read_pages(scan, scan.fetch):
            rows = self._new_rows(page, scan.after)
            safe_position = self._safe_position(scan)
            for an_id, row in rows[:-1]:
                yield ListedRow(an_id, row, None)
            for an_id, row in rows[-1:]:
                yield ListedRow(an_id, row, safe_position)
        if scan.style and is_ordered and scan.snapshot is None:
            self._ordering.reject(scan.style)
        return scan

    def _new_rows(self, page: Page, after: int | None) -> list[tuple[Any, Row]]:
        new: dict[Any, Row] = {}
        for an_id, row in page.rows:
            if an_id not in self._seen and (after is None or an_id > after):
                new.setdefault(an_id, row)
        self._seen.update(new)
        return list(new.items())

    def _safe_position(self, scan: PageScan) -> Position | None:
        """Return the position after a page, if it is time for one and no row was deleted yet."""
        position, snapshot = scan.position, scan.snapshot
        if not self._pages_per_position or scan.number % self._pages_per_position:
            return None
        if position in {None, self._position} or snapshot is None or scan.style is None:
            return None
        newest = self._fetch(1, scan.style.descending)
        knows_all_new = newest.total is not None and min(newest.ids, default=0) <= snapshot.highest
        is_safe = knows_all_new and snapshot.is_intact(newest.total or 0, newest.ids)
        return position if is_safe else None

    def _begin(self, position: Position | None) -> PageScan:
        """Return a scan that knows what the list is like before.

        A list that fits on a page costs one request.
        """
        for style in self._ordering.styles:
            newest = self._fetch_newest(style)
            if newest is None:
                continue
            ids = newest.ids
            if newest.is_whole_list:
                return PageScan(
                    self._fetch,
                    snapshot=ListSnapshot(len(ids), max(ids, default=0)),
                    first=replace(newest, rows=sorted(newest.rows, key=itemgetter(0))),
                )
            if all(map(gt, ids, ids[1:])):
                snapshot = None if newest.total is None else ListSnapshot(newest.total, ids[0])
                is_known = snapshot and position and position.last_id <= snapshot.highest
                if snapshot and position and is_known and newest.count and newest.size:
                    number = min(position.page, newest.count)
                    return self._resume(style, snapshot, number, position.last_id)
                return PageScan(self._fetch, style=style, snapshot=snapshot)
            self._ordering.reject(style)
        return PageScan(self._fetch)

    def find_highest_id(self) -> int | None:
        """Return the highest id of the list by one request; None if the order is unknown."""
        for style in self._ordering.styles:
            newest = self._fetch_newest(style)
            if newest and (newest.is_whole_list or all(map(gt, newest.ids, newest.ids[1:]))):
                return max(newest.ids, default=0)
        return None

    def _fetch_newest(self, style: OrderStyle) -> Page | None:
        """Return the first page in descending order, None if the server refuses the option."""
        try:
            return self._fetch(1, style.descending)
        except (ApiError, GatewayError) as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            return None

    def _resume(
        self, style: OrderStyle, snapshot: ListSnapshot, number: int, last_id: int
    ) -> PageScan:
        """Return a scan from the first page that can hold rows which have never come."""
        try:
            page = self._fetch(number, style.ascending)
            while number > 1 and min(page.ids, default=last_id + 1) > last_id:
                number -= 1
                page = self._fetch(number, style.ascending)
        except ApiError as error:
            if not _is_about_a_page(error):
                raise
            return PageScan(self._fetch, style=style, snapshot=snapshot)
        return PageScan(
            self._fetch, style=style, snapshot=snapshot, first=page, start=number, after=last_id
        )


def _is_about_a_page(error: ApiError) -> bool:
    """Return whether a refusal may mean that there is no such page."""
    return not error.is_retriable and error.status not in NOT_ABOUT_A_PAGE
