"""The three ways in which GoatCounter hands out long lists.

A server may be set to smaller pages than asked for, so that every step counts what really came.
"""

from __future__ import annotations

from abc import abstractmethod
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec
from typing_extensions import override

from singer_tapkit.pagination import PagePaginator, read_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from requests import Response

    from tap_goatcounter.client import GoatCounterClient
    from tap_goatcounter.config import SiteCredentials

MAX_PAGE_SIZE: Final = 100
MAX_PATHS_PAGE_SIZE: Final = 200

Row = dict[str, Any]


class CountRow(msgspec.Struct):
    """A row of a list of visitors, as far as every such list has it."""

    name: str
    count: int
    id: str | None = None


class DayRow(msgspec.Struct):
    """The visitors of a day."""

    day: str
    daily: int
    hourly: list[int]


class VisitedPathRow(msgspec.Struct):
    """A page or event that had visitors."""

    path_id: int
    path: str
    title: str
    event: bool
    count: int
    stats: list[DayRow]


class PathRow(msgspec.Struct):
    """A page or event."""

    id: int
    path: str


class StatsPage(msgspec.Struct):
    """A page of ``/stats/{page}``."""

    stats: list[CountRow]
    more: bool


class RefsPage(msgspec.Struct):
    """A page of ``/stats/hits/{path_id}``."""

    refs: list[CountRow]
    more: bool


class VisitedPathsPage(msgspec.Struct):
    """A page of ``/stats/hits``."""

    hits: list[VisitedPathRow]
    more: bool


class PathsPage(msgspec.Struct):
    """A page of ``/paths``."""

    paths: list[PathRow]
    more: bool


class RowsPaginator(PagePaginator[int, Row]):
    """A paginator whose rows keep the fields that are not documented.

    Attributes:
        page_type: What a response is to be; its first field has the rows.
    """

    def __init__(self, client: GoatCounterClient, page_type: type[msgspec.Struct]) -> None:
        """Begin with the first page."""
        super().__init__(0)
        self.page_type = page_type
        self._client = client

    @abstractmethod
    def build_params(self, token: int) -> dict[str, Any]:
        """Return the parameters that ask for the page at a token."""

    @override
    def parse_page(self, response: Response) -> Row:
        return self._client.decode(response, dict[str, Any])

    @override
    def get_rows(self, page: Row) -> list[Row]:
        rows: list[Row] = page[self.page_type.__struct_fields__[0]]
        return rows


class OffsetPaginator(RowsPaginator):
    """Goes on at `offset`, the number of rows so far."""

    @override
    def build_params(self, token: int) -> dict[str, Any]:
        return {"limit": MAX_PAGE_SIZE, "offset": token}

    @override
    def next_token(self, page: Row) -> int | None:
        return self.current_value + len(self.get_rows(page)) if page["more"] else None


class ExclusionPaginator(RowsPaginator):
    """Goes on by naming in `exclude_paths` all that came before; the token is their number."""

    def __init__(self, client: GoatCounterClient) -> None:
        """Begin with the first page."""
        super().__init__(client, VisitedPathsPage)
        self._seen: dict[int, None] = {}

    @override
    def build_params(self, token: int) -> dict[str, Any]:
        excluded = {"exclude_paths": ",".join(map(str, self._seen))} if self._seen else {}
        return {"limit": MAX_PAGE_SIZE, **excluded}

    @override
    def next_token(self, page: Row) -> int | None:
        self._seen.update((row["path_id"], None) for row in self.get_rows(page))
        return len(self._seen) if page["more"] else None


class CursorPaginator(RowsPaginator):
    """Goes on `after` the largest id so far, as long as that grows.

    Newer servers sort the list by text while the cursor still compares ids, so that whatever comes
    after the first page is full of gaps.

    Attributes:
        has_gaps: Whether rows may be missing.
    """

    def __init__(self, client: GoatCounterClient) -> None:
        """Begin with the first page."""
        super().__init__(client, PathsPage)
        self.has_gaps = False

    @override
    def build_params(self, token: int) -> dict[str, Any]:
        return {"limit": MAX_PATHS_PAGE_SIZE, **({"after": token} if token else {})}

    @override
    def next_token(self, page: Row) -> int | None:
        if not page["more"]:
            return None
        rows = self.get_rows(page)
        self.has_gaps = self.has_gaps or not _is_certainly_by_id(rows)
        largest = max((row["id"] for row in rows), default=0)
        return largest if largest > self.current_value else None


def read_rows(
    client: GoatCounterClient,
    site: SiteCredentials,
    path: str,
    params: Mapping[str, Any],
    paginator: RowsPaginator,
    *,
    is_splittable: bool = False,
) -> Iterator[list[Row]]:
    """Yield the rows of a list, page by page.

    Raises:
        QueryTooLargeError: It must be asked for in smaller parts, and is splittable.
        RequestError: A page cannot be had.
        InvalidResponseError: A page or the list is not as documented.
    """

    def fetch(token: int) -> Response:
        query = {**params, **paginator.build_params(token)}
        kind = paginator.page_type
        return client.fetch(site, path, kind, query, is_splittable=is_splittable)

    return map(paginator.get_rows, read_pages(paginator, fetch))


def _is_certainly_by_id(rows: Sequence[Row]) -> bool:
    """Return whether a page is sorted by id, and not by chance by text as well."""
    by_id = all(one["id"] < other["id"] for one, other in pairwise(rows))
    by_text = all(one["path"] <= other["path"] for one, other in pairwise(rows))
    return by_id and not by_text
