"""The shapes in which the API hands out rows, decoded into one.

Lists are a map by id, an array, or an array without anything around it; languages are two maps.
PHP, which the server is written in, prints an empty map as ``[]``. Source: the API's documentation,
"Response" and the samples of each chapter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from singer_tapkit.errors import InvalidResponseError, request_line

if TYPE_CHECKING:
    from requests import Response

Row = dict[str, Any]
Count = Annotated[int, msgspec.Meta(ge=0)] | Annotated[str, msgspec.Meta(pattern="^[0-9]{1,18}$")]
Map = dict[str, Row] | Annotated[list[Row], msgspec.Meta(max_length=0)]

INTEGER: Final = re.compile(r"-?[0-9]{1,18}")


class _Embedded(msgspec.Struct):
    data: dict[str, Row] | list[Row]


class _Envelope(msgspec.Struct):
    embedded: _Embedded = msgspec.field(name="_embedded")
    links: dict[str, Any] | list[Any] | None = msgspec.field(name="_links", default=None)
    total_items: Count | None = None
    page_size: Count | None = None
    page_count: Count | None = None


ListBody: Any = _Envelope | list[Row]
"""What the body of a list decodes into."""


class Languages(msgspec.Struct):
    """The languages of an app, a template or a version, by locale.

    Attributes:
        available: Those that the version has.
        activated: Those that contents can be read in; unset where the API does not list them.
    """

    available: Map
    activated: Map | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True)
class IdField:
    """What identifies a row.

    Attributes:
        names: The fields that can hold the id, the first one first. A row that has none of them
            gets its key in the map as the first.
        is_integer: Whether it is an integer, which may come in quotes.
    """

    names: tuple[str, ...]
    is_integer: bool = True


@dataclass(frozen=True)
class Page:
    """Rows, and what the server says of the whole list.

    Attributes:
        rows: The rows, each after its id.
        response: The response that has brought them.
        total: How many rows there are on all pages; None if the server does not count.
        size: How many rows a page has at most, whatever was asked for.
        count: How many pages there are.
        has_next: Whether it has a link to a next page.
    """

    rows: list[tuple[Any, Row]]
    response: Response
    total: int | None = None
    size: int | None = None
    count: int | None = None
    has_next: bool = False

    @property
    def ids(self) -> list[Any]:
        """The ids of the rows."""
        return [an_id for an_id, _ in self.rows]

    @property
    def is_whole_list(self) -> bool:
        """Whether there are no other pages, by what the server says."""
        if not self.rows:
            return True
        is_counted = self.total is not None or self.count is not None
        return is_counted and not self._announces_more and len(self.rows) >= (self.total or 0)

    @property
    def is_contradictory(self) -> bool:
        """Whether there are other pages, by what the server says, or another number of rows."""
        return self._announces_more or self.total not in {None, len(self.rows)}

    @property
    def is_larger(self) -> bool:
        """Whether it has more rows than the server says, so that `count` is too high."""
        return self.size is not None and len(self.rows) > self.size

    @property
    def _announces_more(self) -> bool:
        return self.has_next or ((self.count or 0) > 1 and not self.is_larger)


def parse_page(body: _Envelope | list[Row], response: Response, id_field: IdField) -> Page:
    """Return the rows in the decoded body of a list.

    Args:
        body: The body, decoded into a `ListBody`.
        response: The response that it is from.
        id_field: What identifies a row.

    Raises:
        InvalidResponseError: A row has no id.
    """
    if isinstance(body, list):
        return Page(_with_ids(body, response, id_field), response)
    rows = body.embedded.data
    if isinstance(rows, dict):
        rows = [
            row if _find_id(row, id_field) is not None else {**row, id_field.names[0]: key}
            for key, row in rows.items()
        ]
    total, size, count = map(_to_int, (body.total_items, body.page_size, body.page_count))
    if count is None and total is not None and size:
        count = ceil(total / size)
    has_next = isinstance(body.links, dict) and bool(body.links.get("next"))
    return Page(_with_ids(rows, response, id_field), response, total, size, count, has_next)


def rows_by_locale(languages: Map | msgspec.UnsetType) -> dict[str, Row]:
    """Return rows of languages by locale; an empty map may be a list."""
    return languages if isinstance(languages, dict) else {}


def _find_id(row: Row, id_field: IdField) -> Any:
    for name in id_field.names:
        if (value := row.get(name)) is not None:
            return value
    return None


def _with_ids(rows: list[Row], response: Response, id_field: IdField) -> list[tuple[Any, Row]]:
    to_id = _to_integer_id if id_field.is_integer else _to_text_id
    ids = [to_id(_find_id(row, id_field)) for row in rows]
    if None in ids:
        raise InvalidResponseError(
            f"{request_line(response.request)} answered with a row whose {id_field.names[0]} "
            f"is no {'integer' if id_field.is_integer else 'text'}. The API has changed: look "
            "for a newer version of the tap, or report it."
        )
    return list(zip(ids, rows, strict=True))


def _to_integer_id(value: Any) -> int | None:
    if type(value) is int:
        return value
    is_integer = isinstance(value, str) and INTEGER.fullmatch(value)
    return int(value) if is_integer else None


def _to_text_id(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def _to_int(count: int | str | None) -> int | None:
    return None if count is None else int(count)
