"""How goTom hands out lists: page by page, each with the address of the next.

Source: goTom's API documentation, object ``pagination``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, InvalidResponseError, request_line
from singer_tapkit.pagination import IncompleteListError, PagePaginator, read_pages
from singer_tapkit.spool import RecordSpool
from tap_gotom.client import ABSENCES

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from requests import Response

    from tap_gotom.client import GoTomClient

FIRST_PAGE: Final = 1

Row = dict[str, Any]


class Pagination(msgspec.Struct, rename="camel"):
    """Where a page stands among the others; how many items it holds is the server's choice."""

    total_items: int
    current_page: int
    last_page: int
    next_page_url: str | None


class ListPage(msgspec.Struct):
    """A page of a list."""

    pagination: Pagination
    items: list[dict[str, Any]]


class NextPagePaginator(PagePaginator[int, ListPage]):
    """Follows ``nextPageUrl`` by its page number.

    Its host is never asked: behind a proxy it may be another one, which must get no signature.
    """

    def __init__(self, client: GoTomClient) -> None:
        """Begin at the first page.

        Args:
            client: Decodes the pages.
        """
        super().__init__(FIRST_PAGE)
        self._client = client
        self._total: int | None = None

    @override
    def parse_page(self, response: Response) -> ListPage:
        page = self._client.decode(response, ListPage)
        total = page.pagination.total_items
        if self._total is not None and total != self._total:
            raise IncompleteListError(
                f"{request_line(response.request)}: the list has changed while it was read, from "
                f"{self._total:,} to {total:,} rows. Run the tap again."
            )
        self._total = total
        return page

    @override
    def rows_of(self, page: ListPage) -> Sequence[dict[str, Any]]:
        return page.items

    @override
    def next_token(self, page: ListPage) -> int | None:
        place = page.pagination
        number = _page_number(place.next_page_url or "")
        if number is not None and number > self.current_value:
            return number
        is_consistent = place.current_page in {self.current_value, place.last_page}
        if self.current_value < place.last_page or not is_consistent:
            raise InvalidResponseError(
                f"The list says that page {self.current_value} is page {place.current_page} of "
                f"{place.last_page}, and its nextPageUrl names no page after that. Run the tap "
                "again; report it if that fails, too."
            )
        return None

    @override
    def total_of(self, page: ListPage) -> int:
        return page.pagination.total_items


def read_list(
    client: GoTomClient, path: str, read_id: Callable[[Row], Hashable] = lambda _: None
) -> Iterator[Row]:
    """Yield the rows of a list, once all of them have come.

    A list that changes while it is read is read once more.

    Args:
        client: Sends the requests.
        path: Where the list is.
        read_id: Returns what no other row has, None if there is nothing such.

    Raises:
        RequestError: A page cannot be had.
        InvalidResponseError: A page is not as documented, or rows are missing both times.
    """
    try:
        yield from RecordSpool(partial(_read_rows, client, path, read_id))
    except IncompleteListError:
        yield from RecordSpool(partial(_read_rows, client, path, read_id))


def _read_rows(client: GoTomClient, path: str, read_id: Callable[[Row], Hashable]) -> Iterator[Row]:
    def fetch(number: int) -> Response:
        if number == FIRST_PAGE:
            return client.request("GET", path)
        try:
            return client.request("GET", path, params={"page": number})
        except ApiError as error:
            if error.status not in ABSENCES:
                raise
            raise IncompleteListError(f"A page that was announced is not there: {error}") from error

    seen: set[Hashable] = set()
    for page in read_pages(NextPagePaginator(client), fetch):
        ids = {an_id for an_id in map(read_id, page.items) if an_id is not None}
        if repeated := len(ids & seen):
            raise IncompleteListError(
                f"The list {path} has changed while it was read: rows of one page have come on "
                f"another one as well ({repeated:,}), in place of others. Run the tap again."
            )
        seen |= ids
        yield from page.items


def _page_number(url: str) -> int | None:
    number = parse_qs(urlsplit(url).query).get("page", [""])[-1]
    return int(number) if number.isascii() and number.isdigit() else None
