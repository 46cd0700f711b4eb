"""The pages and events that had visitors in some time, however many they are.

The list goes on by naming all rows so far in the address, which gets too long for proxies when
there are thousands. Then the ids are gathered hour by hour, and asked for a hundred at a time.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from tap_goatcounter.client import QueryTooLargeError
from tap_goatcounter.pagination import (
    MAX_PAGE_SIZE,
    ExclusionPaginator,
    VisitedPathsPage,
    read_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_goatcounter.client import GoatCounterClient
    from tap_goatcounter.dates import TimeRange
    from tap_goatcounter.pagination import Row
    from tap_goatcounter.sites import Site

PATH: Final = "/stats/hits"


def read_visited_paths(
    client: GoatCounterClient, site: Site, time: TimeRange, *, is_splittable: bool
) -> Iterator[Row]:
    """Yield the pages and events of a site that had visitors.

    Raises:
        QueryTooLargeError: Less time must be asked for, which the caller can.
        RequestError: A request has brought nothing.
        InvalidResponseError: A response is not as documented.
    """
    seen: set[int] = set()
    try:
        for rows in _read_pages(client, site, time, is_splittable=True):
            seen.update(row["path_id"] for row in rows)
            yield from rows
    except QueryTooLargeError:
        if is_splittable:
            raise
        found = [_find_ids(client, site, half) for half in time.split()]
        missing = sorted(set().union(*found) - seen)
        for start in range(0, len(missing), MAX_PAGE_SIZE):
            yield from _read_some(client, site, time, missing[start : start + MAX_PAGE_SIZE])


def _read_pages(
    client: GoatCounterClient, site: Site, time: TimeRange, *, is_splittable: bool
) -> Iterator[list[Row]]:
    paginator = ExclusionPaginator(client)
    return read_rows(
        client, site.credentials, PATH, time.params, paginator, is_splittable=is_splittable
    )


def _find_ids(client: GoatCounterClient, site: Site, time: TimeRange) -> set[int]:
    """Return the ids of all paths with visitors, asked for in ever shorter times."""
    halves = time.split()
    try:
        pages = _read_pages(client, site, time, is_splittable=bool(halves))
        return {row["path_id"] for rows in pages for row in rows}
    except QueryTooLargeError:
        return set().union(*(_find_ids(client, site, half) for half in halves))


def _read_some(
    client: GoatCounterClient, site: Site, time: TimeRange, ids: list[int]
) -> Iterator[Row]:
    """Yield the rows of some paths; of fewer at once, if these are more than the server takes."""
    params = {**time.params, "limit": MAX_PAGE_SIZE, "include_paths": ",".join(map(str, ids))}
    is_splittable = len(ids) > 1
    page: dict[str, Any] | None = None
    with suppress(QueryTooLargeError):
        response = client.fetch(
            site.credentials, PATH, VisitedPathsPage, params, is_splittable=is_splittable
        )
        page = client.decode(response, dict[str, Any])
    if page is None or (page["more"] and is_splittable):
        middle = len(ids) // 2
        yield from _read_some(client, site, time, ids[:middle])
        yield from _read_some(client, site, time, ids[middle:])
    else:
        yield from page["hits"]
