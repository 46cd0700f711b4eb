"""The three ways in which GoatCounter hands out long lists.

Each function is given `ask`, which sends one request with the parameters of a page. A server may
be set to smaller pages than asked for, so every step counts what really came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[[dict[str, Any]], dict[str, Any]]

LARGEST_PAGE = 100


def by_offset(ask: Ask, rows: str) -> Iterator[dict[str, Any]]:
    """Page with `offset` while `more` is true."""
    offset, more = 0, True
    while more:
        page = ask({"limit": LARGEST_PAGE, "offset": offset})
        yield from page[rows]
        offset += len(page[rows])
        more = page["more"] and bool(page[rows])


def by_exclusion(ask: Ask, rows: str, key: str) -> Iterator[dict[str, Any]]:
    """Page by naming all that came before in `exclude_paths`, while `more` is true."""
    seen: list[str] = []
    more = True
    while more:
        excluded = {"exclude_paths": ",".join(seen)} if seen else {}
        page = ask({"limit": LARGEST_PAGE, **excluded})
        yield from page[rows]
        seen += [str(row[key]) for row in page[rows]]
        more = page["more"] and bool(page[rows])


def by_cursor(
    ask: Ask, rows: str, key: str, limit: int
) -> Iterator[tuple[list[dict[str, Any]], bool]]:
    """Page with `after`, the largest `key` so far, while `more` is true and the cursor grows.

    Yields:
        The rows of a page, and whether more were announced.
    """
    cursor, more = 0, True
    while more:
        page = ask({"limit": limit, **({"after": cursor} if cursor else {})})
        yield page[rows], page["more"]
        largest = max((row[key] for row in page[rows]), default=0)
        more = page["more"] and largest > cursor
        cursor = largest
