"""Lists in numbered pages, read so that no row is missed although rows come and go meanwhile.

A list is read from its newest row on. Rows that are added meanwhile come in front, and with the
next run; they move others onto later pages, where one can come twice. Rows that are deleted move
others onto earlier pages, so that one of them can slip through. Then the rows that have come and
those behind the page are fewer than there were at the beginning, and the list is read once more; if
that does not come out either, the list has failed.

This takes a server that counts and obeys an order. Where it obeys none, the last count has to do;
where it does not count, the end of the list. Links are never followed, as they lead to wrong hosts.

Source: the API's documentation, "Pagination" and "Order".
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from itertools import islice, pairwise
from math import ceil
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, GatewayError, request_line
from singer_tapkit.pagination import IncompleteListError, PagePaginator, read_pages
from tap_apparena.page import Page, Row

if TYPE_CHECKING:
    import logging
    from collections.abc import Sequence

    from requests import Response

NOT_ABOUT_A_PAGE: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
"""Refusals that would meet every page, whether it exists or not."""

NEWEST_FIRST: Final = ("orderdesc", "orderBy[DESC]")
"""The options that ask for descending ids. Both are documented; which one is obeyed is not."""

MIN_FALLING_IDS: Final = 10
"""How many falling ids show an order, as chance brings them once in more than a million times."""

Fetch = Callable[[int, str], Page]
"""Reads the page with a number, from 1, with an option for an order, which is empty for none."""


class Position(msgspec.Struct, frozen=True):
    """Which rows of a list were handed out.

    Attributes:
        page: The page that was read last.
        first_id: The id of the first row, which is the highest.
        last_id: The id of the last row.
        order: The option that has put the newest row first.
    """

    page: Annotated[int, msgspec.Meta(ge=1)]
    first_id: int
    last_id: int
    order: str


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


@dataclass
class Tally:
    """The rows that have come, held against the number that the server counts.

    Attributes:
        is_sure: Whether each row that slips through shows, as those that are added come in front
            and are not to come.
        read: How many rows are before or on the pages that were read, repeats among them.
        repeats: How many of them had come before.
        counted: How many rows the server has counted last; None if it does not count.
        expected: How many rows are to come: as many as at the beginning, or else as were counted
            last.
        has_shrunk: Whether the server has ever counted fewer rows than before.
        has_ended: Whether no other page is to come.
    """

    is_sure: bool
    read: int
    repeats: int = 0
    counted: int | None = None
    expected: int = 0
    has_shrunk: bool = False
    has_ended: bool = False

    def add(self, page: Page, repeats: int) -> None:
        """Add the rows of a page, some of which had come before."""
        self.read += len(page.rows)
        self.repeats += repeats
        if page.total is None:
            return
        if self.counted is None or not self.is_sure:
            self.expected = page.total
        self.has_shrunk = self.has_shrunk or page.total < (self.counted or 0)
        self.counted = page.total

    @property
    def behind(self) -> int:
        """How many rows are behind the pages that were read, as far as is known."""
        return 0 if self.counted is None or self.has_ended else max(0, self.counted - self.read)

    @property
    def missing(self) -> int:
        """How many rows have slipped through, as far as is known; below 0 if others have come."""
        distinct = self.read - self.repeats
        return 0 if self.counted is None else self.expected - distinct - self.behind


class PageScan(PagePaginator[int, Page]):
    """One way through the pages of a list.

    Attributes:
        order: The option that should put the newest row first; empty if none does.
        first: The page that it begins with.
        page: The page that was read last.
        announced: Up to which page the server has said that there are some.
        seen: The ids that have come, in this order.
        is_falling: Whether they fall, as they do if the newest row comes first.
        tally: Whether rows have slipped through.
    """

    def __init__(
        self, fetch: Callable[[int], Page], first: Page, order: str, *, rows_before: int = 0
    ) -> None:
        """Begin with a page that was read already, and with how many rows are before it."""
        super().__init__(first.number)
        self.order = order
        self.first = self.page = first
        self.announced = 0
        self.seen: dict[Any, None] = {}
        self.is_falling = bool(order)
        is_sure = self.is_falling and first.total is not None
        self.tally = Tally(is_sure, read=rows_before)
        self._fetch = fetch

    def fetch(self, number: int) -> Response:
        """Read a page, and return the response that it is from."""
        if number != self.page.number:
            self.page = self._fetch(number)
        return self.page.response

    @override
    def parse_page(self, response: Response) -> Page:
        page = self.page
        new = dict.fromkeys(an_id for an_id in page.ids if an_id not in self.seen)
        last = islice(reversed(self.seen), 1)
        self.is_falling = self.is_falling and _is_falling([*last, *new])
        self.seen.update(new)
        self.announced = max(self.announced, page.announced)
        self.tally.add(page, repeats=len(page.rows) - len(new))
        self.tally.has_ended = not self._leads_on(page, has_new=bool(new))
        return page

    @override
    def get_rows(self, page: Page) -> Sequence[Any]:
        return page.rows

    @override
    def next_token(self, page: Page) -> int | None:
        is_disordered = self.order and not self.is_falling
        return None if self.tally.has_ended or is_disordered else page.number + 1

    def jump_to(self, position: Position) -> PageScan:
        """Return a scan from the first page that can hold rows which have never come.

        Rows may have moved onto earlier pages since.
        """
        size = len(self.first.rows)
        page = self._fetch(min(position.page, ceil((self.tally.counted or 0) / size)))
        while page.number > 1 and position.last_id > max(page.ids, default=0):
            page = self._fetch(page.number - 1)
        return PageScan(self._fetch, page, self.order, rows_before=(page.number - 1) * size)

    @property
    def has_shown_order(self) -> bool:
        """Whether ids have fallen for long enough to take that for an order."""
        return self.is_falling and len(self.seen) >= MIN_FALLING_IDS

    @property
    def problem(self) -> str:
        """Why rows may have slipped through; empty if none can, or nothing shows it."""
        expected, missing, number = self.tally.expected, self.tally.missing, self.page.number
        if self.tally.has_shrunk:
            return "rows were deleted meanwhile"
        if missing > 0:
            return f"{missing:,} of {expected:,} rows have not come"
        if missing < 0:
            return f"{-missing:,} rows more than the {expected:,} that it counts have come"
        if not self.page.rows and self.tally.counted is None and max(2, number) <= self.announced:
            return f"page {number:,} has no rows, though it was announced"
        return ""

    def _leads_on(self, page: Page, *, has_new: bool) -> bool:
        """Return whether anything that a page says of the list leads to another one."""
        if not page.rows:
            return False
        is_counted = self.tally.counted is not None
        if page.announces_more:
            return has_new or not is_counted or self.tally.behind > 0
        if is_counted:
            return has_new and self.tally.behind > 0
        return has_new and page.count is None and len(page.rows) >= len(self.first.rows)


@dataclass
class PagedList:
    """A list, every row of which is handed out once.

    Attributes:
        fetch: Reads a page.
        orders: The options that ask for the newest row first, without those that the server turns
            out not to obey; none for rows that no order puts new ones first.
        logger: Logs that the list is read again.
        position: Where an earlier run was interrupted; None as soon as that is of no use.
        until: The highest id that is known, 0 if none is, where only new rows are wanted. Then the
            list is read again where neither an order nor a count shows that nothing has slipped
            through, as a read that brings nothing new does. Without an order all rows come.
        complete_up_to: Up to which id all rows have come, once the list is read; None as long as it
            is not, or if that is not known.
    """

    fetch: Fetch
    orders: dict[str, None]
    logger: logging.Logger | logging.LoggerAdapter[Any]
    position: Position | None = None
    until: int | None = None
    complete_up_to: int | None = None
    _seen: set[Any] = field(default_factory=set)

    def read(self) -> Iterator[ListedRow]:
        """Yield the rows that have come neither before nor, by the position, in an earlier run.

        Raises:
            RequestError: A page could not be read.
            IncompleteListError: Rows may be missing although all pages were read twice.
        """
        scan = yield from self._read_once()
        problem = scan.problem
        if self.until is not None and not scan.tally.is_sure:
            problem = problem or "nothing but a second read can show that all rows have come"
        if problem:
            self.logger.info("Reading the list from its first page again: %s.", problem)
            self.position = None
            known = len(self._seen)
            scan = yield from self._read_once()
            if scan.problem:
                raise IncompleteListError(
                    f"{request_line(scan.page.response.request)} hands out no complete list, "
                    f"although it was read twice: {scan.problem}. What has come was written; run "
                    "the tap again at a quieter hour."
                )
            is_proof = len(self._seen) == known and not scan.tally.repeats
            if self.until is not None and is_proof:
                self.complete_up_to = max(self._seen, default=0)
                return
        self.complete_up_to = next(iter(scan.seen), 0) if scan.tally.is_sure else None

    def _read_once(self) -> Generator[ListedRow, None, PageScan]:
        """Go through the pages in the first order that the server obeys, and return the scan."""
        while True:
            order, first = self._fetch_first()
            scan = PageScan(partial(self._fetch_page, order, first.response), first, order)
            scan = yield from self._read_through(scan)
            if scan.is_falling or not order:
                return scan
            self.orders.pop(order, None)

    def _read_through(self, scan: PageScan) -> Generator[ListedRow, None, PageScan]:
        """Go through all pages, or through those with rows that the position does not cover."""
        newest = max(scan.page.ids, default=0) if scan.order else 0
        position = self.position
        is_usable = scan.tally.is_sure and position is not None and position.order == scan.order
        if position is None or not is_usable or position.first_id > newest:
            self.position = None
            yield from self._hand_out(scan, until=self.until, first_id=newest)
            return scan
        yield from self._hand_out(scan, until=position.first_id)
        if scan.tally.behind and scan.is_falling and not scan.problem:
            scan = scan.jump_to(position)
            yield from self._hand_out(scan, first_id=newest)
        return scan

    def _hand_out(
        self, scan: PageScan, *, until: int | None = None, first_id: int | None = None
    ) -> Iterator[ListedRow]:
        """Yield the new rows of a scan.

        Args:
            scan: Where they come from.
            until: The id of the last row that is wanted.
            first_id: That of the first row if all from there on have come, so that positions hold.
        """
        for page in read_pages(scan, scan.fetch):
            new = {an_id: row for an_id, row in page.rows if not self._is_known(an_id)}
            self._seen.update(new)
            is_safe = scan.tally.is_sure and scan.has_shown_order and scan.tally.behind
            last_id = next(reversed(new), None)
            position = None
            if last_id is not None and first_id is not None and is_safe and not scan.problem:
                position = Position(scan.page.number, first_id, last_id, scan.order)
            for an_id, row in new.items():
                yield ListedRow(an_id, row, position if an_id == last_id else None)
            if until and scan.has_shown_order and min(page.ids, default=until + 1) <= until:
                break

    def _is_known(self, an_id: Any) -> bool:
        position = self.position
        is_covered = position is not None and position.last_id <= an_id <= position.first_id
        return an_id in self._seen or is_covered

    def _fetch_first(self) -> tuple[str, Page]:
        """Return the option that puts the newest row first, empty if none does, and the first page.

        A list that fits on a page is put into that order here.
        """
        for order in tuple(self.orders.copy()):
            try:
                page = self.fetch(1, order)
            except (ApiError, GatewayError) as error:
                if error.status != HTTPStatus.BAD_REQUEST:
                    raise
                continue
            if page.is_whole_list:
                rows = sorted(page.rows, key=itemgetter(0), reverse=True)
                page = replace(page, rows=rows, total=len(rows))
            if _is_falling(page.ids):
                return order, page
            self.orders.pop(order, None)
        return "", self.fetch(1, "")

    def _fetch_page(self, order: str, response: Response, number: int) -> Page:
        """Return a page; the server may have none behind the last one, which is an empty one."""
        try:
            return replace(self.fetch(number, order), number=number)
        except ApiError as error:
            if number == 1 or error.is_retriable or error.status in NOT_ABOUT_A_PAGE:
                raise
            return Page([], response, number=number)


def _is_falling(ids: list[Any]) -> bool:
    return all(before > after for before, after in pairwise(ids))
