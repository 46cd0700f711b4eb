"""Long lists in chunks, by either of the two meanings that an offset may have."""

from __future__ import annotations

from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.sandbox.studio_openapi.call import Call
    from tests.sandbox.studio_openapi.records import Record


class Mode(Enum):
    """What an offset is."""

    LAST_ID = "the id of the last record of the chunk"
    POSITION = "the sum of the offset and the size of the slice that were asked for"


USUAL_MODES = {
    "/v1/employees": Mode.LAST_ID,
    "/v1/customers": Mode.LAST_ID,
    "/v1/classes": Mode.LAST_ID,
    "/v1/appointments/bookable": Mode.LAST_ID,
    "/v1/trial-offers/bookable-trial-offers/appointments/bookable": Mode.LAST_ID,
    "/v1/trial-offers/bookable-trial-offers/classes": Mode.LAST_ID,
    "/v1/online-offers/purchasable": Mode.LAST_ID,
}
"""By path; all others are read by position."""


def cut(
    call: Call,
    records: Sequence[Record],
    number: Callable[[Record], int] = lambda record: int(record["id"]),
) -> Record:
    """The chunk that a request is for.

    Args:
        call: The request.
        records: All there is.
        number: Tells the id of a record, for endpoints that go by the last one.
    """
    size, offset = call.arguments["sliceSize"], _offset(call)
    if call.tenant.modes.get(call.endpoint.path, Mode.POSITION) is Mode.POSITION:
        rest = records[offset:]
        return _chunk(rest[:size], len(rest) > size, offset + size)
    later = sorted((record for record in records if number(record) > offset), key=number)
    shown = later[:size]
    return _chunk(shown, len(later) > size, number(shown[-1]) if shown else offset)


def of_customers(call: Call, status: str) -> Record:
    """The chunk of customers that a request is for, without inventing the others."""
    studio, size, offset = call.studio, call.arguments["sliceSize"], _offset(call)
    by_position = call.tenant.modes.get(call.endpoint.path) is Mode.POSITION
    ids: Iterator[int] = studio.customers.after(-1 if by_position else offset)
    matching = (number for number in ids if studio.status_of(number) == status)
    start = offset if by_position else 0
    found = list(islice(matching, start, start + size + 1))
    shown = found[:size]
    following = offset + size if by_position else [offset, *shown][-1]
    records = [studio.customers.peek(number) for number in shown]
    return _chunk(records, len(found) > size, following)


def _offset(call: Call) -> int:
    text = call.arguments["offset"] or "0"
    if not (text.isascii() and text.isdigit()):
        raise problems.invalid("offset")
    return int(text)


def _chunk(result: Sequence[Record], has_next: bool, offset: int) -> Record:  # noqa: FBT001
    return {"result": list(result), "hasNext": has_next, "offset": str(offset)}
