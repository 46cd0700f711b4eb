"""Lists are complete although pages shift while they are read, or they have failed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from singer_tapkit.errors import ApiError, InvalidResponseError
from singer_tapkit.pagination import IncompleteListError
from tap_apparena.page import Page
from tap_apparena.pagination import NEWEST_FIRST, PagedList, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tap_apparena.pagination import Fetch

ORDERDESC, ORDERBY = NEWEST_FIRST
LOGGER = logging.getLogger("quiet")
Beyond = Literal["empty", "last", "error"]


@dataclass
class FakeList:
    """A list on a server.

    Attributes:
        ids: The ids of its rows, in the order that the server keeps without another.
        size: How many rows a page has at most.
        obeys: The option for descending ids that the server obeys, empty for none.
        refuses: The options that it refuses.
        counts: Whether its responses have counters.
        beyond: What it answers to a page behind the last one.
        before: Called with the number of each page before it is read.
        last_id: The highest id that there was before.
        requests: The pages that were asked for, with the option for the order.
    """

    ids: list[int]
    size: int = 10
    obeys: str = ORDERDESC
    refuses: tuple[str, ...] = ()
    counts: bool = True
    beyond: Beyond = "empty"
    before: Callable[[int], object] = lambda _: None
    last_id: int = 0
    requests: list[tuple[int, str]] = field(default_factory=list)

    def fetch(self, number: int, order: str) -> Page:
        """Answer a request for a page."""
        self.requests.append((number, order))
        if order in self.refuses:
            raise ApiError("refused", status=400)
        self.before(number)
        ids = self.ids
        if order and order == self.obeys:
            ids = sorted(ids, reverse=True)
        count = ceil(len(ids) / self.size)
        if number > max(count, 1) and self.beyond == "error":
            raise ApiError("no such page", status=404)
        if number > count and self.beyond == "last":
            number = max(count, 1)
        shown = ids[(number - 1) * self.size : number * self.size]
        return page(shown, *((len(ids), count) if self.counts else ()))

    @property
    def pages(self) -> list[int]:
        """The pages that were asked for."""
        return [number for number, _ in self.requests]


def page(
    ids: Sequence[int],
    total: int | None = None,
    count: int | None = None,
    *,
    has_next: bool = False,
) -> Page:
    response = requests.Response()
    response.request = requests.Request("GET", "https://apparena.example/api/v2/apps").prepare()
    rows = [(an_id, {"appId": an_id}) for an_id in ids]
    return Page(rows, response, total, count, has_next)


def build_list(fetch: Fetch, orders: Sequence[str] = NEWEST_FIRST, **options: Any) -> PagedList:
    return PagedList(fetch, dict.fromkeys(orders), LOGGER, **options)


def read_ids(rows: PagedList) -> list[int]:
    return [listed.id for listed in rows.read()]


def count_up(number: int) -> list[int]:
    return list(range(1, number + 1))


def count_down(highest: int, lowest: int = 1) -> list[int]:
    return list(range(highest, lowest - 1, -1))


def act_once(page: int, change: Callable[[], object]) -> Callable[[int], None]:
    """Let something change before the first time that a page is read."""
    changes = [change]

    def before(number: int) -> None:
        if number == page and changes:
            changes.pop()()

    return before


def test_each_row_comes_once_from_the_newest_on_and_no_page_is_read_in_vain() -> None:
    rows = FakeList([3, 1, 2, *range(4, 26)])

    assert read_ids(build_list(rows.fetch)) == count_down(25)
    assert rows.requests == [(1, ORDERDESC), (2, ORDERDESC), (3, ORDERDESC)]


@pytest.mark.parametrize("number", [0, 1, 10])
def test_a_list_that_fits_on_a_page_costs_one_request_ordered_or_not(number: int) -> None:
    rows = FakeList(count_up(number), obeys="")
    pages = build_list(rows.fetch, until=0)

    assert read_ids(pages) == count_down(number)
    assert rows.pages == [1]
    assert pages.complete_up_to == number


@pytest.mark.parametrize("refuses", [(), (ORDERDESC,)])
def test_the_order_that_the_server_obeys_is_found_once(refuses: tuple[str, ...]) -> None:
    rows = FakeList(count_up(15), obeys=ORDERBY, refuses=refuses)
    orders = dict.fromkeys(NEWEST_FIRST)

    assert read_ids(PagedList(rows.fetch, orders, LOGGER)) == count_down(15)
    assert rows.requests == [(1, ORDERDESC), (1, ORDERBY), (2, ORDERBY)]
    assert (ORDERDESC in orders) is bool(refuses)


@pytest.mark.parametrize("ids", [[3, 9, 12, 1, 8], [9, 3, 12, 1, 8], [9, 3, 2, 1, 8]])
def test_a_server_that_obeys_no_order_is_soon_asked_for_none(ids: list[int]) -> None:
    rows = FakeList(ids, size=2, obeys="")
    orders = dict.fromkeys(NEWEST_FIRST)

    assert sorted(read_ids(PagedList(rows.fetch, orders, LOGGER))) == sorted(ids)
    assert orders == {}
    rows.requests.clear()
    assert read_ids(PagedList(rows.fetch, orders, LOGGER)) == ids
    assert rows.requests == [(1, ""), (2, ""), (3, "")]


@pytest.mark.parametrize("beyond", ["empty", "last", "error"])
@pytest.mark.parametrize("obeys", [ORDERDESC, ""])
@pytest.mark.parametrize("number", [1, 9, 10, 13, 30])
def test_without_counters_a_list_goes_on_until_a_page_is_short_or_empty(
    number: int, obeys: str, beyond: Beyond
) -> None:
    rows = FakeList(count_up(number), obeys=obeys, counts=False, beyond=beyond)

    assert sorted(read_ids(build_list(rows.fetch))) == count_up(number)


@pytest.mark.parametrize(("deleted", "page_of_new"), [(23, 3), (23, 2), (3, 2)])
def test_no_row_slips_through_where_as_many_are_added_as_deleted(
    deleted: int, page_of_new: int
) -> None:
    rows = FakeList(count_up(25))
    deletions, additions = [deleted], [26]

    def change(number: int) -> None:
        if number == 2 and deletions:
            rows.ids.remove(deletions.pop())
        if number == page_of_new and additions:
            rows.ids.append(additions.pop())

    rows.before = change

    assert set(count_up(25)) - {3} <= set(read_ids(build_list(rows.fetch)))


def test_without_an_order_a_count_that_shrinks_shows_what_slips_through() -> None:
    rows = FakeList(count_up(25), obeys="")
    delete = act_once(2, lambda: rows.ids.remove(1))
    add = act_once(3, lambda: rows.ids.extend([26, 27]))
    rows.before = lambda number: (delete(number), add(number))

    assert set(read_ids(build_list(rows.fetch))) == {*count_up(27)}


def test_no_page_behind_the_last_one_is_read_after_a_deletion() -> None:
    rows = FakeList(count_up(25))
    rows.before = act_once(2, lambda: rows.ids.remove(20))

    read_ids(build_list(rows.fetch))

    assert rows.pages == [1, 2, 3, 1, 2, 3]


ADD = -1
SOME = st.lists(st.sampled_from([ADD, ADD, 0, 1, 5]), max_size=3)
RUNS = st.lists(st.tuples(SOME, st.lists(SOME, max_size=12), st.integers(0, 30)), max_size=4)
SERVERS = st.builds(
    FakeList,
    st.integers(0, 30).flatmap(lambda number: st.permutations(count_up(number))),
    size=st.integers(3, 6),  # at least as many rows as are added between two requests
    obeys=st.sampled_from([*NEWEST_FIRST, ""]),
    counts=st.booleans(),
    beyond=st.sampled_from(["empty", "last", "error"]),
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
@given(rows=SERVERS, runs=RUNS, new_ids=st.booleans())
def test_no_row_is_lost_whatever_happens_between_pages_and_runs(
    rows: FakeList, runs: list[tuple[list[int], list[list[int]], int]], *, new_ids: bool
) -> None:
    emitted: set[int] = set()
    position, bookmark = None, 0
    for before, during, limit in [*runs, ([], [], 10**6)]:
        change(rows, before, set())
        throughout = set(rows.ids)
        upcoming = iter(during)
        rows.before = lambda _, up=upcoming, here=throughout: change(rows, next(up, []), here)  # type: ignore[misc]
        until = bookmark if new_ids else None
        pages = build_list(rows.fetch, position=position, until=until)
        is_killed, found = False, list[int]()
        try:
            for number, listed in enumerate(pages.read()):
                found += [listed.id] if listed.id > bookmark else []
                position = position if new_ids else listed.position or position
                if is_killed := number == limit:
                    break
        except IncompleteListError:
            is_killed = True
        emitted |= set(found)
        assert len(found) == len(set(found))
        if is_killed:
            continue
        position, bookmark = None, max(bookmark, pages.complete_up_to or 0) if new_ids else 0
        if rows.counts and rows.obeys:
            assert throughout <= emitted
    assert set(rows.ids) <= emitted


@pytest.mark.parametrize("beyond", ["empty", "error"])
def test_a_last_page_that_goes_away_both_times_is_a_failure(beyond: Beyond) -> None:
    rows = FakeList(count_up(31), beyond=beyond)
    rows.before = lambda number: rows.ids.pop() if number == 3 else None

    with pytest.raises(IncompleteListError, match="GET /api/v2/apps"):
        read_ids(build_list(rows.fetch))


@pytest.mark.parametrize(
    ("pages", "problem"),
    [
        ([page([2, 1], count=3), page([], count=3)], "page 2 has no rows, though it was announced"),
        ([page([], has_next=True)], "page 1 has no rows, though it was announced"),
        ([page([7], 3, 1), page([7], 3, 1)], "2 of 3 rows have not come"),
        ([page([7, 6, 5], 2, 1)], "1 rows more than the 2 "),
        ([page([7, 6], 2, 3), page([5, 4], 2, 3), page([3], 2, 3)], "3 rows more than the 2 "),
        ([page([7, 6], 4, 3), page([5, 4], 4, 3), page([3], 4, 3)], "1 rows more than the 4 "),
    ],
)
def test_counters_that_do_not_fit_the_rows_are_a_failure(pages: list[Page], problem: str) -> None:
    with pytest.raises(IncompleteListError, match=problem):
        read_ids(build_list(lambda number, _: pages[number - 1]))


@pytest.mark.parametrize(
    ("total", "count", "last_link"),
    [(25, 1, 0), (25, None, 0), (None, None, 2), (None, 1, 2), (25, 1, 2)],
)
def test_a_list_goes_on_as_long_as_a_count_or_a_link_leads_on(
    total: int | None, count: int | None, last_link: int
) -> None:
    rows = [count_down(25, 16), count_down(15, 13), count_down(12), []]

    def fetch(number: int, _: str) -> Page:
        return page(rows[number - 1], total, count, has_next=number <= last_link)

    assert read_ids(build_list(fetch)) == count_down(25)


def test_an_empty_list_may_be_a_page() -> None:
    assert read_ids(build_list(lambda _, __: page([], count=1), orders=[])) == []


@pytest.mark.parametrize("has_links", [False, True])
def test_a_page_of_known_rows_is_not_the_last_one_where_others_are_announced(
    *, has_links: bool
) -> None:
    rows = FakeList(count_up(35))
    rows.before = act_once(2, lambda: rows.ids.extend(range(36, 46)))

    def fetch(number: int, order: str) -> Page:
        found = rows.fetch(number, order)
        count = found.count or 0
        return replace(
            found, total=None, count=None if has_links else count, has_next=number < count
        )

    assert set(count_up(35)) <= set(read_ids(build_list(fetch)))
    assert rows.pages == [1, 2, 3, 4, 5]


def test_a_row_that_stands_twice_on_a_page_comes_once() -> None:
    assert read_ids(build_list(lambda _, __: page([7, 7, 5], 2, 1))) == [7, 5]


def test_a_server_that_sends_one_page_for_ever_has_failed() -> None:
    numbers = []

    def fetch(number: int, order: str) -> Page:
        numbers.append((number, order))
        return page([7], 10**6, 10**6)

    with pytest.raises(InvalidResponseError, match="does not end"):
        read_ids(build_list(fetch))
    assert len(numbers) < 10


@pytest.mark.parametrize(("status", "page"), [(401, 2), (403, 2), (404, 1)])
def test_a_refusal_of_the_list_is_no_page_that_went_away(status: int, page: int) -> None:
    rows = FakeList(count_up(25))

    def refuse(number: int) -> None:
        if number == page:
            raise ApiError("no", status=status)

    rows.before = refuse

    with pytest.raises(ApiError, match="no"):
        read_ids(build_list(rows.fetch))


def read_positions(rows: FakeList) -> list[Position]:
    return [listed.position for listed in build_list(rows.fetch).read() if listed.position]


def resume(rows: FakeList, page: int, first_id: int, last_id: int) -> list[int]:
    return read_ids(build_list(rows.fetch, position=Position(page, first_id, last_id, ORDERDESC)))


@pytest.mark.parametrize(
    ("added", "deleted", "positions"),
    [
        ([], [], [(1, 26), (2, 16), (3, 6)]),
        ([36, 37], [], [(1, 26), (2, 16), (3, 8)]),
        ([], [33], [(1, 26), (2, 16), (2, 15)]),
    ],
    ids=["quiet", "added", "deleted"],
)
def test_a_position_stands_behind_each_page_that_lacks_no_row_but_the_last(
    added: list[int], deleted: list[int], positions: list[tuple[int, int]]
) -> None:
    rows = FakeList(count_up(35))

    def change() -> None:
        rows.ids = [an_id for an_id in rows.ids if an_id not in deleted] + added

    rows.before = act_once(3, change)

    expected = [Position(page, 35, last_id, ORDERDESC) for page, last_id in positions]
    assert read_positions(rows) == expected


@pytest.mark.parametrize(
    ("ids", "position", "expected", "pages"),
    [
        ([*count_up(10), 35, 36, 37], (3, 35, 6), [37, 36, *count_down(5)], [1, 2, 1, 2]),
        ([*count_up(5), *range(13, 36)], (3, 35, 6), count_down(5), [1, 3]),
        ([*count_up(30), 36, 37], (2, 35, 16), [37, 36, *count_down(15)], [1, 2, 3, 4]),
        (count_up(35), (2, 10**6, 1), count_down(35), [1, 2, 3, 4]),
    ],
    ids=["moved rows", "last page", "first row gone", "other ids"],
)
def test_going_on_reads_what_was_added_and_all_that_has_not_come(
    ids: list[int], position: tuple[int, int, int], expected: list[int], pages: list[int]
) -> None:
    rows = FakeList(ids)

    assert resume(rows, *position) == expected
    assert rows.pages == pages


@pytest.mark.parametrize("beyond", ["empty", "last", "error"])
def test_a_page_that_goes_away_while_going_on_loses_nothing(beyond: Beyond) -> None:
    rows = FakeList(count_up(35), beyond=beyond)
    rows.before = act_once(4, lambda: rows.ids.__delitem__(slice(30, 35)))

    assert set(count_down(6)) <= set(resume(rows, 999, 35, 7))


def test_all_is_read_again_once_the_order_turns_out_to_be_another() -> None:
    rows = FakeList([*count_down(30, 11), *count_up(10)], obeys="")

    assert {*count_up(30)} <= set(resume(rows, 2, 30, 11))


def test_a_position_holds_for_one_way_to_ask_for_an_order() -> None:
    rows = FakeList(count_up(35), obeys=ORDERBY)

    assert resume(rows, 2, 35, 16) == count_down(35)


def test_a_few_ids_that_fall_show_no_order() -> None:
    rows = FakeList([9, 7, 5, 8, 6, 4], size=3, obeys="")
    pages = build_list(rows.fetch, until=5)

    assert sorted(read_ids(pages)) == [4, 5, 6, 7, 8, 9]
    assert read_positions(rows) == []


@pytest.mark.parametrize(("until", "lowest", "pages"), [(0, 1, [1, 2, 3, 4]), (20, 17, [1, 2])])
def test_an_ordered_list_is_read_as_far_as_is_wanted_and_known_up_to_its_first_row(
    until: int, lowest: int, pages: list[int]
) -> None:
    rows = FakeList(count_up(35))
    rows.before = act_once(2, lambda: rows.ids.append(36))
    wanted = build_list(rows.fetch, until=until)

    assert read_ids(wanted) == count_down(35, lowest)
    assert wanted.complete_up_to == 35
    assert rows.pages == pages


@pytest.mark.parametrize(
    "rows",
    [FakeList(count_up(13), obeys=""), FakeList(count_up(13), size=5, counts=False)],
    ids=["unordered", "uncounted"],
)
def test_without_order_or_counters_a_second_read_shows_that_all_have_come(rows: FakeList) -> None:
    pages = build_list(rows.fetch, until=0)
    for _ in pages.read():
        assert pages.complete_up_to is None

    assert pages.complete_up_to == 13
    assert rows.pages.count(2) == 2


@pytest.mark.parametrize(
    "pages",
    [[[1, 2], [3], [1, 2], [3, 4]], [[2, 1], [3, 1], [2, 1], [2, 3]]],
    ids=["news", "repeats"],
)
def test_a_second_read_with_news_or_repeats_shows_nothing(pages: list[list[int]]) -> None:
    upcoming = iter(pages)
    rows = build_list(lambda _, __: page(next(upcoming), count=2), [], until=0)

    assert len(read_ids(rows)) == len({an_id for ids in pages for an_id in ids})
    assert rows.complete_up_to is None
