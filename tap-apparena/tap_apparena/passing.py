"""One way through the pages of a list, and what may have gone amiss on it."""

from __future__ import annotations

from dataclasses import dataclass
from operator import lt
from typing import TYPE_CHECKING, Any

from tap_apparena.beginning import are_whole

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from tap_apparena.beginning import Beginning
    from tap_apparena.bodies import Page
    from tap_apparena.errors import AnswerError


MOST_REPEATS = 3


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


class OrderError(Exception):
    """Ids do not rise as they must where reading goes on from a place."""


class Pass:
    """One way through the pages of a list.

    Attributes:
        number: The page that is read next.
        page: That page, if it was read already.
        beginning: What the list was like before, None if that cannot be told.
        rows_before: How many rows lay before the first page.
        total: How many rows the server counted last.
        shrinks: Whether it has counted fewer rows than before.
        trouble: Why rows may have slipped through, empty if none can have.
        error: What the server said when it refused a page.
        rises: Whether ids have risen strictly so far.
        seen: The ids that have come.
        has_repeats: Whether one has come twice, in place of another perhaps.
    """

    def __init__(
        self, number: int, page: Page | None = None, beginning: Beginning | None = None
    ) -> None:
        """Begin.

        Args:
            number: The first page.
            page: That page, if it was read already.
            beginning: What the list was like before.
        """
        self.number = number
        self.page = page
        self.beginning = beginning
        self.rows_before = (number - 1) * (page.page_size or 0) if page else 0
        self.total: int | None = None
        self.shrinks = False
        self.trouble = ""
        self.error: AnswerError | None = None
        self.rises = True
        self.seen: set[Any] = set()
        self.has_repeats = False
        self._highest: int | None = None
        self._page_size: int | None = None
        self._is_whole = False
        self._repeats = 0

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
        is_last = self._is_last(page, ids)
        counts_rows = is_last and page.page_size == len(ids)  # the rows of a part-filled page
        if self._page_size not in {None, page.page_size} and not counts_rows:
            self.trouble = "the server changed the size of pages meanwhile"
        self._page_size = page.page_size
        self._is_whole = is_last and self.number == 1 and page.page_count is not None
        self._climb(ids, is_last=is_last)
        self.has_repeats |= not self.seen.isdisjoint(ids)
        self.seen.update(ids)
        return is_last

    def place(self, page: Page) -> Place | None:
        """Give the place after a page, None if there is no telling."""
        if (
            self.trouble
            or self.beginning is None
            or self._highest is None
            or page.page_size is None
            or page.page_number not in {None, self.number}
        ):
            return None
        return Place(self.number, page.page_size, self._highest)

    def is_undisturbed(self, newest: Page, ids: Sequence[Any]) -> bool:
        """Tell whether no row was deleted since the beginning.

        Args:
            newest: The first page in descending order, as it is now.
            ids: The ids on it.
        """
        if not self.beginning or newest.total_items is None or not are_whole(ids):
            return False
        newer = self.beginning.newer(ids)
        return newer < len(ids) and self.beginning.deleted(newest.total_items, newer) <= 0

    def has_lost(self) -> bool:
        """Tell, behind the last page, whether a row was deleted since the beginning."""
        if not self.beginning or self.total is None:
            return False
        return self.beginning.deleted(self.total, self.beginning.newer(self.seen)) > 0

    @property
    def complete_up_to(self) -> int | None:
        """Up to which id all rows have come, where the pass was without trouble.

        Rows that were added meanwhile may have slipped through.
        """
        if self._is_whole:
            return max(self.seen, default=0)
        return self.beginning.highest if self.beginning else None

    def _is_last(self, page: Page, ids: list[Hashable]) -> bool:
        if not ids or page.page_count is None or self.number >= page.page_count:
            return True
        self._repeats = self._repeats + 1 if self.seen.issuperset(ids) else 0
        if self._repeats > MOST_REPEATS:
            self.trouble = "the server sends the same rows again and again"
            return True
        return bool(self._repeats) and page.page_number not in {None, self.number}

    def _climb(self, ids: list[Hashable], *, is_last: bool) -> None:
        """See whether ids rise strictly, which they do only if the server obeys the order."""
        if not ids:
            return
        before = [] if self._highest is None else [self._highest]
        row: list[Any] = [*before, *ids]
        self.rises = self.rises and are_whole(row) and all(map(lt, row, row[1:]))
        if self.rises:
            self._highest = row[-1]
        if not self.rises or (self.number == 1 and not is_last and self._is_first(row[0])):
            self.beginning = None

    def _is_first(self, lowest: int) -> bool:
        """Tell whether the first id is where the last should be, as it is without an order."""
        return self.beginning is not None and lowest >= self.beginning.highest
