"""When a list is complete, on a server that neither orders its rows nor counts them."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING

from tap_apparena.bodies import Page
from tap_apparena.pagination import List, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_apparena.bodies import Record

Pass = list[list[int]]


def read(*passes: Pass) -> tuple[list[int], List]:
    """Read a list whose pages hold these ids, one time through all pages after the other."""
    pages = deque(page for one in passes for page in one)

    def ask(number: int, *, descending: bool = False) -> Page:
        del descending
        records = [{"appId": an_id} for an_id in pages.popleft()]
        return Page(records, page_count=len(passes[0]), page_number=number)

    def identify(row: Record) -> int:
        an_id: int = row["appId"]
        return an_id

    source = Source(ask, identify, is_ordered=False)
    rows = List(source, logging.getLogger("quiet"), must_be_sure=True)
    return _ids(rows), rows


def _ids(rows: List) -> list[int]:
    found: Sequence[list[Record]] = [batch.rows for batch in rows.batches()]
    return [row["appId"] for batch in found for row in batch]


def test_a_second_read_without_news_shows_that_all_have_come() -> None:
    ids, rows = read([[3, 1], [2]], [[1, 2], [3]])

    assert ids == [3, 1, 2]
    assert rows.complete_up_to == 3


def test_a_read_that_gives_a_row_twice_shows_nothing() -> None:
    ids, rows = read([[1], [2], [2]], [[2], [1], [1]], [[3], [1], [2]])

    assert ids == [1, 2, 3]
    assert rows.complete_up_to is None
