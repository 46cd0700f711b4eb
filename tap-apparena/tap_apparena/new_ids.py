"""Tell rows that are new by their ids, as nothing else about a row says when it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_apparena.pagination import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_apparena.bodies import Record


class NewIds:
    """Passes on what lies above the bookmark, whether or not the server has filtered.

    Attributes:
        highest: The highest id so far, that of the bookmark included.
    """

    def __init__(self, bookmark: int | None, identify: Callable[[Record], int]) -> None:
        """Start at the bookmark.

        Args:
            bookmark: The highest id that was ever read, None before the first time.
            identify: Gives the id of a row.
        """
        self.highest = bookmark
        self._bookmark = bookmark
        self._identify = identify

    def of(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Give the new rows of each batch."""
        for batch in batches:
            new = {self._identify(row): row for row in batch.rows}
            if self._bookmark is not None:
                new = {an_id: row for an_id, row in new.items() if an_id > self._bookmark}
            self.highest = max(
                [*new, *([] if self.highest is None else [self.highest])], default=None
            )
            yield Batch(list(new.values()))
