"""Each tap with a source of its own, and what of it a run sends that is not the first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from tests.sandbox.goatcounter import Generation
from tests.services import apparena, goatcounter, gotom, studio_openapi

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from tests.services.source import Row, Serve

NewRows: TypeAlias = "Callable[[Sequence[Row], Sequence[Row]], int]"
"""How many rows a run sends, by a table's rows of the run before and those of now."""


@dataclass(frozen=True)
class Case:
    """A tap and its source.

    Attributes:
        tap: The tap.
        serve: Serves the source.
        new_rows: How many rows a run sends of each table that is not read whole each time.
        mostly_known: Tables of which a run sends less than half, as most of it was there before.
        without_key: Tables that only a target takes that can replace them.
        refreshed_when_empty: Tables that a full refresh would fill with the same rows under other
            keys, which is why the README wants them empty.
    """

    tap: str
    serve: Serve
    new_rows: Mapping[str, NewRows] = field(default_factory=dict)
    mostly_known: Collection[str] = ()
    without_key: Collection[str] = ()
    refreshed_when_empty: Collection[str] = ()


def _count_added(before: Sequence[Row], now: Sequence[Row]) -> int:
    return len(now) - len(before)


def _count_since(column: str, lookback_days: int) -> NewRows:
    """Count the rows that are not older than a look-back from the last day of the run before."""

    def count(before: Sequence[Row], now: Sequence[Row]) -> int:
        first = max(row[column] for row in before) - timedelta(lookback_days)
        return sum(row[column] >= first for row in now)

    return count


_STATISTICS = ("total_daily", "path_daily", "browsers", "systems", "locations", "sizes", "toprefs")

GOATCOUNTER = Case(
    "tap-goatcounter",
    partial(goatcounter.serve, generations=[Generation.V2_7]),
    new_rows={
        "hits": _count_added,
        **dict.fromkeys(_STATISTICS, _count_since("day", goatcounter.LATE_DAYS)),
    },
    refreshed_when_empty=("hits",),
)
GOTOM = Case(
    "tap-gotom",
    gotom.serve,
    new_rows={"delivery": _count_since("tag", gotom.LOOKBACK_DAYS)},
    without_key=("bookings",),
)
STUDIO_OPENAPI = Case(
    "tap-studio-openapi", studio_openapi.serve, mostly_known=("customer_checkins",)
)
APPARENA = Case("tap-apparena", partial(apparena.serve, modes=["full"]))
APPARENA_NEW_IDS = Case(
    "tap-apparena",
    partial(apparena.serve, modes=["new_ids"]),
    new_rows=dict.fromkeys(apparena.LISTS, _count_added),
)
