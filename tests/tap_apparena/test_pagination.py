"""Lists are complete although pages shift while they are read, or they have failed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Literal

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from singer_tapkit.errors import ApiError, InvalidResponseError
from singer_tapkit.pagination import IncompleteListError
from tap_apparena.page import Page
from tap_apparena.pagination import ORDER_STYLES, Ordering, PagedList, Position

if TYPE_CHECKING:
    from collections.abc import Callable

ORDERASC, ORDERBY = ORDER_STYLES
LOGGER = logging.getLogger("quiet")


@dataclass
class FakeList:
    """A list on a server.

    Attributes:
        ids: The ids of its rows, in the order that the server keeps without another.
        size: How many rows a page has at most.
        obeys: The ways to ask for an order that the server obeys.
        refuses: The options that it refuses.
        counts: Whether its answers have counters.
        beyond: What it answers to a page behind the last one.
        before: Called with the number of each page before it is read.
        shuffled: Whether rows without another order come in one of their own.
        after: Up to which id a filter leaves rows out.
        last_id: The highest id that there was before.
        requests: The pages that were asked for, with the option for the order.
    """

    ids: list[int]
    size: int = 10
    obeys: tuple[object, ...] = (ORDERASC,)
    refuses: tuple[str, ...] = ()
    counts: bool = True
    beyond: Literal["empty", "last", "error"] = "empty"
    before: Callable[[int], object] = lambda _: None
    shuffled: bool = False
    after: int = 0
    last_id: int = 0
    requests: list[tuple[int, str | None]] = field(default_factory=list)

    def fetch(self, number: int, order: str | None) -> Page:
        """Answer a request for a page."""
        self.requests.append((number, order))
        if order in self.refuses:
            raise ApiError("refused", status=400)
        self.before(number)
        ids = [an_id for an_id in self.ids if an_id > self.after]
        if self.shuffled:
            ids.sort(key=lambda an_id: an_id * 7919 % 101)
        for style in ORDER_STYLES:
            if style in self.obeys and order in style:
                ids = sorted(ids, reverse=order == style.descending)
        count = ceil(len(ids) / self.size)
        if number > max(count, 1) and self.beyond == "error":
            raise ApiError("no such page", status=404)
        if number > count and self.beyond == "last":
            number = max(count, 1)
        shown = ids[(number - 1) * self.size : number * self.size]
        counters = (len(ids), self.size, count) if self.counts else (None, None, None)
        return page(shown, *counters)

    def read(self, ordering: Ordering | None = None) -> list[int]:
        """Read the list to its end."""
        return read(PagedList(self.fetch, ordering or Ordering(), LOGGER))

    @property
    def pages(self) -> list[int]:
        """The pages that were asked for."""
        return [number for number, _ in self.requests]


def upto(number: int) -> list[int]:
    return list(range(1, number + 1))


def page(
    ids: list[int], total: int | None = None, size: int | None = None, count: int | None = None
) -> Page:
    response = requests.Response()
    response.request = requests.Request("GET", "https://apparena.example/api/v2/apps").prepare()
    return Page([(an_id, {"appId": an_id}) for an_id in ids], response, total, size, count)


def read(rows: PagedList) -> list[int]:
    return [listed.id for listed in rows.read()]


def once(page: int, change: Callable[[], object]) -> Callable[[int], None]:
    """Let something change before the first time that a page is read."""
    changes = [change]

    def before(number: int) -> None:
        if number == page and changes:
            changes.pop()()

    return before


def test_each_row_comes_once_in_order_and_no_page_too_many() -> None:
    rows = FakeList([3, 1, 2, *range(4, 26)])

    assert rows.read() == upto(25)
    assert rows.requests == [(1, "orderdesc"), (1, "orderasc"), (2, "orderasc"), (3, "orderasc")]


@pytest.mark.parametrize("number", [0, 1, 10])
def test_a_list_that_fits_on_a_page_costs_one_request(number: int) -> None:
    rows = FakeList(upto(number))

    assert rows.read() == upto(number)
    assert rows.pages == [1]


@pytest.mark.parametrize("refuses", [(), ORDERASC])
def test_the_way_to_order_that_the_server_obeys_is_found_once(refuses: tuple[str, ...]) -> None:
    rows = FakeList(upto(15), obeys=(ORDERBY,), refuses=refuses)
    ordering = Ordering()

    assert rows.read(ordering) == upto(15)
    assert [order for _, order in rows.requests] == [
        "orderdesc",
        "orderBy[DESC]",
        "orderBy[ASC]",
        "orderBy[ASC]",
    ]
    rows.requests.clear()
    assert rows.read(ordering) == upto(15)
    assert ("orderdesc" in [order for _, order in rows.requests]) is bool(refuses)


def test_a_server_that_obeys_no_order_is_asked_for_none() -> None:
    rows = FakeList([3, 9, 12, 1, 8], size=2, obeys=())
    ordering = Ordering()

    assert rows.read(ordering) == [3, 9, 12, 1, 8]
    assert ordering.styles == ()
    rows.requests.clear()
    rows.read(ordering)
    assert rows.requests == [(1, None), (2, None), (3, None)]


@pytest.mark.parametrize("beyond", ["empty", "last", "error"])
@pytest.mark.parametrize("obeys", [(ORDERASC,), ()])
@pytest.mark.parametrize("number", [1, 9, 10, 13, 30])
def test_without_counters_a_list_goes_on_until_a_page_is_short_or_empty(
    number: int, obeys: tuple[object, ...], beyond: Literal["empty", "last", "error"]
) -> None:
    rows = FakeList(upto(number), obeys=obeys, counts=False, beyond=beyond)

    assert rows.read() == upto(number)


def test_a_row_that_slips_through_while_as_many_are_added_as_deleted_is_found() -> None:
    rows = FakeList(upto(25))

    def change() -> None:
        rows.ids.remove(3)
        rows.ids.append(26)

    rows.before = once(2, change)

    assert sorted(rows.read()) == upto(26)
    assert rows.pages == [1, 1, 2, 3, 1, 1, 2, 3]


ADD = -1
SOME = st.lists(st.sampled_from([ADD, ADD, 0, 1, 5]), max_size=3)
RUNS = st.lists(st.tuples(SOME, st.lists(SOME, max_size=12), st.integers(0, 20)), max_size=4)
SERVERS = st.builds(
    FakeList,
    st.integers(0, 14).map(upto),
    size=st.integers(1, 5),
    obeys=st.sampled_from([(ORDERASC,), (ORDERBY,), ()]),
    counts=st.booleans(),
    beyond=st.sampled_from(["empty", "last", "error"]),
    shuffled=st.booleans(),
)


def change(rows: FakeList, changes: list[int], throughout: set[int]) -> None:
    """Delete the rows with these numbers, and add others, whose ids were never used."""
    for number in changes:
        rows.last_id = max([rows.last_id, *rows.ids])
        if number == ADD:
            rows.ids.append(rows.last_id + 1)
        elif rows.ids:
            throughout.discard(rows.ids.pop(number % len(rows.ids)))


@settings(max_examples=300, deadline=None)
@given(rows=SERVERS, runs=RUNS, new_ids=st.booleans(), filtered=st.booleans())
def test_no_row_is_lost_whatever_happens_between_pages_and_runs(
    rows: FakeList,
    runs: list[tuple[list[int], list[list[int]], int]],
    *,
    new_ids: bool,
    filtered: bool,
) -> None:
    emitted: set[int] = set()
    position, bookmark = None, 0
    for before, during, limit in [*runs, ([], [], 10**6)]:
        change(rows, before, set())
        throughout = set(rows.ids)
        upcoming = iter(during)
        rows.before = lambda _, up=upcoming, here=throughout: change(rows, next(up, []), here)  # type: ignore[misc]
        rows.after = bookmark if filtered else 0
        paged = PagedList(
            rows.fetch,
            Ordering(),
            LOGGER,
            position=position,
            pages_per_position=None if new_ids else 1,
            must_be_sure=new_ids,
        )
        is_killed, found = False, list[int]()
        try:
            for number, (an_id, _, safe_position) in enumerate(paged.read()):
                found += [an_id] if an_id > bookmark else []
                position = safe_position or position
                if is_killed := number == limit:
                    break
        except IncompleteListError:
            is_killed = True
        emitted |= set(found)
        assert len(found) == len(set(found))
        if is_killed:
            continue
        position, bookmark = None, max(bookmark, paged.complete_up_to or 0) if new_ids else 0
        if rows.counts and rows.obeys:
            assert throughout <= emitted
    assert set(rows.ids) <= emitted


@pytest.mark.parametrize("beyond", ["empty", "error"])
def test_a_last_page_that_goes_away_both_times_is_a_failure(
    beyond: Literal["empty", "error"],
) -> None:
    rows = FakeList(upto(31), beyond=beyond)
    rows.before = lambda number: rows.ids.pop(0) if number == 3 else None

    with pytest.raises(IncompleteListError, match="GET /api/v2/apps"):
        rows.read()


def test_a_page_without_rows_among_those_announced_is_a_failure() -> None:
    def fetch(number: int, _: str | None) -> Page:
        return page([2, 1] if number == 1 else [], size=2, count=3)

    with pytest.raises(IncompleteListError, match="page 2 of 3 has no rows"):
        read(PagedList(fetch, Ordering(), LOGGER))


def test_a_row_that_stands_twice_on_a_page_comes_once() -> None:
    paged = PagedList(lambda _, __: page([7, 7, 5], 2, 10, 1), Ordering(()), LOGGER)

    assert read(paged) == [7, 5]


def test_rows_that_the_server_counts_but_never_sends_are_a_failure() -> None:
    pages = []

    def fetch(number: int, order: str | None) -> Page:
        pages.append((number, order))
        return page([7], 3, 10, 1)

    with pytest.raises(IncompleteListError, match="2 of 3 rows have not come"):
        read(PagedList(fetch, Ordering(), LOGGER))
    assert len(pages) == 2


def test_a_server_that_sends_one_page_for_ever_has_failed() -> None:
    numbers = []

    def fetch(number: int, order: str | None) -> Page:
        numbers.append((number, order))
        return page([7], 10**6, 1, 10**6)

    with pytest.raises(InvalidResponseError, match="does not end"):
        read(PagedList(fetch, Ordering(), LOGGER))
    assert len(numbers) < 10


def test_a_list_with_all_its_rows_is_at_its_end_whatever_its_pages_are_said_to_be() -> None:
    rows = FakeList(upto(22), size=100)
    counted = PagedList(
        lambda number, order: page(rows.fetch(number, order).ids, 22, 20, 2),
        Ordering(),
        LOGGER,
    )

    assert read(counted) == upto(22)
    assert rows.pages == [1]


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_right_is_no_page_that_went_away(status: int) -> None:
    rows = FakeList(upto(25))

    def before(number: int) -> None:
        if number == 2:
            raise ApiError("no", status=status)

    rows.before = before

    with pytest.raises(ApiError, match="no"):
        rows.read()


def positions_of(rows: FakeList) -> dict[int, Position]:
    """Read a list, and return the positions by the rows that come with one."""
    paged = PagedList(rows.fetch, Ordering(), LOGGER, pages_per_position=1)
    return {listed.id: listed.position for listed in paged.read() if listed.position}


def resume(rows: FakeList, page: int, last_id: int) -> list[int]:
    position = Position(page, last_id)
    return read(PagedList(rows.fetch, Ordering(), LOGGER, position=position))


def test_each_page_but_the_last_has_a_position() -> None:
    rows = FakeList(upto(25))

    assert positions_of(rows) == {10: Position(1, 10), 20: Position(2, 20)}
    assert [order for _, order in rows.requests].count("orderdesc") == 3


def test_there_is_no_position_behind_a_deleted_row() -> None:
    rows = FakeList(upto(35))

    def change() -> None:
        rows.ids.remove(3)
        rows.ids.append(36)

    rows.before = once(2, change)

    assert positions_of(rows) == {10: Position(1, 10), 11: Position(1, 11)}


def test_going_on_steps_back_as_far_as_rows_have_moved() -> None:
    rows = FakeList(list(range(16, 51)))

    assert resume(rows, 1, 20) == list(range(21, 51))
    assert rows.pages == [1, 1, 2, 3, 4]
    rows.requests.clear()
    assert resume(rows, 3, 30) == list(range(31, 51))
    assert rows.pages == [1, 3, 2, 3, 4]


@pytest.mark.parametrize("beyond", ["empty", "last", "error"])
def test_a_position_behind_the_end_counts_as_the_last_page(
    beyond: Literal["empty", "last", "error"],
) -> None:
    rows = FakeList(upto(35), beyond=beyond)

    assert resume(rows, 999, 30) == list(range(31, 36))
    assert rows.pages == [1, 4, 3, 4]


def test_a_position_above_all_ids_is_not_used() -> None:
    assert resume(FakeList(upto(35)), 2, 10**6) == upto(35)


def test_all_is_read_again_once_the_order_turns_out_to_be_another() -> None:
    rows = FakeList([9, 8, 3, 5, 7], size=1, obeys=())

    assert sorted(set(resume(rows, 3, 3))) == [3, 5, 7, 8, 9]


def certainty_of(rows: FakeList) -> int | None:
    paged = PagedList(rows.fetch, Ordering(), LOGGER, must_be_sure=True)
    for _ in paged.read():
        assert paged.complete_up_to is None
    return paged.complete_up_to


def test_an_ordered_list_is_known_up_to_the_highest_id_of_its_beginning() -> None:
    rows = FakeList(upto(25))
    rows.before = once(2, lambda: rows.ids.append(26))

    assert certainty_of(rows) == 25
    assert rows.pages == [1, 1, 2, 3]


def test_a_whole_list_on_one_page_needs_no_order() -> None:
    rows = FakeList([3, 1, 2], obeys=())

    assert certainty_of(rows) == 3
    assert rows.pages == [1]


@pytest.mark.parametrize(
    "rows",
    [FakeList(upto(13), obeys=()), FakeList(upto(13), size=5, counts=False)],
    ids=["unordered", "uncounted"],
)
def test_without_order_or_counters_a_second_read_shows_that_all_have_come(
    rows: FakeList,
) -> None:
    assert certainty_of(rows) == 13
    assert rows.pages.count(2) == 2


def test_a_second_read_with_news_shows_nothing() -> None:
    rows = FakeList(upto(13), obeys=())
    rows.before = lambda number: rows.ids.append(max(rows.ids) + 1) if number == 1 else None

    assert certainty_of(rows) is None


def test_a_read_that_gives_a_row_twice_shows_nothing() -> None:
    pages = iter([[2, 1], [3, 1], [2, 1], [2, 3]])
    paged = PagedList(
        lambda _, __: page(next(pages), count=2), Ordering(()), LOGGER, must_be_sure=True
    )

    assert read(paged) == [2, 1, 3]
    assert paged.complete_up_to is None
