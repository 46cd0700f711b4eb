"""Lists that come in pages: the SDK's paginators, driven by one loop that cannot run for ever.

A tap's paginator derives from `PagePaginator`: it decodes each response once, and says from the
decoded page whether the list goes on and where. `read_pages` sends the requests, and holds against
what has come what the pages say of themselves: a list that leads in circles, repeats a page, or
announces another number of rows than it hands out has failed. It is never taken for complete.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from singer_sdk.pagination import BaseAPIPaginator
from typing_extensions import override

from singer_tapkit.errors import InvalidResponseError, NoResponseError, request_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from requests import Response

Token = TypeVar("Token")
Page = TypeVar("Page")

MAX_PAGES_WITHOUT_ROWS: Final = 3
"""How many pages in a row may be empty, or equal to the one before, though more are announced."""


class PagePaginator(BaseAPIPaginator[Token], Generic[Token, Page]):
    """A paginator that decodes each response once, and keeps its page."""

    page: Page

    @abstractmethod
    def parse_page(self, response: Response) -> Page:
        """Return the decoded page.

        Raises:
            InvalidResponseError: The response is not as documented.
        """

    @abstractmethod
    def get_rows(self, page: Page) -> Sequence[Any]:
        """Return the rows of a page."""

    @abstractmethod
    def next_token(self, page: Page) -> Token | None:
        """Return what asks for the next page, None if the list is at its end.

        Raises:
            InvalidResponseError: The page announces another one, but not where.
        """

    def get_total(self, page: Page) -> int | None:
        """Return how many rows the list has, None where a page does not count them."""
        del page
        return None

    @override
    def has_more(self, response: Response) -> bool:
        return self.next_token(self.page) is not None

    @override
    def get_next(self, response: Response) -> Token | None:
        return self.next_token(self.page)


def read_pages(
    paginator: PagePaginator[Token, Page], fetch: Callable[[Token], Response]
) -> Iterator[Page]:
    """Yield the pages of a list.

    Args:
        paginator: How the list goes on; it begins at its start value.
        fetch: Sends the request for the page at a token.

    Raises:
        InvalidResponseError: The list does not end, or is not as documented.
        NoResponseError: A page ends before its end, also when it is fetched once more.
        IncompleteListError: It has ended with another number of rows than it announced.
    """
    seen: set[Token] = {paginator.current_value}
    count = idle = 0
    previous: Sequence[Any] = ()
    is_finished = paginator.finished
    while not is_finished:
        response = _fetch_page(paginator, fetch)
        page = paginator.page
        rows = paginator.get_rows(page)
        count += len(rows)
        idle = idle + 1 if not rows or rows == previous else 0
        previous = rows
        token = paginator.next_token(page)
        if token is not None:
            _check_progress(paginator, token, seen, idle, response)
            seen.add(token)
        paginator.advance(response)
        is_finished = paginator.finished
        yield page
        if is_finished:
            _compare_with_total(paginator, count, response)


class IncompleteListError(InvalidResponseError):
    """A list has ended with other rows than it announced; another read may bring all."""

    is_transient = True


def _fetch_page(
    paginator: PagePaginator[Token, Page], fetch: Callable[[Token], Response]
) -> Response:
    """Fetch the next page, once more if its JSON ends before its end, which no retry has seen."""
    response = fetch(paginator.current_value)
    try:
        paginator.page = paginator.parse_page(response)
    except NoResponseError:
        response = fetch(paginator.current_value)
        paginator.page = paginator.parse_page(response)
    return response


def _check_progress(
    paginator: PagePaginator[Token, Page],
    token: Token,
    seen: set[Token],
    idle: int,
    response: Response,
) -> None:
    if token in seen:
        problem = f"it leads to {token!r}, where it has been"
    elif not token:
        problem = f"it leads to {token!r}, which is no place"
    elif idle >= MAX_PAGES_WITHOUT_ROWS:
        problem = f"it leads to {token!r}, and brings no more rows"
    else:
        return
    raise InvalidResponseError(
        f"{request_line(response.request)} answered with a list that does not end: "
        f"after {paginator.count + 1:,} pages {problem}. "
        "Run the tap again; report it if that fails, too."
    )


def _compare_with_total(
    paginator: PagePaginator[Token, Page], count: int, response: Response
) -> None:
    total = paginator.get_total(paginator.page)
    if total not in {None, count}:
        raise IncompleteListError(
            f"{request_line(response.request)} announced {total:,} rows, but {count:,} came."
        )
