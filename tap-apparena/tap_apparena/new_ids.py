"""Tell rows that are new by their ids, as nothing else about a row says when it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_apparena.pagination import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_apparena.bodies import Record


def above(
    bookmark: int | None, identify: Callable[[Record], int], batches: Iterable[Batch]
) -> Iterator[Batch]:
    """Pass on what lies above the bookmark, whether or not the server has filtered.

    Args:
        bookmark: The id up to which all was read before, None the first time.
        identify: Gives the id of a row.
        batches: What the server has sent.
    """
    for batch in batches:
        yield Batch([row for row in batch.rows if bookmark is None or identify(row) > bookmark])
