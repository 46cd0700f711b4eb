"""Long lists in chunks, by either of the two meanings that an offset may have."""

from __future__ import annotations

from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.sandbox.studio_openapi.application import Call
    from tests.sandbox.studio_openapi.records import Record


class Mode(Enum):
    """What an offset is."""

    LAST_ID = "the id of the last record of the chunk"
    POSITION = "the sum of the offset and the size of the slice that were asked for"


def cut(call: Call, records: Sequence[Record]) -> Record:
    """Return the chunk that a request is for, of all records."""
    size, offset = call.arguments["sliceSize"], _read_offset(call)
    if call.tenant.modes.get(call.endpoint.path) is not Mode.LAST_ID:
        return _make_chunk(records[offset : offset + size + 1], size, offset + size)
    later = sorted((one for one in records if one["id"] > offset), key=lambda one: one["id"])
    return _make_chunk(later, size, [offset, *(one["id"] for one in later[:size])][-1])


def cut_customers(call: Call) -> Record:
    """Return the chunk of customers that a request is for, always by the last id."""
    size, offset = call.arguments["sliceSize"], _read_offset(call)
    status = call.arguments["customerStatus"]
    later = (
        customer
        for number, customer in call.studio.customers.items()
        if number > offset and customer["status"] == status
    )
    found = list(islice(later, size + 1))
    return _make_chunk(found, size, [offset, *(one["id"] for one in found[:size])][-1])


def _read_offset(call: Call) -> int:
    text = call.arguments["offset"] or "0"
    if not (text.isascii() and text.isdigit()):
        raise problems.invalid("offset")
    return int(text)


def _make_chunk(rest: Sequence[Record], size: int, offset: int) -> Record:
    return {"result": list(rest[:size]), "hasNext": len(rest) > size, "offset": str(offset)}
