"""How goTom hands out lists: page by page, each with the address of the next.

Source: goTom's API documentation, object ``pagination``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, InvalidResponseError
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
    next_page_url: str | None = None


class ListPage(msgspec.Struct):
    """A page of a list."""

    pagination: Pagination
    items: list[dict[str, Any]]


class NextPagePaginator(PagePaginator[int, ListPage]):
    """The paginator of lists, which takes the page number out of ``nextPageUrl``.

    Its host is never asked: behind a proxy it may be another one, which must get no signature.
    """

    def __init__(self, client: GoTomClient) -> None:
        """Begin at the first page, which the client decodes."""
        super().__init__(FIRST_PAGE)
        self._client = client

    @override
    def parse_page(self, response: Response) -> ListPage:
        return self._client.decode(response, ListPage)

    @override
    def get_rows(self, page: ListPage) -> Sequence[dict[str, Any]]:
        return page.items

    @override
    def next_token(self, page: ListPage) -> int | None:
        place = page.pagination
        number = _parse_page_number(place.next_page_url or "")
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
    def get_total(self, page: ListPage) -> int:
        return page.pagination.total_items


def read_list(
    client: GoTomClient, path: str, read_id: Callable[[Row], Hashable] = lambda _: None
) -> Iterator[Row]:
    """Yield the rows of a list, once all of them have come.

    A list that changes while it is read is read once more: no row's id is that of a row on another
    page, but for ids that are None.

    Raises:
        RequestError: A page cannot be had.
        InvalidResponseError: A page is not as documented, or rows are missing both times.
    """
    read = partial(_read_rows, client, path, read_id)
    try:
        yield from RecordSpool(read)
    except IncompleteListError:
        yield from RecordSpool(read)


def _read_rows(client: GoTomClient, path: str, read_id: Callable[[Row], Hashable]) -> Iterator[Row]:
    """Yield the rows page by page.

    Raises:
        IncompleteListError: Pages differ in how many rows there are, have a row in common, which
            stands there in place of another one, or are not there.
    """

    def fetch(number: int) -> Response:
        params = {"page": number} if number > FIRST_PAGE else None
        try:
            return client.request("GET", path, params=params)
        except ApiError as error:
            if number == FIRST_PAGE or error.status not in ABSENCES:
                raise
            raise IncompleteListError(f"A page that was announced is not there: {error}") from error

    seen: set[Hashable] = set()
    totals: set[int] = set()
    for page in read_pages(NextPagePaginator(client), fetch):
        ids = set(map(read_id, page.items)) - {None}
        totals.add(page.pagination.total_items)
        if ids & seen or len(totals) > 1:
            raise IncompleteListError(
                f"The list {path} has changed while it was read, so that rows may be missing. Run "
                "the tap again."
            )
        seen |= ids
        yield from page.items


def _parse_page_number(url: str) -> int | None:
    number = parse_qs(urlsplit(url).query).get("page", [""])[-1]
    return int(number) if number.isascii() and number.isdigit() else None
