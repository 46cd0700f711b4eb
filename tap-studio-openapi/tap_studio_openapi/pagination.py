"""How the API hands out long lists: in chunks, each with the offset of the next.

The offset is an id in some endpoints and a position in others; it is sent back as it came.
Source: the API's documentation, section "Data chunking".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from typing_extensions import override

from singer_tapkit.body import decode_json
from singer_tapkit.errors import InvalidResponseError
from singer_tapkit.pagination import PagePaginator
from tap_studio_openapi.hints import NOT_API_HINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from requests import Response


class Chunk(msgspec.Struct):
    """A part of a list.

    Attributes:
        result: Its rows.
        has_next: Whether there is more.
        offset: What to send for the next part; empty where there is none.
    """

    result: list[dict[str, Any]]
    has_next: bool = msgspec.field(name="hasNext")
    offset: str | int | None = None

    @property
    def next_offset(self) -> str | None:
        """The offset of the next chunk, None if there is none."""
        return str(self.offset) if self.has_next and self.offset not in {None, ""} else None


class OffsetPaginator(PagePaginator[str | None, Chunk]):
    """Goes from chunk to chunk by the offset that each one names."""

    @override
    def parse_page(self, response: Response) -> Chunk:
        return decode_json(response, Chunk, NOT_API_HINT)

    @override
    def get_rows(self, page: Chunk) -> Sequence[Any]:
        return page.result

    @override
    def next_token(self, page: Chunk) -> str | None:
        if page.has_next and page.next_offset is None:
            raise InvalidResponseError(
                "The server says that a list goes on, but not where: the offset of the next rows "
                "is missing. Run the tap again; report it if that fails, too."
            )
        return page.next_offset
