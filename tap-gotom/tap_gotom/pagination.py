"""How goTom hands out long lists: page by page, each telling the address of the next.

Source: goTom's API documentation, object ``pagination``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec
from singer_sdk.pagination import BaseAPIPaginator
from typing_extensions import override

from tap_gotom.errors import UnreadableError, describe

if TYPE_CHECKING:
    from requests import Response

T = TypeVar("T")


class Pagination(msgspec.Struct, rename="camel"):
    """Where a page stands among the others; how many items it holds is the server's choice."""

    current_page: int
    last_page: int
    next_page_url: str | None = None


class Place(msgspec.Struct):
    """A page without its items."""

    pagination: Pagination


class Page(Place):
    """A page with its items."""

    items: list[dict[str, Any]]


class NextPage(BaseAPIPaginator[int | None]):
    """Follows ``nextPageUrl`` by its page number.

    Its host is never asked: behind a proxy it may be another one, which must get no signature.
    """

    @override
    def __init__(self) -> None:
        super().__init__(None)

    @override
    def has_more(self, response: Response) -> bool:
        place = pagination_of(response)
        return bool(place.next_page_url) and place.current_page < place.last_page

    @override
    def continue_if_empty(self, response: Response) -> bool:
        return self.has_more(response)

    @override
    def get_next(self, response: Response) -> int:
        """Give the number of the next page.

        Raises:
            UnreadableError: There is no number, or it is not larger than the one before.
        """
        address = pagination_of(response).next_page_url or ""
        number = parse_qs(urlsplit(address).query).get("page", [""])[-1]
        if not (number.isascii() and number.isdigit()):
            raise UnreadableError(f"{describe(response)} Its nextPageUrl names no page: {address}.")
        if int(number) <= (self.current_value or 1):
            raise UnreadableError(
                f"{describe(response)} Its nextPageUrl leads back to page {number}, so that the "
                "list would never end. Run the tap again; report it if that fails, too."
            )
        return int(number)


def items_of(response: Response) -> list[dict[str, Any]]:
    """Decode the items of a page."""
    return decoded(response, Page).items


def pagination_of(response: Response) -> Pagination:
    """Decode only where a page stands."""
    return decoded(response, Place).pagination


def decoded(response: Response, kind: type[T]) -> T:
    """Decode an answer of a known shape.

    Raises:
        UnreadableError: It has another one, or is not JSON at all.
    """
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.DecodeError as error:
        raise UnreadableError(
            f"{describe(response)} That is not what goTom's API answers ({error}): check "
            "'instance' or 'base_url', and what stands in front of the server."
        ) from None
