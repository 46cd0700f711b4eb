"""Long lists in chunks, by either of the two meanings that an offset may have."""

from __future__ import annotations

from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.sandbox.studio_openapi.call import Call
    from tests.sandbox.studio_openapi.records import Record


class Mode(Enum):
    """What an offset is."""

    LAST_ID = "the id of the last record of the chunk"
    POSITION = "the sum of the offset and the size of the slice that were asked for"


USUAL_MODES = {
    "/v1/employees": Mode.LAST_ID,
    "/v1/classes": Mode.LAST_ID,
    "/v1/appointments/bookable": Mode.LAST_ID,
    "/v1/trial-offers/bookable-trial-offers/appointments/bookable": Mode.LAST_ID,
    "/v1/trial-offers/bookable-trial-offers/classes": Mode.LAST_ID,
    "/v1/online-offers/purchasable": Mode.LAST_ID,
}
"""By path; customers are always read by the last id, and all others by position."""


def cut(call: Call, records: Sequence[Record], key: str = "id") -> Record:
    """Return the chunk that a request is for.

    Args:
        call: The request.
        records: All there is.
        key: The field with the id, for endpoints that go by the last one.
    """
    size, offset = call.arguments["sliceSize"], _read_offset(call)
    if call.tenant.modes.get(call.endpoint.path) is not Mode.LAST_ID:
        return _make_chunk(records[offset : offset + size + 1], size, offset + size)
    later = sorted((one for one in records if one[key] > offset), key=lambda one: one[key])
    return _make_chunk(later, size, [offset, *(one[key] for one in later[:size])][-1])


def cut_customers(call: Call) -> Record:
    """Return the chunk of customers that a request is for, without inventing the others."""
    studio, size, offset = call.studio, call.arguments["sliceSize"], _read_offset(call)
    status = call.arguments["customerStatus"]
    later = (n for n in studio.customers.after(offset) if studio.status_of(n) == status)
    found = list(islice(later, size + 1))
    records = [studio.customers.peek(number) for number in found]
    return _make_chunk(records, size, [offset, *found[:size]][-1])


def _read_offset(call: Call) -> int:
    text = call.arguments["offset"] or "0"
    if not (text.isascii() and text.isdigit()):
        raise problems.invalid("offset")
    return int(text)


def _make_chunk(rest: Sequence[Record], size: int, offset: int) -> Record:
    return {"result": list(rest[:size]), "hasNext": len(rest) > size, "offset": str(offset)}
