"""The shapes in which the API hands out rows, decoded into one.

Lists are a map by id, an array, an array without anything around it, or the one row as it is. PHP,
which the server is written in, prints an empty map as ``[]``. Source: the API's documentation,
"Response" and the samples of each chapter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from singer_tapkit.errors import InvalidResponseError, request_line

if TYPE_CHECKING:
    from requests import Response

Row = dict[str, Any]
Count = Annotated[int, msgspec.Meta(ge=0)] | Annotated[str, msgspec.Meta(pattern="^[0-9]{1,18}$")]
ID_LISTS: Final[dict[type, Any]] = {
    int: list[int | Annotated[str, msgspec.Meta(pattern="^-?[0-9]{1,18}$")]],
    str: list[str | int | float],
}
"""Lists of what becomes an id of each type."""


class _Embedded(msgspec.Struct):
    data: Row | list[Row]


class _Envelope(msgspec.Struct):
    embedded: _Embedded = msgspec.field(name="_embedded")
    links: dict[str, Any] | list[Any] | None = msgspec.field(name="_links", default=None)
    total_items: Count | None = None
    page_size: Count | None = None
    page_count: Count | None = None


ListBody: Any = _Envelope | list[Row]
"""What the body of a list decodes into."""


@dataclass(frozen=True)
class IdField:
    """What identifies a row.

    Attributes:
        names: The fields that can hold the id, the first one first. A row that has none of them
            gets its key in the map as the first.
        id_type: What it is; an integer may come in quotes.
    """

    names: tuple[str, ...]
    id_type: type[int | str] = int


@dataclass(frozen=True)
class Page:
    """Rows, and what the server says of the whole list.

    Attributes:
        rows: The rows, each after its id.
        response: The response that has brought them.
        total: How many rows there are on all pages; None if the server does not count.
        count: How many pages there are.
        has_next: Whether it has a link to a next page.
        number: Which page it is, from 1.
    """

    rows: list[tuple[Any, Row]]
    response: Response
    total: int | None = None
    count: int | None = None
    has_next: bool = False
    number: int = 1

    @property
    def ids(self) -> list[Any]:
        """The ids of the rows."""
        return [an_id for an_id, _ in self.rows]

    @property
    def is_whole_list(self) -> bool:
        """Whether its rows are the whole list, by what the server says."""
        is_counted = self.total is not None or self.count is not None
        return is_counted and not self.is_contradictory

    @property
    def is_contradictory(self) -> bool:
        """Whether the server says that there are other rows."""
        return self.announces_more or self.total not in {None, len(self.rows)}

    @property
    def announced(self) -> int:
        """Up to which page the server says that there are some; 0 if it does not say."""
        return max(self.count or 0, self.number + 1 if self.has_next else 0)

    @property
    def announces_more(self) -> bool:
        """Whether the server says that there are pages behind it."""
        return self.announced > self.number


def parse_page(body: _Envelope | list[Row], response: Response, id_field: IdField) -> Page:
    """Return the rows in the body of a list, decoded into a `ListBody`.

    Raises:
        InvalidResponseError: A row has no id.
    """
    if isinstance(body, list):
        return Page(_with_ids(body, response, id_field), response)
    rows = body.embedded.data
    if isinstance(rows, dict):
        rows = _unwrap(rows, id_field)
    total, size, count = map(_to_int, (body.total_items, body.page_size, body.page_count))
    if size is not None and len(rows) > size:
        count = None  # it is that of smaller pages
    has_next = isinstance(body.links, dict) and bool(body.links.get("next"))
    return Page(_with_ids(rows, response, id_field), response, total, count, has_next)


def _unwrap(data: Row, id_field: IdField) -> list[Row]:
    """Return the rows of a map, or the row that stands in the place of one."""
    if not all(isinstance(value, dict) for value in data.values()):
        return [data]
    return [
        row if _find_id(row, id_field) is not None else {**row, id_field.names[0]: key}
        for key, row in data.items()
    ]


def _find_id(row: Row, id_field: IdField) -> Any:
    for name in id_field.names:
        if (value := row.get(name)) is not None:
            return value
    return None


def _with_ids(rows: list[Row], response: Response, id_field: IdField) -> list[tuple[Any, Row]]:
    values = [_find_id(row, id_field) for row in rows]
    try:
        ids = msgspec.convert(values, ID_LISTS[id_field.id_type])
    except msgspec.ValidationError:
        raise InvalidResponseError(
            f"{request_line(response.request)} answered with a row whose {id_field.names[0]} "
            f"is no {'integer' if id_field.id_type is int else 'text'}. The API has changed: look "
            "for a newer version of the tap, or report it."
        ) from None
    return list(zip(map(id_field.id_type, ids), rows, strict=True))


def _to_int(count: int | str | None) -> int | None:
    return None if count is None else int(count)
