"""The order of rows."""

from __future__ import annotations

import zlib
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.apparena.data import Row
    from tests.sandbox.apparena.instance import Call


def arrange(rows: list[Row], call: Call) -> list[Row]:
    """Sorts rows as asked for, or else by what identifies them."""
    order, key_field = call.options.order, call.endpoint.key_field
    if order is not None and order.field in call.endpoint.record["properties"]:
        return sorted(rows, key=_by(order.field, key_field), reverse=order.descending)
    if call.quirks.shuffle is not None:
        return sorted(rows, key=_shuffled(call))
    return sorted(rows, key=itemgetter(key_field))


def _by(field: str, key_field: str) -> Callable[[Row], Any]:
    """Sorts null first; rows that are alike in the field keep an order of their own."""
    if field == key_field:
        return itemgetter(field)
    return lambda row: (row.get(field) is not None, row.get(field), row[key_field])


def _shuffled(call: Call) -> Callable[[Row], int]:
    """A random place for each row, the same whatever rows come and go."""
    seed, key_field = call.quirks.shuffle, call.endpoint.key_field
    turn = call.instance.answered if call.quirks.reshuffle else 0
    # The seed comes last, as the checksum keeps the differences of texts with a common end.
    return lambda row: zlib.crc32(f"{row[key_field]}:{seed}:{turn}".encode())
