"""Lists in numbered pages, read so that no row is missed although rows come and go meanwhile.

A row that is deleted moves all rows behind it one place forward, so that one of them can slip
through between two pages. Therefore a list is read in ascending order, each row is handed out once,
and what has come is compared with what the server counts. If that does not come out, the list is
read once more; if it still does not, the list has failed.

New rows have higher ids than all others. A first request in descending order tells how many rows
there are and the highest id. What is there at the end beyond the ids above that one has been there
from the beginning, so that a deletion shows even if as many rows were added. This, and going on
where a run was interrupted, takes a server that obeys an order; where it obeys none, the counts
have to do. Links to other pages are never followed, as they lead to wrong hosts.

Source: the API's documentation, "Pagination" and "Order".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from operator import gt, lt
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, GatewayError, request_line
from singer_tapkit.pagination import IncompleteListError, PagePaginator, read_pages
from tap_apparena.page import Id, Page, Row

if TYPE_CHECKING:
    import logging
    from collections.abc import Collection, Sequence

    from requests import Response

MAX_SCANS: Final = 2
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


@dataclass(frozen=True)
class RowBatch:
    """Rows of a page that have not come before, with their ids.

    Attributes:
        rows: The rows.
        position: Where a later run can go on after them; None if that is unknown.
    """

    rows: list[tuple[Any, Row]]
    position: Position | None = None


class ListSnapshot(NamedTuple):
    """What a list was like before it was read.

    Attributes:
        total: How many rows there were.
        highest: The highest id.
    """

    total: int
    highest: int

    def is_intact(self, total: int | None, ids: Collection[Any]) -> bool:
        """Return whether no row was deleted since.

        Args:
            total: How many rows there are now.
            ids: The ids of rows, among them all that were added since.
        """
        newer = sum(map(self.highest.__lt__, ids))
        return total is not None and newer < len(ids) and total - newer >= self.total


class PageScan(PagePaginator[int, Page]):
    """One way through the pages of a list, and what may have gone amiss on it.

    Attributes:
        number: The page that was read last.
        snapshot: What the list was like before; None if that, or its order, is unknown.
        style: The order that was asked for.
        after: Up to which id rows were handed out by an earlier run; None if by none.
        seen: The ids that have come.
        has_repeats: Whether one has come twice, in place of another perhaps.
        problem: Why rows may have slipped through, empty if none can have.
        is_last: Whether the page that was read last is the last one.
        is_out_of_order: Whether the server has turned out not to obey the order.
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
        self.problem = ""
        self.is_last = False
        self.is_out_of_order = False
        self._fetch = fetch
        self._first = first
        self._rows_before = (start - 1) * (first.size or 0) if first else 0
        self._first_length = 0
        self._total: int | None = None
        self._highest: int | None = None

    def fetch(self, number: int) -> Response:
        """Read a page, and return the response that it is from."""
        option = self.style.ascending if self.style else None
        self.page = self._first or self._fetch(number, option)
        self._first = None
        self.number = number
        return self.page.response

    @override
    def parse_page(self, response: Response) -> Page:
        page = self.page
        new = [an_id for an_id in page.ids if an_id not in self.seen]
        self.has_repeats |= len(new) < len(page.ids)
        self.seen.update(new)
        self._first_length = self._first_length or len(page.ids)
        if page.total is not None:
            if self._total is not None and page.total < self._total:
                self.problem = "rows were deleted meanwhile"
            self._total = page.total
        self.is_last = self._ends_list(page, new)
        self._check_order(new)
        return page

    @override
    def rows_of(self, page: Page) -> Sequence[Row]:
        return page.rows

    @override
    def next_token(self, page: Page) -> int | None:
        return None if self.is_last else self.current_value + 1

    def end_without(self, number: int) -> None:
        """Take note that the server has no page with this number.

        Where it does not count, that is how a list ends.
        """
        if self._total is not None or self.page.count is not None:
            self.problem = self.problem or f"page {number} went away"

    def position(self) -> Position | None:
        """Return how far the list is read; None if that is unknown, or it is read wholly."""
        if self.problem or self.is_last or self.snapshot is None or self._highest is None:
            return None
        return Position(self.number, self._highest)

    def find_problem(self) -> str:
        """Return why rows may have slipped through, once the last page was read."""
        if self.problem or self._total is None:
            return self.problem
        missing = self._total - self._rows_before - len(self.seen)
        if missing > 0:
            return f"{missing:,} of {self._total:,} rows have not come"
        if self.snapshot is None:
            return ""
        has_all = self.snapshot.highest in self.seen
        if has_all and self.snapshot.is_intact(self._total, self.seen):
            return ""
        return "rows were deleted and added meanwhile"

    @property
    def complete_up_to(self) -> int | None:
        """Up to which id all rows have come, where there is no problem.

        Rows that were added meanwhile may have slipped through.
        """
        if self.number == 1 and self.page.is_whole_list and self._total is not None:
            return max(self.seen, default=0)
        return self.snapshot.highest if self.snapshot else None

    def _ends_list(self, page: Page, new: list[Id]) -> bool:
        if not page.ids:
            return True
        if page.total is not None and self._rows_before + len(self.seen) >= page.total:
            return True
        if page.count is not None:
            return self.number >= page.count
        is_short = not new or len(page.ids) < self._first_length
        return page.total is None and is_short

    def _check_order(self, new: list[Id]) -> None:
        """Give the snapshot up unless ids rise, as they do only if the server obeys the order."""
        if self.snapshot is None or not new:
            return
        ids: list[Any] = new if self._highest is None else [self._highest, *new]
        self._highest = ids[-1]
        is_fresh = self.after is None and len(self.seen) == len(new) and not self.is_last
        is_reversed = is_fresh and ids[0] >= self.snapshot.highest
        if is_reversed or not all(map(lt, ids, ids[1:])):
            self.is_out_of_order = True
            self.snapshot = None
            if self.after is not None:
                self.problem = "the order of rows is not by id"


class PagedList:
    """A list, every row of which is handed out once.

    Attributes:
        complete_up_to: Up to which id all rows have come, once the list is read; None as long as it
            is not, or if that cannot be told.
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
            logger: Where it is told that the list is read again.
            position: Where an earlier run was interrupted.
            pages_per_position: After how many pages a position is wanted, each of which costs one
                more request; None for never.
            must_be_sure: Whether it is read until nothing new comes, where neither an order nor
                a count tells that nothing has slipped through.
        """
        self._fetch = fetch
        self._ordering = ordering
        self._logger = logger
        self._position = position
        self._pages_per_position = pages_per_position
        self._must_be_sure = must_be_sure
        self._seen: set[Any] = set()
        self.complete_up_to: int | None = None

    def read(self) -> Iterator[RowBatch]:
        """Yield the rows of each page that have not come before.

        They have come neither in this run nor, where it goes on from a position, up to there.

        Raises:
            RequestError: A page could not be read.
            IncompleteListError: Rows may be missing although all pages were read twice.
        """
        scan = self._resume(self._begin())
        yield from self._read(scan)
        problem = scan.find_problem()
        self.complete_up_to = None if problem else scan.complete_up_to
        if self._must_be_sure and self.complete_up_to is None:
            problem = problem or "nothing but a second read can show that all rows have come"
        if not problem:
            return
        self._logger.info("Reading the list from its first page again: %s.", problem)
        known = len(self._seen)
        scan = self._begin()
        yield from self._read(scan)
        if problem := scan.find_problem():
            raise IncompleteListError(
                f"{request_line(scan.page.response.request)} hands out no complete list, although "
                f"it was read twice: {problem}. What has come was written; run the tap again at a "
                "quieter hour."
            )
        self.complete_up_to = scan.complete_up_to
        if self._must_be_sure and len(self._seen) == known and not scan.has_repeats:
            self.complete_up_to = max(self._seen, default=0)

    def _read(self, scan: PageScan) -> Iterator[RowBatch]:
        """Go through the pages once."""
        try:
            for page in read_pages(scan, scan.fetch):
                yield RowBatch(self._new_rows(page, scan.after), self._safe_position(scan))
        except ApiError as error:
            is_first = scan.number == scan.current_value
            if is_first or error.is_retriable or error.status in NOT_ABOUT_A_PAGE:
                raise
            scan.end_without(scan.current_value)
        if scan.style and scan.is_out_of_order:
            self._ordering.reject(scan.style)

    def _new_rows(self, page: Page, after: int | None) -> list[tuple[Any, Row]]:
        ids: list[Any] = page.ids
        new = [
            (an_id, row)
            for an_id, row in zip(ids, page.rows, strict=True)
            if an_id not in self._seen and (after is None or an_id > after)
        ]
        self._seen.update(an_id for an_id, _ in new)
        return new

    def _safe_position(self, scan: PageScan) -> Position | None:
        """Return the position after a page, if it is time for one and no row was deleted yet."""
        position = scan.position()
        if not self._pages_per_position or scan.number % self._pages_per_position:
            return None
        if position in {None, self._position} or scan.snapshot is None or scan.style is None:
            return None
        newest = self._fetch(1, scan.style.descending)
        return position if scan.snapshot.is_intact(newest.total, newest.ids) else None

    def _begin(self) -> PageScan:
        """Return a scan from the first page, knowing what the list is like before.

        A list that fits on a page costs one request.
        """
        for style in self._ordering.styles:
            try:
                newest = self._fetch(1, style.descending)
            except (ApiError, GatewayError) as error:
                if error.status != HTTPStatus.BAD_REQUEST:
                    raise
                continue
            if newest.is_whole_list:
                return PageScan(self._fetch, first=newest.in_order())
            ids: list[Any] = newest.ids
            if all(map(gt, ids, ids[1:])):
                total = newest.total
                snapshot = None if total is None else ListSnapshot(total, ids[0])
                return PageScan(self._fetch, style=style, snapshot=snapshot)
            self._ordering.reject(style)
        return PageScan(self._fetch)

    def _resume(self, scan: PageScan) -> PageScan:
        """Return a scan from the first page that can hold rows which have never come."""
        position, style = self._position, scan.style
        if position is None or style is None or scan.snapshot is None:
            return scan
        number, last_id = position.page, position.last_id
        try:
            page = self._fetch(number, style.ascending)
            if page.count is None or page.size is None:
                return scan
            if number > page.count:
                number = max(page.count, 1)
                page = self._fetch(number, style.ascending)
            while number > 1 and _lowest(page) > last_id:
                number -= 1
                page = self._fetch(number, style.ascending)
        except ApiError as error:
            if error.is_retriable or error.status in NOT_ABOUT_A_PAGE:
                raise
            return scan
        return PageScan(
            self._fetch,
            style=style,
            snapshot=scan.snapshot,
            first=page,
            start=number,
            after=last_id,
        )


def _lowest(page: Page) -> int:
    ids: list[Any] = page.ids
    return min(ids, default=0)
